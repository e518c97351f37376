"""The points of many offers at once: the same sums as in ``domain/criteria.py``."""

import numpy as np
from numpy.typing import NDArray

from domain.demand import Demand
from domain.people import Level
from domain.weighing import PerThing, Weights
from matchmaking.columns import UNSTATED, Columns, spoken
from matchmaking.postings import Postings, Rows
from matchmaking.sieve import Busy

Scores = NDArray[np.int32]
ALL_LEVELS = np.arange(spoken(Level.C2) + 1, dtype=np.int8)


class Scorer:
    """What every offer scores for one request."""

    def __init__(
        self, columns: Columns, demand: Demand, weights: Weights,
        busy: Busy, standing_points: Scores,
    ) -> None:  # fmt: skip
        self._columns, self._demand, self._weights = columns, demand, weights
        self._busy, self._standing_points = busy, standing_points

    def scores(self, rows: Rows) -> Scores:
        """The scores of these rows."""
        request, weights, columns = self._demand.request, self._weights, self._columns
        scores: Scores = self._standing_points[columns["organisation"][rows]]
        scores += self._in_common(columns.themes, request.themes, weights.themes, rows)
        scores += self._in_common(columns.tags, request.tags, weights.tags, rows)
        scores += self._fields(rows)
        scores += self._languages(rows)
        scores += self._room(rows)
        if request.fewer_opportunities:
            points = columns["provisions"][rows].astype(np.int32) * weights.access.each
            scores += np.minimum(points, weights.access.most)
        return scores

    def _in_common(
        self, postings: Postings, words: tuple[str, ...], weights: PerThing, rows: Rows
    ) -> Scores | int:
        if not words:
            return 0
        points = np.zeros(len(self._columns), np.int32)
        for word in set(words):
            points[postings.rows(word)] += weights.each
        return np.minimum(points[rows], weights.most)

    def _fields(self, rows: Rows) -> Scores | int:
        columns, weights = self._columns, self._weights.fields
        if not self._demand.request.fields:
            return 0
        points = np.zeros(len(columns), np.int32)
        for field in set(self._demand.request.fields):
            points[columns.broad_fields.rows(field[:2])] += weights.near
            points[columns.fields.rows(field)] += weights.same - weights.near
        return np.minimum(points[rows], weights.most)

    def _languages(self, rows: Rows) -> Scores:
        request, weights = self._demand.request, self._weights.languages
        well_enough = ALL_LEVELS * (spoken(request.least_level) <= ALL_LEVELS)
        each = ((well_enough > 0) * weights.each).astype(np.int32)
        points, best = np.zeros(len(rows), np.int32), np.zeros(len(rows), np.int8)
        for language in set(request.languages):
            level = self._columns.language(language)[rows]
            points += each[level]
            np.maximum(best, well_enough[level], out=best)
        step = (np.maximum(ALL_LEVELS - UNSTATED, 0) * np.int32(weights.step)).astype(np.int32)
        points += step[best]
        return np.minimum(points, weights.most)

    def _room(self, rows: Rows) -> Scores:
        left = self._columns["places"]
        if len(self._busy.rows):
            left = left.astype(np.int32)
            left[self._busy.rows] -= self._busy.on_a_day
        return (left[rows] > self._demand.people) * np.int32(self._weights.room.spare)
