"""Places of hosts on a real PostgreSQL: held once, taken once, given back, whoever is quicker."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.facts import OfferId
from domain.holding import MOST_OPEN_PROPOSALS, Hindrance, Holding, PassedOver
from store.cases import Store
from store.matchmaking import read_taken
from store.places import hold_first
from store.standings import look_around
from store.tables import hosting_offer, mobility, place
from tests.builders import (
    FIRST_DAY,
    LAST_DAY,
    SOC,
    SOC_OFFER,
    VESTLAND_OFFER,
    a_demand,
    a_second_offer,
    an_offer,
)
from tests.store.holds import a_hold, answers, change, held, hosts, requested

BOTH = (SOC_OFFER, VESTLAND_OFFER)
MONDAY = date(2026, 5, 4)


async def guests(store: Store, offer: OfferId = SOC_OFFER) -> dict[date, int]:
    async with store.engine.connect() as connection:
        rows = await connection.execute(
            sa.select(place.c.day, sa.func.sum(place.c.guests))
            .where(place.c.offer == offer)
            .group_by(place.c.day)
        )
        return {row[0]: row[1] for row in rows}


# Who is quicker.


async def test_two_hundred_at_once_for_the_last_three_places_give_exactly_three_holds(
    store: Store,
) -> None:
    await hosts(store, an_offer(places=3))
    names = [f"M-{n}" for n in range(200)]
    await requested(store, *names)

    found = await asyncio.gather(*(hold_first(store.engine, a_hold(name)) for name in names))

    assert Counter(holding.held for holding in found) == {SOC_OFFER: 3, None: 197}
    assert set((await guests(store)).values()) == {3}
    full = PassedOver(offer=SOC_OFFER, why=Hindrance.FULL, day=FIRST_DAY, organisation=SOC)
    assert {h.passed_over for h in found if not h.held} == {(full,)}
    assert all(h.comes_free for h in found if not h.held)


async def test_sixty_at_once_give_one_organisation_exactly_five_open_proposals(
    store: Store,
) -> None:
    second = an_offer(id=OfferId("soc-2"), places=1000)
    await hosts(store, an_offer(places=1000), second)
    names = [f"M-{n}" for n in range(60)]
    await requested(store, *names)
    holds = [a_hold(n, offers=(SOC_OFFER, second.id)) for n in names[::2]]
    holds += [a_hold(n, offers=(second.id, SOC_OFFER)) for n in names[1::2]]

    found = await asyncio.gather(*(hold_first(store.engine, hold) for hold in holds))

    assert sum(h.held is not None for h in found) == MOST_OPEN_PROPOSALS
    assert {one.why for h in found if not h.held for one in h.passed_over} == {Hindrance.BUSY}


async def test_lists_that_run_against_each_other_never_wait_in_a_circle(store: Store) -> None:
    await hosts(store, an_offer(places=2), a_second_offer(places=2))
    names = [f"M-{n}" for n in range(20)]
    await requested(store, *names)
    orders = (BOTH, BOTH[::-1])

    found = await asyncio.gather(
        *(
            hold_first(store.engine, a_hold(name, offers=orders[n % 2]))
            for n, name in enumerate(names)
        )
    )

    assert Counter(h.held for h in found) == {SOC_OFFER: 2, VESTLAND_OFFER: 2, None: 16}


# What counts.


async def test_the_first_host_with_room_on_each_day_is_held_and_the_day_that_is_full_is_named(
    store: Store,
) -> None:
    await hosts(store, an_offer(places=2), a_second_offer())
    await held(store, "M-before", first_day=LAST_DAY, last_day=LAST_DAY)

    found = await held(store, "M-2", offers=BOTH, guests=2)

    full = PassedOver(offer=SOC_OFFER, why=Hindrance.FULL, day=LAST_DAY, organisation=SOC)
    assert found == Holding(held=VESTLAND_OFFER, passed_over=(full,), comes_free=True)


async def test_a_group_counts_once_in_each_calendar_week(store: Store) -> None:
    await hosts(store, an_offer(places=9, per_week=4))
    sunday = MONDAY + timedelta(days=6)
    await held(store, "M-1", first_day=MONDAY, last_day=sunday, guests=3)

    too_many = await held(store, "M-2", first_day=sunday, last_day=sunday, guests=2)
    fits = await held(store, "M-3", first_day=sunday, last_day=sunday, guests=1)
    week_after = sunday + timedelta(days=1)
    anew = await held(store, "M-4", first_day=week_after, last_day=week_after, guests=4)

    assert [one.day for one in too_many.passed_over] == [sunday]
    assert (fits.held, anew.held) == (SOC_OFFER, SOC_OFFER)


async def test_a_place_that_is_taken_is_no_open_proposal_but_fills_its_days(store: Store) -> None:
    await hosts(store, an_offer(places=6))
    for n in range(5):
        await held(store, f"M-{n}")
    busy = await held(store, "M-busy")
    await change(store, sa.update(place).values(is_taken=True))

    last = await held(store, "M-last")
    full = await held(store, "M-full")

    assert [one.why for one in busy.passed_over] == [Hindrance.BUSY]
    assert last.held == SOC_OFFER
    assert [one.why for one in full.passed_over] == [Hindrance.FULL]


async def test_an_offer_that_is_withdrawn_or_gone_is_not_worth_waiting_for(store: Store) -> None:
    await hosts(store, an_offer())
    await change(store, sa.update(hosting_offer).values(withdrawn_at=sa.func.now()))

    found = await held(store, "M-1", offers=(SOC_OFFER, OfferId("o-gone")))

    assert [one.why for one in found.passed_over] == [Hindrance.WITHDRAWN] * 2
    assert not found.comes_free


@pytest.mark.parametrize("changes", [{"places": 2}, {"per_week": 2}])
async def test_an_offer_that_is_too_small_by_itself_is_not_worth_waiting_for(
    store: Store, changes: dict[str, int]
) -> None:
    await hosts(store, an_offer(**changes))

    found = await held(store, "M-1", guests=3)

    assert [one.why for one in found.passed_over] == [Hindrance.TOO_SMALL]
    assert not found.comes_free


async def test_many_hosts_are_gone_through_and_the_first_of_them_are_named(store: Store) -> None:
    names = [OfferId(f"o-{n:03}") for n in range(120)]
    await hosts(store, *(an_offer(id=name, places=1) for name in names))

    found = await held(store, "M-1", offers=tuple(names), guests=2)

    assert found.held is None
    assert [one.offer for one in found.passed_over] == names[:20]


# Held once, and given back.


async def test_a_repeated_attempt_finds_its_own_hold_though_a_better_place_came_free(
    store: Store,
) -> None:
    await hosts(store, an_offer(places=1), a_second_offer())
    await held(store, "M-before")
    first = await held(store, "M-1", offers=BOTH)
    await change(store, sa.delete(place).where(place.c.reference == "M-before"))

    again = await hold_first(store.engine, a_hold("M-1", offers=BOTH))

    assert first.held == again.held == VESTLAND_OFFER
    assert await guests(store) == {}


async def test_holding_for_other_days_lets_go_of_what_was_held(store: Store) -> None:
    await hosts(store, an_offer(places=1))
    await held(store, "M-1")
    later = LAST_DAY + timedelta(days=1)

    moved = await hold_first(store.engine, a_hold("M-1", first_day=LAST_DAY, last_day=later))

    assert moved.held == SOC_OFFER
    assert set(await guests(store)) == {LAST_DAY, later}


@pytest.mark.parametrize("view", [{"outcome": "cancelled", "questions": []}])
async def test_a_mobility_that_is_over_holds_nothing(store: Store, view: dict[str, Any]) -> None:
    await hosts(store, an_offer())
    await requested(store, "M-1", view=view)

    assert await hold_first(store.engine, a_hold("M-1")) == Holding()
    assert await guests(store) == {}


async def test_what_is_left_of_a_mobility_that_is_over_keeps_nobody_away(store: Store) -> None:
    await hosts(store, an_offer(places=1))
    await held(store, "M-over")
    view = {"outcome": "cancelled", "questions": []}
    await change(store, sa.update(mobility).values(view=view))

    assert (await held(store, "M-1")).held == SOC_OFFER


@pytest.mark.parametrize(
    ("held_ago", "falls_ago", "is_free"),
    [(0, None, False), (6, None, False), (8, None, True), (30, 6, False), (30, 8, True)],
)
async def test_a_mobility_that_nobody_carries_any_more_holds_nothing_after_a_week(
    store: Store, held_ago: int, falls_ago: int | None, *, is_free: bool
) -> None:
    await hosts(store, an_offer(places=1))
    await held(store, "M-terminated")
    now = datetime.now(UTC)
    falls = [] if falls_ago is None else [(now - timedelta(days=falls_ago)).isoformat()]
    view = {"outcome": None, "questions": [{"asked": "place", "falls": moment} for moment in falls]}
    await change(store, sa.update(mobility).values(view=view))
    await change(store, sa.update(place).values(held_at=now - timedelta(days=held_ago)))

    seen_in_rankings = (await look_around(store.engine, a_demand())).occupied
    seen_in_events = await read_taken(store.engine, [SOC_OFFER], "E-2026-01")
    assert (not seen_in_rankings, not seen_in_events) == (is_free, is_free)
    found = await held(store, "M-1")

    assert (found.held is not None) is is_free


async def test_a_request_played_ahead_sees_nobody_else(store: Store) -> None:
    await hosts(store, an_offer(places=1))
    await answers(store, "silent", "silent", "silent")
    await held(store, "M-1")
    await requested(store, "M-2")

    found = await hold_first(store.engine, a_hold("M-2"), is_alone=True)

    assert found.held == SOC_OFFER
