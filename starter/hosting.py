"""``mobility resume-hosting``: a host that was not asked for the time being is back."""

from typing import Annotated

import typer

from domain.errors import AlreadyDone, WrongRole
from domain.people import Organisation, Role
from starter import pages
from starter.acts import As
from starter.desk import FrontDesk
from starter.directory import NotKnown
from starter.running import at_desk, console
from store.directory import Directory, read_directory
from store.hosting_pauses import resume_hosting

app = typer.Typer()


@app.command("resume-hosting", rich_help_panel="Say something, in one's own name")
def resume(
    organisation: Annotated[
        str, typer.Argument(metavar="ORGANISATION", help="its id, as 'mobility directory' lists it")
    ],
    who: As,
) -> None:
    """Have a paused host asked for places again (somebody who works there, programme office)."""

    async def business(desk: FrontDesk) -> Organisation:
        return await bring_back(desk, organisation, who)

    back = at_desk(business)
    pages.say(console, f"{back.name} is asked for places again.")


async def bring_back(desk: FrontDesk, organisation: str, who: str) -> Organisation:
    """End the pause of a host, in somebody's name.

    Raises:
        NotKnown: for an organisation or a person who is not in the directory.
        WrongRole: when this is for somebody else to say.
        AlreadyDone: when the host is not paused.
    """
    directory = await read_directory(desk.store.engine)
    home = next((o for o in directory.organisations if o.id == organisation), None)
    if home is None:
        raise NotKnown(
            f"There is no organisation {organisation}: 'mobility directory' shows all of them."
        )
    _check_may_speak_for(home, who, directory)
    if not await resume_hosting(desk.store.engine, home.id):
        raise AlreadyDone(f"{home.name} is not paused: it is asked for places as usual.")
    return home


def _check_may_speak_for(home: Organisation, who: str, directory: Directory) -> None:
    person = directory.person(who)
    if person is None:
        raise NotKnown(f"Nobody in the directory has the address {who}: correct it.")
    if person.organisation != home.id and Role.OFFICE not in person.roles:
        raise WrongRole(
            f"{person.name} does not work at {home.name}: ask somebody there, or the programme "
            "office, to say so."
        )
