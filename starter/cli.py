"""The starter: ``mobility …``, for coordinators who start and steer, and auditors who inspect.

Exit codes: 0 done, 1 trouble with the machinery or a finding, 2 refused, nothing has changed.
"""

import io
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text
from typer.exceptions import TyperException

from domain.errors import OutOfPhase, Refusal
from domain.events import Entry
from domain.facts import Reference
from local import StackTrouble
from settings import SettingMissing
from starter import (
    acts,
    auditing,
    directory_commands,
    forwarding,
    hosting,
    joining_commands,
    links,
    matchmaking,
    pages,
    post,
)
from starter.acts import File, Ref
from starter.any_case import case_of_any
from starter.case_files import EXAMPLE, BadFile, read_file, section
from starter.client import Unreachable
from starter.desk import FrontDesk, OpenMobility
from starter.dry_run import flight_plan, warning_ahead
from starter.keepsakes import remove_keepsakes, save_papers
from starter.matches_page import matches_page, offers_named
from starter.names import names_in
from starter.running import at_desk, complaints, console, is_embedded, local_stack
from store.cases import Case
from store.directory import Directory, read_directory
from store.journal import read_journal
from store.ledger import LedgerLine, read_letters
from store.offers import homes_of_offers
from store.sealing import KeyDestroyed

DONE, TROUBLE, REFUSED = 0, 1, 2
START, INSPECT, MACHINE = "Request and follow", "Audit and erase", "On this machine"

app = typer.Typer(
    help="Mobilities of staff and learners, from request to published card.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
last = typer.Typer()
"""What is seldom needed, and stands last in the help."""


@app.command(rich_help_panel=START)
def request(
    file: File,
    *,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="start nothing: print every state, owner and letter ahead"),
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="start it though it comes close to another mobility")
    ] = False,
) -> None:
    """Request a mobility: start it on its way."""
    document = read_file(file)
    given = section(document.request, "request", file)
    today = datetime.now(UTC).date()  # noqa: TID251 - here is the door
    if dry_run:
        console.print(flight_plan(document, given, today))
        if warning := warning_ahead(given):
            pages.say(console, warning)
        first = f"mobility directory {file}, then " if document.directory else ""
        pages.say(console, f"To begin it: {first}mobility request {file}")
        return
    reference = at_desk(lambda desk: desk.request(given, today=today, anyway=anyway))
    pages.say(
        console, f"{reference} is on its way: 'mobility why {reference}' tells what it waits for."
    )


@app.command("list", rich_help_panel=START)
def list_all() -> None:
    """List every mobility, newest first."""

    async def business(desk: FrontDesk) -> tuple[list[Case], Directory]:
        return await desk.store.cases(), await read_directory(desk.store.engine)

    cases, directory = at_desk(business)
    console.print(pages.list_page(cases, pages.Names({}, directory.organisations)))


@app.command(rich_help_panel=START)
def show(reference: Ref) -> None:
    """Show one mobility on one page."""

    async def business(
        desk: FrontDesk,
    ) -> tuple[OpenMobility, str, pages.Names, list[Entry], list[LedgerLine]]:
        mobility = await desk.mobility(reference)
        title = (await _texts(desk, mobility.reference)).get(mobility.request.title.id, "")
        lines = await read_journal(desk.store.engine, mobility.reference)
        letters = await read_letters(desk.store.engine, mobility.reference)
        names = await names_in(desk, mobility)
        return mobility, title, names, [line.entry for line in lines], letters

    console.print(pages.show_page(*at_desk(business)))


@app.command(rich_help_panel=START)
def why(reference: Ref) -> None:
    """Tell what it waits for, on whom, until when, and what happens then."""

    async def business(
        desk: FrontDesk,
    ) -> tuple[OpenMobility, pages.Names, list[LedgerLine], list[Entry]]:
        mobility = await desk.mobility(reference)
        letters = await read_letters(desk.store.engine, mobility.reference)
        lines = await read_journal(desk.store.engine, mobility.reference)
        journal = [line.entry for line in lines]
        return mobility, await names_in(desk, mobility), letters, journal

    console.print(pages.why_page(*at_desk(business)))


@app.command(rich_help_panel=START)
def matches(reference: Ref) -> None:
    """Show its hosts in the order they are asked, with all points, and why others are not."""

    async def business(desk: FrontDesk) -> RenderableType:
        mobility = await desk.mobility(reference)
        lines = await read_journal(desk.store.engine, mobility.reference)
        events = [line.entry.event() for line in lines]
        homes = await homes_of_offers(desk.store.engine, offers_named(events))
        return matches_page(events, await names_in(desk, mobility), homes)

    console.print(at_desk(business))


@last.command(rich_help_panel=INSPECT)
def timeline(reference: Ref) -> None:
    """Show everything on record: journal, letters and Temporal's history, merged."""

    async def business(desk: FrontDesk) -> RenderableType:
        case = await case_of_any(desk, reference)
        moments = await auditing.timeline(desk.client, desk.store, case.reference)
        return pages.timeline_page(moments, case.names, is_erased=case.is_erased)

    console.print(at_desk(business))


@last.command(rich_help_panel=INSPECT)
def verify(reference: Ref) -> None:
    """Recompute the journal's chain and hold it against the hashes in Temporal's history."""

    async def business(desk: FrontDesk) -> auditing.Verdict:
        case = await case_of_any(desk, reference)
        return await auditing.verify(desk.client, desk.store, case.reference)

    verdict = at_desk(business)
    console.print(pages.verdict_page(reference.upper(), verdict))
    if not verdict.is_sound:
        raise typer.Exit(TROUBLE)


