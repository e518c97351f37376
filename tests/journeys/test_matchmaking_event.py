"""Four requests meet three hosts; one host refuses, a second round mends it, one goes on alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from temporalio.client import WorkflowHandle

from domain.deadlines import Asked
from domain.facts import OfferId, OrganisationId, PersonId, Reference
from domain.holding import Hindrance
from domain.hosting import HostingOffer
from domain.matching import MOST_NAMED, DeclineReason
from domain.matchmaking import EventWord, MatchmakingEvent
from domain.people import Organisation, Person, Role
from domain.request import Activity
from settings import Settings
from starter.case_files import DirectorySection
from starter.clock import VirtualClock
from starter.desk import FrontDesk, event_id
from starter.matchmaking import result_of
from starter.rehearsal import Rehearsal
from store.directory import withdraw_offer
from store.matchmaking import read_answers, read_event
from store.tables import hosting_offer, organisation, person
from tests.conftest import Begin
from tests.journeys.reading import facts, is_sound, kinds
from workflows.matchmaking import MatchmakingEventWorkflow

pytestmark = pytest.mark.usefixtures("working")
HOSTS = ("meet-a", "meet-b", "meet-c")
TODAY = datetime.now(UTC).date()
VISIT = TODAY + timedelta(days=150)


def a_host(name: str) -> tuple[Organisation, Person, HostingOffer]:
    """Room for one group of two, in Interlingua, which nobody else here speaks."""
    who, where = PersonId(name), OrganisationId(name)
    home = Organisation(
        id=where, name=f"Host {name}", city="City", region="Region", country="ES",
        zone="Europe/Madrid",
    )  # fmt: skip
    coordinator = Person(
        id=who, name=name, email=f"{name}@hosts.example", organisation=where,
        roles=(Role.RECEIVING,),
    )  # fmt: skip
    offer = HostingOffer(
        id=OfferId(name), organisation=where, coordinator=who, country="ES",
        zone="Europe/Madrid", activities=(Activity.JOB_SHADOWING,), themes=("skills mapping",),
        languages=("ia",), opens=date(2026, 1, 1), closes=date(2099, 12, 31), places=2,
    )  # fmt: skip
    return home, coordinator, offer


@pytest_asyncio.fixture
async def event(desk: FrontDesk, request: pytest.FixtureRequest) -> AsyncIterator[MatchmakingEvent]:
    """An event of two rounds with three hosts of its own, who leave with it."""
    homes, people, offers = zip(*(a_host(name) for name in HOSTS), strict=True)
    section = DirectorySection(organisations=homes, people=people, offers=offers)
    await desk.keep_directory(section)
    reference, office = f"E-2027-{len(request.node.name):04d}", PersonId("office-1")
    event = MatchmakingEvent(
        reference=reference, name="Meeting", office=office,
        closes=TODAY + timedelta(days=1), rounds=2,
    )  # fmt: skip
    await desk.open_event(event)
    yield event
    async with desk.store.engine.begin() as tx:
        for table in (hosting_offer, person, organisation):
            await tx.execute(sa.delete(table).where(table.c.id.startswith("meet-")))


async def it_is_so(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await look():
            await asyncio.sleep(0.05)


class Meeting:
    """The event under its own clock, and the requests that joined it."""

    def __init__(
        self, desk: FrontDesk, settings: Settings, event: str, joined: list[Rehearsal]
    ) -> None:
        self._desk, self._event = desk, event
        self._clock = VirtualClock(desk.client, settings)
        self.joined = {rehearsal.reference: rehearsal for rehearsal in joined}

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self._desk.client.get_workflow_handle_for(
            MatchmakingEventWorkflow.run, event_id(self._event)
        )

    async def round_comes(self, number: int, days: float) -> dict[Reference, OfferId]:
        """Let days pass for the event until it has answered once more, and its hosts are asked."""
        await self._clock.forward(self.handle, timedelta(days=days))
        await it_is_so(lambda: self._has_answered(number))
        answer = (await read_answers(self._desk.store.engine, self._event))[-1].solution
        new = {r: o for r, o in answer.assignment.pairs.items() if r not in answer.instance.fixed}
        for reference in new:
            await self.joined[reference].asked(Asked.PLACE)
        return new

    async def _has_answered(self, number: int) -> bool:
        return len(await read_answers(self._desk.store.engine, self._event)) == number

    async def ends(self, days: float) -> None:
        await self._clock.forward(self.handle, timedelta(days=days))
        await it_is_so(self._is_over)

    async def _is_over(self) -> bool:
        return await read_event(self._desk.store.engine, self._event) is None


async def test_a_second_round_mends_a_refusal_and_whoever_is_left_goes_on_alone(
    begin: Begin, desk: FrontDesk, settings: Settings, event: MatchmakingEvent
) -> None:
    joins = {
        "event": event.reference, "languages": ("ia",), "themes": ("skills mapping",),
        "first_day": VISIT, "last_day": VISIT + timedelta(days=2),
    }  # fmt: skip
    meeting = Meeting(desk, settings, event.reference, [await begin(**joins) for _ in range(4)])
    for rehearsal in meeting.joined.values():
        await rehearsal.until(lambda view: view.n >= 3, "waiting for the event")
        assert "ProposalMade" not in await kinds(desk, rehearsal)

    first = await meeting.round_comes(1, 3)
    assert sorted(first.values()) == list(HOSTS)
    [left_out] = meeting.joined.keys() - first.keys()
    refused, *accepted = sorted(first)
    for reference in accepted:
        await (await meeting.joined[reference].acts(first[reference])).accept()
    host = await meeting.joined[refused].acts(first[refused])
    await host.decline(DeclineReason.NO_CAPACITY)

    second = await meeting.round_comes(2, 12)
    assert second == {left_out: first[refused]}
    [one, two] = await read_answers(desk.store.engine, event.reference)
    kept = {reference: first[reference] for reference in accepted}
    assert two.solution.instance.fixed == kept
    assert kept.items() <= two.solution.assignment.pairs.items()
    await (await meeting.joined[left_out].acts(second[left_out])).accept()

    await meeting.ends(12)
    alone = meeting.joined[refused]
    view = await alone.asked(Asked.PLACE)
    assert view.host is not None
    assert view.host.offer != first[refused]
    assert (await facts(desk, alone, "MatchmakingOver")) == [
        {"event": event.reference, "was_silent": False}
    ]
    for reference in (*accepted, left_out):
        view = (await meeting.joined[reference].mobility()).view
        assert view.is_matched
        assert view.host is not None
        assert view.host.offer == (first | second)[reference]
        assert "MatchmakingOver" not in await kinds(desk, meeting.joined[reference])
        assert await is_sound(desk, meeting.joined[reference])
    result = await result_of(desk, event.reference)
    assert result.is_verified
    assert result.gap == 0
    assert one.is_as_published
    assert two.is_as_published
    assert await meeting.handle.result() == (one.sha256, two.sha256)


async def _joined_alone(begin: Begin, event: MatchmakingEvent) -> Rehearsal:
    rehearsal = await begin(
        event=event.reference, languages=("ia",), themes=("skills mapping",), first_day=VISIT,
        last_day=VISIT + timedelta(days=2),
    )  # fmt: skip
    await rehearsal.until(lambda view: view.n >= 3, "waiting for the event")
    return rehearsal


async def test_an_event_that_says_nothing_is_not_waited_for_for_ever(
    begin: Begin, desk: FrontDesk, event: MatchmakingEvent
) -> None:
    rehearsal = await _joined_alone(begin, event)

    await rehearsal.moment_comes(event.waited_for_until + timedelta(hours=1))

    await rehearsal.asked(Asked.PLACE)
    [over] = await facts(desk, rehearsal, "MatchmakingOver")
    assert over["was_silent"] is True


async def test_a_host_that_is_gone_is_not_waited_for_and_the_next_round_counts(
    begin: Begin, desk: FrontDesk, event: MatchmakingEvent
) -> None:
    rehearsal = await _joined_alone(begin, event)
    mobility = desk.client.get_workflow_handle(f"mobility-{rehearsal.reference}")
    gone, there, _ = map(OfferId, HOSTS)
    await withdraw_offer(desk.store.engine, gone)

    await mobility.signal("event_decided", EventWord(event=event.reference, round=1, offer=gone))
    await rehearsal.until(lambda view: bool(view.passed_over), "turned away")
    await mobility.signal("event_decided", EventWord(event=event.reference, round=2, offer=there))

    assert (await rehearsal.asked(Asked.PLACE)).pending_offer == there
    await rehearsal.post_comes()
    [turned_away] = await facts(desk, rehearsal, "AssignedHostCannot")
    assert turned_away["passed_over"][0]["why"] == Hindrance.WITHDRAWN


async def test_more_hosts_than_a_ranking_names_are_ranked_once_those_are_gone(
    begin: Begin, desk: FrontDesk, event: MatchmakingEvent
) -> None:
    *_, (home, people, offer) = map(a_host, HOSTS)
    many = [
        offer.model_copy(update={"id": OfferId(f"meet-{n:02}"), "languages": {"io": None}})
        for n in range(MOST_NAMED + 1)
    ]
    await desk.keep_directory(
        DirectorySection(organisations=(home,), people=(people,), offers=tuple(many))
    )
    rehearsal = await begin(
        event=event.reference, languages=("io",), themes=("skills mapping",), first_day=VISIT,
        last_day=VISIT + timedelta(days=2),
    )  # fmt: skip
    await rehearsal.until(lambda view: view.awaited is not None, "waiting for the event")
    for gone in many[:-1]:
        await withdraw_offer(desk.store.engine, gone.id)

    mobility = desk.client.get_workflow_handle(f"mobility-{rehearsal.reference}")
    await mobility.signal("event_decided", EventWord(event=event.reference, round=1))

    assert (await rehearsal.asked(Asked.PLACE)).pending_offer == many[-1].id
    await rehearsal.post_comes()
    assert (await kinds(desk, rehearsal)).count("HostsRanked") == 2
