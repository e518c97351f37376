"""The ledger of letters: taken up by one courier at a time, tried again, settled once."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from store.cases import Store
from store.ledger import (
    DELIVERY_SECONDS,
    LedgerLine,
    LetterState,
    Settlement,
    about_to_hand_over,
    claim,
    leave_unanswered,
    read_letters,
    settle,
    try_again,
)
from store.tables import NOW, letter
from tests.builders import REFERENCE, in_agreement
from tests.store.kept import as_rendered, keep_all_of


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
    [line] = await claim(store.engine)
    return line


async def leaves(store: Store, line: LedgerLine) -> bool:
    [is_ours] = await about_to_hand_over(store.engine, [as_rendered(line, "<1@x>")])
    return is_ours


async def settled(store: Store, line: LedgerLine, state: LetterState, remark: str) -> bool:
    [is_ours] = await settle(store.engine, [Settlement(line, state, remark)])
    return is_ours


async def all_are_due(store: Store) -> None:
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(next_attempt_at=NOW - timedelta(days=1)))


async def taken_up_by_two(store: Store) -> tuple[LedgerLine, LedgerLine]:
    """The same letter, taken up by a courier that then stalls, and by another after it."""
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(settled_at=NOW))
        one = sa.select(sa.func.min(letter.c.key)).scalar_subquery()
        await tx.execute(sa.update(letter).where(letter.c.key == one).values(settled_at=None))
    stalled = await claimed(store)
    await all_are_due(store)
    return stalled, await claimed(store)


async def test_every_letter_is_taken_up_once(store: Store, queued: list[LedgerLine]) -> None:
    taken = [await claimed(store) for _ in queued]

    assert sorted(line.key for line in taken) == sorted(line.key for line in queued)
    assert await claim(store.engine) == []


async def test_couriers_at_the_same_time_never_take_up_the_same_letter(
    store: Store, queued: list[LedgerLine]
) -> None:
    taken = await asyncio.gather(*(claim(store.engine) for _ in range(len(queued))))

    keys = [line.key for lines in taken for line in lines]
    assert len(keys) == len(set(keys)) > 1


async def test_a_letter_taken_up_is_hidden_from_others_for_a_minute(
    store: Store, queued: list[LedgerLine]
) -> None:
    line = await claimed(store)

    wait = await wait_of(store, line.key)

    assert timedelta(seconds=55) < wait <= timedelta(seconds=60)
    assert line.key in {other.key for other in queued}


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
    assert await claim(store.engine) == []


@pytest.mark.usefixtures("queued")
async def test_a_letter_says_that_it_leaves_before_it_does(store: Store) -> None:
    line = await claimed(store)

    assert await leaves(store, line)

    left = await line_of(store, line.key)
    assert (left.state, left.attempts, left.unanswered) == (LetterState.RENDERED, 1, 1)
    assert (left.message_id, left.rendered_sha256) == ("<1@x>", "ab")
    assert left.settled_at is None
    assert await wait_of(store, line.key) > timedelta(seconds=DELIVERY_SECONDS - 5)


@pytest.mark.usefixtures("queued")
async def test_a_courier_that_stalled_past_its_claim_neither_sends_nor_notes_anything(
    store: Store,
) -> None:
    stalled, other = await taken_up_by_two(store)
    assert stalled.key == other.key

    assert not await leaves(store, stalled)
    assert not await settled(store, stalled, LetterState.HANDED_OVER, "250 OK")
    assert not await try_again(store.engine, stalled, "421 come back later")
    assert not await leave_unanswered(store.engine, stalled, "nothing was heard")

    assert await line_of(store, other.key) == other
    assert await leaves(store, other)
    assert await settled(store, other, LetterState.HANDED_OVER, "250 OK")


@pytest.mark.parametrize(
    "state",
    [LetterState.HANDED_OVER, LetterState.REFUSED, LetterState.WITHHELD, LetterState.UNKNOWN],
)
async def test_a_settled_letter_is_never_taken_up_again(
    store: Store, queued: list[LedgerLine], state: LetterState
) -> None:
    line = await claimed(store)
    await leaves(store, line)

    assert await settled(store, line, state, "so it was")

    found = await line_of(store, line.key)
    assert (found.state, found.remark) == (state, "so it was")
    assert found.settled_at is not None
    await all_are_due(store)
    others = [await claimed(store) for _ in queued[1:]]
    assert line.key not in {other.key for other in others}
    assert await claim(store.engine) == []


@pytest.mark.usefixtures("queued")
@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (12, 2048), (13, 3600), (14, 3600), (100_000, 3600)],
)
async def test_each_attempt_waits_twice_as_long_up_to_an_hour(
    store: Store, attempts: int, seconds: int
) -> None:
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(attempts=attempts - 1))
    line = await claimed(store)

    await try_again(store.engine, line, "421 come back later")

    wait = await wait_of(store, line.key)
    assert timedelta(seconds=seconds - 0.9) < wait <= timedelta(seconds=seconds)
    waiting = await line_of(store, line.key)
    assert (waiting.remark, waiting.settled_at) == ("421 come back later", None)


@pytest.mark.usefixtures("queued")
async def test_a_letter_that_was_put_off_does_not_count_as_unanswered(store: Store) -> None:
    line = await claimed(store)
    await leaves(store, line)

    await try_again(store.engine, line, "421 come back later")

    assert (await line_of(store, line.key)).unanswered == 0


@pytest.mark.usefixtures("queued")
async def test_an_unanswered_letter_waits_an_hour_and_is_counted(store: Store) -> None:
    line = await claimed(store)
    await leaves(store, line)

    await leave_unanswered(store.engine, line, "nothing was heard")

    left = await line_of(store, line.key)
    assert (left.unanswered, left.remark, left.settled_at) == (1, "nothing was heard", None)
    assert timedelta(minutes=59) < await wait_of(store, line.key) <= timedelta(minutes=60)


async def test_a_letter_to_be_tried_again_does_not_hold_the_others_up(
    store: Store, queued: list[LedgerLine]
) -> None:
    late = await claimed(store)
    await leaves(store, late)
    await try_again(store.engine, late, "421 come back later")

    others = [await claimed(store) for _ in queued[1:]]

    assert late.key not in {other.key for other in others}


async def test_an_empty_ledger_has_nothing_to_deliver(store: Store) -> None:
    assert await claim(store.engine) == []
