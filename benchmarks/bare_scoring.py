"""The floor: the same rules and points over the same offers, with nothing but numpy.

It finds the twenty best and their scores, by every rule that this partnership can break and every
criterion. It does not say why, counts nobody who is left out, asks no database whether anything has
changed, and is given for nothing what is known of hosts and who is full.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.demand import Demand
from domain.facts import OfferId
from domain.hosting import HostingOffer
from domain.matching import MOST_NAMED
from domain.request import Activity
from domain.standing import Known, Occupied, standing_points
from domain.weighing import Weights

Ints = NDArray[np.int32]
Rows = NDArray[np.intp]
ENDLESS = 30_000
LEVELS = np.arange(8, dtype=np.int8)
"""How a language is spoken: not at all, with no level stated, A1 up to C2."""
LOOKED_AT = 4 * MOST_NAMED
Found = list[tuple[OfferId, int]]


class BareScoring:
    """Columns and inverted lists of offers in the order of their ids, made once."""

    def __init__(self, offers: Sequence[HostingOffer], known: Known, weights: Weights) -> None:
        self._offers = sorted(offers, key=lambda offer: offer.id)
        self._weights = weights
        self._rows = {offer.id: row for row, offer in enumerate(self._offers)}
        self._columns()
        self._words = [_inverted(offer.themes for offer in self._offers)]
        self._words += [_inverted(offer.tags for offer in self._offers)]
        self._fields = _inverted(offer.fields for offer in self._offers)
        self._broad = _inverted({f[:2] for f in offer.fields} for offer in self._offers)
        self._of_organisation = _inverted((offer.organisation,) for offer in self._offers)
        self._of_coordinator = _inverted((offer.coordinator,) for offer in self._offers)
        self._standing = self._points_of(known)

    def _columns(self) -> None:
        offers = self._offers
        self._activities = _column((_bits(o) for o in offers), np.uint16)
        self._opens = _column((o.opens.toordinal() for o in offers), np.int32)
        self._closes = _column((o.closes.toordinal() for o in offers), np.int32)
        self._places = _column((o.places for o in offers), np.int16)
        self._weekly = _column((o.per_week or ENDLESS for o in offers), np.int16)
        self._most = np.minimum(_column((o.largest for o in offers), np.int16), self._weekly)
        self._least = _column((o.smallest_group for o in offers), np.int16)
        self._short = _column((o.shortest_days for o in offers), np.int16)
        self._long = _column((o.longest_days or ENDLESS for o in offers), np.int16)
        self._provisions = _column((len(set(o.accessibility)) for o in offers), np.int8)
        self._home = np.array([o.country for o in offers])
        self._countries, self._country = np.unique(self._home, return_inverse=True)
        self._levels = {
            name: _column((_level(o, name) for o in offers), np.int8)
            for name in {name for o in offers for name in o.languages}
        }
        closed = [(row, b) for row, o in enumerate(offers) for b in o.blackouts]
        self._closed = _column((row for row, _ in closed), np.intp)
        self._closed_from = _column((b.first.toordinal() for _, b in closed), np.int32)
        self._closed_to = _column((b.last.toordinal() for _, b in closed), np.int32)

    def _points_of(self, known: Known) -> Ints:
        points = (standing_points(known.standing(o.organisation), self._weights)
                  for o in self._offers)  # fmt: skip
        return _column(points, np.int32)

    def best(self, demand: Demand, occupied: Mapping[OfferId, Occupied]) -> Found:
        """The twenty best of different organisations, with their scores."""
        guests = np.array(list(occupied.values()), np.intp).reshape(-1, 2)
        rows_busy = np.array([self._rows[offer] for offer in occupied], np.intp)
        busy: Rows = np.vstack((rows_busy, guests.T))
        rows = np.flatnonzero(self._can(demand, busy))
        scores = self._scores(demand, rows, busy)
        if len(rows) > LOOKED_AT:
            least = np.partition(scores, -LOOKED_AT)[-LOOKED_AT]
            rows, scores = rows[scores >= least], scores[scores >= least]
        order = np.argsort(-scores, kind="stable")
        best: dict[str, tuple[OfferId, int]] = {}
        for at in order:
            offer = self._offers[rows[at]]
            best.setdefault(offer.organisation, (offer.id, int(scores[at])))
            if len(best) == MOST_NAMED:
                break
        return list(best.values())

    def _can(self, demand: Demand, busy: Rows) -> NDArray[np.bool_]:
        can: NDArray[np.bool_]
        request, people, days = demand.request, demand.people, demand.request.length
        first, last = request.first_day.toordinal(), request.last_day.toordinal()
        can = (self._activities & (1 << list(Activity).index(request.activity))) != 0
        can &= (self._opens <= first) & (self._closes >= last)
        can &= (self._most >= people) & (self._least <= people)
        can &= (self._short <= days) & (self._long >= days)
        can &= self._country != np.searchsorted(self._countries, demand.country)
        least = request.least_level.rank + 1 if request.least_level else 1
        heard = np.zeros(len(can), np.bool_)
        for language in request.languages:
            heard |= self._levels[language] >= least
        can &= heard
        can[self._of_organisation[request.sending]] = False
        for person in (*request.participants, request.coordinator, request.office):
            can[self._of_coordinator[person]] = False
        can[self._closed[(self._closed_from <= last) & (self._closed_to >= first)]] = False
        row, on_a_day, in_a_week = busy
        can[row] &= self._places[row] - on_a_day >= people
        can[row] &= self._weekly[row] - in_a_week >= people
        return can

    def _scores(self, demand: Demand, rows: Rows, busy: Rows) -> Ints:
        request, weights = demand.request, self._weights
        scores = self._standing[rows]
        for inverted, words, each in zip(
            self._words, (request.themes, request.tags), (weights.themes, weights.tags), strict=True
        ):
            points = np.zeros(len(self._offers), np.int32)
            for word in words:
                points[inverted[word]] += each.each
            scores += np.minimum(points[rows], each.most)
        points = np.zeros(len(self._offers), np.int32)
        for field in request.fields:
            points[self._broad[field[:2]]] += weights.fields.near
            points[self._fields[field]] += weights.fields.same - weights.fields.near
        scores += np.minimum(points[rows], weights.fields.most)
        scores += self._spoken(demand, rows)
        left = self._places.astype(np.int32)
        left[busy[0]] -= busy[1]
        scores += (left[rows] > demand.people) * np.int32(weights.room.spare)
        if request.fewer_opportunities:
            provisions = self._provisions[rows] * np.int32(weights.access.each)
            scores += np.minimum(provisions, weights.access.most)
        return scores

    def _spoken(self, demand: Demand, rows: Rows) -> Ints:
        request, weights = demand.request, self._weights.languages
        least = request.least_level.rank + 1 if request.least_level else 1
        well_enough = LEVELS * (least <= LEVELS)
        each = ((well_enough > 0) * weights.each).astype(np.int32)
        points, best = np.zeros(len(rows), np.int32), np.zeros(len(rows), np.int8)
        for language in request.languages:
            level = self._levels[language][rows]
            points += each.take(level)
            np.maximum(best, well_enough.take(level), out=best)
        points += (np.maximum(LEVELS - 1, 0) * np.int32(weights.step))[best]
        return np.minimum(points, weights.most)


def _column(numbers: Iterable[int], kind: type[np.generic]) -> NDArray[Any]:
    return np.fromiter(numbers, kind)


def _bits(offer: HostingOffer) -> int:
    return sum(1 << list(Activity).index(activity) for activity in set(offer.activities))


def _level(offer: HostingOffer, language: str) -> int:
    if language not in offer.languages:
        return 0
    level = offer.languages[language]
    return level.rank + 1 if level else 1


def _inverted(words: Iterable[Iterable[str]]) -> dict[str, Rows]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, of_row in enumerate(words):
        for word in set(of_row):
            rows[word].append(row)
    found = {word: np.array(having, np.intp) for word, having in rows.items()}
    return defaultdict(lambda: np.zeros(0, np.intp), found)
