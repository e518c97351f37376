"""Letters as they were written, and what is heard of them after they were handed over."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import Fact, Reference
from store.engine import single_statement
from store.ledger import LINE, LedgerLine, LetterState, before
from store.sealing import KeyDestroyed, KeyRing
from store.tables import NOW, letter

LONGEST_DIAGNOSTIC = 500
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+")


class TextChanged(Exception):  # noqa: N818 - somebody has changed it; nothing of ours failed
    """What is kept is not what the ledger's hash was taken of."""


class KeptLetter(Fact):
    """A line of the ledger with the letter's very text, none where there is none (any more).

    ``was_kept`` tells whether there ever was one.
    """

    line: LedgerLine
    message: bytes | None
    was_kept: bool


async def seal_letter(keys: KeyRing, references: Sequence[Reference], message: bytes) -> bytes:
    """Seal a letter under the key of each mobility it speaks of: without one it is gone."""
    for reference in references:
        message = await keys.seal(reference, message)
    return message


async def read_letter(engine: AsyncEngine, keys: KeyRing, key: str) -> KeptLetter | None:
    """One letter with its text, held against the hash in the ledger; none of an unknown key.

    Raises:
        TextChanged: when the text is not the one that was written.
    """
    find = sa.select(*LINE, letter.c.message, letter.c.sealed_for).where(letter.c.key == key)
    async with single_statement(engine) as connection:
        row = (await connection.execute(find)).mappings().first()
    if row is None:
        return None
    line = LedgerLine.model_validate({column.name: row[column.name] for column in LINE})
    message = await _unsealed(keys, row["sealed_for"], row["message"])
    if message is not None and hashlib.sha256(message).hexdigest() != line.rendered_sha256:
        raise TextChanged(f"What is kept of {key} is not what was written: its hash is another.")
    return KeptLetter(line=line, message=message, was_kept=row["sealed_for"] is not None)


async def _unsealed(keys: KeyRing, scopes: str | None, sealed: bytes | None) -> bytes | None:
    if scopes is None or sealed is None:
        return None
    try:
        for reference in reversed(scopes.split()):
            # With a wrong key nothing opens, and that is no finding about this letter.
            await keys.key(reference)
            with _changed_if_it_does_not_open():
                sealed = await keys.unseal(reference, sealed)
    except KeyDestroyed:
        return None
    return sealed


@contextmanager
def _changed_if_it_does_not_open() -> Iterator[None]:
    try:
        yield
    except InvalidTag:
        raise TextChanged("What is kept of this letter is not what was sealed.") from None


async def letter_named(engine: AsyncEngine, message_id: str) -> LedgerLine | None:
    """The letter with this Message-ID, none of a foreign one."""
    find = sa.select(*LINE).where(letter.c.message_id == message_id.strip())
    async with single_statement(engine) as connection:
        row = (await connection.execute(find)).mappings().first()
    return LedgerLine.model_validate(dict(row)) if row else None


async def note_bounced(engine: AsyncEngine, message_id: str, diagnostic: str) -> LedgerLine | None:
    """Note that a letter came back; the line as it then stands, none of a foreign Message-ID."""
    return await _note_news(engine, message_id, LetterState.BOUNCED, diagnostic)


async def note_complained(
    engine: AsyncEngine, message_id: str, diagnostic: str
) -> LedgerLine | None:
    """Note that its reader took a letter for spam; none of a foreign Message-ID."""
    return await _note_news(engine, message_id, LetterState.COMPLAINED, diagnostic)


async def _note_news(
    engine: AsyncEngine, message_id: str, state: LetterState, diagnostic: str
) -> LedgerLine | None:
    ours = letter.c.message_id == message_id.strip()
    values = {"state": state, "remark": without_addresses(diagnostic), "settled_at": NOW}
    change = sa.update(letter).where(ours, letter.c.state.in_(before(state))).values(values)
    async with engine.begin() as tx:
        await tx.execute(change)
        row = (await tx.execute(sa.select(*LINE).where(ours))).mappings().first()
    return LedgerLine.model_validate(dict(row)) if row else None


def without_addresses(diagnostic: str) -> str:
    """What a mail server says, on one line, short, and without anybody's address."""
    said = " ".join(diagnostic.split())
    return _ADDRESS.sub("an address", said)[:LONGEST_DIAGNOSTIC]
