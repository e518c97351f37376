"""A courier that kills itself with SIGKILL at chosen boundaries of sending.

``python -m tests.survival.dying_courier`` delivers what is due and ends. Each word after it makes
one life: a boundary and the number of the letter, such as ``taken:3``; the life after the last word
is spared. Lives are forked from one process that has imported everything, which makes them quick.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from activities.courier import Courier
from activities.scribe import Scribe, Written
from domain.reminders import Caps
from mail.envelope import Envelope
from mail.postman import Postman, SmtpServer
from settings import Settings
from starter.client import open_store
from store.cases import Store
from store.ledger import LedgerLine, LetterState, undelivered
from store.reminders import Leaving
from store.tables import NOW, letter

BOUNDARIES = ("before-claim", "claimed", "written", "rendered", "taken", "settled")
NO_CAP = Caps(per_day=10_000, per_week=10_000)


class Death:
    """Comes at one boundary, when it is reached for the n-th time."""

    def __init__(self, word: str) -> None:
        self.where, _, number = word.partition(":")
        self.number = int(number or 0)
        self.reached: Counter[str] = Counter()

    def at(self, boundary: str) -> None:
        """Die, if it is time to."""
        self.reached[boundary] += 1
        if (boundary, self.reached[boundary]) == (self.where, self.number):
            os.kill(os.getpid(), signal.SIGKILL)


class DyingPostman(Postman):
    """Dies before or after the mail server has taken a letter."""

    def __init__(self, server: SmtpServer, death: Death) -> None:
        super().__init__(server)
        self._death = death

    async def deliver(self, envelope: Envelope) -> str:
        """Deliver as always, unless it is time to die."""
        self._death.at("rendered")
        reply = await super().deliver(envelope)
        self._death.at("taken")
        return reply


class DyingScribe(Scribe):
    """Dies when a letter is written, before the ledger knows."""

    death = Death("")

    async def write(self, line: LedgerLine, gathered: Sequence[LedgerLine] = ()) -> Written | None:
        """Write as always, unless it is time to die."""
        written = await super().write(line, gathered)
        self.death.at("written")
        return written


class DyingCourier(Courier):
    """Dies before or after it takes letters up, and after it has settled one."""

    death = Death("")

    async def _take_up(self, at_most: int) -> list[Leaving] | None:
        self.death.at("before-claim")
        taken = await super()._take_up(at_most)
        self.death.at("claimed")
        return taken

    async def _settle(
        self, line: LedgerLine, state: LetterState, remark: str, dead_address: str = ""
    ) -> None:
        await super()._settle(line, state, remark, dead_address)
        self.death.at("settled")


async def live(settings: Settings, word: str) -> None:
    """Deliver until nothing is left, or until death comes."""
    store, death = open_store(settings), Death(word)
    postman = DyingPostman(SmtpServer(**settings.smtp()._asdict()), death)
    courier = DyingCourier(store, postman, settings.mail_from, NO_CAP)
    scribe = DyingScribe(store, settings.mail_from)
    courier.scribe, courier.death, scribe.death = scribe, death, death
    await minutes_pass(store)
    work = asyncio.create_task(courier.run())
    while await undelivered(store.engine):
        await asyncio.sleep(0.02)
    courier.stop()
    await work


async def minutes_pass(store: Store) -> None:
    """What time does by itself: claims run out, back-offs end."""
    async with store.engine.begin() as tx:
        waiting = sa.update(letter).where(letter.c.settled_at.is_(None))
        await tx.execute(waiting.values(next_attempt_at=NOW))


def main(words: list[str]) -> None:
    """One life after the other; the last one is spared."""
    settings = Settings()
    for word in [*words, ""]:
        child = os.fork()
        if not child:
            asyncio.run(live(settings, word))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
