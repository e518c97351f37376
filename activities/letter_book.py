"""The ledger, as returned post needs it: a report is held against the letter it speaks of."""

from collections.abc import Awaitable, Callable
from email import message_from_bytes, policy

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.returned_post import LetterReturned, NotedLetter
from mail.returned import canonical
from store.cases import Store
from store.ledger import LedgerLine
from store.letters_kept import letter_named, note_bounced, note_complained, read_letter

log = structlog.get_logger()
Note = Callable[[AsyncEngine, str, str], Awaitable[LedgerLine | None]]


class LedgerBook:
    """Notes what came back, if it is about a letter of ours and its own reader.

    The address is the one in the very text: the one this letter went to, whatever the directory
    says by now. Of an erased mobility nothing is left to hold a report against.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def bounced(self, message_id: str, recipient: str, remark: str) -> NotedLetter | None:
        """The letter will never arrive."""
        return await self._note(note_bounced, message_id, recipient, remark)

    async def complained(self, message_id: str, recipient: str, remark: str) -> NotedLetter | None:
        """The letter was not wanted."""
        return await self._note(note_complained, message_id, recipient, remark)

    async def unsubscribed(
        self, _message_id: str, _recipient: str, _remark: str
    ) -> NotedLetter | None:
        """Nothing to note: letters name a person to whom such a wish is written."""
        return None

    async def _note(
        self, note: Note, message_id: str, recipient: str, remark: str
    ) -> NotedLetter | None:
        line = await letter_named(self._store.engine, message_id)
        if line is None or await self._reader_of(line) != recipient:
            return None
        await note(self._store.engine, message_id, remark)
        return NotedLetter(reference=line.order.reference, person=line.order.to, key=line.key)

    async def _reader_of(self, line: LedgerLine) -> str | None:
        kept = await read_letter(self._store.engine, self._store.keys, line.key)
        if kept is None or kept.message is None:
            return None
        readers = message_from_bytes(kept.message, policy=policy.default)["To"].addresses
        return canonical(readers[0].addr_spec) if readers else None


async def say_returned(returned: LetterReturned) -> None:
    """Tell operators: the ledger has it, and somebody has to ask for another address."""
    log.warning("letter-returned", why=str(returned.why), key=returned.letter.key)
