"""The journal: one stroke per step, idempotent by event id, chained so that it can be believed."""

import json

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.events import Entry
from domain.facts import Fact, Reference
from domain.journal import GENESIS, Record, body_of, link
from store.engine import single_statement
from store.tables import journal


class JournalConflict(Exception):  # noqa: N818 - two histories disagree; it is not a fault of ours
    """The journal already says something else under this number."""


class JournalGap(Exception):  # noqa: N818
    """The entry before is not there (yet)."""


class Line(Fact):
    """One line of the journal as it is kept."""

    n: int
    body: str
    chain: str
    run_id: str
    activity_id: str

    @property
    def entry(self) -> Entry:
        """The entry that the line holds."""
        return Entry.model_validate_json(self.body)


async def write_down(engine: AsyncEngine, record: Record, *, run_id: str, activity_id: str) -> str:
    """Write one stroke in one transaction and return the new head of the chain.

    Written before, it changes nothing and returns the same head. The moment of an entry is not
    compared, for a step may be repeated a little later; everything that follows from the moment is,
    such as a deadline. A workflow that was reset to an earlier step on another day says other
    deadlines than the journal, and comes to a conflict: see the runbook.

    Raises:
        JournalConflict: when the journal says something else under one of these numbers.
        JournalGap: when the entry before the first one is missing.
    """
    async with engine.begin() as tx:
        head, last = await _head(tx, record.reference)
        known = [entry for entry in record.entries if entry.n <= last]
        fresh = [entry for entry in record.entries if entry.n > last]
        if known:
            head = await _check_known(tx, record.reference, known)
        if fresh:
            head = await _append(tx, record, fresh, head, last, run_id, activity_id)
        return head


async def _head(tx: AsyncConnection, reference: Reference) -> tuple[str, int]:
    row = (
        await tx.execute(
            sa.select(journal.c.chain, journal.c.n)
            .where(journal.c.reference == reference)
            .order_by(journal.c.n.desc())
            .limit(1)
        )
    ).first()
    return (row.chain, row.n) if row else (GENESIS, 0)


async def _check_known(tx: AsyncConnection, reference: Reference, known: list[Entry]) -> str:
    rows = await tx.execute(
        sa.select(journal.c.n, journal.c.body, journal.c.chain)
        .where(journal.c.reference == reference, journal.c.n.between(known[0].n, known[-1].n))
        .order_by(journal.c.n)
    )
    head = GENESIS
    for entry, row in zip(known, rows, strict=True):
        kept = json.loads(row.body)
        if kept | {"at": ""} != json.loads(body_of(entry)) | {"at": ""}:
            raise JournalConflict(
                f"{reference}#{entry.n} is in the journal with another content than the workflow's."
            )
        head = row.chain
    return head


async def _append(  # noqa: PLR0913, PLR0917 - one transaction, one place
    tx: AsyncConnection, record: Record, fresh: list[Entry], head: str, last: int,
    run_id: str, activity_id: str,
) -> str:  # fmt: skip
    if fresh[0].n != last + 1:
        raise JournalGap(f"{record.reference}#{last + 1} is not in the journal yet.")
    entries = []
    for entry in fresh:
        body = body_of(entry)
        head = link(head, body)
        moment = entry.at.isoformat()
        entries.append(
            {"n": entry.n, "kind": entry.kind, "at": moment, "body": body, "chain": head}
        )
    stroke = {
        "reference": record.reference, "run_id": run_id, "activity_id": activity_id,
        "n": record.view.n, "view": record.view.model_dump_json(),
        "entries": json.dumps(entries), "letters": json.dumps(_letters(record, fresh)),
    }  # fmt: skip
    await tx.execute(STROKE, stroke)
    return head


def _letters(record: Record, fresh: list[Entry]) -> list[dict[str, object]]:
    at = {entry.n: entry.at.isoformat() for entry in fresh}
    return [
        {"key": order.key, "at": at[order.event], "order": order.model_dump(mode="json")}
        for order in record.letters
        if order.event in at
    ]


STROKE = sa.text(
    """
    with entry as (
      insert into journal (reference, n, kind, at, body, chain, run_id, activity_id)
      select :reference, n, kind, at, body, chain, :run_id, :activity_id
      from jsonb_to_recordset(cast(:entries as jsonb))
        as e (n integer, kind text, at timestamptz, body text, chain text)
    ), queued as (
      insert into letter (key, reference, intended_at, "order")
      select key, :reference, at, "order"
      from jsonb_to_recordset(cast(:letters as jsonb))
        as l (key text, at timestamptz, "order" jsonb)
      on conflict do nothing
    )
    update mobility set view = cast(:view as jsonb), n = :n where reference = :reference and n < :n
    """
)
"""Entries, letters and view in one statement: one way to the server instead of three."""


async def read_journal(engine: AsyncEngine, reference: Reference) -> list[Line]:
    """Every line of a mobility's journal, in order."""
    async with single_statement(engine) as connection:
        rows = await connection.execute(
            sa.select(
                journal.c.n, journal.c.body, journal.c.chain, journal.c.run_id,
                journal.c.activity_id,
            )
            .where(journal.c.reference == reference)
            .order_by(journal.c.n)
        )  # fmt: skip
        return [Line.model_validate(dict(row)) for row in rows.mappings()]
