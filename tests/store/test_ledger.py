"""The ledger of letters: taken up by one courier at a time, tried again, settled once."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from store.cases import Store
from store.ledger import (
    LedgerLine,
    LetterState,
    about_to_hand_over,
    claim,
    read_letters,
    settle,
    try_again,
    undelivered,
)
from store.tables import NOW, letter
from tests.builders import REFERENCE, in_agreement
from tests.store.kept import keep_all_of


@pytest.fixture
async def queued(store: Store) -> list[LedgerLine]:
    await keep_all_of(store, in_agreement())
    return await read_letters(store.engine, REFERENCE)


async def wait_of(store: Store, key: str) -> timedelta:
    """How long it is still until the letter is due."""
    async with store.engine.connect() as connection:
        wait = await connection.scalar(
            sa.select(letter.c.next_attempt_at - NOW).where(letter.c.key == key)
        )
    assert isinstance(wait, timedelta)
    return wait


async def line_of(store: Store, key: str) -> LedgerLine:
    [found] = [x for x in await read_letters(store.engine, REFERENCE) if x.key == key]
    return found


async def claimed(store: Store) -> LedgerLine:
    line = await claim(store.engine)
    assert line is not None
    return line


async def test_every_letter_is_taken_up_once(store: Store, queued: list[LedgerLine]) -> None:
    taken = [await claimed(store) for _ in queued]

    assert sorted(line.key for line in taken) == sorted(line.key for line in queued)
    assert await claim(store.engine) is None


async def test_couriers_at_the_same_time_never_take_up_the_same_letter(
    store: Store, queued: list[LedgerLine]
) -> None:
    taken = await asyncio.gather(*(claim(store.engine) for _ in range(len(queued))))

    keys = [line.key for line in taken if line]
    assert len(keys) == len(set(keys)) > 1


async def test_a_letter_taken_up_is_hidden_from_others_for_a_minute(
    store: Store, queued: list[LedgerLine]
) -> None:
    line = await claimed(store)

    wait = await wait_of(store, line.key)

    assert timedelta(seconds=55) < wait <= timedelta(seconds=60)
    assert line in queued


async def test_a_letter_whose_courier_never_came_back_is_taken_up_again(
    store: Store, queued: list[LedgerLine]
) -> None:
    taken = [await claimed(store) for _ in queued]
    async with store.engine.begin() as tx:
        await tx.execute(
            sa.update(letter)
            .where(letter.c.key == taken[0].key)
            .values(next_attempt_at=letter.c.next_attempt_at - timedelta(seconds=60))
        )

    assert (await claimed(store)).key == taken[0].key
    assert await claim(store.engine) is None


async def test_a_letter_says_that_it_leaves_before_it_does(
    store: Store, queued: list[LedgerLine]
) -> None:
    key = queued[0].key

    for _ in range(2):
        await about_to_hand_over(store.engine, key, message_id="<1@x>", rendered_sha256="ab")

    line = await line_of(store, key)
    assert (line.state, line.attempts) == (LetterState.RENDERED, 2)
    assert (line.message_id, line.rendered_sha256) == ("<1@x>", "ab")
    assert line.settled_at is None


@pytest.mark.parametrize(
    "state", [LetterState.HANDED_OVER, LetterState.REFUSED, LetterState.WITHHELD]
)
async def test_a_settled_letter_is_never_taken_up_again(
    store: Store, queued: list[LedgerLine], state: LetterState
) -> None:
    line = await claimed(store)

    await settle(store.engine, line.key, state, "so it was")

    settled = await line_of(store, line.key)
    assert (settled.state, settled.remark) == (state, "so it was")
    assert settled.settled_at is not None
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(next_attempt_at=NOW - timedelta(days=1)))
    others = [await claimed(store) for _ in queued[1:]]
    assert line.key not in {other.key for other in others}
    assert await claim(store.engine) is None


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (7, 64), (8, 64), (1000, 64)]
)
async def test_each_attempt_waits_twice_as_long_up_to_a_minute(
    store: Store, queued: list[LedgerLine], attempts: int, seconds: int
) -> None:
    key = queued[0].key
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(attempts=attempts))

    await try_again(store.engine, key, "421 come back later")

    wait = await wait_of(store, key)
    assert timedelta(seconds=seconds - 0.9) < wait <= timedelta(seconds=seconds)
    line = await line_of(store, key)
    assert (line.remark, line.settled_at) == ("421 come back later", None)


async def test_a_letter_to_be_tried_again_does_not_hold_the_others_up(
    store: Store, queued: list[LedgerLine]
) -> None:
    late = await claimed(store)
    for _ in range(5):
        await about_to_hand_over(store.engine, late.key, message_id="<1@x>", rendered_sha256="ab")
    await try_again(store.engine, late.key, "421 come back later")

    others = [await claimed(store) for _ in queued[1:]]

    assert late.key not in {other.key for other in others}


async def test_undelivered_are_those_not_settled(store: Store, queued: list[LedgerLine]) -> None:
    assert await undelivered(store.engine) == len(queued) > 1
    line = await claimed(store)
    await about_to_hand_over(store.engine, line.key, message_id="<1@x>", rendered_sha256="ab")
    assert await undelivered(store.engine) == len(queued)

    await settle(store.engine, line.key, LetterState.WITHHELD, "")

    assert await undelivered(store.engine) == len(queued) - 1


async def test_an_empty_ledger_has_nothing_to_deliver(store: Store) -> None:
    assert await claim(store.engine) is None
    assert await undelivered(store.engine) == 0
