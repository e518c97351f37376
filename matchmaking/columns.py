"""Every offer of the directory as a row of numbers, so that thousands are compared at once."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.facts import OfferId
from domain.hosting import HostingOffer
from domain.isced import BROAD_FIELDS
from domain.people import Level
from domain.request import Activity
from matchmaking.postings import Blackouts, Column, Postings, Rows, grown

NO_LIMIT = np.iinfo(np.int16).max
UNKNOWN = -1
Mask = NDArray[np.bool_]
UNSTATED = 1
"""How a language column says that it is spoken and nobody has stated how well; A1 is one more."""
KINDS: dict[str, type[np.generic]] = {
    "organisation": np.int32, "coordinator": np.int32, "country": np.int32, "zone": np.int32,
    "opens": np.int32, "closes": np.int32, "activities": np.uint16,
    "broad_fields": np.uint16,
    "places": np.int16, "smallest": np.int16, "largest": np.int16, "per_week": np.int16,
    "shortest": np.int16, "longest": np.int16, "provisions": np.int8, "is_withdrawn": np.bool_,
}  # fmt: skip
A_PART = 2048
MANY = 500
"""From so many new offers on, putting all in order is quicker than finding the place of each."""


class Codes:
    """A number for every name, given in the order in which they are met."""

    def __init__(self) -> None:
        self._of: dict[str, int] = {}
        self._names: list[str] = []

    def __len__(self) -> int:
        return len(self._of)

    def of(self, name: str) -> int:
        """The number of this name, a new one if it has none."""
        number = self._of.setdefault(name, len(self._of))
        if number == len(self._names):
            self._names.append(name)
        return number

    def name(self, number: int) -> str:
        """The name of this number."""
        return self._names[number]

    def known(self, name: str) -> int | None:
        """The number of this name, if it has one."""
        return self._of.get(name)


class Columns:
    """What is compared of every offer. A row is never given to another offer.

    ``facts`` are the offers as they were kept, for the few of which it is told why they are out.
    ``ids`` are theirs, row by row.
    """

    def __init__(self) -> None:
        self.facts: list[str] = []
        self.ids: list[OfferId] = []
        self.organisations, self.people = Codes(), Codes()
        self.countries, self.zones = Codes(), Codes()
        self.themes, self.tags = Postings(), Postings()
        self.fields = Postings()
        self.blackouts = Blackouts()
        self._rows: dict[OfferId, int] = {}
        self._ids_in_order: list[OfferId] = []
        self._in_order: Rows = np.zeros(0, np.intp)
        self._is_in_order = True
        self._columns: dict[str, Column] = {n: np.zeros(0, kind) for n, kind in KINDS.items()}
        self._languages: dict[str, Column] = defaultdict(lambda: np.zeros(0, np.int8))

    def __len__(self) -> int:
        return len(self.facts)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name][: len(self)]

    def language(self, name: str) -> NDArray[np.int8]:
        """How well this language is spoken: nought for not at all."""
        column = self._languages[name] = grown(self._languages[name], len(self))
        return column[: len(self)]

    def row(self, offer: OfferId) -> int | None:
        """The row of an offer."""
        return self._rows.get(offer)

    def rows(self, offers: Iterable[OfferId]) -> list[int]:
        """The rows of these offers, ``UNKNOWN`` for those that are not here."""
        return [self._rows.get(offer, UNKNOWN) for offer in offers]

    def offer(self, row: int) -> HostingOffer:
        """The offer of a row, as it was kept."""
        return _read(self.facts[row])

    def picked(self, mask: Mask) -> Rows:
        """The rows that are marked, in the order of their offers' ids."""
        if self._is_in_order:
            return np.flatnonzero(mask)
        picked: Rows = self._in_order[mask[self._in_order]]
        return picked

    def first(self, mask: Mask, most: int) -> list[int]:
        """The first of the rows that are marked, looked for a part at a time."""
        found: list[int] = []
        for begin in range(0, len(self), A_PART):
            rows = self._in_order[begin : begin + A_PART]
            found += rows[mask[rows]][: most - len(found)].tolist()
            if len(found) == most:
                break
        return found

    def keep(self, offers: dict[OfferId, str]) -> None:
        """Add or replace offers, given as they are kept."""
        new = [offer for offer in offers if offer not in self._rows]
        length = len(self) + len(new)
        self._columns = {name: grown(column, length) for name, column in self._columns.items()}
        for facts in offers.values():
            self._keep(HostingOffer.model_validate_json(facts), facts)
        self._put_in_order(new)

    def withdraw(self, offer: OfferId) -> None:
        """An offer that does not stand any more: its row stays, and is passed over."""
        row = self._rows.get(offer)
        if row is not None:
            self["is_withdrawn"][row] = True

    def _keep(self, offer: HostingOffer, facts: str) -> None:
        row = self._rows.setdefault(offer.id, len(self))
        if row == len(self):
            self.facts.append(facts)
            self.ids.append(offer.id)
        else:
            self._take_out(row, self.offer(row))
            self.facts[row] = facts
        for name, number in self._numbers(offer).items():
            self._columns[name][row] = number
        for words, postings in self._words(offer):
            postings.add(words, row)
        for period in offer.blackouts:
            self.blackouts.add(row, period.first.toordinal(), period.last.toordinal())
        for language, level in offer.languages.items():
            self.language(language)[row] = spoken(level)

    def _take_out(self, row: int, offer: HostingOffer) -> None:
        for words, postings in self._words(offer):
            postings.remove(words, row)
        for language in offer.languages:
            self.language(language)[row] = 0
        if offer.blackouts:
            self.blackouts.remove(row)

    def _words(self, offer: HostingOffer) -> tuple[tuple[set[str], Postings], ...]:
        return (
            (set(offer.themes), self.themes),
            (set(offer.tags), self.tags),
            (set(offer.fields), self.fields),
        )

    def _numbers(self, offer: HostingOffer) -> dict[str, int]:
        return {
            "organisation": self.organisations.of(offer.organisation),
            "coordinator": self.people.of(offer.coordinator),
            "country": self.countries.of(offer.country),
            "zone": self.zones.of(offer.zone),
            "opens": offer.opens.toordinal(),
            "closes": offer.closes.toordinal(),
            "activities": sum(bit_of(activity) for activity in set(offer.activities)),
            "broad_fields": sum({broad_bit_of(field) for field in offer.fields}),
            "places": offer.places,
            "smallest": offer.smallest_group,
            "largest": min(offer.largest, offer.per_week or NO_LIMIT),
            "per_week": offer.per_week or NO_LIMIT,
            "shortest": min(offer.shortest_days, NO_LIMIT),
            "longest": min(offer.longest_days or NO_LIMIT, NO_LIMIT),
            "provisions": len(set(offer.accessibility)),
            "is_withdrawn": False,
        }

    def _put_in_order(self, new: list[OfferId]) -> None:
        if len(new) >= MANY or len(new) == len(self):
            self._ids_in_order = sorted(self._rows)
            self._in_order = np.array(self.rows(self._ids_in_order), np.intp)
        else:
            for offer in new:
                place = bisect_left(self._ids_in_order, offer)
                self._ids_in_order.insert(place, offer)
                self._in_order = np.insert(self._in_order, place, self._rows[offer])
        if new:
            self._is_in_order = bool(np.all(self._in_order[1:] > self._in_order[:-1]))


@lru_cache(maxsize=1024)
def _read(facts: str) -> HostingOffer:
    """Those that come close are mostly the same ones, whatever is asked."""
    return HostingOffer.model_validate_json(facts)


def bit_of(activity: Activity) -> int:
    """The bit by which a column of activities says that this one is offered."""
    return _BITS[activity]


def broad_bit_of(field: str) -> int:
    """The bit by which a column of broad fields says that a field's own broad one is among them."""
    return _BROAD_BITS[field[:2]]


_BITS = {activity: 1 << n for n, activity in enumerate(Activity)}
_BROAD_BITS = {code: 1 << n for n, code in enumerate(BROAD_FIELDS)}


def spoken(level: Level | None) -> int:
    """How a column says how well a language is spoken."""
    return UNSTATED + (level.rank if level else 0)
