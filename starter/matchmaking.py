"""Commands for matchmaking events: open one, see how it went, check what it says."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from domain.assignment import Kind, Solution
from domain.errors import AlreadyDone, OutOfPhase, RequestNotAcceptable
from domain.facts import Reference
from domain.matchmaking import MatchmakingEvent, a_place_is_worth
from domain.people import Role
from matchmaking.assignment import greedy
from matchmaking.check_certificate import check
from starter.acts import File
from starter.case_files import BadFile, EventSection, read_file, section
from starter.desk import FrontDesk
from starter.directory import NotKnown, find_person
from starter.matchmaking_page import Result, events_page, result_page
from starter.pages import say
from starter.running import at_desk, console
from store.directory import Directory, read_directory
from store.matchmaking import (
    Answer,
    change_event,
    read_answers,
    read_events,
    read_standings,
)

app = typer.Typer()
PANEL = "Matchmaking events"
EventRef = Annotated[str, typer.Argument(metavar="EVENT", help="the event, such as E-2027-01")]
Mobility = Annotated[str, typer.Argument(metavar="REF", help="a mobility, such as M-2027-0001")]


@app.command("event", rich_help_panel=PANEL)
def open_event(file: File) -> None:
    """Open a matchmaking event from the section 'event:' of a file."""
    given = section(read_file(file).event, "event", file)
    today = datetime.now(UTC).date()  # noqa: TID251 - here is the door

    async def business(desk: FrontDesk) -> MatchmakingEvent:
        event = event_of(given, await read_directory(desk.store.engine), today)
        await desk.open_event(event)
        return event

    event = at_desk(business)
    say(
        console,
        f"{event.reference} is open until the end of {event.closes}: requests join it with "
        f"'event: {event.reference}'.",
    )


def event_of(given: EventSection, directory: Directory, today: date) -> MatchmakingEvent:
    """The event as a person wrote it, with its office found.

    Raises:
        NotKnown: for somebody who is not in the directory.
        RequestNotAcceptable: for a day that has gone, or somebody who is no programme office.
    """
    office = find_person(directory, given.programme_office, Role.OFFICE)
    if given.closes < today:
        raise RequestNotAcceptable(
            f"closes {given.closes} lies in the past (today is {today}): give a day to come."
        )
    facts = given.model_dump(exclude={"programme_office"})
    return MatchmakingEvent(office=office.id, **facts)


@app.command(rich_help_panel=PANEL)
def events() -> None:
    """List matchmaking events, the latest first."""

    async def business(desk: FrontDesk) -> list[tuple[MatchmakingEvent, bool, Sequence[Answer]]]:
        engine = desk.store.engine
        found = await read_events(engine)
        return [(e, is_over, await read_answers(engine, e.reference)) for e, is_over in found]

    console.print(events_page(at_desk(business)))


@app.command(rich_help_panel=PANEL)
def event_together(event: EventRef, one: Mobility, other: Mobility) -> None:
    """Have two requests of an event travel together: to the same host, or to none."""

    async def business(desk: FrontDesk) -> None:
        await keep_together(desk, event.upper(), Reference(one.upper()), Reference(other.upper()))

    at_desk(business)
    say(console, f"{one.upper()} and {other.upper()} travel together in {event.upper()}.")


async def keep_together(desk: FrontDesk, event: str, one: Reference, other: Reference) -> None:
    """Keep that two requests of an event go to the same host.

    Raises:
        NotKnown: when one of the three is not there, or not in the event.
        OutOfPhase: once the event has answered.
        RequestNotAcceptable: when the two are one, or travel on different days.
        AlreadyDone: when that is known.
    """
    engine = desk.store.engine
    found = await _known(desk, event)
    if await read_answers(engine, event):
        raise OutOfPhase(f"{event} has answered already: who travels together is said before.")
    standings = {s.reference: s for s in await read_standings(engine, event)}
    if missing := [r for r in (one, other) if r not in standings]:
        raise NotKnown(f"{missing[0]} takes no part in {event}: give two requests of the event.")
    days = {(standings[r].first_day, standings[r].last_day) for r in (one, other)}
    if one == other or len(days) > 1:
        raise RequestNotAcceptable(
            f"{one} and {other} cannot travel together: give two requests for the same days."
        )
    pair = (min(one, other), max(one, other))
    if pair in found.together:
        raise AlreadyDone(f"{one} and {other} travel together already: nothing is left to do.")
    await change_event(engine, found.model_copy(update={"together": (*found.together, pair)}))


@app.command(rich_help_panel=PANEL)
def event_result(
    event: EventRef,
    certificate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="write question, answer and proof for the checker"),
    ] = None,
) -> None:
    """Show who is assigned to which host in an event, with how many points, and the proof."""

    async def business(desk: FrontDesk) -> Result:
        return await result_of(desk, event.upper())

    result = at_desk(business)
    console.print(result_page(result))
    if certificate is not None:
        _write(certificate, result.answer)
        worth = a_place_is_worth(result.answer.solution.instance)
        say(
            console,
            f"To check it by itself: python matchmaking/check_certificate.py {certificate} (there "
            f"each request that has a host counts {worth} points more).",
        )


async def result_of(desk: FrontDesk, event: str) -> Result:
    """The last answer of an event, checked.

    Raises:
        NotKnown: when there is no such event.
        OutOfPhase: before it has answered.
    """
    found = await _known(desk, event)
    answers = await read_answers(desk.store.engine, event)
    if not answers:
        raise OutOfPhase(f"{event} has not answered yet: it closes at the end of {found.closes}.")
    directory = await read_directory(desk.store.engine)
    return checked(found, answers[-1], directory)


class _Verdict(NamedTuple):
    is_verified: bool
    sentence: str


def checked(event: MatchmakingEvent, answer: Answer, directory: Directory) -> Result:
    """An answer held against the checker, and against what a spreadsheet comes to."""
    solution = answer.solution
    verdict = _verdict(answer)
    return Result(
        event=event, answer=answer, by_greedy=greedy(solution.instance),
        names={o.id: o.name for o in directory.organisations},
        is_verified=verdict.is_verified, verdict=verdict.sentence,
        gap=_gap(solution),
    )  # fmt: skip


def _gap(solution: Solution) -> int:
    if solution.certificate.kind is Kind.STABLE:
        return 0
    return solution.certificate.bound - solution.assignment.total


def _verdict(answer: Answer) -> _Verdict:
    if not answer.is_as_published:
        return _Verdict(is_verified=False, sentence="it is not what was published")
    try:
        said = check(json.loads(answer.solution.model_dump_json()))
    except SystemExit as broken:
        return _Verdict(is_verified=False, sentence=str(broken))
    return _Verdict(is_verified=True, sentence=said)


async def _known(desk: FrontDesk, event: str) -> MatchmakingEvent:
    found = await read_events(desk.store.engine, event)
    if not found:
        raise NotKnown(f"There is no event {event}: 'mobility events' shows all of them.")
    return found[0][0]


def _write(file: Path, answer: Answer) -> None:
    try:
        file.write_text(answer.solution.model_dump_json(indent=1) + "\n", "utf-8")
    except OSError as trouble:
        raise BadFile(
            f"{file} cannot be written ({trouble.strerror}): give another name."
        ) from None
