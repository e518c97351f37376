"""The courier: delivers what the journal has queued, if the reason for it still stands."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from activities.agenda_news import NothingNew
from activities.scribe import Scribe, Written
from activities.together import Together
from domain.reminders import Caps
from mail.postman import Postman, Refused, Unanswered, Unavailable
from mail.returned import canonical
from store.addresses import address_of, digest_of, is_dead
from store.cases import Store
from store.ledger import (
    ERASED,
    LedgerLine,
    LetterState,
    Rendering,
    Settlement,
    about_to_hand_over,
    claim,
    leave_unanswered,
    settle,
    try_again,
)
from store.letters_kept import seal_letter
from store.reminders import Leaving, let_leave
from store.said_anew import leave_out_said_anew
from store.sealing import KeyDestroyed

log = structlog.get_logger()

IDLE_SECONDS = 0.5
IN_HAND = 4
"""Letters in hand for each line to the mail server: some are written while others leave."""
WRITTEN_AT_ONCE = 16
"""Letters written at a time: more at once only get in each other's way."""
LEAVE_TAKING_SECONDS = 10
"""How long a courier that is asked to stop may still need for what it has in hand."""
DEAD_ADDRESS = "letters to this address do not arrive"
"""What the ledger says of a letter that is not sent for that reason."""
UNANSWERED_AT_MOST = 3
"""How often a letter may leave without an answer before it is left at that."""
CUT_SHORT_AT_MOST = 6
"""How often a letter is taken up whose courier died over it. That is oftener, since it may never
have left; and not for ever, since it may be the letter that kills."""


