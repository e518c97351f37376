"""``mobility link``: the address of somebody's own page, for who has lost the letter it is in."""

from typing import Annotated

import typer

from activities.links import link_to, token_of
from domain.case_view import roles_in
from domain.errors import OutOfPhase, Refusal
from starter.acts import As, Ref
from starter.desk import FrontDesk
from starter.directory import NotKnown
from starter.pages import say
from starter.running import at_desk, console, settings_at_hand
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
    """Work out somebody's link to a mobility they have a part in; ``anew``, those before are dead.

    Raises:
        NotKnown: when there is no such mobility, or this person has no part in it.
        OutOfPhase: when it was erased: its links went with its key.
    """
    mobility = await desk.mobility(reference)
    if mobility.is_erased:
        raise OutOfPhase(f"{mobility.reference} was erased, and its links with it.")
    people = await desk.people(mobility.reference)
    asking = (p for p in people.values() if who.casefold() in (p.email.casefold(), p.id.casefold()))
    person = next(asking, None)
    if person is None or not roles_in(mobility.request, mobility.view, person.id):
        raise NotKnown(f"{who} has no part in {mobility.reference}: check the address.")
    engine = desk.store.engine
    if anew:
        await renew(engine, mobility.reference, person.id)
    known = await renewals(engine, mobility.reference)
    token = await token_of(desk.store.keys, mobility.reference, person, known)
    return link_to(portal, mobility.reference, token)
