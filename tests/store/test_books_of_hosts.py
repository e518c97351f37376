"""The books of hosts go with the journal: whatever happens, they say what the mobilities say."""

import asyncio
from collections import Counter
from datetime import timedelta
from enum import StrEnum

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import messages as m
from domain.asking import ask_next_host, rank_hosts
from domain.case_view import view_of
from domain.demand import Demand
from domain.events import Outcome, Phase
from domain.facts import OfferId, PersonId, Reference
from domain.hearing import hear
from domain.holding import MOST_OPEN_PROPOSALS, Hold
from domain.host_book import book_after, places_of
from domain.hosting import HostingOffer
from domain.journal import GENESIS, Record
from domain.matching import DeclineReason
from domain.messages import Cause
from domain.mobility import Mobility
from domain.ranking import rank
from settings import Settings
from store.cases import Store
from store.directory import Directory, keep_directory
from store.journal import write_down
from store.places import hold_first
from store.tables import host_answer, place
from store.tables import mobility as mobility_table
from tests.builders import (
    ALMANAC,
    FRIDA,
    OPENED,
    SOC,
    VESTLAND,
    WEIGHTS,
    a_request,
    a_second_offer,
    an_offer,
)
from tests.store.fresh import empty_store
from tests.store.kept import DIRECTORY

OFFERS = {
    offer.id: offer
    for offer in (
        an_offer(places=6),
        an_offer(id=OfferId("o-soc-2"), places=2, per_week=2),
        a_second_offer(places=3, per_week=4),
    )
}


class Step(StrEnum):
    ASK = "ask the next host"
    ACCEPT = "the host accepts"
    DECLINE = "the host declines"
    MOVE = "the visit is moved"
    END = "the mobility is cancelled"


WEIGHTED = [Step.ASK] * 6 + [Step.ACCEPT, Step.DECLINE, Step.MOVE, Step.END]
STEPS = st.lists(st.tuples(st.integers(0, 8), st.sampled_from(WEIGHTED)), min_size=10, max_size=30)


