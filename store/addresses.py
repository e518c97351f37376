"""Addresses at which letters do not arrive, and the way to another.

A dead address is known by a keyed digest of itself, not by whose it is. So whoever gets another
address is within reach again, and a report about an old address is about nobody's. Addresses are
given here as ``mail.returned.canonical`` writes them.
"""

from collections.abc import Mapping
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import PersonId, Reference
from domain.letters import SAID_ONCE
from domain.people import Person
from store.cases import Store
from store.engine import single_statement
from store.ledger import LINE, LedgerLine, LetterState, before
from store.sealing import SHARED, KeyRing
from store.tables import NOW, dead_address, letter, mobility, participant, person


async def digest_of(keys: KeyRing, address: str) -> str:
    """What an address is known by here."""
    return await keys.digest(SHARED, f"address\n{address}")


async def is_dead(engine: AsyncEngine, digest: str) -> bool:
    """Whether letters to this address do not arrive."""
    find = sa.select(dead_address.c.digest).where(dead_address.c.digest == digest)
    async with single_statement(engine) as connection:
        return await connection.scalar(find) is not None


async def note_dead(engine: AsyncEngine, line: LedgerLine, digest: str) -> None:
    """Note that a letter will never arrive because of its address."""
    row = {"digest": digest, "reference": line.order.reference, "letter": line.key}
    async with single_statement(engine) as tx:
        await tx.execute(insert(dead_address).values(row).on_conflict_do_nothing())


async def revive(engine: AsyncEngine, digest: str) -> None:
    """Letters to this address arrive again, as somebody assures us."""
    async with single_statement(engine) as tx:
        await tx.execute(sa.delete(dead_address).where(dead_address.c.digest == digest))


# What mobilities have to be told.


async def note_failed(engine: AsyncEngine, key: str) -> None:
    """Note that the mobilities of a letter, and of those that left in it, have to be told.

    Of one that is on its way again nothing is to be told: the report is about its old address.
    """
    concerned = sa.or_(letter.c.key == key, letter.c.merged_into == key)
    is_new = sa.and_(letter.c.failed_at.is_(None), letter.c.settled_at.is_not(None))
    async with single_statement(engine) as tx:
        await tx.execute(sa.update(letter).where(concerned, is_new).values(failed_at=NOW))


async def not_told(engine: AsyncEngine) -> list[LedgerLine]:
    """Letters that cannot arrive and of which their mobility has not been told, oldest first."""
    find = (
        sa.select(*LINE)
        .where(letter.c.failed_at.is_not(None), letter.c.told_at.is_(None))
        .order_by(letter.c.failed_at, letter.c.key)
    )
    async with single_statement(engine) as connection:
        rows = await connection.execute(find)
        return [LedgerLine.model_validate(dict(row)) for row in rows.mappings()]


async def note_told(engine: AsyncEngine, key: str) -> None:
    """Note that its mobility has been told of a letter."""
    async with single_statement(engine) as tx:
        await tx.execute(sa.update(letter).where(letter.c.key == key).values(told_at=NOW))


async def take_up_again(engine: AsyncEngine, key: str) -> bool:
    """Let a letter that failed at a dead address leave for the one now on file.

    False when it is not to leave: it may have arrived, or a later one asks or says the same.
    """
    failed = letter.c.state.in_(before(LetterState.INTENDED))
    async with single_statement(engine) as tx:
        changed = await tx.execute(
            sa.update(letter)
            .where(letter.c.key == key, failed, ~_SAID_SINCE)
            .values(
                state=LetterState.INTENDED, settled_at=None, remark=None, failed_at=None,
                told_at=None, merged_into=None, unanswered=0, next_attempt_at=NOW,
            )
        )  # fmt: skip
        return changed.rowcount == 1


def _tells_of(table: sa.FromClause) -> sa.ColumnElement[int]:
    order = table.c.order
    return sa.func.coalesce(order["tells_of"].as_integer(), order["event"].as_integer())


_LATER = letter.alias("later")
_ASKED_AGAIN = sa.and_(
    _LATER.c.order["while_asked"].astext == letter.c.order["while_asked"].astext,
    _LATER.c.order["event"].as_integer() > letter.c.order["event"].as_integer(),
)
_SAYS_MORE = sa.and_(
    _LATER.c.order["purpose"].astext.in_(SAID_ONCE),
    _LATER.c.order["purpose"].astext == letter.c.order["purpose"].astext,
    _tells_of(_LATER) > _tells_of(letter),
)
_SAID_SINCE = sa.exists().where(
    _LATER.c.reference == letter.c.reference, _LATER.c.person == letter.c.person,
    sa.or_(_ASKED_AGAIN, _SAYS_MORE),
)  # fmt: skip


async def out_of_reach(engine: AsyncEngine) -> list[tuple[Reference, PersonId]]:
    """Everybody out of reach, mobility by mobility, as their views say."""
    people = sa.func.jsonb_object_keys(mobility.c.view["out_of_reach"])
    find = sa.select(mobility.c.reference, people).where(SOMEBODY_OUT_OF_REACH)
    async with single_statement(engine) as connection:
        rows = await connection.execute(find)
        return [(Reference(reference), PersonId(who)) for reference, who in rows]


SOMEBODY_OUT_OF_REACH = sa.text("view -> 'out_of_reach' <> '{}'::jsonb")


# Whose address it is.


async def address_of(store: Store, reference: Reference, who: PersonId) -> str | None:
    """The address on file of somebody in a mobility, none where nobody is known by that id.

    It is the directory's for whoever is in there, though they travel.

    Raises:
        KeyDestroyed: when the mobility was erased.
    """
    travelling = await store.participants(reference)
    async with single_statement(store.engine) as connection:
        listed = await connection.scalar(sa.select(person.c.email).where(person.c.id == who))
    if listed is None and who in travelling:
        return travelling[who].email
    return cast("str | None", listed)


async def change_address(store: Store, reference: Reference, who: PersonId, address: str) -> None:
    """Put another address on file: in the directory, and among those who travel."""
    known = (await store.participants(reference)).get(who)
    sealed = await _sealed(store, reference, known, address) if known else None
    async with store.engine.begin() as tx:
        if sealed is not None:
            mine = sa.and_(participant.c.reference == reference, participant.c.id == who)
            await tx.execute(sa.delete(participant).where(mine))
            await tx.execute(insert(participant).values(sealed))
        facts = await tx.scalar(
            sa.select(person.c.facts).where(person.c.id == who).with_for_update()
        )
        if facts is not None:
            await tx.execute(
                sa.update(person)
                .where(person.c.id == who)
                .values(email=address, facts=facts | {"email": address})
            )


async def _sealed(
    store: Store, reference: Reference, known: Person, address: str
) -> Mapping[str, object]:
    moved = known.model_copy(update={"email": address})
    sealed = await store.keys.seal(reference, moved.model_dump_json().encode())
    return {"reference": reference, "id": known.id, "sealed": sealed}
