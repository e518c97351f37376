"""The offers as one worker has them at hand: brought up to date before every ranking."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from domain.demand import Demand
from domain.facts import OrganisationId
from domain.matching import Ranking
from domain.standing import NEWCOMER, Known, Standing
from domain.weighing import Weights
from matchmaking.offer_index import OfferIndex
from store.cases import Store
from store.offers import OfferChange, every_offer, offers_changed
from store.standings import Look, changed_standings, look_around, read_standings

FEW = 500
"""Up to so many changed offers are taken over at once; of more, all are read anew, aside."""
TURNS_TO_SEND = 2
"""Turns of the event loop until a statement has left: it is written in one, sent at its end."""


class OffersAtHand:
    """Ranks hosts by offers in memory. Whoever asks, gets them as they stand in the store.

    Where mobilities ``are_apart``, what hosts did with others and gave to others is not known.
    """

    def __init__(self, store: Store, weights: Weights, *, are_apart: bool = False) -> None:
        self._are_apart = are_apart
        self._store, self._weights = store, weights
        self._index, self._change = OfferIndex(weights), 0
        self._standings: dict[OrganisationId, Standing] = {}
        self._paused: frozenset[OrganisationId] = frozenset()
        self._on: date | None = None
        self._seen_before = 0
        # One looks, and brings them up to date, at a time: nobody takes an older look for a newer.
        self._updating = asyncio.Lock()

    async def rank(self, demand: Demand, *, on: date) -> Ranking:
        """The hosts for a request, in the order in which they are to be asked."""
        async with self._updating:
            looking = await _sent(look_around(self._store.engine, demand))
            # While PostgreSQL answers, all is worked out that does not hang on its answer.
            search = self._index.search(demand)
            look = await looking
            if await self._update(look, on):
                search = self._index.search(demand)
            known = Known() if self._are_apart else Known(self._standings, look.occupied)
            return search.best(known)

    async def _update(self, look: Look, on: date) -> bool:
        """Bring offers and standings up to date, and tell whether any was not."""
        were_offers_old = await self._update_offers(look)
        were_standings_old = not self._are_apart and await self._update_standings(look, on)
        return were_offers_old or were_standings_old

    async def _update_offers(self, look: Look) -> bool:
        if look.change == self._change:
            return False
        changes = await offers_changed(self._store.engine, since=self._change, most=FEW + 1)
        was_put_back = look.change < self._change
        if was_put_back or len(changes) > FEW:
            changes = await every_offer(self._store.engine)
            # Off the loop, and into an index of its own: whoever gives up leaves nothing half done.
            self._index = await asyncio.to_thread(_index_of, changes, self._weights)
        else:
            _take_over(self._index, changes)
        self._change = max((change.change for change in changes), default=0)
        return True

    async def _update_standings(self, look: Look, on: date) -> bool:
        """Read anew who may stand otherwise: everybody on another day, else who had to do with it.

        Answers of transactions that were not over when it was last looked are read once more.
        """
        engine, seen_before = self._store.engine, self._seen_before
        names = set[OrganisationId]()
        is_another_day = on != self._on or look.all_seen_before < seen_before
        if is_another_day:
            self._standings = await read_standings(engine, self._weights, on=on)
            self._paused = frozenset()
        elif look.answered_in >= seen_before:
            names = await changed_standings(engine, since=seen_before)
            anew = await read_standings(engine, self._weights, on=on, of=names)
            self._stand({name: anew.get(name, NEWCOMER) for name in names})
        self._on, self._seen_before = on, look.all_seen_before
        changed, self._paused = look.paused ^ self._paused, look.paused
        self._stand({name: self._standings.get(name, NEWCOMER) for name in changed})
        return bool(is_another_day or names or changed)

    def _stand(self, anew: Mapping[OrganisationId, Standing]) -> None:
        for name, standing in anew.items():
            self._standings[name] = standing._replace(is_paused=name in self._paused)
        self._index.weigh_anew(self._standings, anew)


async def _sent(look: Coroutine[Any, Any, Look]) -> asyncio.Task[Look]:
    """A look under way: its question has left by the time this returns."""
    looking = asyncio.create_task(look)
    for _ in range(TURNS_TO_SEND):
        await asyncio.sleep(0)
    return looking


def _index_of(changes: Sequence[OfferChange], weights: Weights) -> OfferIndex:
    index = OfferIndex(weights)
    # Rows in the order of their ids need not be put in that order at every ranking.
    _take_over(index, sorted(changes, key=attrgetter("offer")))
    return index


def _take_over(index: OfferIndex, changes: Sequence[OfferChange]) -> None:
    index.keep({c.offer: c.facts for c in changes if c.facts is not None})
    index.withdraw(c.offer for c in changes if c.facts is None)
