"""Waiting for the post, without waiting for the minutes that a claim or a back-off lasts."""

import asyncio

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.ledger import LetterState, read_letters
from store.tables import letter

LOOKS = 600  # Ten a second, a minute in all.


async def minutes_pass(desk: FrontDesk, rehearsal: Rehearsal) -> None:
    """What time does by itself: claims run out, back-offs end."""
    async with desk.store.engine.begin() as tx:
        await tx.execute(
            sa.update(letter)
            .where(letter.c.reference == rehearsal.reference, letter.c.settled_at.is_(None))
            .values(next_attempt_at=sa.func.now())
        )


async def withhold_what_is_left(engine: AsyncEngine) -> None:
    """Have letters of tests that are over leave no more.

    One that waits to be gathered holds back the next to the same person, for an hour of ours.
    """
    async with engine.begin() as tx:
        await tx.execute(
            sa.update(letter)
            .where(letter.c.settled_at.is_(None))
            .values(settled_at=sa.func.now(), state=LetterState.WITHHELD, remark="of another test")
        )


async def all_settled(desk: FrontDesk, rehearsal: Rehearsal) -> None:
    """Wait until every letter is settled; after a while, let the minutes pass.

    Raises AssertionError, naming the letters that are not settled, after a minute.
    """
    for look in range(1, LOOKS):
        if await rehearsal.post_has_come():
            return
        if look % 30 == 0:
            await minutes_pass(desk, rehearsal)
        await asyncio.sleep(0.1)
    ledger = await read_letters(desk.store.engine, rehearsal.reference)
    left = [f"{x.key}: {x.remark or 'not tried'}" for x in ledger if not x.settled_at]
    raise AssertionError(f"Letters are not settled: {left}")


async def one_was_put_off(desk: FrontDesk, rehearsal: Rehearsal) -> None:
    """Wait until a letter could not leave, and says why."""
    async with asyncio.timeout(30):
        while not any(
            x.remark and not x.settled_at
            for x in await read_letters(desk.store.engine, rehearsal.reference)
        ):
            await asyncio.sleep(0.1)
