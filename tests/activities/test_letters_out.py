"""A thousand lives of mobilities: no letter that has no reason, none too many, none lost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.courier import Courier
from domain.facts import Reference
from domain.letters import CALENDARS, LetterOrder
from mail.postman import Postman, SmtpServer
from store.cases import Store
from store.ledger import LedgerLine, LetterState, read_letters
from store.tables import NOW, letter
from tests.activities.letters_out import CAPS, Letter, Lives, PostOnPaper, Step
from tests.activities.post_office import Clerk
from tests.builders import EMELIE, FRIDA, REFERENCE, Journey, a_request, in_matching
from tests.store.kept import take_in, write

STEPS = st.lists(
    st.tuples(
        st.sampled_from([Step.ANSWER] * 8 + [step for step in Step if step is not Step.ANSWER]),
        st.integers(0, 7),
    ),
    min_size=4, max_size=16,
)  # fmt: skip


@settings(max_examples=1000)
@given(steps=STEPS)
def test_whatever_happens_every_letter_has_its_reason_and_its_measure(
    steps: list[tuple[Step, int]],
) -> None:
    two = [in_matching(a_request(reference=Reference(f"M-2026-000{n}"))) for n in (1, 2)]

    asyncio.run(Lives(two, PostOnPaper()).take(steps))


class PostInEarnest:
    """Our own courier, its ledger, and a mail server."""

    def __init__(self, store: Store, courier: Courier, clerk: Clerk) -> None:
        self._store, self._courier, self._clerk = store, courier, clerk

    def withheld(self) -> list[LetterOrder]:
        return []

    async def take_in(self, journey: Journey) -> None:
        await write(self._store, journey)
        for name in ("agreement", *(f"certificate-{p}" for p in (FRIDA, EMELIE)), "card"):
            await self._store.keep_document(REFERENCE, f"{name}.pdf", b"%PDF-1.7")

    async def is_shut_for(self, time: timedelta) -> None:
        async with self._store.engine.begin() as tx:
            kept = sa.update(letter).where(letter.c.settled_at.is_(None))
            await tx.execute(kept.values(queued_at=letter.c.queued_at - time))

    async def deliver(self, journeys: Sequence[Journey], now: datetime) -> list[Letter]:
        del journeys
        before = len(self._clerk.taken)
        async with self._store.engine.begin() as tx:
            may_leave = sa.or_(letter.c.held_until.is_(None), letter.c.held_until <= now)
            due = sa.update(letter).where(letter.c.settled_at.is_(None), may_leave)
            await tx.execute(due.values(next_attempt_at=NOW))
        while await self._courier.deliver_next():
            pass
        lines = await read_letters(self._store.engine, REFERENCE)
        taken = [str(message["Message-ID"]) for message in self._clerk.taken[before:]]
        return [_as_letter(name, lines, now) for name in taken]


def _as_letter(message_id: str, lines: list[LedgerLine], now: datetime) -> Letter:
    [left] = [line for line in lines if line.message_id == message_id]
    assert left.state is LetterState.HANDED_OVER
    return Letter((left.order, *(x.order for x in lines if x.merged_into == left.key)), now)


@pytest.fixture
async def courier(store: Store, port: int) -> AsyncIterator[Courier]:
    postman = Postman(SmtpServer("127.0.0.1", port))
    yield Courier(store, postman, "Mobility engine <mobility@engine.example>", CAPS)
    await postman.close()


GO_ON = [(Step.ANSWER, n) for n in range(4)]
AS_IN_EARNEST = [
    [*GO_ON, (Step.OUTAGE, 0), *GO_ON, (Step.WEEK, 0), (Step.POST_OUT, 0), (Step.SAY_NO, 0)],
    [*GO_ON, (Step.MOVE, 3), (Step.RESTART, 0), *GO_ON, (Step.POST_OUT, 0), (Step.OUTAGE, 0)],
    [(Step.OUTAGE, 0), (Step.BOUNCE, 0), (Step.WEEK, 0), (Step.CORRECT, 0), *GO_ON,
     (Step.WITHDRAW, 0), (Step.WEEK, 0), (Step.WITHDRAW, 1)],
]  # fmt: skip


@pytest.mark.parametrize("steps", AS_IN_EARNEST)
async def test_our_own_courier_delivers_what_the_one_on_paper_does(
    store: Store, courier: Courier, clerk: Clerk, steps: list[tuple[Step, int]]
) -> None:
    on_paper = await Lives([in_matching()], PostOnPaper()).take(steps)
    journey = in_matching()
    await take_in(store, journey)

    in_earnest = await Lives([journey], PostInEarnest(store, courier, clerk)).take(steps)

    assert _said(in_earnest) == _said(on_paper)
    assert len(_said(on_paper)) > 5


def _said(letters: Sequence[Letter]) -> list[tuple[datetime, frozenset[str]]]:
    """What each letter said, and when; those that may have nothing new to tell aside."""
    said = [
        (one.at, frozenset(o.key for o in one.orders)) for one in letters
        if one.orders[0].purpose not in CALENDARS
    ]  # fmt: skip
    return sorted(said, key=lambda one: (one[0], sorted(one[1])))
