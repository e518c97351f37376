"""The ledger, as returned post needs it: a report is held against the letter it speaks of."""

from collections.abc import Awaitable, Callable
from email import message_from_bytes, policy

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.returned_post import LetterReturned, NotedLetter
from mail.returned import canonical
from store.addresses import digest_of, note_dead, note_failed
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

    async def bounced(
        self, message_id: str, recipient: str, remark: str, *, is_about_address: bool
    ) -> NotedLetter | None:
        """The letter will never arrive; if that is about the address, it is a dead one.

        The messenger tells the mobility, or has the letter sent again where another is on file.
        """
        line = await self._note(note_bounced, message_id, recipient, remark)
        if line is not None and is_about_address:
            await self._address_is_dead(line, recipient)
        return _noted(line)

    async def complained(self, message_id: str, recipient: str, remark: str) -> NotedLetter | None:
        """The letter was not wanted."""
        line = await self._note(note_complained, message_id, recipient, remark)
        return _noted(line)

    async def unsubscribed(
        self, _message_id: str, _recipient: str, _remark: str
    ) -> NotedLetter | None:
        """Nothing to note: letters name a person to whom such a wish is written."""
        return None

    async def _note(
        self, note: Note, message_id: str, recipient: str, remark: str
    ) -> LedgerLine | None:
        line = await letter_named(self._store.engine, message_id)
        if line is None or await self._reader_of(line) != recipient:
            return None
        await note(self._store.engine, message_id, remark)
        return line

    async def _address_is_dead(self, line: LedgerLine, address: str) -> None:
        engine = self._store.engine
        await note_dead(engine, line, await digest_of(self._store.keys, address))
        await note_failed(engine, line.key)

    async def _reader_of(self, line: LedgerLine) -> str | None:
        kept = await read_letter(self._store.engine, self._store.keys, line.key)
        if kept is None or kept.message is None:
            return None
        readers = message_from_bytes(kept.message, policy=policy.default)["To"].addresses
        return canonical(readers[0].addr_spec) if readers else None


def _noted(line: LedgerLine | None) -> NotedLetter | None:
    if line is None:
        return None
    return NotedLetter(reference=line.order.reference, person=line.order.to, key=line.key)


async def say_returned(returned: LetterReturned) -> None:
    """Tell operators; the ledger has it, and the mobility asks for another address itself."""
    log.warning("letter-returned", why=str(returned.why), key=returned.letter.key)
