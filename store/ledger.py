"""The ledger of letters: what was intended, what became of it, each letter exactly once.

States: intended, rendered (about to be handed over), then handed over, refused, withheld or
unknown. A letter found rendered was about to leave and nobody noted an answer: nobody can know
whether it left, so it is handed over again under the same Message-ID, and the ledger says how often
that was tried. After a few times it is left at that: unknown.

A courier speaks for a letter with the line its claim returned. Once another has taken the letter
up, that line no longer counts: the first courier neither sends it nor notes anything about it.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

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
    UNKNOWN = "unknown"
    """It may have left, nobody can know, and it is not tried again."""


class LedgerLine(Fact):
    """One letter in the ledger.

    ``attempts`` counts how often it was taken up, and so numbers the claims. ``unanswered`` counts
    those of them after which nobody can know whether it left.
    """

    key: str
    order: LetterOrder
    state: LetterState
    intended_at: datetime
    attempts: int
    unanswered: int = 0
    message_id: str | None
    rendered_sha256: str | None
    settled_at: datetime | None
    remark: str | None


_LINE = [letter.c[name] for name in LedgerLine.model_fields]
CLAIM_SECONDS = 60
"""How long a courier has to write one letter before another may take it up."""
DELIVERY_SECONDS = 15 * 60
"""How long it then has to hand the letter over: longer than a postman is ever patient."""
LONGEST_WAIT_SECONDS = 60 * 60
"""The longest time between two attempts, and the time after one that was left unanswered."""
ERASED = "the mobility was erased"
"""What the ledger says of letters that erasing has stopped."""


async def claim(engine: AsyncEngine) -> LedgerLine | None:
    """Take up the next letter to be delivered; nobody else gets it for a minute.

    The line returned is the claim: only with it can anything be noted about the letter.
    """
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
                .values(next_attempt_at=_in(CLAIM_SECONDS), attempts=letter.c.attempts + 1)
                .returning(*_LINE)
            )
        ).mappings().first()  # fmt: skip
        return LedgerLine.model_validate(dict(row)) if row else None


async def about_to_hand_over(
    engine: AsyncEngine, line: LedgerLine, *, message_id: str, rendered_sha256: str
) -> bool:
    """Note that a letter leaves now, before it does; false when it is no longer ours to send.

    It counts as unanswered until an answer is noted, and nobody else gets it for as long as a
    delivery may take.
    """
    return await _note(
        engine, line, state=LetterState.RENDERED, message_id=message_id,
        rendered_sha256=rendered_sha256, unanswered=line.unanswered + 1,
        next_attempt_at=_in(DELIVERY_SECONDS),
    )  # fmt: skip


async def settle(engine: AsyncEngine, line: LedgerLine, state: LetterState, remark: str) -> bool:
    """Note what finally became of a letter; false when another has taken it up since."""
    return await _note(engine, line, state=state, remark=remark, settled_at=NOW)


async def try_again(engine: AsyncEngine, line: LedgerLine, remark: str) -> bool:
    """Note why a letter has not left, and try again: after 1, 2, 4 ... seconds, up to an hour."""
    wait = min(2 ** min(line.attempts - 1, 16), LONGEST_WAIT_SECONDS)
    return await _note(
        engine, line, remark=remark, unanswered=line.unanswered, next_attempt_at=_in(wait)
    )


async def leave_unanswered(engine: AsyncEngine, line: LedgerLine, remark: str) -> bool:
    """Note that nobody can know whether a letter left, and try again after an hour."""
    return await _note(engine, line, remark=remark, next_attempt_at=_in(LONGEST_WAIT_SECONDS))


def _in(seconds: int) -> sa.ColumnElement[datetime]:
    return NOW + timedelta(seconds=seconds)


async def _note(engine: AsyncEngine, line: LedgerLine, **values: object) -> bool:
    """Change a letter that is not settled yet and still ours."""
    ours = sa.and_(
        letter.c.key == line.key, letter.c.settled_at.is_(None), letter.c.attempts == line.attempts
    )
    async with single_statement(engine) as tx:
        changed = await tx.execute(sa.update(letter).where(ours).values(**values))
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
