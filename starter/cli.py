"""The starter: ``mobility …``, for coordinators who start and steer, and auditors who inspect.

Exit codes: 0 done, 1 trouble with the machinery or a finding, 2 refused, nothing has changed.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from domain.errors import OutOfPhase, Refusal
from domain.facts import Reference
from local import StackTrouble
from settings import SettingMissing
from starter import acts, auditing, pages
from starter.acts import File, Ref
from starter.case_files import EXAMPLE, BadFile, read_file, section
from starter.client import Unreachable
from starter.desk import FrontDesk, OpenMobility
from starter.keepsakes import save_papers
from starter.running import at_desk, console, local_stack
from store.cases import Case
from store.directory import Directory, read_directory
from store.sealing import KeyDestroyed

DONE, TROUBLE, REFUSED = 0, 1, 2

app = typer.Typer(
    help="Mobilities of staff and learners, from request to published card.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command("directory")
def keep_directory(file: File) -> None:
    """Add or replace organisations, people and hosting offers from a file."""
    given = section(read_file(file).directory, "directory", file)
    kept = at_desk(lambda desk: desk.keep_directory(given))
    pages.say(
        console,
        f"The directory has {len(kept.organisations)} organisations, {len(kept.people)} people and "
        f"{len(kept.offers)} hosting offers.",
    )


@app.command()
def request(file: File) -> None:
    """Request a mobility: start it on its way."""
    given = section(read_file(file).request, "request", file)
    today = datetime.now(UTC).date()
    reference = at_desk(lambda desk: desk.request(given, today=today))
    pages.say(
        console, f"{reference} is on its way: 'mobility why {reference}' tells what it waits for."
    )


@app.command("list")
def list_all() -> None:
    """List every mobility, newest first."""

    async def business(desk: FrontDesk) -> tuple[list[Case], Directory]:
        return await desk.store.cases(), await read_directory(desk.store.engine)

    cases, directory = at_desk(business)
    console.print(pages.list_page(cases, pages.Names({}, directory.organisations)))


@app.command()
def show(reference: Ref) -> None:
    """Show one mobility on one page."""

    async def business(desk: FrontDesk) -> tuple[OpenMobility, str, pages.Names]:
        mobility = await desk.mobility(reference)
        texts = await _texts(desk, mobility.reference)
        return mobility, texts.get(mobility.request.title.id, ""), await _names(desk, mobility)

    console.print(pages.show_page(*at_desk(business)))


@app.command()
def why(reference: Ref) -> None:
    """Tell what it waits for, on whom, until when, and what happens then."""

    async def business(desk: FrontDesk) -> tuple[OpenMobility, pages.Names]:
        mobility = await desk.mobility(reference)
        return mobility, await _names(desk, mobility)

    console.print(pages.why_page(*at_desk(business)))


@app.command()
def timeline(reference: Ref) -> None:
    """Show everything on record: journal, letters and Temporal's history, merged."""

    async def business(desk: FrontDesk) -> tuple[list[auditing.Moment], pages.Names]:
        mobility = await desk.mobility(reference)
        moments = await auditing.timeline(desk.client, desk.store, mobility.reference)
        return moments, await _names(desk, mobility)

    console.print(pages.timeline_page(*at_desk(business)))


@app.command()
def verify(reference: Ref) -> None:
    """Recompute the journal's chain and hold it against the hashes in Temporal's history."""

    async def business(desk: FrontDesk) -> auditing.Verdict:
        mobility = await desk.mobility(reference)
        return await auditing.verify(desk.client, desk.store, mobility.reference)

    verdict = at_desk(business)
    console.print(pages.verdict_page(reference.upper(), verdict))
    if not verdict.is_sound:
        raise typer.Exit(TROUBLE)


@app.command()
def documents(
    reference: Ref,
    to: Annotated[Path, typer.Option(help="the folder to save them in")] = Path("out"),
) -> None:
    """Save the papers of a mobility: agreement, certificates, card."""

    async def business(desk: FrontDesk) -> dict[str, bytes]:
        mobility = await desk.mobility(reference)
        return await desk.store.documents(mobility.reference)

    papers = at_desk(business)
    if not papers:
        pages.say(console, f"{reference.upper()} has no papers yet.")
    for file in save_papers(papers, to / reference.upper()):
        pages.say(console, str(file))


@app.command()
def erase(
    reference: Ref,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask again")] = False,
) -> None:
    """Destroy the key of a closed mobility: names, texts and papers are gone for ever."""
    if not yes:
        typer.confirm(f"Erase everything personal about {reference.upper()} for ever?", abort=True)

    async def business(desk: FrontDesk) -> None:
        mobility = await desk.mobility(reference)
        if mobility.view.outcome is None:
            raise OutOfPhase(
                f"{mobility.reference} is still open: it can be erased once it is closed."
            )
        await desk.store.erase(mobility.reference)

    at_desk(business)
    pages.say(console, f"{reference.upper()} is erased; its journal stays and can be verified.")


@app.command()
def up() -> None:
    """Start the embedded stack and a worker, and leave them running."""
    stack = local_stack()
    from starter import demo  # noqa: PLC0415 - what it needs is not in the image

    with console.status("Starting") as status:
        demo.start_everything(stack, lambda part: status.update(f"Starting {part}"))
    for name, runs in stack.parts().items():
        pages.say(console, f"{name}: {'running' if runs else 'NOT RUNNING'}")
    pages.say(console, f"Temporal's page: {stack.ui_address}")
    pages.say(console, f"Letters: {stack.letters}")


@app.command()
def down() -> None:
    """Stop the embedded stack and its worker; what was recorded stays."""
    stopped = local_stack().stop()
    pages.say(console, f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


@app.command("demo")
def play_demo(
    file: Annotated[Path, typer.Argument(metavar="FILE")] = EXAMPLE,
) -> None:
    """Play a whole case on this machine, from request to published card."""
    stack = local_stack()
    from starter import demo  # noqa: PLC0415 - what it needs is not in the image

    demo.play(stack, file)


async def _names(desk: FrontDesk, mobility: OpenMobility) -> pages.Names:
    directory = await read_directory(desk.store.engine)
    try:
        people = await desk.people(mobility.reference)
    except KeyDestroyed:
        people = {person.id: person for person in directory.people}
    return pages.Names(people, directory.organisations, mobility)


async def _texts(desk: FrontDesk, reference: Reference) -> dict[str, str]:
    try:
        return dict(await desk.store.texts(reference))
    except KeyDestroyed:
        return {}


def run(arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    try:
        app(arguments)
    except (Refusal, BadFile) as refusal:
        console.print(Text(str(refusal), style="yellow"), soft_wrap=True)
        return REFUSED
    except (StackTrouble, SettingMissing, Unreachable) as trouble:
        console.print(Text(str(trouble), style="red"), soft_wrap=True)
        return TROUBLE
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else TROUBLE
    return DONE


app.add_typer(acts.app)


def main() -> None:
    """The console script."""
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's runtime may abort a Python process that is just ending (sdk-python issue 300).
    os._exit(code)
