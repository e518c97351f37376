"""The demo: one whole case, from request to published card, on this machine in under a minute."""

import asyncio
import shutil
import sys
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from alembic.util import CommandError
from rich.panel import Panel
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from domain.case_card import said_dates
from domain.facts import Reference
from local import StackTrouble
from local.stack import Stack, Told
from settings import Settings
from starter.case_files import EXAMPLE, CaseDocument, move, read_file, section
from starter.clock import VirtualClock
from starter.keepsakes import folder_of, save_letters, save_papers
from starter.rehearsal import Rehearsal
from starter.reporter import reported
from starter.running import console, open_desk
from starter.story import tell_the_story
from store.engine import migrate
from store.ledger import read_letters

WEEKS_IN_A_YEAR = 52
LEAD = timedelta(days=80)
"""Days the story takes before the visit, with everybody's hesitation."""


def start_everything(stack: Stack, tell: Told) -> Settings:
    """Start the stack, bring the tables up to date, start a worker.

    Raises:
        StackTrouble: when a part does not start, saying where to look.
    """
    settings = stack.start(tell)
    tell("the tables")
    try:
        migrate(settings.required("database_url"))
    except (SQLAlchemyError, CommandError) as trouble:
        raise StackTrouble(
            f"The tables cannot be brought up to date ({type(trouble).__name__}): this database "
            f"may be another version's; see {stack.database}/log."
        ) from None
    tell("the worker")
    stack.start_worker(settings)
    tell("the portal")
    stack.start_portal(settings)
    return settings


def play(stack: Stack, file: Path) -> None:
    """Play the case of a file and tell where everything is.

    Raises:
        BadFile: when the file lacks a section that the story needs.
    """
    document = read_file(file)
    for name in ("directory", "request", "agenda", "evaluations", "follow_up"):
        section(getattr(document, name), name, file)
    weeks = weeks_to_a_coming_year(document, today())
    with console.status("Starting") as status:
        settings = start_everything(stack, lambda part: status.update(f"Starting {part}"))
    _announce(document, weeks)
    began = time.monotonic()
    reference = asyncio.run(_play(settings, move(document, weeks)))
    seconds = time.monotonic() - began
    folder = asyncio.run(_keep(settings, stack, reference))
    _farewell(stack, reference, folder, seconds)


def today() -> date:
    """The day it is here."""
    return datetime.now(UTC).date()  # noqa: TID251 - here is the door


def weeks_to_a_coming_year(document: CaseDocument, today: date) -> int:
    """By how many whole years of 52 weeks a case must move to lie far enough ahead."""
    if document.request is None:
        return 0
    weeks = 0
    while document.request.first_day + timedelta(weeks=weeks) < today + LEAD:
        weeks += WEEKS_IN_A_YEAR
    return weeks


def _announce(document: CaseDocument, weeks: int) -> None:
    if document.request is None or not weeks:
        return
    request = document.request
    days = [request.first_day, request.last_day]
    later = [day + timedelta(weeks=weeks) for day in days]
    console.print(
        f"The dates of this case lie in the past ({said_dates(tuple(days))}): the demo moves them "
        f"by {weeks} weeks, to {said_dates(tuple(later))}.\n"
        "Everything below is real but the passing of time: the same server, database, letters and "
        "messages as in production.",
        soft_wrap=True,
    )


async def _play(settings: Settings, document: CaseDocument) -> Reference:
    async with open_desk(settings) as desk:
        clock = VirtualClock(desk.client, settings)
        directory = section(document.directory, "directory", EXAMPLE)
        await desk.keep_directory(directory)
        # Every rehearsal is a request of its own, although the file is the same.
        reference = await desk.request(
            section(document.request, "request", EXAMPLE),
            today=today(), occasion=uuid.uuid4().hex,  # noqa: TID251 - here is the door
        )  # fmt: skip
        rehearsal = Rehearsal(desk, clock, reference, with_post=True)
        async with reported(desk, reference, console):
            await tell_the_story(rehearsal, document)
        return reference


async def _keep(settings: Settings, stack: Stack, reference: Reference) -> Path:
    """Save papers and letters where a person finds them."""
    folder = folder_of(stack.home, reference)
    async with open_desk(settings) as desk:
        letters = await read_letters(desk.store.engine, reference)
        save_papers(await desk.store.documents(reference), folder)
        save_letters(letters, stack.letters, folder / "letters")
    return folder


def _farewell(stack: Stack, reference: Reference, folder: Path, seconds: float) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    for form in ("html", "pdf", "md"):
        table.add_row(f"card ({form})", str(folder / f"card.{form}"))
    table.add_row("agreement", str(folder / "agreement.pdf"))
    table.add_row("letters", str(folder / "letters" / "index.html"))
    us = _as_called()
    table.add_row("auditor", f"{us} timeline {reference}")
    table.add_row("", f"{us} verify {reference}")
    table.add_row("Temporal", f"{stack.ui_address} (what it shows is sealed)")
    table.add_row("stop it all", f"{us} down")
    title = f"{reference} is completed, after {seconds:.0f} seconds"
    console.print(Panel(table, title=title, expand=False), soft_wrap=True)


def _as_called() -> str:
    """How a person can call us from here: by name, or by the path when the name is not known."""
    if shutil.which("mobility"):
        return "mobility"
    program = Path(sys.argv[0]).resolve()
    here = Path.cwd()
    return str(program.relative_to(here) if program.is_relative_to(here) else program)
