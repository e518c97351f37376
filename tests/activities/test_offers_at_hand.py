"""A worker has the offers in memory, and ranks them as they stand in the store."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from activities import offers_at_hand
from activities.offers_at_hand import OffersAtHand
from domain.facts import OfferId
from domain.hosting import HostingOffer
from domain.matching import Criterion, DeclineReason, Ranking, Rule
from domain.ranking import rank
from store.cases import Store
from store.directory import Directory, keep_directory
from store.offers import themes_offered
from store.tables import (
    host_answer,
    hosting_offer,
    hosting_pause,
    mobility,
    organisation,
    place,
)
from tests.builders import OPENED, SOC, SOC_OFFER, WEIGHTS, a_demand, a_request, an_offer
from tests.store.kept import DIRECTORY

TODAY = OPENED.date()


def only(*offers: HostingOffer) -> Directory:
    return Directory(organisations=(), people=(), offers=offers)


def some(how_many: int) -> list[HostingOffer]:
    return [
        an_offer(id=OfferId(f"o{n:03}"), organisation=f"org{n}", places=1 + n % 6)
        for n in range(how_many)
    ]


async def ranked(hand: OffersAtHand) -> Ranking:
    return await hand.rank(a_demand(), on=TODAY)


async def withdraw(store: Store, offer: OfferId) -> None:
    gone = sa.update(hosting_offer).where(hosting_offer.c.id == offer)
    facts = {"withdrawn_at": OPENED, "change": sa.text("nextval('offer_change')")}
    async with store.engine.begin() as tx:
        await tx.execute(gone.values(facts))


async def test_what_is_added_changed_and_withdrawn_is_ranked_as_it_stands(store: Store) -> None:
    hand, other = OffersAtHand(store, WEIGHTS), an_offer(id=OfferId("o-2"), organisation="org2")
    assert await ranked(hand) == rank(a_demand(), (), WEIGHTS)

    await keep_directory(store.engine, only(an_offer(), other))
    assert await ranked(hand) == rank(a_demand(), (an_offer(), other), WEIGHTS)

    changed = other.model_copy(update={"themes": ("youth",), "places": 2})
    await keep_directory(store.engine, only(changed))
    assert await ranked(hand) == rank(a_demand(), (an_offer(), changed), WEIGHTS)

    await withdraw(store, SOC_OFFER)
    assert await ranked(hand) == rank(a_demand(), (changed,), WEIGHTS)

    await keep_directory(store.engine, only(an_offer()))
    assert await ranked(hand) == rank(a_demand(), (an_offer(), changed), WEIGHTS)


async def test_of_many_changes_all_offers_are_read_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers_at_hand, "FEW", 5)
    hand, offers = OffersAtHand(store, WEIGHTS), some(20)
    await keep_directory(store.engine, only(*offers))
    assert await ranked(hand) == rank(a_demand(), offers, WEIGHTS)

    await withdraw(store, offers[0].id)
    narrowed = [offer.model_copy(update={"languages": {}}) for offer in offers[1:10]]
    await keep_directory(store.engine, only(*narrowed))
    assert await ranked(hand) == rank(a_demand(), [*narrowed, *offers[10:]], WEIGHTS)


async def test_a_store_that_was_put_back_to_an_earlier_day_is_read_anew(store: Store) -> None:
    hand = OffersAtHand(store, WEIGHTS)
    await keep_directory(store.engine, only(*some(3)))
    await ranked(hand)

    async with store.engine.begin() as tx:
        await tx.execute(sa.delete(hosting_offer))
        row = {"id": SOC_OFFER, "facts": an_offer().model_dump(mode="json"), "change": 0}
        await tx.execute(sa.insert(hosting_offer), row)

    assert await ranked(hand) == rank(a_demand(), (an_offer(),), WEIGHTS)


async def test_many_who_ask_at_once_while_offers_change_all_see_them(store: Store) -> None:
    hand, offers = OffersAtHand(store, WEIGHTS), some(30)

    async def change_and_rank(offer: HostingOffer) -> None:
        await keep_directory(store.engine, only(offer))
        demand = a_demand(declined={offer.id: DeclineReason.TOPIC})
        ranking = await hand.rank(demand, on=TODAY)
        assert ranking.counts[Rule.DECLINED] == 1

    await asyncio.gather(*(change_and_rank(offer) for offer in offers))

    assert await ranked(hand) == rank(a_demand(), offers, WEIGHTS)


async def test_answers_pauses_and_places_of_others_count_at_the_next_ranking(store: Store) -> None:
    hand = OffersAtHand(store, WEIGHTS)
    await keep_directory(store.engine, DIRECTORY)
    [host] = (await ranked(hand)).hosts
    assert Criterion.ANSWERS not in host.contributions

    other = {"reference": "M-2026-9", "request_key": "x", "view": {"outcome": None}, "request": {}}
    answer = {
        "reference": "M-2026-9", "asked_n": 1, "organisation": SOC, "answer": "declined",
        "asked_at": OPENED, "answered_at": OPENED,
    }  # fmt: skip
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(mobility), other)
        await tx.execute(sa.insert(host_answer), answer)
    [host] = (await ranked(hand)).hosts
    assert host.contributions[Criterion.ANSWERS] > 0

    async with store.engine.begin() as tx:
        await tx.execute(
            sa.insert(place),
            [
                {
                    "offer": SOC_OFFER, "day": day, "reference": "M-2026-9", "organisation": SOC,
                    "guests": 3, "is_taken": False,
                }
                for day in a_request().days
            ],
        )  # fmt: skip
    full = await ranked(hand)
    assert (full.hosts, full.alone) == ((), {Rule.CAPACITY: 1})
    assert [host.offer for host in full.full] == [SOC_OFFER]

    async with store.engine.begin() as tx:
        since = datetime(2026, 2, 1, tzinfo=UTC)
        await tx.execute(sa.insert(hosting_pause), {"organisation": SOC, "since": since})
    paused = await ranked(hand)
    assert paused.counts == {Rule.PAUSED: 1, Rule.CAPACITY: 1}


async def test_themes_are_those_of_offers_that_stand(store: Store) -> None:
    await keep_directory(
        store.engine,
        only(an_offer(themes=("a", "b")), an_offer(id=OfferId("o-2"), themes=("b", "c"))),
    )
    await withdraw(store, SOC_OFFER)

    assert await themes_offered(store.engine) == {"b", "c"}


async def test_whoever_has_looked_often_ranks_as_one_who_looks_for_the_first_time(
    store: Store,
) -> None:
    """Answers, a sender's too, pauses and returns, another day, offers read anew in between."""
    hand, hosts = OffersAtHand(store, WEIGHTS), [f"org{n}" for n in range(8)]
    await keep_directory(store.engine, only(*some(20)))
    steps: list[list[sa.Executable]] = [
        *(_an_answer(n, host, hosts[n - 3]) for n, host in enumerate(hosts)),
        [sa.insert(organisation).values(id="org2", facts={})],
        [sa.insert(hosting_pause).values(organisation="org2", since=OPENED)],
        _an_answer(8, "org2", "org5"),
        [sa.delete(hosting_pause)],
        [sa.update(hosting_offer).values(change=sa.text("nextval('offer_change')"))],
    ]

    for n, step in enumerate(steps):
        async with store.engine.begin() as tx:
            for statement in step:
                await tx.execute(statement)
        on = TODAY + timedelta(days=n // 4)
        fresh = OffersAtHand(store, WEIGHTS)
        assert await hand.rank(a_demand(), on=on) == await fresh.rank(a_demand(), on=on)


def _an_answer(n: int, host: str, sender: str) -> list[sa.Executable]:
    name, answer = f"M-2026-1{n:03}", ("accepted", "silent", "declined")[n % 3]
    case = {"reference": name, "request_key": name, "request": {"sending": sender}}
    asked = {"reference": name, "asked_n": 1, "organisation": host, "asked_at": OPENED}
    return [
        sa.insert(mobility).values(case),
        sa.insert(host_answer).values(asked | {"answered_at": OPENED, "answer": answer}),
    ]