@app.command(rich_help_panel=START)
def documents(
    reference: Ref,
    to: Annotated[Path, typer.Option(help="the folder to save them in")] = Path("out"),
) -> None:
    """Save the papers of a mobility: agreement, certificates, card."""

    async def business(desk: FrontDesk) -> dict[str, bytes]:
        mobility = await desk.mobility(reference)
        if await desk.store.is_erased(mobility.reference):
            raise KeyDestroyed(f"{mobility.reference} was erased: its papers are gone.")
        return await desk.store.documents(mobility.reference)

    papers = at_desk(business)
    if not papers:
        pages.say(console, f"{reference.upper()} has no papers yet.")
        return
    try:
        files = save_papers(papers, to / reference.upper())
    except OSError as trouble:
        raise BadFile(
            f"{to} cannot be written ({trouble.strerror}): give another folder."
        ) from None
    for file in files:
        pages.say(console, str(file))


@last.command(rich_help_panel=INSPECT)
def erase(
    reference: Ref,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask again")] = False,
) -> None:
    """Destroy the key of a closed mobility or application: names, texts, papers are gone for ever.

    What the demo and the mail catcher have kept of it in the folder of this machine goes too.
    """
    if not yes:
        typer.confirm(f"Erase everything personal about {reference.upper()} for ever?", abort=True)

    async def business(desk: FrontDesk) -> list[LedgerLine]:
        case = await case_of_any(desk, reference)
        if not case.is_closed:
            raise OutOfPhase(f"{case.reference} is still open: it can be erased once it is closed.")
        await desk.store.erase(case.reference)
        return await read_letters(desk.store.engine, case.reference)

    letters = at_desk(business)
    pages.say(console, f"{reference.upper()} is erased; its journal stays and can be verified.")
    if is_embedded():
        for kept in remove_keepsakes(local_stack(), Reference(reference.upper()), letters):
            pages.say(console, f"Removed from this machine: {kept}.")


@last.command(rich_help_panel=MACHINE)
def up() -> None:
    """Start the embedded stack, a worker and the portal, and leave them running."""
    stack = local_stack()
    from starter import demo  # noqa: PLC0415 - what it needs is not in the image

    with console.status("Starting") as status:
        demo.start_everything(stack, lambda part: status.update(f"Starting {part}"))
    for name, runs in stack.parts().items():
        pages.say(console, f"{name}: {'running' if runs else 'NOT RUNNING'}")
    pages.say(console, f"Temporal's page: {stack.ui_address}")
    pages.say(console, f"Letters: {stack.letters}")


@last.command(rich_help_panel=MACHINE)
def down() -> None:
    """Stop the embedded stack, its worker and the portal; what was recorded stays."""
    stopped = local_stack().stop()
    pages.say(console, f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


@last.command("demo", rich_help_panel=MACHINE)
def play_demo(
    file: Annotated[Path, typer.Argument(metavar="FILE")] = EXAMPLE,
) -> None:
    """Play a whole case on this machine, from request to published card."""
    stack = local_stack()
    from starter import demo  # noqa: PLC0415 - what it needs is not in the image

    demo.play(stack, file)


async def _texts(desk: FrontDesk, reference: Reference) -> dict[str, str]:
    try:
        return dict(await desk.store.texts(reference))
    except KeyDestroyed:
        return {}


def run(arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    try:
        code = app(arguments, standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else TROUBLE
    except TyperException as slip:
        return _complain(_about_usage(slip), REFUSED)
    except (Refusal, BadFile, KeyDestroyed) as refusal:
        return _complain(str(refusal), REFUSED)
    except Exception as trouble:  # noqa: BLE001 - nobody in front of a screen reads a traceback
        return _complain(_about_trouble(trouble), TROUBLE)
    return code if isinstance(code, int) else DONE


def _complain(sentence: str, code: int) -> int:
    style = "yellow" if code == REFUSED else "red"
    complaints.print(Text(sentence, style=style), soft_wrap=True)
    return code


def _about_trouble(trouble: Exception) -> str:
    """The sentence of a trouble we know; of any other its kind only, it may hold a secret."""
    if isinstance(trouble, StackTrouble | SettingMissing | Unreachable):
        return str(trouble)
    if isinstance(trouble, typer.Abort):
        return "Left off: nothing has changed."
    if isinstance(trouble, OSError) and trouble.filename:
        return f"{trouble.filename} cannot be used ({trouble.strerror}): see to it and try again."
    return (
        f"Something unforeseen has stopped this command ({type(trouble).__name__}): look into the "
        "worker's log, and report it with the command you gave."
    )


def _about_usage(slip: TyperException) -> str:
    context = getattr(slip, "ctx", None)
    what = slip.format_message().replace("Value error, ", "").rstrip(".")
    return f"{what} (see '{context.command_path} --help')." if what and context else what


# Their panels stand in the help in this order.
for part in (links, acts, hosting, directory_commands, joining_commands, matchmaking):
    app.add_typer(part.app)
for part_of_last in (post, forwarding):
    last.add_typer(part_of_last.app)
app.add_typer(last)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal without our letters is no reason to say nothing.
            stream.reconfigure(errors="replace")
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's runtime may abort a Python process that is just ending (sdk-python issue 300).
    os._exit(code)
