"""One command per thing people say when an organisation wants to join."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from domain.joining import WhyDeclined
from domain.messages import Receipt
from starter import joining
from starter.acts import As, File
from starter.any_case import case_of_any
from starter.applications_page import application_page, applications_page
from starter.case_files import BadFile, read_file, section
from starter.desk import FrontDesk
from starter.joining import OpenApplication
from starter.pages import Names, say
from starter.running import at_desk, console
from store.applications import KeptApplication, applications
from store.directory import Directory, read_directory
from store.ledger import LedgerLine, read_letters

app = typer.Typer()
command = partial(app.command, rich_help_panel="Join the partnership")
Application = Annotated[
    str, typer.Argument(metavar="REF", help="the application, such as A-2027-0001")
]


@command("apply")
def apply_to_join(
    file: File,
    logo: Annotated[
        Path | None, typer.Option(metavar="FILE", help="its logo: PNG, JPEG or SVG")
    ] = None,
) -> None:
    """Apply to join the partnership (an organisation that is no member yet)."""
    given = section(read_file(file).application, "application", file)
    picture = _read(logo) if logo else None
    today = datetime.now(UTC).date()  # noqa: TID251 - here is the door
    reference = at_desk(lambda desk: joining.apply_to_join(desk, given, picture, today=today))
    say(
        console,
        f"{reference} is before the programme office: 'mobility application {reference}' tells "
        "until when it decides.",
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as trouble:
        raise BadFile(f"{file} cannot be read ({trouble.strerror}): check the name.") from None


@command("accept-application")
def accept(reference: Application, who: As) -> None:
    """Accept an application (programme office); the applicant is a member at once."""
    _recorded(reference, at_desk(lambda d: joining.accept_application(d, reference, who)))


@command("decline-application")
def decline(
    reference: Application,
    who: As,
    reason: Annotated[WhyDeclined, typer.Option()],
    note: Annotated[str, typer.Option(help="why, in your own words; the applicant reads it")] = "",
) -> None:
    """Decline an application, with a reason (programme office)."""
    _recorded(
        reference, at_desk(lambda d: joining.decline_application(d, reference, who, reason, note))
    )


@command("withdraw-application")
def withdraw(reference: Application, who: As) -> None:
    """Withdraw an application that is not decided yet (applicant)."""
    _recorded(reference, at_desk(lambda d: joining.withdraw_application(d, reference, who)))


def _recorded(reference: str, receipt: Receipt) -> None:
    say(
        console,
        f"Recorded as entry {receipt.event} of {reference.upper()}; it is {receipt.phase}.",
    )


@command("applications")
def list_all() -> None:
    """List every application, newest first."""

    async def business(desk: FrontDesk) -> tuple[list[KeptApplication], Directory]:
        return await applications(desk.store), await read_directory(desk.store.engine)

    kept, directory = at_desk(business)
    people = {person.id: person for person in directory.people}
    console.print(applications_page(kept, Names(people, directory.organisations)))


@command("application")
def show(reference: Application) -> None:
    """Show one application: what it waits for, on whom, until when, and what happens then."""

    async def business(
        desk: FrontDesk,
    ) -> tuple[OpenApplication, tuple[str, str], Names, list[LedgerLine]]:
        found = await joining.find_application(desk, reference)
        names = (await case_of_any(desk, reference)).names
        texts = await joining.what_people_wrote(desk, found)
        return found, texts, names, await read_letters(desk.store.engine, found.reference)

    console.print(application_page(*at_desk(business)))
