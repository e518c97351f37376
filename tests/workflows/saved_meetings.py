"""Journeys that come about between several: hosts that are full or paused, an event, applications.

Each has hosts of its own, who speak a language that nobody else here speaks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from domain.deadlines import Asked
from domain.facts import OfferId, OrganisationId, PersonId, Reference
from domain.hosting import HostingOffer
from domain.matching import DeclineReason
from domain.matchmaking import MatchmakingEvent
from domain.messages import Cause
from domain.people import Organisation, Person, Role
from domain.request import Activity
from starter import joining
from starter.case_files import EXAMPLE, DirectorySection, read_file, section
from starter.client import Unreachable
from starter.clock import VirtualClock
from starter.desk import FrontDesk, event_id, workflow_id
from starter.rehearsal import Rehearsal
from starter.story import a_host_accepts, holder
from workflows.matchmaking import MatchmakingEventWorkflow

Handle = WorkflowHandle[Any, Any]
Ask = Callable[..., Awaitable[Rehearsal]]
JOINS = EXAMPLE.with_name("girona-joins-2027.yaml")
OFFICE, OFFICE_ID = "office@erasmus.example", PersonId("office-1")
DAYS_TO_DECIDE = 45
"""More than the office is given to decide on an application."""


class Town:
    """Where they meet: the desk, its clock, and how a request is made."""

    def __init__(self, desk: FrontDesk, clock: VirtualClock, ask: Ask, today: date) -> None:
        self.desk, self.clock, self.ask, self.today = desk, clock, ask, today


Meeting = Callable[[Town], Awaitable[Sequence[Handle]]]


def a_host(name: str, language: str, places: int) -> DirectorySection:
    """A host that takes whoever speaks a language."""
    who, where = PersonId(f"{name}-coordinator"), OrganisationId(name)
    home = Organisation(
        id=where, name=f"Casa {name}", city="City", region="Region", country="ES",
        zone="Europe/Madrid",
    )  # fmt: skip
    coordinator = Person(
        id=who, name=f"Esperança {name}", email=f"{name}@hosts.example", organisation=where,
        roles=(Role.RECEIVING,),
    )  # fmt: skip
    offer = HostingOffer(
        id=OfferId(name), organisation=where, coordinator=who, country="ES",
        zone="Europe/Madrid", activities=(Activity.JOB_SHADOWING,), themes=("skills mapping",),
        languages={language: None}, opens=date(2026, 1, 1), closes=date(2099, 12, 31),
        places=places,
    )  # fmt: skip
    return DirectorySection(organisations=(home,), people=(coordinator,), offers=(offer,))


async def place_comes_free(town: Town) -> Sequence[Handle]:
    """The one host is full; another mobility gives its place back, and this one is asked."""
    await town.desk.keep_directory(a_host("small", "eo", places=3))
    other = await town.ask(languages=("eo",))
    await other.asked(Asked.PLACE)
    waiting = await town.ask(languages=("eo",))
    await waiting.asked(Asked.FREE_PLACE)
    await waiting.days_pass(3)
    await (await holder(other, Role.RECEIVING)).decline(DeclineReason.STAFF)
    await other.closed()
    await waiting.days_pass(4)
    await a_host_accepts(waiting)
    await waiting.asked(Asked.SIGNATURES)
    return [waiting.handle]


async def host_paused(town: Town) -> Sequence[Handle]:
    """A host has left three requests unanswered: the fourth finds it paused, and no other."""
    await town.desk.keep_directory(a_host("silent", "ia", places=100))
    silent = [await town.ask(languages=("ia",)) for _ in range(3)]
    for one in silent:
        await one.moment_comes((await one.asked(Asked.PLACE)).questions[0].falls)
        await one.closed()
    noticing = await town.ask(languages=("ia",))
    await noticing.closed()
    return [noticing.handle]


async def two_rounds(town: Town) -> Sequence[Handle]:
    """Two requests meet one host, which takes one; the other goes on alone, when it is full."""
    await town.desk.keep_directory(a_host("meeting", "la", places=2))
    event = MatchmakingEvent(
        reference="E-2027-01", name="Autumn meeting", office=OFFICE_ID, rounds=2,
        closes=town.today + timedelta(days=1),
    )  # fmt: skip
    await town.desk.open_event(event)
    visit = town.today + timedelta(days=150)
    joining_in = {
        "event": event.reference, "languages": ("la",), "first_day": visit,
        "last_day": visit + timedelta(days=2),
    }  # fmt: skip
    both = [await town.ask(**joining_in) for _ in range(2)]
    for one in both:
        await one.until(lambda view: view.awaited is not None, "waiting for the event")
    meeting = town.desk.client.get_workflow_handle_for(
        MatchmakingEventWorkflow.run, event_id(event.reference)
    )

    await town.clock.forward(meeting, timedelta(days=3))
    assigned, left_over = await _who_is_asked(both)
    await (await holder(assigned, Role.RECEIVING)).accept()
    await assigned.asked(Asked.SIGNATURES)
    await town.clock.forward(meeting, timedelta(days=event.answer_days))
    await meeting.result()
    await left_over.asked(Asked.FREE_PLACE)
    await (await holder(assigned, Role.SENDING)).cancel(Cause.WORK)
    await assigned.closed()
    await left_over.days_pass(4)
    await left_over.asked(Asked.PLACE)
    return [*await _runs_of(meeting, town), assigned.handle, left_over.handle]


async def event_is_silent(town: Town) -> Sequence[Handle]:
    """An event says nothing, and is not waited for any longer."""
    await town.desk.keep_directory(a_host("patient", "io", places=2))
    event = MatchmakingEvent(
        reference="E-2027-02", name="Spring meeting", office=OFFICE_ID, rounds=1,
        closes=town.today + timedelta(days=1),
    )  # fmt: skip
    await town.desk.open_event(event)
    visit = town.today + timedelta(days=150)
    one = await town.ask(
        event=event.reference, languages=("io",), first_day=visit,
        last_day=visit + timedelta(days=2),
    )  # fmt: skip
    await one.until(lambda view: view.awaited is not None, "waiting for the event")
    await one.moment_comes(event.waited_for_until + timedelta(hours=1))
    await one.asked(Asked.PLACE)
    return [one.handle]


async def application_accepted(town: Town) -> Sequence[Handle]:
    """The office says yes, and there is a member more."""
    applied = section(read_file(JOINS).application, "application", JOINS)
    reference = await joining.apply_to_join(town.desk, applied, None, today=town.today)
    await _office_is_asked(town, reference)
    await joining.accept_application(town.desk, reference, OFFICE)
    handle = town.desk.client.get_workflow_handle(workflow_id(reference))
    await handle.result()
    return [handle]


async def application_lapses(town: Town) -> Sequence[Handle]:
    """Nobody decides, reminders or not."""
    applied = section(read_file(JOINS).application, "application", JOINS)
    other = applied.model_copy(
        update={
            "organisation": applied.organisation.model_copy(
                update={"id": OrganisationId("other"), "name": "Altra escola", "oid": None,
                        "pic": None}
            ),
            "coordinator": applied.coordinator.model_copy(update={"email": "other@org.example"}),
        }
    )  # fmt: skip
    reference = await joining.apply_to_join(town.desk, other, None, today=town.today)
    await _office_is_asked(town, reference)
    handle = town.desk.client.get_workflow_handle(workflow_id(reference))
    await town.clock.forward(handle, timedelta(days=DAYS_TO_DECIDE))
    await handle.result()
    return [handle]


async def _who_is_asked(both: Sequence[Rehearsal]) -> Sequence[Rehearsal]:
    """The one for whom the event has a host, and the other."""
    async with asyncio.timeout(30):
        while True:
            for one, other in (both, both[::-1]):
                if (await one.mobility()).view.question(Asked.PLACE):
                    return one, other
            await asyncio.sleep(0.05)


async def _runs_of(meeting: Handle, town: Town) -> Sequence[Handle]:
    """One for each run, the first one first."""
    found, run = list[Handle](), ""
    while not found or run:
        found.insert(0, town.desk.client.get_workflow_handle(meeting.id, run_id=run or None))
        events = (await found[0].fetch_history()).events
        run = events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found


async def _office_is_asked(town: Town, reference: Reference) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(Unreachable):
                found = await joining.find_application(town.desk, reference)
                if found.view.question is not None:
                    return
            await asyncio.sleep(0.05)


MEETINGS: dict[tuple[str, ...], Meeting] = {
    ("place-comes-free",): place_comes_free,
    ("host-paused",): host_paused,
    (
        "event-first-round", "event-second-round", "event-end", "assigned-by-event",
        "left-over-by-event",
    ): two_rounds,
    ("event-is-silent",): event_is_silent,
    ("application-accepted",): application_accepted,
    ("application-lapses",): application_lapses,
}  # fmt: skip
"""The histories that each leaves, in that order."""
