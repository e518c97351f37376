"""The offers as one worker has them at hand: brought up to date before every ranking."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from domain.demand import Demand
from domain.facts import OrganisationId
from domain.matching import Ranking
from domain.standing import Known, Standing
from domain.weighing import Weights
from matchmaking.offer_index import OfferIndex
from store.cases import Store
from store.offers import OfferChange, every_offer, offers_changed
from store.standings import Look, look_around, read_standings, with_pauses

FEW = 500
"""Up to so many changed offers are taken over at once; of more, all are read anew, aside."""


class _Seen(NamedTuple):
    """Up to where the answers of hosts were read, and as of which day they count."""

    answered: int
    on: date


class OffersAtHand:
    """Ranks hosts by offers in memory. Whoever asks, gets them as they stand in the store.

    Where mobilities ``are_apart``, what hosts did with others and gave to others is not known.
    """

    def __init__(self, store: Store, weights: Weights, *, are_apart: bool = False) -> None:
        self._are_apart = are_apart
        self._store, self._weights = store, weights
        self._index, self._change = OfferIndex(weights), 0
        self._seen: _Seen | None = None
        self._behaviour: Mapping[OrganisationId, Standing] = {}
        self._paused: frozenset[OrganisationId] = frozenset()
        self._standings: Mapping[OrganisationId, Standing] = {}
        # One looks, and brings them up to date, at a time: nobody takes an older look for a newer.
        self._updating = asyncio.Lock()

    async def rank(self, demand: Demand, *, on: date) -> Ranking:
        """The hosts for a request, in the order in which they are to be asked."""
        async with self._updating:
            look = await look_around(self._store.engine, demand)
            await self._update_offers(look)
            await self._update_standings(look, on)
            known = Known() if self._are_apart else Known(self._standings, look.occupied)
            return self._index.best(demand, known)

    async def _update_offers(self, look: Look) -> None:
        if look.change == self._change:
            return
        changes = await offers_changed(self._store.engine, since=self._change, most=FEW + 1)
        was_put_back = look.change < self._change
        if was_put_back or len(changes) > FEW:
            changes = await every_offer(self._store.engine)
            # Off the loop, and into an index of its own: whoever gives up leaves nothing half done.
            self._index = await asyncio.to_thread(_index_of, changes, self._weights)
        else:
            _take_over(self._index, changes)
        self._change = max((change.change for change in changes), default=0)

    async def _update_standings(self, look: Look, on: date) -> None:
        seen = _Seen(look.answered, on)
        if seen != self._seen:
            standings = await read_standings(self._store.engine, self._weights, on=on)
            self._seen, self._behaviour = seen, standings
        elif look.paused == self._paused:
            return
        self._paused = look.paused
        self._standings = with_pauses(self._behaviour, look.paused)


def _index_of(changes: Sequence[OfferChange], weights: Weights) -> OfferIndex:
    index = OfferIndex(weights)
    _take_over(index, changes)
    return index


def _take_over(index: OfferIndex, changes: Sequence[OfferChange]) -> None:
    index.keep({c.offer: c.facts for c in changes if c.facts is not None})
    index.withdraw(c.offer for c in changes if c.facts is None)
