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
from domain.people import SYSTEM
from starter.client import Unreachable
from starter.desk import FrontDesk
from starter.pages import Names, in_words, said
from store.directory import read_directory
from store.journal import read_journal
from store.ledger import LedgerLine, LetterState, read_letters

LOOK_SECONDS = 0.2
News = tuple[int, int, Text]
"""Number of the entry, whether it is a letter that followed it, and the line to print."""
PHASES = tuple(Phase)
QUIET = ("PhaseEntered", "PersonReminded", "HostsRanked")
"""Entries that letters and the phase line tell already."""


class Reporter:
    """Follows journal and ledger, and prints each line once."""

    def __init__(self, desk: FrontDesk, reference: Reference, console: Console) -> None:
        self._desk = desk
        self._reference = reference
        self._told = 0
        self._left: set[str] = set()
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24), TimeElapsedColumn(), console=console,
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
        people = await self._desk.people(self._reference, directory)
        names = Names(people, directory.organisations, mobility)
        news = [*await self._entries_since(names), *await self._letters_since(names)]
        for _, _, text in sorted(news, key=lambda piece: piece[:2]):
            self._progress.console.print(text, soft_wrap=True)
        self._progress.update(
            self._task, completed=PHASES.index(mobility.view.phase),
            description=_standing(mobility.view, names),
        )  # fmt: skip

    async def _entries_since(self, names: Names) -> list[News]:
        news: list[News] = []
        for line in (await read_journal(self._desk.store.engine, self._reference))[self._told :]:
            self._told = line.n
            entry = line.entry
            if entry.kind == "PhaseEntered":
                news.append((line.n, 0, Text(f"{entry.facts['phase']}".upper(), "bold cyan")))
            elif entry.kind not in QUIET:
                by = f", by {names.person(entry.by)}" if entry.by != SYSTEM else ""
                news.append((line.n, 0, Text(f"{said(entry.at):>18}  {in_words(entry.kind)}{by}")))
        return news

    async def _letters_since(self, names: Names) -> list[News]:
        letters = await read_letters(self._desk.store.engine, self._reference)
        fresh = [
            letter for letter in letters
            if letter.state is LetterState.HANDED_OVER and letter.key not in self._left
        ]  # fmt: skip
        self._left |= {letter.key for letter in fresh}
        return [(x.order.event, 1, _letter_line(x, names)) for x in fresh]


def _letter_line(letter: LedgerLine, names: Names) -> Text:
    order = letter.order
    reminder = f", reminder {order.ordinal}" if order.ordinal else ""
    what = f"letter: {order.purpose.replace('-', ' ')}{reminder}"
    line = f"{said(letter.intended_at):>18}  {what}, to {names.person(order.to)}"
    return Text(line, style="green")


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
