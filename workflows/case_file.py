"""The mobility while the workflow has it open: hearing people and writing down what happened."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.journal import JournalKeeper
from domain.case_view import view_of
from domain.errors import Refusal
from domain.hearing import check_may, hear
from domain.host_book import book_after
from domain.journal import GENESIS, Record
from domain.letters import letters_after
from domain.messages import Message, Receipt
from domain.mobility import Mobility
from workflows.effort import quick

Paper = TypeVar("Paper")


class CaseFile:
    """One open mobility. Handlers change it, phases act on it, and this writes it down."""

    def __init__(self, mobility: Mobility) -> None:
        self.mobility = mobility
        self.renewal_asked = False
        self._moved_at = mobility.moved_at
        self._pen = asyncio.Lock()

    @property
    def must_stop(self) -> bool:
        """The journey is over, starts over, or goes on in a new run: every wait ends."""
        return self.is_over or self.must_start_over

    @property
    def is_over(self) -> bool:
        """The journey is over, or goes on in a new run: there is nothing more to wait for here."""
        return self.mobility.outcome is not None or self.renewal_asked

    @property
    def must_start_over(self) -> bool:
        """The visit was moved: the journey goes back to its first phase that is not finished."""
        return self.mobility.moved_at != self._moved_at

    def start_over(self) -> None:
        """Go by the dates that hold now."""
        self._moved_at = self.mobility.moved_at

    @property
    def now(self) -> datetime:
        """The workflow's own time; the case is told it."""
        return workflow.now()

    def check(self, message: Message) -> None:
        """Refuse what may not be said, before anything is written to the history."""
        info = workflow.current_update_info()
        if info is not None and info.id in self.mobility.heard:
            return
        with _refusals():
            check_may(self.mobility, message, at=self.now)

    async def take(self, message: Message) -> Receipt:
        """Take a message in, and answer once it is written down."""
        info = workflow.current_update_info()
        message_id = info.id if info is not None else ""
        with _refusals():
            event = hear(self.mobility, message, at=self.now, message_id=message_id)
        await self.written()
        return Receipt(event=event, phase=self.mobility.phase)

    async def written(self) -> None:
        """Return once everything that has happened so far is in the journal.

        A step waits for whatever it has just set going, so that the last signature, the agreement
        that comes into force by it and the next phase are one stroke: one activity and one
        transaction.
        """
        mine = self.mobility.n
        # Conditions are looked at when nobody has anything left to do: after the first look the
        # phases go on, and by the second they have come to their next wait.
        await workflow.wait_condition(lambda: True)
        await workflow.wait_condition(lambda: True)
        async with self._pen:
            if self.mobility.recorded < mine:
                await self._write_down()

    async def drawn(self, draw: Callable[[], Awaitable[Paper]]) -> Paper | None:
        """Have something drawn up from what is in the journal, and nothing less.

        Whatever is said meanwhile is not in it: then it is drawn up again. None when the journey
        stops instead.
        """
        while not self.must_stop:
            while self.mobility.recorded < self.mobility.n:
                await self.written()
            read = self.mobility.n
            paper = await draw()
            if self.mobility.n == read and not self.must_stop:
                return paper
        return None

    async def _write_down(self) -> None:
        mobility = self.mobility
        entries = tuple(mobility.unrecorded)
        letters = tuple(order for entry in entries for order in letters_after(entry, mobility))
        record = Record(
            reference=mobility.request.reference, entries=entries,
            view=view_of(mobility), letters=letters, hosting=book_after(entries, mobility),
            follows=mobility.journal_head or GENESIS,
        )  # fmt: skip
        mobility.journal_head = await workflow.execute_activity_method(
            JournalKeeper.record, record, **quick()
        )
        mobility.recorded = entries[-1].n
        mobility.unrecorded = mobility.unrecorded[len(entries) :]


class _refusals:  # noqa: N801 - reads as a phrase: with _refusals()
    """The one place where a refusal becomes what reaches the client, by its class name."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Refusal):
            raise ApplicationError(str(error), type=type(error).__name__, non_retryable=True)
