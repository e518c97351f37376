"""The ledger of letters: what was intended, what became of it, each letter exactly once.

States: intended, rendered (about to be handed over), then handed over, refused or withheld. A
letter found rendered was about to leave when its courier stopped: nobody can know whether it did,
so it is handed over again under the same Message-ID, and the ledger says how often that was tried.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.facts import Fact, Reference
from domain.letters import LetterOrder
from store.engine import single_statement
from store.tables import NOW, letter


class LetterState(StrEnum):
    """What became of a letter."""

    INTENDED = "intended"
    RENDERED = "rendered"
    HANDED_OVER = "handed over"
    REFUSED = "refused"
    WITHHELD = "withheld"


class LedgerLine(Fact):
    """One letter in the ledger."""

    key: str
    order: LetterOrder
    state: LetterState
    intended_at: datetime
    attempts: int
    message_id: str | None
    rendered_sha256: str | None
    settled_at: datetime | None
    remark: str | None


_LINE = [letter.c[name] for name in LedgerLine.model_fields]
CLAIM_SECONDS = 60
"""How long a courier has for one letter before another may take it up."""


async def claim(engine: AsyncEngine) -> LedgerLine | None:
    """Take up the next letter to be delivered; nobody else gets it for a minute."""
    due = (
        sa.select(letter.c.key)
        .where(letter.c.settled_at.is_(None), letter.c.next_attempt_at <= NOW)
        .order_by(letter.c.next_attempt_at, letter.c.key)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    async with single_statement(engine) as tx:
        row = (
            await tx.execute(
                sa.update(letter)
                .where(letter.c.key == due)
                .values(next_attempt_at=NOW + sa.text(f"interval '{CLAIM_SECONDS} seconds'"))
                .returning(*_LINE)
            )
        ).mappings().first()  # fmt: skip
        return LedgerLine.model_validate(dict(row)) if row else None


async def about_to_hand_over(
    engine: AsyncEngine, key: str, *, message_id: str, rendered_sha256: str
) -> bool:
    """Note that a letter leaves now, before it does; false when it was settled meanwhile."""
    async with single_statement(engine) as tx:
        return await _note(
            tx, key, state=LetterState.RENDERED, message_id=message_id,
            rendered_sha256=rendered_sha256, attempts=letter.c.attempts + 1,
        )  # fmt: skip


async def settle(engine: AsyncEngine, key: str, state: LetterState, remark: str) -> None:
    """Note what finally became of a letter."""
    async with single_statement(engine) as tx:
        await _note(tx, key, state=state, remark=remark, settled_at=NOW)


async def try_again(engine: AsyncEngine, key: str, remark: str) -> None:
    """Note why a letter could not leave, and try again: after 1, 2, 4 ... 64 seconds."""
    wait = sa.func.make_interval(
        0, 0, 0, 0, 0, 0, sa.func.power(2, sa.func.least(letter.c.attempts, 7) - 1)
    )
    async with single_statement(engine) as tx:
        await _note(tx, key, remark=remark, next_attempt_at=NOW + wait)


async def _note(tx: AsyncConnection, key: str, **values: object) -> bool:
    """Change a letter that is not settled yet."""
    open_letter = sa.and_(letter.c.key == key, letter.c.settled_at.is_(None))
    changed = await tx.execute(sa.update(letter).where(open_letter).values(**values))
    return changed.rowcount == 1


async def read_letters(engine: AsyncEngine, reference: Reference) -> list[LedgerLine]:
    """Every letter of a mobility, in the order they were intended."""
    async with single_statement(engine) as connection:
        rows = await connection.execute(
            sa.select(*_LINE)
            .where(letter.c.reference == reference)
            .order_by(letter.c.intended_at, letter.c.key)
        )
        return [LedgerLine.model_validate(dict(row)) for row in rows.mappings()]


async def undelivered(engine: AsyncEngine) -> int:
    """How many letters have not been settled yet."""
    async with single_statement(engine) as connection:
        return (
            await connection.scalar(sa.select(sa.func.count()).where(letter.c.settled_at.is_(None)))
            or 0
        )
