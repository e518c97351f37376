"""Returned post: what comes back because of our letters is noted in the ledger, then told.

The order is ledger, operators, letterbox. Whoever stops in between finds the message again and does
all of it once more, so noting and telling twice have to be as good as once. Mobilities hear of it
from the messenger, who goes by the ledger.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol

import structlog

from domain.facts import Fact, PersonId, Reference
from mail.letterbox import Handle, Letterbox
from mail.returned import (
    Complaint,
    Foreign,
    HardBounce,
    Returned,
    SoftBounce,
    Unsubscribe,
    read_returned,
)

log = structlog.get_logger()

LOOK_SECONDS = 30.0
"""How often the letterbox is looked into when there was nothing in it."""
LONGEST_WAIT_SECONDS = 15 * 60.0
"""The longest time between two attempts at a letterbox that cannot be reached."""


class ReturnReason(StrEnum):
    """What came back because of a letter."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class NotedLetter(Fact):
    """The letter in the ledger that returned post was about."""

    reference: Reference
    person: PersonId
    key: str


class LetterReturned(Fact):
    """What operators are told: which letter to whom, and why; no address and nobody's words."""

    why: ReturnReason
    letter: NotedLetter


class LetterBook(Protocol):
    """The ledger, as returned post needs it.

    Each method notes what came back and returns the letter, also when that was noted before. It
    notes nothing and returns none when no letter has this Message-ID, or when the letter did not go
    to this recipient. Recipients are written as ``mail.returned.canonical`` writes them, so the
    address on file has to be held against them in that form.
    """

    async def bounced(
        self, message_id: str, recipient: str, remark: str, *, is_about_address: bool
    ) -> NotedLetter | None:
        """The letter will never arrive, and no other to this address if it is about that."""

    async def complained(self, message_id: str, recipient: str, remark: str) -> NotedLetter | None:
        """The letter was not wanted."""

    async def unsubscribed(
        self, message_id: str, recipient: str, remark: str
    ) -> NotedLetter | None:
        """Letters that are not required are no longer wanted."""


Tell = Callable[[LetterReturned], Awaitable[None]]
"""Tells operators. They may be told the same again, and long after the mobility has ended."""


@dataclass
class ReturnedPost:
    """Reads the letterbox for as long as the worker works."""

    letterbox: Letterbox
    book: LetterBook
    tell: Tell
    domain: str
    """What our Message-IDs end in."""

    async def run(self) -> None:
        """Read for ever; a letterbox that cannot be reached is left alone for longer and longer."""
        in_vain = 0
        while True:
            try:
                has_read = await self.read_all() > 0
                in_vain = 0
            except Exception:
                # Whatever it is, the message is still in the letterbox.
                log.exception("returned-post-interrupted")
                has_read, in_vain = False, in_vain + 1
            await asyncio.sleep(0 if has_read else _pause(in_vain))

    async def read_all(self) -> int:
        """Deal with every unread message; how many were put away."""
        put_away = 0
        async with contextlib.aclosing(self.letterbox.unread()) as messages:
            async for handle, content in messages:
                put_away += await self._read(handle, content)
        return put_away

    async def _read(self, handle: Handle, content: bytes) -> bool:
        """Deal with one message and put it away; false when it has to stay unread."""
        try:
            results = read_returned(content, domain=self.domain)
            for result in results:
                await self._deal_with(result)
            flagged = any(isinstance(r, Foreign) and r.is_for_people for r in results)
            await self.letterbox.put_away(handle, flagged=flagged)
        except Exception:
            # Trouble with one message does not keep the others.
            log.exception("returned-message-not-handled")
            return False
        return True

    async def _deal_with(self, result: Returned) -> None:
        match result:
            case HardBounce():
                note = partial(self.book.bounced, is_about_address=result.is_about_address)
                await self._note(result, ReturnReason.BOUNCED, note)
            case Complaint():
                await self._note(result, ReturnReason.COMPLAINED, self.book.complained)
            case Unsubscribe():
                await self._note(result, ReturnReason.UNSUBSCRIBED, self.book.unsubscribed)
            case SoftBounce():
                log.info("returned-letter-late", status=result.status)
            case Foreign():
                log.info("returned-post-foreign", why=result.why)

    async def _note(
        self,
        result: HardBounce | Complaint | Unsubscribe,
        why: ReturnReason,
        note: Callable[[str, str, str], Awaitable[NotedLetter | None]],
    ) -> None:
        for recipient in result.recipients:
            if letter := await note(result.message_id, recipient, result.remark):
                await self.tell(LetterReturned(why=why, letter=letter))
                log.info("returned-letter", why=str(why), reference=letter.reference)
                return
        log.info("returned-post-foreign", why="the ledger knows no such letter to this address")


def _pause(in_vain: int) -> float:
    """How long until the letterbox is looked into again."""
    return min(LOOK_SECONDS * (1 << min(max(in_vain - 1, 0), 16)), LONGEST_WAIT_SECONDS)


@contextlib.asynccontextmanager
async def returned_post_at_work(reader: ReturnedPost) -> AsyncIterator[ReturnedPost]:
    """Have returned post read in the background for as long as the block lasts."""
    work = asyncio.create_task(reader.run())
    try:
        yield reader
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await reader.letterbox.close()