class Town:
    """Nine mobilities that want places of the same hosts on days that overlap."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.mobilities: list[Mobility] = []

    async def open(self) -> None:
        await keep_directory(self.store.engine, DIRECTORY)
        offers = Directory(organisations=(), people=(), offers=tuple(OFFERS.values()))
        await keep_directory(self.store.engine, offers)
        for n in range(9):
            reference, single = Reference(f"M-2026-{n:04}"), {"participants": (FRIDA,)}
            request = a_request(reference=reference, **(single if n % 2 else {}))
            mobility = Mobility(request=request, almanac=ALMANAC)
            async with self.store.engine.begin() as tx:
                row = {"reference": reference, "request_key": reference}
                await tx.execute(sa.insert(mobility_table).values(row))
            mobility.open(at=OPENED)
            self._rank(mobility)
            self.mobilities.append(mobility)

    def _rank(self, mobility: Mobility) -> None:
        mobility.almanac = ALMANAC
        demand = Demand(request=mobility.request, country="SE")
        ranking = rank(demand, tuple(OFFERS.values()), WEIGHTS)
        rank_hosts(mobility, ranking, at=OPENED)

    async def take(self, n: int, step: Step) -> None:
        mobility = self.mobilities[n]
        pending, host = mobility.matching.pending, mobility.matching.host
        if mobility.outcome is not None:
            return
        match step:
            case Step.ASK if pending is None and host is None:
                await self._ask(mobility)
            case Step.ACCEPT if pending is not None:
                accept = m.AcceptProposal(by=pending.coordinator, offer=pending.offer)
                self._say(mobility, accept)
            case Step.DECLINE if pending is not None:
                self._say(
                    mobility,
                    m.DeclineProposal(
                        by=pending.coordinator, offer=pending.offer, reason=DeclineReason.STAFF
                    ),
                )
            case Step.MOVE if host is None:
                # With a host the two of them agree on the days, whatever the numbers say.
                first, last = (
                    day + timedelta(days=1)
                    for day in (mobility.request.first_day, mobility.request.last_day)
                )
                by = mobility.request.coordinator
                self._say(mobility, m.MoveVisit(by=by, first_day=first, last_day=last))
                self._rank(mobility)
            case Step.END:
                by = mobility.request.coordinator
                self._say(mobility, m.CancelMobility(by=by, cause=Cause.WORK))
        await self._write(mobility)

    async def _ask(self, mobility: Mobility) -> None:
        request = mobility.request
        holding = await hold_first(
            self.store.engine,
            Hold(
                reference=request.reference, offers=mobility.matching.left,
                first_day=request.first_day, last_day=request.last_day,
                guests=len(mobility.taking_part),
            ),
        )  # fmt: skip
        if not ask_next_host(mobility, holding, at=OPENED):
            mobility.end(Outcome.LAPSED, Cause.NO_HOST, at=OPENED)

    @staticmethod
    def _say(mobility: Mobility, message: m.Message) -> None:
        hear(mobility, message, at=OPENED, message_id=f"{mobility.n}")

    async def _write(self, mobility: Mobility) -> None:
        entries = tuple(mobility.unrecorded)
        if not entries:
            return
        record = Record(
            reference=mobility.request.reference, entries=entries, view=view_of(mobility),
            letters=(), hosting=book_after(entries, mobility),
            follows=mobility.journal_head or GENESIS,
        )  # fmt: skip
        mobility.journal_head = await write_down(
            self.store.engine, record, run_id="1", activity_id="1"
        )
        mobility.unrecorded = []

    async def check(self) -> None:
        """The books say what the mobilities say, and no host has more than it can take."""
        async with self.store.engine.connect() as connection:
            rows = list(await connection.execute(sa.select(place)))
        wanted = [p for p in map(places_of, self.mobilities) if p is not None]

        assert len({(r.reference, r.offer, r.guests, r.is_taken) for r in rows}) == len(wanted)
        assert len(rows) == sum((p.last_day - p.first_day).days + 1 for p in wanted)
        for offer in OFFERS.values():
            self._check_room(offer, [row for row in rows if row.offer == offer.id])
        for organisation in (SOC, VESTLAND):
            asking = {r.reference for r in rows if r.organisation == organisation} - {
                r.reference for r in rows if r.is_taken
            }
            assert len(asking) <= MOST_OPEN_PROPOSALS

    @staticmethod
    def _check_room(offer: HostingOffer, rows: "list[sa.Row[tuple[object, ...]]]") -> None:
        of_day = Counter[object]()
        weeks: dict[object, dict[str, int]] = {}
        for row in rows:
            of_day[row.day] += row.guests
            weeks.setdefault(row.day.isocalendar()[:2], {})[row.reference] = row.guests

        assert max(of_day.values(), default=0) <= offer.places
        assert all(sum(guests.values()) <= (offer.per_week or 99) for guests in weeks.values())


@settings(max_examples=8)
@given(steps=STEPS)
def test_no_host_is_ever_given_more_guests_than_it_can_take_and_no_place_is_left_behind(
    migrated: Settings, steps: list[tuple[int, Step]]
) -> None:
    async def live() -> None:
        async with empty_store(migrated) as store:
            town = Town(store)
            await town.open()
            for n, step in steps:
                await town.take(n, step)
                await town.check()
            for n in range(9):
                await town.take(n, Step.END)
            await town.check()
            assert all(one.phase is Phase.CLOSED for one in town.mobilities)

    asyncio.run(live())


@pytest.fixture
async def town(store: Store) -> Town:
    town = Town(store)
    await town.open()
    return town


async def answers(store: Store) -> list[tuple[str, str | None, bool]]:
    async with store.engine.connect() as connection:
        rows = await connection.execute(sa.select(host_answer).order_by(host_answer.c.asked_n))
        return [(row.organisation, row.answer, row.answered_at is not None) for row in rows]


async def test_requests_and_answers_of_hosts_are_in_the_books_and_what_fell_has_no_answer(
    town: Town,
) -> None:
    for step in (Step.ASK, Step.DECLINE, Step.ASK, Step.MOVE, Step.ASK, Step.ACCEPT):
        await town.take(0, step)

    assert [answer for _, answer, _ in await answers(town.store)] == ["declined", None, "accepted"]
    assert [is_answered for *_, is_answered in await answers(town.store)] == [True, False, True]


async def test_a_request_answered_in_the_very_stroke_that_put_it_has_its_answer(town: Town) -> None:
    mobility = town.mobilities[0]
    await town._ask(mobility)
    await town.take(0, Step.ACCEPT)

    assert await answers(town.store) == [(SOC, "accepted", True)]
    await town.check()


async def test_silence_is_an_answer(town: Town) -> None:
    await town.take(0, Step.ASK)
    mobility = town.mobilities[0]
    [wait] = mobility.waits.values()
    mobility.fall_silent(wait.asked, at=wait.falls)
    await town._write(mobility)

    assert await answers(town.store) == [(SOC, "silent", True)]
    assert places_of(mobility) is None
    await town.check()


async def test_a_stroke_that_is_written_again_changes_no_book(town: Town) -> None:
    await town.take(0, Step.ASK)
    mobility = town.mobilities[0]
    accept = m.AcceptProposal(by=a_host(mobility), offer=an_offer().id)
    Town._say(mobility, accept)
    entries = tuple(mobility.unrecorded)
    record = Record(
        reference=mobility.request.reference, entries=entries, view=view_of(mobility), letters=(),
        hosting=book_after(entries, mobility), follows=mobility.journal_head,
    )  # fmt: skip
    head = await write_down(town.store.engine, record, run_id="1", activity_id="2")
    mobility.unrecorded, mobility.journal_head = [], head
    await town.take(0, Step.END)

    again = await write_down(town.store.engine, record, run_id="1", activity_id="2")

    assert again == head
    await town.check()


def a_host(mobility: Mobility) -> PersonId:
    pending = mobility.matching.pending
    assert pending is not None
    return pending.coordinator