@dataclass
class Courier:
    """Carries letters from the ledger to the mail server, several at a time."""

    store: Store
    postman: Postman
    sender: str
    caps: Caps = field(default_factory=Caps)
    portal: str = ""
    scribe: Scribe = field(init=False)
    _in_hand: int = field(default=0, init=False)
    _stops: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Take a scribe along, and something to write on."""
        self.scribe = Scribe(self.store, self.sender, self.portal)
        self._room = asyncio.Event()
        self._desk = asyncio.Semaphore(WRITTEN_AT_ONCE)
        self._lines = asyncio.Semaphore(self.postman.connections)
        self._renderings = Together(partial(about_to_hand_over, self.store.engine))
        self._settlements = Together(partial(settle, self.store.engine))

    async def run(self) -> None:
        """Deliver until asked to stop. Trouble with one letter does not keep the others."""
        async with asyncio.TaskGroup() as hands:
            while not self._stops:
                taken = await self._take_up_in_peace()
                for leaving in taken or ():
                    self._in_hand += 1
                    hands.create_task(self._carry(leaving))
                await self._there_is_more_to_do(at_once=taken is not None)

    def stop(self) -> None:
        """Take nothing up any more."""
        self._stops = True
        self._room.set()

    async def _there_is_more_to_do(self, *, at_once: bool) -> None:
        """Wait until half of the hands are free, and without work for a moment at least."""
        while at_once and self._in_hand > self._most // 2 and not self._stops:
            self._room.clear()
            await self._room.wait()
        if not at_once and not self._stops:
            await asyncio.sleep(IDLE_SECONDS)

    @property
    def _most(self) -> int:
        """How many letters may be in hand: while the server is doubtful it is tried with one."""
        return 1 if self.postman.is_doubtful else IN_HAND * self.postman.connections

    async def _take_up_in_peace(self) -> list[Leaving] | None:
        try:
            return await self._take_up(self._most - self._in_hand)
        except Exception:
            # The database may be restarting: whatever it is, the letters are still queued.
            log.exception("courier-interrupted")
            return None

    async def _take_up(self, at_most: int) -> list[Leaving] | None:
        """Take up the letters that are due and may leave; none at all when nothing was due.

        While the server is left in peace nothing is taken up.
        """
        self.scribe.close_old()
        if at_most < 1 or self.postman.rests:
            return None
        lines = await claim(self.store.engine, at_most)
        if not lines:
            return None
        lines = await leave_out_said_anew(self.store.engine, lines)
        return await let_leave(self.store.engine, lines, self.caps)

    async def _carry(self, leaving: Leaving) -> None:
        try:
            await self._deliver(leaving.line, leaving.gathered)
        except Exception:
            log.exception("courier-interrupted")
        finally:
            self._in_hand -= 1
            self._room.set()

    async def deliver_next(self) -> bool:
        """Deliver the next letter that is due; false when there is none."""
        taken = await self._take_up(1)
        for leaving in taken or ():
            await self._deliver(leaving.line, leaving.gathered)
        return taken is not None

    async def _deliver(self, line: LedgerLine, gathered: Sequence[LedgerLine] = ()) -> None:
        if line.unanswered >= CUT_SHORT_AT_MOST:
            await self._give_up(line, line.unanswered)
            return
        try:
            async with self._desk:
                written = await self.scribe.write(line, gathered)
        except KeyDestroyed:
            await self._withhold(line, ERASED)
        except NothingNew:
            await self._withhold(line, "nothing new in it for this person")
        except Exception as trouble:
            # Whatever is wrong with this letter, the ledger says so, and the others go on.
            log.exception("letter-not-written", purpose=str(line.order.purpose))
            await try_again(self.store.engine, line, f"not written: {type(trouble).__name__}")
        else:
            await self._send(line, written)

    async def _send(self, line: LedgerLine, written: Written | None) -> None:
        if written is None:
            await self._withhold(line, "no longer asked of this person")
        else:
            # Whoever waits for a line has not left: only then is it noted, and nothing in between.
            async with self._lines:
                await self._send_on_a_line(line, written)

    async def _send_on_a_line(self, line: LedgerLine, written: Written) -> None:
        if await self._is_about_to_leave(line, written):
            await self._hand_over(line, written)
        elif await is_dead(self.store.engine, written.address):
            await self._keep_from_dead_address(line, written)

    async def _is_about_to_leave(self, line: LedgerLine, written: Written) -> bool:
        """Keep the very text and note that it leaves.

        False when it is not ours to send, or not to be sent because its address is dead.
        """
        sealed = await seal_letter(self.store.keys, written.speaks_of, written.kept)
        return await self._renderings.one(
            Rendering(
                line=line, message_id=written.envelope.message_id,
                sha256=hashlib.sha256(written.kept).hexdigest(), message=sealed,
                sealed_for=written.speaks_of, address=written.address,
            )
        )  # fmt: skip

    async def _hand_over(self, line: LedgerLine, written: Written) -> None:
        try:
            reply = await self.postman.deliver(written.envelope)
        except Refused as refusal:
            dead = written.address if refusal.is_about_address else ""
            await self._settle(line, LetterState.REFUSED, str(refusal), dead)
        except Unavailable as trouble:
            _say_delayed(line, trouble)
            await try_again(self.store.engine, line, str(trouble))
        except Unanswered as trouble:
            _say_delayed(line, trouble)
            if line.unanswered + 1 < UNANSWERED_AT_MOST:
                await leave_unanswered(self.store.engine, line, str(trouble))
            else:
                await self._give_up(line, line.unanswered + 1)
        else:
            await self._settle(line, LetterState.HANDED_OVER, reply)

    async def _withhold(self, line: LedgerLine, remark: str, dead_address: str = "") -> None:
        """Keep a letter back; one that may have left already is not said to be withheld."""
        state = LetterState.UNKNOWN if line.unanswered else LetterState.WITHHELD
        await self._settle(line, state, remark, dead_address)

    async def _keep_from_dead_address(self, line: LedgerLine, written: Written) -> None:
        """Withhold a letter, unless another address was put on file since its case was opened."""
        order = line.order
        on_file = await address_of(self.store, order.reference, order.to) or ""
        if await digest_of(self.store.keys, canonical(on_file)) == written.address:
            await self._withhold(line, DEAD_ADDRESS, written.address)
        else:
            self.scribe.close(order.reference)
            await try_again(self.store.engine, line, "another address is on file")

    async def _give_up(self, line: LedgerLine, attempts: int) -> None:
        remark = f"no answer after {attempts} attempts: it may have arrived"
        await self._settle(line, LetterState.UNKNOWN, remark)

    async def _settle(
        self, line: LedgerLine, state: LetterState, remark: str, dead_address: str = ""
    ) -> None:
        is_ours = await self._settlements.one(Settlement(line, state, remark, dead_address))
        log.info(
            "letter-settled" if is_ours else "letter-no-longer-ours",
            reference=line.order.reference, purpose=str(line.order.purpose),
            ordinal=line.order.ordinal, state=str(state),
        )  # fmt: skip


def _say_delayed(line: LedgerLine, trouble: Exception) -> None:
    log.warning("letter-delayed", purpose=str(line.order.purpose), why=type(trouble).__name__)


@contextlib.asynccontextmanager
async def courier_at_work(courier: Courier) -> AsyncIterator[Courier]:
    """Have a courier work in the background for as long as the block lasts."""
    work = asyncio.create_task(courier.run())
    try:
        yield courier
    finally:
        courier.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(work, LEAVE_TAKING_SECONDS)
        await courier.postman.close()
