"""Tells live what happens to one mobility: phase, who is awaited, letters as they leave."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from domain.case_view import CaseView
from domain.events import Phase
from domain.facts import Reference
from starter.client import Unreachable
from starter.desk import FrontDesk
from starter.pages import Names, said
from store.directory import read_directory
from store.journal import read_journal
from store.ledger import LetterState, read_letters

LOOK_SECONDS = 0.2
PHASES = tuple(Phase)
QUIET = ("PhaseEntered", "PersonReminded", "HostsRanked")
"""Entries that letters and the phase line tell already."""


class Reporter:
    """Follows journal and ledger, and prints each line once."""

    def __init__(self, desk: FrontDesk, reference: Reference, console: Console) -> None:
        self._desk = desk
        self._reference = reference
        self._entries = 0
        self._letters: set[str] = set()
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24),
            TimeElapsedColumn(), console=console,
        )  # fmt: skip
        self._task = self._progress.add_task("request", total=len(PHASES))

    async def follow(self) -> None:
        """Look again and again, until cancelled."""
        with self._progress:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Print what is new."""
        try:
            mobility = await self._desk.mobility(self._reference)
        except Unreachable:
            return
        directory = await read_directory(self._desk.store.engine)
        people = await self._desk.people(self._reference)
        names = Names(people, directory.organisations, mobility)
        await self._tell_entries(names)
        await self._tell_letters(names)
        self._progress.update(
            self._task, completed=PHASES.index(mobility.view.phase),
            description=_standing(mobility.view, names),
        )  # fmt: skip

    async def _tell_entries(self, names: Names) -> None:
        for line in (await read_journal(self._desk.store.engine, self._reference))[self._entries :]:
            self._entries = line.n
            entry = line.entry
            if entry.kind == "PhaseEntered":
                self._tell(Text(f"{entry.facts['phase']}".upper(), style="bold cyan"))
            elif entry.kind not in QUIET:
                said_by = names.person(entry.by)
                self._tell(Text(f"{said(entry.at):>18}  {in_words(entry.kind)}, by {said_by}"))

    async def _tell_letters(self, names: Names) -> None:
        for letter in await read_letters(self._desk.store.engine, self._reference):
            if letter.state is LetterState.HANDED_OVER and letter.key not in self._letters:
                self._letters.add(letter.key)
                order = letter.order
                reminder = f", reminder {order.ordinal}" if order.ordinal else ""
                what = f"letter: {order.purpose.replace('-', ' ')}{reminder}"
                to = names.person(order.to)
                self._tell(Text(f"{said(letter.intended_at):>18}  {what}, to {to}", style="green"))

    def _tell(self, text: Text) -> None:
        self._progress.console.print(text, soft_wrap=True)


def in_words(kind: str) -> str:
    """The name of an event as words: AgreementSigned, agreement signed."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in kind).strip()


def _standing(view: CaseView, names: Names) -> str:
    awaited = sorted({name for q in view.questions for name in q.people})
    waits = f", waits for {names.people(awaited)}" if awaited else ""
    return f"{view.phase}{waits}"


@asynccontextmanager
async def reported(desk: FrontDesk, reference: Reference, console: Console) -> AsyncIterator[None]:
    """Report for as long as the block lasts, and once more at its end."""
    reporter = Reporter(desk, reference, console)
    following = asyncio.create_task(reporter.follow())
    try:
        yield
        await asyncio.sleep(2 * LOOK_SECONDS)
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        await reporter.look()
