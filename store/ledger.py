"""The ledger of letters: what was intended, what became of it, each letter exactly once.

A letter found rendered was about to leave and nobody noted an answer: nobody can know whether it
left, so it is handed over again under the same Message-ID, and the ledger says how often that was
tried. After a few times it is left at that: unknown.

A courier speaks for a letter with the line its claim returned. Once another has taken the letter
up, that line no longer counts: the first courier neither sends it nor notes anything about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    """It is about to leave."""
    HANDED_OVER = "handed over"
    """The mail server has taken it, and nothing was heard since."""
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REFUSED = "refused"
    WITHHELD = "withheld"
    MERGED = "merged"
    """Another letter to the same person says it too: the ledger names which."""
    UNKNOWN = "unknown"
    """It may have left, nobody can know, and it is not tried again."""


_NEWS = frozenset({LetterState.BOUNCED, LetterState.COMPLAINED})
MAY_BECOME: dict[LetterState, frozenset[LetterState]] = {
    LetterState.INTENDED: frozenset(
        {LetterState.RENDERED, LetterState.WITHHELD, LetterState.MERGED}
    ),
    LetterState.RENDERED: _NEWS | {
        LetterState.RENDERED, LetterState.HANDED_OVER, LetterState.REFUSED,
        LetterState.WITHHELD, LetterState.MERGED, LetterState.UNKNOWN,
    },
    LetterState.HANDED_OVER: _NEWS,
    LetterState.UNKNOWN: _NEWS,
    LetterState.COMPLAINED: frozenset(),
    # Its address was a dead one, and another was put on file before anybody was told.
    LetterState.BOUNCED: frozenset({LetterState.INTENDED}),
    LetterState.REFUSED: frozenset({LetterState.INTENDED}),
    LetterState.WITHHELD: frozenset({LetterState.INTENDED}),
    # The letter it was to leave in was erased before it left.
    LetterState.MERGED: frozenset({LetterState.INTENDED}),
}  # fmt: skip
"""Every way a letter can go. News of one that may have left proves that it did."""


def before(state: LetterState) -> list[LetterState]:
    """The states from which a letter may come to this one."""
    return [earlier for earlier, later in MAY_BECOME.items() if state in later]


_WAYS = [f"{one} > {other}" for one, others in MAY_BECOME.items() for other in others]


class LedgerLine(Fact):
    """One letter in the ledger.

    ``attempts`` counts how often it was taken up, and so numbers the claims. ``unanswered`` counts
    those of them after which nobody can know whether it left. ``merged_into`` names the letter that
    left in its place.
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
    merged_into: str | None = None


@dataclass(frozen=True)
class Rendering:
    """A letter as it is about to leave: its name, its hash, and its very text, sealed."""

    line: LedgerLine
    message_id: str
    sha256: str
    message: bytes
    sealed_for: tuple[Reference, ...]
    address: str = ""
    """What the address it goes to is known by, if it is a dead one."""


@dataclass(frozen=True)
class Settlement:
    """What finally became of a letter, and to which dead address it was."""

    line: LedgerLine
    state: LetterState
    remark: str
    dead_address: str = ""


LINE = [letter.c[name] for name in LedgerLine.model_fields]
CLAIM_SECONDS = 60
"""How long a courier has to write one letter before another may take it up."""
DELIVERY_SECONDS = 15 * 60
"""How long it then has to hand the letter over: longer than a postman is ever patient."""
LONGEST_WAIT_SECONDS = 60 * 60
"""The longest time between two attempts, and the time after one that was left unanswered."""
ERASED = "the mobility was erased"
"""What the ledger says of letters that erasing has stopped."""


