"""Letters that a newer one to the same person says anew: they do not leave by themselves."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.letters import SAID_ANEW
from store.engine import single_statement
from store.ledger import LedgerLine


async def leave_out_said_anew(engine: AsyncEngine, lines: Sequence[LedgerLine]) -> list[LedgerLine]:
    """Of letters just taken up, those that no newer one says anew; the others are merged into it.

    One that may have left already is not said to leave in another.
    """
    columns = {
        "keys": [line.key for line in lines if line.order.purpose in SAID_ANEW],
        "attempts": [line.attempts for line in lines if line.order.purpose in SAID_ANEW],
    }
    if not columns["keys"]:
        return list(lines)
    async with single_statement(engine) as tx:
        merged = set((await tx.execute(MERGED, columns)).scalars())
    return [line for line in lines if line.key not in merged]


MERGED = sa.text(
    """
    update letter set settled_at = now(), remark = null, merged_into = newest.key,
      state = case when letter.unanswered > 0 then 'unknown' else 'merged' end
    from unnest(cast(:keys as text[]), cast(:attempts as integer[])) as mine (key, attempts),
      lateral (
        select newer.key from letter as older
        join letter as newer on newer.reference = older.reference
          and newer.person = older.person and newer.settled_at is null
          and newer."order" ->> 'purpose' = older."order" ->> 'purpose'
          and (newer."order" ->> 'event')::integer > (older."order" ->> 'event')::integer
        where older.key = mine.key
        order by (newer."order" ->> 'event')::integer desc limit 1
      ) as newest
    where letter.key = mine.key and letter.attempts = mine.attempts and letter.settled_at is null
    returning letter.key
    """
)
