"""Notes for the ledger that come up together are written together, in one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from store.ledger import LedgerLine


class Note(Protocol):
    """Something to be noted about one letter."""

    @property
    def line(self) -> LedgerLine:
        """The letter, as its claim returned it."""


Kind = TypeVar("Kind", bound=Note)


class Together(Generic[Kind]):
    """Writes one kind of note: whatever came up while the last ones were written goes together."""

    def __init__(self, write: Callable[[Sequence[Kind]], Awaitable[set[str]]]) -> None:
        self._write = write
        self._turn = asyncio.Lock()
        self._waiting: list[tuple[Kind, asyncio.Future[bool]]] = []

    async def note(self, note: Kind) -> bool:
        """Have a note written; false when its letter is no longer ours."""
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((note, written))
        async with self._turn:
            if not written.done():
                await self._write_waiting()
        return written.result()

    async def _write_waiting(self) -> None:
        notes, self._waiting = self._waiting, []
        try:
            ours = await self._write([note for note, _ in notes])
        except BaseException:
            # Each of the others tries for itself.
            self._waiting = notes[1:] + self._waiting
            raise
        for note, written in notes:
            written.set_result(note.line.key in ours)