async def claim(engine: AsyncEngine, at_most: int = 1) -> list[LedgerLine]:
    """Take up the next letters to be delivered; nobody else gets them for a minute.

    The line returned is the claim: only with it can anything be noted about the letter.
    """
    due = (
        sa.select(letter.c.key)
        .where(letter.c.settled_at.is_(None), letter.c.next_attempt_at <= NOW)
        .order_by(letter.c.next_attempt_at, letter.c.key)
        .limit(at_most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    async with single_statement(engine) as tx:
        rows = await tx.execute(
            sa.update(letter)
            .where(letter.c.key == due.c.key)
            .values(next_attempt_at=_in(CLAIM_SECONDS), attempts=letter.c.attempts + 1)
            .returning(*LINE)
        )
        lines = [LedgerLine.model_validate(dict(row)) for row in rows.mappings()]
    return sorted(lines, key=lambda line: (line.intended_at, line.key))


async def about_to_hand_over(engine: AsyncEngine, renderings: Sequence[Rendering]) -> list[bool]:
    """Note that letters leave now, before they do, and return which of them are ours to send.

    None leaves for a dead address.

    Each counts as unanswered until an answer is noted, and nobody else gets it for as long as a
    delivery may take.
    """
    columns = {
        "keys": [r.line.key for r in renderings],
        "attempts": [r.line.attempts for r in renderings],
        "message_ids": [r.message_id for r in renderings],
        "hashes": [r.sha256 for r in renderings],
        "messages": [r.message for r in renderings],
        "scopes": [" ".join(r.sealed_for) for r in renderings],
        "addresses": [r.address for r in renderings],
    }
    async with single_statement(engine) as tx:
        noted = set((await tx.execute(RENDERED, columns | {"wait": DELIVERY_SECONDS})).scalars())
    return [r.line.key in noted for r in renderings]


async def settle(engine: AsyncEngine, settlements: Sequence[Settlement]) -> list[bool]:
    """Note what finally became of letters, and return which of them nobody took up since.

    What showed an address to be dead is noted with it, and that mobilities have to be told.
    """
    columns: dict[str, object] = {
        "keys": [s.line.key for s in settlements],
        "attempts": [s.line.attempts for s in settlements],
        "states": [str(s.state) for s in settlements],
        "remarks": [s.remark for s in settlements],
        "dead": [s.dead_address for s in settlements],
    }
    async with single_statement(engine) as tx:
        noted = set((await tx.execute(SETTLED, columns | {"ways": _WAYS})).scalars())
    return [s.line.key in noted for s in settlements]


RENDERED = sa.text(
    """
    update letter set state = 'rendered', message_id = n.message_id, rendered_sha256 = n.sha256,
      message = n.message, sealed_for = n.scopes, unanswered = unanswered + 1,
      next_attempt_at = now() + make_interval(secs => :wait)
    from unnest(cast(:keys as text[]), cast(:attempts as integer[]), cast(:message_ids as text[]),
        cast(:hashes as text[]), cast(:messages as bytea[]), cast(:scopes as text[]),
        cast(:addresses as text[]))
      as n (key, attempts, message_id, sha256, message, scopes, address)
    where letter.key = n.key and letter.attempts = n.attempts and settled_at is null
      and not exists (select from dead_address where digest = n.address)
    returning letter.key
    """
)
SETTLED = sa.text(
    """
    with settled as (
      update letter set state = n.state, remark = n.remark, settled_at = now(),
        failed_at = case when n.dead <> '' then now() end
      from unnest(cast(:keys as text[]), cast(:attempts as integer[]), cast(:states as text[]),
          cast(:remarks as text[]), cast(:dead as text[])) as n (key, attempts, state, remark, dead)
      where letter.key = n.key and letter.attempts = n.attempts and settled_at is null
        and letter.state || ' > ' || n.state = any(cast(:ways as text[]))
      returning letter.key, letter.reference, n.dead
    ), shown as (
      insert into dead_address (digest, reference, letter)
      select dead, reference, key from settled where dead <> ''
      on conflict do nothing
    ), with_it as (
      update letter set failed_at = now()
      where merged_into in (select key from settled where dead <> '')
    )
    select key from settled
    """
)


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
            sa.select(*LINE)
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
