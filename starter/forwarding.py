"""``mobility forward``: lets days pass for one case, to try here what comes of waiting."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from domain.errors import OutOfPhase
from domain.facts import Reference
from starter import pages
from starter.any_case import case_of_any
from starter.clock import VirtualClock
from starter.desk import FrontDesk, event_id, workflow_id
from starter.directory import NotKnown
from starter.running import at_desk, console, settings_at_hand
from store.matchmaking import read_event, read_events

app = typer.Typer()
PANEL = "On this machine"


@app.command(rich_help_panel=PANEL)
def forward(
    case: Annotated[
        str, typer.Argument(metavar="REF", help="a mobility, an application or an event")
    ],
    days: Annotated[int, typer.Option(min=1, max=400, help="how many days are to pass")] = 1,
) -> None:
    """Let days pass for one mobility, application or event, to try what comes of waiting."""
    reference = case.upper()
    clock_shows = at_desk(lambda desk: _pass_days(desk, reference, days))
    pages.say(
        console,
        f"It is {pages.said(clock_shows)} for {reference} now; for everything else no time has "
        "passed.",
    )


async def _pass_days(desk: FrontDesk, reference: str, days: int) -> datetime:
    """Move the clock of this one and tell what it shows.

    Raises:
        ClockIsReal: in production.
        NotKnown: when there is none of that reference.
        OutOfPhase: when it is over, and nothing waits any more.
    """
    clock = VirtualClock(desk.client, settings_at_hand())
    handle = desk.client.get_workflow_handle(await _still_on(desk, reference))
    await clock.forward(handle, timedelta(days=days))
    return await clock.now(handle)


async def _still_on(desk: FrontDesk, reference: str) -> str:
    """The name under which Temporal knows it."""
    if reference.startswith("E-"):
        events = {event.reference for event, _ in await read_events(desk.store.engine)}
        if reference not in events:
            raise NotKnown(f"There is no event {reference}: 'mobility events' shows all of them.")
        is_over, name = not await read_event(desk.store.engine, reference), event_id(reference)
    else:
        found = await case_of_any(desk, reference)
        is_over, name = found.is_closed, workflow_id(Reference(found.reference))
    if is_over:
        raise OutOfPhase(f"{reference} is over, and nothing waits there: no time needs to pass.")
    return name
