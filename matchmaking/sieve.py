"""The hard rules, held against all offers at once: the same as in ``domain/exclusions.py``."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

import numpy as np

from domain.demand import Demand
from domain.facts import OfferId
from domain.matching import Rule
from domain.standing import Occupied
from matchmaking.columns import UNKNOWN, Columns, Mask, bit_of, spoken
from matchmaking.postings import Rows

WITHDRAWN = 200
"""So many broken rules has an offer that is out of the question: it is never counted."""


class Busy(NamedTuple):
    """The rows of which others have something, each once, and how much of it."""

    rows: Rows
    on_a_day: Rows
    in_a_week: Rows


class Sieve:
    """Which rules every offer breaks for one request; ``standing`` is how many offers there are.

    What others have at the offers counts from ``meet_others`` on; before, all is counted that does
    not hang on it. ``counts`` tells of how many offers each rule is broken, and ``alone`` how many
    it keeps out that break no other.
    """

    def __init__(self, columns: Columns, demand: Demand, paused: Rows) -> None:
        self._columns, self._demand, self._paused = columns, demand, paused
        self._broken = {rule: mask for rule, mask in self._masks() if mask is not None}
        self.tally = np.zeros(len(columns), np.uint8)
        for mask in self._broken.values():
            self.tally += mask.view(np.uint8)
        self._gone = self._rows_gone()
        self._leave_out(self._gone)
        once = self.tally == 1
        self.counts = {rule: _number(mask) for rule, mask in self._broken.items()}
        self.alone = {rule: _number(mask & once) for rule, mask in self._broken.items()}

    def meet_others(self, busy: Busy) -> None:
        """Hold the rule of capacity against what others have."""
        full = self._rows_full(busy)
        full = full[~self._gone[full]]
        if not len(full):
            return
        # Whatever was kept out by one rule alone is now kept out by two.
        was_out_by_one = full[self.tally[full] == 1]
        for rule, mask in self._broken.items():
            self.alone[rule] -= _number(mask[was_out_by_one])
        self.counts[Rule.CAPACITY] = len(full)
        self.alone[Rule.CAPACITY] = _number(self.tally[full] == 0)
        self._broken[Rule.CAPACITY] = self._marked(full)
        self.tally[full] += 1

    def able(self) -> Rows:
        """The rows that break none, in the order of their ids."""
        return self._columns.picked(self.tally == 0)

    def closest(self, most: int) -> list[int]:
        """The first rows that break some rule: the fewest first, then in the order of their ids."""
        found = list[int]()
        for broken in range(1, len(Rule) + 1):
            found += self._columns.first(self.tally == broken, most - len(found))
            if len(found) == most:
                break
        return found

    def broken_by(self, rows: list[int]) -> list[tuple[Rule, ...]]:
        """Every rule that each of these rows breaks."""
        broken: list[list[Rule]] = [[] for _ in rows]
        for rule, mask in self._in_order():
            for at in np.flatnonzero(mask[rows]).tolist():
                broken[at].append(rule)
        return [tuple(rules) for rules in broken]

    def _in_order(self) -> Iterator[tuple[Rule, Mask]]:
        return ((rule, self._broken[rule]) for rule in Rule if rule in self._broken)

    def _rows_gone(self) -> Mask:
        """The rows of offers that do not stand any more, or were asked already."""
        withdrawn: Mask = self._columns["is_withdrawn"]
        asked = self._only(self._rows_of(self._demand.asked))
        return withdrawn if asked is None else withdrawn | asked

    def _leave_out(self, gone: Mask) -> None:
        self.standing = len(gone) - int(np.count_nonzero(gone))
        if self.standing < len(gone):
            self.tally[gone] = WITHDRAWN
            for rule, mask in self._broken.items():
                self._broken[rule] = mask & ~gone

    def _masks(self) -> Iterator[tuple[Rule, Mask | None]]:
        """The mask of every rule but that of capacity, none where nobody can break it."""
        columns, demand = self._columns, self._demand
        request, people, days = demand.request, demand.people, demand.request.length
        first, last = request.first_day.toordinal(), request.last_day.toordinal()
        yield Rule.OWN, self._equal("organisation", columns.organisations.known(request.sending))
        yield Rule.TRAVELS, self._coordinated_by(request.participants)
        yield Rule.OTHER_PART, self._coordinated_by((request.coordinator, request.office))
        yield Rule.PAUSED, self._of_organisations(self._paused)
        yield Rule.ELIGIBILITY, self._equal("country", columns.countries.known(demand.country))
        yield Rule.ACTIVITY, (columns["activities"] & bit_of(request.activity)) == 0
        yield Rule.DATES, (columns["opens"] > first) | (columns["closes"] < last)
        yield Rule.BLACKOUT, self._only(columns.blackouts.rows_closed(first, last))
        yield Rule.DURATION, (columns["shortest"] > days) | (columns["longest"] < days)
        yield Rule.GROUP, (columns["smallest"] > people) | (columns["largest"] < people)
        yield Rule.LANGUAGE, self._not_speaking()
        yield Rule.DECLINED, self._only(self._rows_of(demand.declined))

    def _rows_of(self, offers: Iterable[OfferId]) -> list[int]:
        rows = (self._columns.row(offer) for offer in offers)
        return [row for row in rows if row is not None]

    def _equal(self, column: str, code: int | None) -> Mask | None:
        return None if code is None else self._columns[column] == code

    def _coordinated_by(self, people: tuple[str, ...]) -> Mask | None:
        codes = {self._columns.people.known(person) for person in people} - {None}
        masks = [self._columns["coordinator"] == code for code in codes]
        return np.logical_or.reduce(masks) if masks else None

    def _of_organisations(self, codes: Rows) -> Mask | None:
        if not len(codes):
            return None
        is_meant = np.zeros(len(self._columns.organisations), np.bool_)
        is_meant[codes] = True
        mask: Mask = is_meant[self._columns["organisation"]]
        return mask

    def _only(self, rows: Rows | list[int]) -> Mask | None:
        return self._marked(rows) if len(rows) else None

    def _marked(self, rows: Rows | list[int]) -> Mask:
        mask = np.zeros(len(self._columns), np.bool_)
        mask[rows] = True
        return mask

    def _rows_full(self, busy: Busy) -> Rows:
        people, columns = self._demand.people, self._columns
        places, weekly = columns["places"][busy.rows], columns["per_week"][busy.rows]
        would_fit = np.minimum(places, weekly) >= people
        is_taken = (places - busy.on_a_day < people) | (weekly - busy.in_a_week < people)
        full: Rows = busy.rows[would_fit & is_taken]
        return full

    def _not_speaking(self) -> Mask:
        request = self._demand.request
        least, heard = spoken(request.least_level), np.zeros(len(self._columns), np.bool_)
        for language in set(request.languages):
            heard |= self._columns.language(language) >= least
        return ~heard


def _number(mask: Mask) -> int:
    return int(np.count_nonzero(mask))


def busy_rows(columns: Columns, occupied: Mapping[OfferId, Occupied]) -> Busy:
    """What others have, row by row."""
    rows = np.array(columns.rows(occupied), np.intp)
    guests = np.fromiter(chain.from_iterable(occupied.values()), np.int32).reshape(-1, 2)
    known = rows != UNKNOWN
    return Busy(rows[known], *guests[known].T)
