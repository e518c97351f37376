"""``mobility link``: the address of somebody's own page, for who has lost the letter it is in."""

from typing import Annotated

import typer

from activities.links import link_to, token_of
from domain.case_view import roles_in
from domain.errors import OutOfPhase, Refusal
from domain.facts import Reference
from domain.joining import is_application
from domain.people import Person
from starter.acts import As, Ref
from starter.desk import FrontDesk
from starter.directory import NotKnown
from starter.joining import find_application
from starter.pages import say
from starter.running import at_desk, console, settings_at_hand
from store.directory import read_directory
from store.links import renew, renewals

app = typer.Typer()


class NoPortal(Refusal):
    """No portal is run here, so nobody has a page of their own."""


@app.command("link", rich_help_panel="Request and follow")
def show_link(
    reference: Ref,
    who: As,
    *,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="another one: those before it are dead"),
    ] = False,
) -> None:
    """Print the link to one's own page, at which everything can be answered in a browser."""
    portal = settings_at_hand().portal
    if not portal:
        raise NoPortal("No portal is run here: set PORTAL_URL, or answer with commands.")
    say(console, at_desk(lambda desk: link_of(desk, portal, reference, who, anew=anew)))


async def link_of(
    desk: FrontDesk, portal: str, reference: str, who: str, *, anew: bool = False
) -> str:
    """Work out somebody's link to a case they have a part in; ``anew``, those before are dead.

    Raises:
        NotKnown: when there is no such case, or this person has no part in it.
        OutOfPhase: when it was erased: its links went with its key.
    """
    case, people = await _taking_part(desk, reference)
    person = next((p for p in people if p.is_called(who)), None)
    if person is None:
        raise NotKnown(f"{who} has no part in {case}: check the address.")
    engine = desk.store.engine
    if anew:
        await renew(engine, case, person.id)
    token = await token_of(desk.store.keys, case, person, await renewals(engine, case))
    return link_to(portal, case, token)


async def _taking_part(desk: FrontDesk, reference: str) -> tuple[Reference, list[Person]]:
    if is_application(reference):
        found = await find_application(desk, reference)
        if found.told is None:
            raise _erased(found.reference)
        office = (await read_directory(desk.store.engine)).person(found.view.office)
        return found.reference, [found.told.coordinator, *([office] if office else [])]
    mobility = await desk.mobility(reference)
    if mobility.is_erased:
        raise _erased(mobility.reference)
    people = (await desk.people(mobility.reference)).values()
    part = [p for p in people if roles_in(mobility.request, mobility.view, p.id)]
    return mobility.reference, part


def _erased(reference: Reference) -> OutOfPhase:
    return OutOfPhase(f"{reference} was erased, and its links with it.")
