"""The points of many offers at once: the same sums as in ``domain/criteria.py``."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.demand import Demand
from domain.matching import Criterion
from domain.people import Level
from domain.weighing import PerThing, Weights
from matchmaking.columns import UNSTATED, Columns, spoken
from matchmaking.postings import Postings, Rows
from matchmaking.sieve import Busy

Scores = NDArray[np.int32]
ALL_LEVELS = np.arange(spoken(Level.C2) + 1, dtype=np.int8)


class Scored(NamedTuple):
    """Rows with their scores, and how much of them comes of each criterion.

    What comes of how their organisations stand is in the sum only.
    """

    rows: Rows
    scores: Scores
    parts: dict[Criterion, Scores]

    def with_part(self, criterion: Criterion, part: Scores) -> "Scored":
        """The same with the points of one more criterion."""
        return Scored(self.rows, self.scores + part, self.parts | {criterion: part})

    def part(self, at: int) -> dict[Criterion, int]:
        """The points of the row at this place by criterion."""
        return {criterion: int(part[at]) for criterion, part in self.parts.items()}


class Scorer:
    """What every offer scores for one request."""

    def __init__(
        self, columns: Columns, demand: Demand, weights: Weights, standing_points: Scores
    ) -> None:
        self._columns, self._demand, self._weights = columns, demand, weights
        self._standing_points = standing_points

    def scored(self, rows: Rows) -> Scored:
        """These rows with their scores, but for the places that others leave."""
        parts = self._parts(rows)
        scores: Scores = self._standing_points.take(self._columns["organisation"][rows])
        for part in parts.values():
            scores += part
        return Scored(rows, scores, parts)

    def with_room(self, scored: Scored, busy: Busy) -> Scored:
        """The same with the points for places to spare."""
        left = self._columns["places"]
        if len(busy.rows):
            left = left.astype(np.int32)
            left[busy.rows] -= busy.on_a_day
        is_left = left[scored.rows] > self._demand.people
        return scored.with_part(Criterion.ROOM, is_left * np.int32(self._weights.room.spare))

    def _parts(self, rows: Rows) -> dict[Criterion, Scores]:
        request, weights, columns = self._demand.request, self._weights, self._columns
        parts = {Criterion.LANGUAGES: self._languages(rows)}
        if request.themes:
            themes = self._in_common(columns.themes, request.themes, weights.themes, rows)
            parts[Criterion.THEMES] = themes
        if request.fields:
            parts[Criterion.FIELDS] = self._fields(rows)
        if request.tags:
            parts[Criterion.TAGS] = self._in_common(columns.tags, request.tags, weights.tags, rows)
        if request.fewer_opportunities:
            points = columns["provisions"][rows].astype(np.int32) * weights.access.each
            parts[Criterion.ACCESS] = np.minimum(points, weights.access.most)
        return parts

    def _in_common(
        self, postings: Postings, words: tuple[str, ...], weights: PerThing, rows: Rows
    ) -> Scores:
        points = np.zeros(len(self._columns), np.int32)
        for word in set(words):
            points[postings.rows(word)] += weights.each
        return np.minimum(points[rows], weights.most)

    def _fields(self, rows: Rows) -> Scores:
        columns, weights = self._columns, self._weights.fields
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
            points += each.take(level)
            np.maximum(best, well_enough.take(level), out=best)
        step = (np.maximum(ALL_LEVELS - UNSTATED, 0) * np.int32(weights.step)).astype(np.int32)
        points += step.take(best)
        return np.minimum(points, weights.most)
