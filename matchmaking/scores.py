"""The points of many offers at once: the same sums as in ``domain/criteria.py``."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.demand import Demand
from domain.matching import Criterion
from domain.people import Level
from domain.weighing import PerThing, Weights
from matchmaking.columns import UNSTATED, Columns, broad_bit_of, spoken
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
        """These rows with their scores, as if others had nothing at any of them."""
        parts = self._parts(rows)
        scores: Scores = self._standing_points.take(self._columns["organisation"][rows])
        for part in parts.values():
            scores += part
        return Scored(rows, scores, parts)

    def make_room(self, scored: Scored, busy: Busy) -> None:
        """Take the points for places to spare from those rows at which others leave none."""
        places, spare = self._columns["places"][busy.rows], Criterion.ROOM
        is_left = places - busy.on_a_day > self._demand.people
        is_full = np.zeros(len(self._columns), np.bool_)
        is_full[busy.rows[~is_left]] = True
        at = np.flatnonzero(is_full[scored.rows])
        scored.scores[at] -= scored.parts[spare][at]
        scored.parts[spare][at] = 0

    def _parts(self, rows: Rows) -> dict[Criterion, Scores]:
        request, weights, columns = self._demand.request, self._weights, self._columns
        has_room = columns["places"][rows] > self._demand.people
        parts = {
            Criterion.LANGUAGES: self._languages(rows),
            Criterion.ROOM: has_room * np.int32(weights.room.spare),
        }
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
        broad, points = columns["broad_fields"][rows], np.zeros(len(columns), np.int32)
        near = np.zeros(len(rows), np.int32)
        for field in set(self._demand.request.fields):
            near += (broad & broad_bit_of(field)) != 0
            points[columns.fields.rows(field)] += weights.same - weights.near
        near *= np.int32(weights.near)
        near += points[rows]
        return np.minimum(near, weights.most)

    def _languages(self, rows: Rows) -> Scores:
        request, weights = self._demand.request, self._weights.languages
        least = spoken(request.least_level)
        common, best = np.zeros(len(rows), np.int8), np.zeros(len(rows), np.int8)
        for language in set(request.languages):
            level = self._columns.language(language)[rows]
            common += level >= least
            np.maximum(best, level, out=best)
        # Whoever speaks none of them well enough has no points for the one spoken best.
        step = np.maximum(ALL_LEVELS - UNSTATED, 0) * np.int32(weights.step)
        step[:least] = 0
        points: Scores = common * np.int32(weights.each)
        points += step.astype(np.int32).take(best)
        return np.minimum(points, weights.most)
