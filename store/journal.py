"""The journal: one stroke per step, idempotent by event id, chained so that it can be believed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.application_letters import ApplicationRecord
from domain.events import Entry
from domain.facts import Fact, Reference
from domain.joining import ApplicationEntry
from domain.journal import GENESIS, Record, body_of, link
from store.engine import single_statement
from store.tables import journal

AnyRecord = Record | ApplicationRecord
AnyEntry = Entry | ApplicationEntry
"""Applications have journals of their own, kept and chained as those of mobilities are."""
_ANY_ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)


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
        """The entry that the line holds, of a mobility."""
        return Entry.model_validate_json(self.body)

    @property
    def entry_of_any(self) -> AnyEntry:
        """The entry that the line holds, of a mobility or of an application."""
        return _ANY_ENTRY.validate_json(self.body)


async def write_down(
    engine: AsyncEngine, record: AnyRecord, *, run_id: str, activity_id: str,
    settles_for: timedelta = timedelta(),
) -> str:  # fmt: skip
    """Write one stroke, all of it or nothing, and return the new head of the chain.

    Letters that settle are due after ``settles_for``, all others at once.

    Written before, it changes nothing and returns the same head. The moment of an entry is not
    compared, for a step may be repeated a little later; everything that follows from the moment is,
    such as a deadline. A workflow that was reset to an earlier step on another day says other
    deadlines than the journal, and comes to a conflict: see the runbook.

    Raises:
        JournalConflict: when the journal says something else under one of these numbers.
        JournalGap: when the entry before the first one is missing.
    """
    pen = _Pen(record, run_id, activity_id, settles_for)
    async with single_statement(engine) as connection:
        head = await pen.append(connection, record.entries, record.follows)
    # The journal does not end where the workflow thinks it does: look before writing.
    return head or await _look_and_write(engine, pen)


async def _look_and_write(engine: AsyncEngine, pen: "_Pen") -> str:
    record = pen.record
    async with engine.begin() as tx:
        head, last = await _head(tx, record.reference)
        known = [entry for entry in record.entries if entry.n <= last]
        fresh = tuple(entry for entry in record.entries if entry.n > last)
        if known:
            head = await _check_known(tx, record.reference, known)
        if not fresh:
            return head
        if written := await pen.append(tx, fresh, head):
            return written
        raise JournalGap(f"{record.reference}#{last + 1} is not in the journal yet.")


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


async def _check_known(tx: AsyncConnection, reference: Reference, known: list[AnyEntry]) -> str:
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


@dataclass(frozen=True)
class _Pen:
    """Writes entries of one stroke, in one statement."""

    record: AnyRecord
    run_id: str
    activity_id: str
    settles_for: timedelta

    async def append(
        self, connection: AsyncConnection, entries: Sequence[AnyEntry], head: str
    ) -> str | None:
        """Add entries to a journal that ends with this head; none when it ends otherwise."""
        before, follows = entries[0].n - 1, head
        rows = []
        for entry in entries:
            body = body_of(entry)
            head = link(head, body)
            at = entry.at.isoformat()
            rows.append({"n": entry.n, "kind": entry.kind, "at": at, "body": body, "chain": head})
        stroke = {
            "reference": self.record.reference, "run_id": self.run_id,
            "activity_id": self.activity_id, "before": before, "follows": follows,
            "genesis": GENESIS,
            "n": self.record.view.n, "view": self.record.view.model_dump_json(),
            "entries": json.dumps(rows), "letters": json.dumps(_letters(self.record, entries)),
            "settles_for": self.settles_for,
        }  # fmt: skip
        written = await connection.scalar(STROKE, stroke)
        return head if written else None


def _letters(record: AnyRecord, fresh: Sequence[AnyEntry]) -> list[dict[str, object]]:
    at = {entry.n: entry.at.isoformat() for entry in fresh}
    return [
        {"key": order.key, "at": at[order.event], "order": order.model_dump(mode="json")}
        for order in record.letters
        if order.event in at
    ]


STROKE = sa.text(
    """
    with last as (
      select n, chain from journal where reference = :reference order by n desc limit 1
    ), entry as (
      insert into journal (reference, n, kind, at, body, chain, run_id, activity_id)
      select :reference, n, kind, at, body, chain, :run_id, :activity_id
      from jsonb_to_recordset(cast(:entries as jsonb))
        as e (n integer, kind text, at timestamptz, body text, chain text)
      where coalesce((select n from last), 0) = :before
        and coalesce((select chain from last), :genesis) = :follows
      returning n
    ), queued as (
      insert into letter (key, reference, intended_at, "order", next_attempt_at)
      select key, :reference, at, "order", now() + case
        when ("order" ->> 'settles')::boolean then cast(:settles_for as interval)
        else interval '0' end
      from jsonb_to_recordset(cast(:letters as jsonb))
        as l (key text, at timestamptz, "order" jsonb)
      where exists (select from entry)
      on conflict do nothing
    ), seen as (
      update mobility set view = cast(:view as jsonb), n = :n
      where reference = :reference and n < :n and exists (select from entry)
    )
    select count(*) from entry
    """
)
"""Looking where the journal ends, entries, letters and view in one statement: one way to the
server instead of five. It writes nothing where the journal ends otherwise."""


LINES = (
    sa.select(*(journal.c[name] for name in Line.model_fields))
    .where(journal.c.reference == sa.bindparam("reference"))
    .order_by(journal.c.n)
)


async def read_journal(engine: AsyncEngine, reference: Reference) -> list[Line]:
    """Every line of a mobility's journal, in order."""
    async with single_statement(engine) as connection:
        rows = await connection.execute(LINES, {"reference": reference})
        return [Line.model_validate(dict(row)) for row in rows.mappings()]
