"""The messenger: tells mobilities whom letters do not reach, and whose address has changed.

What has to be told stands in the ledger first and is told afterwards, until it is noted as told: a
worker that stops in between tells it once more, and a mobility hears of each letter once. Of a
letter to an address that is on file no longer nothing is told: it is sent again, to the other one.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from domain.facts import PersonId, Reference
from domain.reach import FailedLetter
from mail.returned import canonical
from store.addresses import (
    address_of,
    digest_of,
    is_dead,
    not_told,
    note_told,
    out_of_reach,
    take_up_again,
)
from store.cases import Store
from store.ledger import LedgerLine
from store.sealing import KeyDestroyed

log = structlog.get_logger()

LOOK_SECONDS = 0.5
"""How often the ledger is looked into for what has to be told."""
LOOK_FOR_ADDRESSES_EVERY = 20
"""With every so manieth look, whether somebody out of reach has another address."""


class Mobilities(Protocol):
    """The way to mobilities. Those that have ended hear nothing, and that is no trouble."""

    async def letter_failed(self, reference: Reference, failed: FailedLetter) -> None:
        """A letter of this mobility cannot arrive."""

    async def address_changed(self, reference: Reference, person: PersonId) -> None:
        """Another address of this person is on file."""


@dataclass
class Messenger:
    """Goes to and fro between the ledger and the mobilities for as long as the worker works."""

    store: Store
    mobilities: Mobilities
    _changed: set[tuple[Reference, PersonId]] = field(default_factory=set, init=False)

    async def run(self) -> None:
        """Tell for ever; whatever goes wrong, it is still in the ledger."""
        looks = 0
        while True:
            try:
                await self.tell_of_letters()
                if looks % LOOK_FOR_ADDRESSES_EVERY == 0:
                    await self.tell_of_addresses()
            except Exception:
                log.exception("messenger-interrupted")
            looks += 1
            await asyncio.sleep(LOOK_SECONDS)

    async def tell_of_letters(self) -> None:
        """Tell of every letter that cannot arrive; trouble with one does not keep the others."""
        lines = await not_told(self.store.engine)
        missing = set(await out_of_reach(self.store.engine)) if lines else set()
        for line in lines:
            try:
                await self._tell(line, missing)
            except Exception:
                log.exception("mobility-not-told", reference=line.order.reference)

    async def _tell(self, line: LedgerLine, missing: set[tuple[Reference, PersonId]]) -> None:
        order = line.order
        arrives = await self._arrive(order.reference, order.to)
        if arrives is False:
            await self.mobilities.letter_failed(order.reference, as_told(line))
        elif arrives and (order.reference, order.to) in missing:
            # Told of the other address, it asks again what is still asked: that comes first.
            return
        elif arrives and await take_up_again(self.store.engine, line.key):
            return
        await note_told(self.store.engine, line.key)

    async def tell_of_addresses(self) -> None:
        """Tell whose address has changed since, in the directory or through another mobility.

        Only what was so at the last look already: whoever corrects an address tells its mobility
        themselves, a moment after it is on file.
        """
        people = await out_of_reach(self.store.engine)
        changed = {one for one in people if await self._arrive(*one) is not False}
        for reference, person in sorted(changed & self._changed):
            await self.mobilities.address_changed(reference, person)
        self._changed = changed - self._changed

    async def _arrive(self, reference: Reference, person: PersonId) -> bool | None:
        """Whether letters arrive at the address on file, none where there is none, or no more."""
        try:
            address = await address_of(self.store, reference, person)
        except KeyDestroyed:
            return None
        if address is None:
            return None
        digest = await digest_of(self.store.keys, canonical(address))
        return not await is_dead(self.store.engine, digest)


def as_told(line: LedgerLine) -> FailedLetter:
    """A letter as its mobility is told of it."""
    order = line.order
    return FailedLetter(
        person=order.to, key=line.key, purpose=order.purpose, event=order.tells_of or order.event,
        asks=order.while_asked is not None, while_open=order.while_open,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def messenger_at_work(messenger: Messenger) -> AsyncIterator[Messenger]:
    """Have a messenger work in the background for as long as the block lasts."""
    work = asyncio.create_task(messenger.run())
    try:
        yield messenger
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
