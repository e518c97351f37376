"""How hosts stand, read from what was recorded: the same as the domain makes of single answers."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import sqlalchemy as sa

from domain.facts import OrganisationId, Reference
from domain.standing import Answer, Occupied, Standing, standing_from
from store.cases import Store
from store.directory import keep_directory
from store.standings import changed_standings, look_around, read_standings
from store.tables import host_answer, hosting_pause, mobility, place
from tests.builders import BORAS, SOC, SOC_OFFER, VESTLAND, WEIGHTS, a_demand, a_request
from tests.store.kept import DIRECTORY

TODAY = date(2026, 5, 20)
NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


async def keep_mobilities(store: Store, how_many: int) -> list[str]:
    names = [f"M-2026-1{n:03}" for n in range(how_many)]
    rows = [
        {
            "reference": name, "request_key": name, "view": {"outcome": None},
            "request": {"sending": BORAS},
        }
        for name in names
    ]  # fmt: skip
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(mobility), rows)
    return names


async def keep_answers(store: Store, rows: list[dict[str, object]]) -> None:
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(host_answer), rows)


def an_answer(
    reference: str, n: int, host: str, ago: float, **changes: object
) -> dict[str, object]:
    asked_at = NOON - timedelta(days=ago)
    facts: dict[str, object] = {
        "reference": reference, "asked_n": n, "organisation": host, "asked_at": asked_at,
        "answered_at": None, "answer": None,
    }  # fmt: skip
    return facts | changes


async def test_standings_are_the_sums_that_the_domain_makes_of_single_answers(
    store: Store,
) -> None:
    chance, hosts = Random(7), ["a", "b", "c"]
    names = await keep_mobilities(store, 90)
    told: dict[str, list[Answer]] = {host: [] for host in hosts}
    rows = []
    for n, reference in enumerate(names):
        host, ago, hours = chance.choice(hosts), chance.randint(0, 2500), chance.randint(0, 500)
        answer = chance.choice(["accepted", "declined", "other dates", "silent"])
        asked_at = NOON - timedelta(days=ago)
        rows.append(
            an_answer(
                reference,
                n,
                host,
                ago,
                answer=answer,
                answered_at=asked_at + timedelta(hours=hours),
            )
        )
        told[host].append(Answer(asked_at.date(), None if answer == "silent" else hours // 24))
    await keep_answers(store, rows)

    standings = await read_standings(store.engine, WEIGHTS, on=TODAY)

    for host in hosts:
        found = standings[OrganisationId(host)]
        expected = standing_from(tuple(told[host]), WEIGHTS, on=TODAY)
        assert found._replace(hosted=0, sent=0) == expected


async def test_what_is_open_and_what_fell_counts_neither_for_nor_against(store: Store) -> None:
    [reference] = await keep_mobilities(store, 1)
    await keep_answers(store, [an_answer(reference, 1, SOC, 3)])

    assert await read_standings(store.engine, WEIGHTS, on=TODAY) == {}


async def test_hosting_and_sending_of_the_last_two_years_is_held_against_each_other(
    store: Store,
) -> None:
    names = await keep_mobilities(store, 3)
    days_ago = (10, 700, 800)
    await keep_answers(
        store,
        [
            an_answer(name, 1, SOC, ago, answer="accepted", answered_at=NOON - timedelta(days=ago))
            for name, ago in zip(names, days_ago, strict=True)
        ],
    )

    standings = await read_standings(store.engine, WEIGHTS, on=TODAY)

    assert (standings[SOC].hosted, standings[SOC].sent) == (2, 0)
    assert standings[BORAS] == Standing(sent=2)


async def test_others_are_counted_by_the_day_and_each_group_once_a_week(store: Store) -> None:
    """The visit is from Tuesday 5 to Thursday 7 May 2026."""
    [one, two, own_days_apart] = await keep_mobilities(store, 3)

    def places(reference: str, guests: int, *days: int) -> list[dict[str, object]]:
        return [
            {
                "offer": SOC_OFFER, "day": date(2026, 5, day), "reference": reference,
                "organisation": SOC, "guests": guests, "is_taken": bool(day % 2),
            }
            for day in days
        ]  # fmt: skip

    async with store.engine.begin() as tx:
        rows = [
            *places(one, 2, 4, 5), *places(two, 3, 5, 6, 7, 8), *places(own_days_apart, 4, 10, 12),
        ]  # fmt: skip
        await tx.execute(sa.insert(place), rows)

    look = await look_around(store.engine, a_demand())
    own = await look_around(store.engine, a_demand(a_request(reference=Reference(two))))

    assert look.occupied == {SOC_OFFER: Occupied(on_a_day=5, in_a_week=9)}
    assert own.occupied == {SOC_OFFER: Occupied(on_a_day=2, in_a_week=6)}


async def test_a_look_tells_whether_anything_has_changed(store: Store) -> None:
    empty = await look_around(store.engine, a_demand())
    assert (empty.change, empty.answered_in) == (0, 0)

    await keep_directory(store.engine, DIRECTORY)
    [reference] = await keep_mobilities(store, 1)
    await keep_answers(store, [an_answer(reference, 1, SOC, 3, answer="silent")])
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(hosting_pause), {"organisation": SOC, "since": NOON})
    seen = await look_around(store.engine, a_demand())

    assert seen.change > 0
    assert empty.all_seen_before <= seen.answered_in < seen.all_seen_before
    assert seen.paused == frozenset({SOC})


async def test_who_stands_otherwise_since_is_read_alone(store: Store) -> None:
    one, two = await keep_mobilities(store, 2)
    await keep_answers(store, [an_answer(one, 1, VESTLAND, 3, answer="silent")])
    since = (await look_around(store.engine, a_demand())).all_seen_before
    await keep_answers(store, [an_answer(two, 1, SOC, 3, answer="accepted", answered_at=NOON)])

    asked = an_answer(two, 9, VESTLAND, 1)
    await keep_answers(store, [asked])

    changed = await changed_standings(store.engine, since=since)

    assert changed == {SOC, BORAS}
    everybody = await read_standings(store.engine, WEIGHTS, on=TODAY)
    some = await read_standings(store.engine, WEIGHTS, on=TODAY, of=changed)
    assert some == {name: everybody[name] for name in changed}
    assert VESTLAND in everybody


async def test_an_answer_that_is_still_being_written_is_not_missed(store: Store) -> None:
    """A later transaction may be over first: what is looked at again goes back to the earlier."""
    one, two = await keep_mobilities(store, 2)
    async with store.engine.begin() as slow:
        answered = an_answer(one, 1, SOC, 3, answer="silent")
        await slow.execute(sa.insert(host_answer), answered)
        await keep_answers(store, [an_answer(two, 1, VESTLAND, 3, answer="silent")])
        look = await look_around(store.engine, a_demand())

    changed = await changed_standings(store.engine, since=look.all_seen_before)

    assert SOC in changed
