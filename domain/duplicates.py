"""Near matches: a request that may be the same mobility as one that is on its way already."""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from domain.case_card import said_dates
from domain.events import Phase
from domain.facts import Fact, Reference

NEAR_DAYS = 14
"""Days between two visits up to which they may be one and the same. Whoever asks again for a visit
mostly shifts it by a week or two, to where the host or a school calendar wants it; somebody who
comes home and sets out anew within a fortnight is rare enough to be asked about. Our own policy."""


class Days(NamedTuple):
    """First and last day of a visit."""

    first: date
    last: date

    def apart(self, other: "Days") -> int:
        """How many days lie between two visits, 0 when they overlap or follow on each other."""
        return max(0, (max(self.first, other.first) - min(self.last, other.last)).days - 1)

    def overlap(self, other: "Days") -> bool:
        """Whether some day belongs to both."""
        return self.first <= other.last and other.first <= self.last


class Likeness(IntEnum):
    """How two mobilities are alike, the graver the higher."""

    SAME_WORDS = 1  #: title and objectives
    SAME_PEOPLE = 2  #: somebody travels in both
    IN_TWO_PLACES = 3  #: somebody would have to be in both on the same day


class Live(Fact):
    """A mobility of the same organisation that is on its way, as far as it may be the same one.

    ``in_common`` are the names of those who travel in both, as the new request calls them.
    """

    reference: Reference
    phase: Phase
    requested_on: date
    days: Days
    in_common: tuple[str, ...] = ()
    has_same_words: bool = False


class NearMatch(Fact):
    """A live mobility that a request comes close to."""

    live: Live
    likeness: Likeness
    apart: int

    def sentence(self) -> str:
        """What is found, and what to do about it."""
        live = self.live
        found = (
            f"{live.reference}, requested on {live.requested_on:%-d %B %Y} for "
            f"{said_dates(live.days)} and now in phase '{live.phase}'"
        )
        otherwise = (
            f"look at it with 'mobility show {live.reference}' and, if yours is another visit, "
            "start it with --anyway; should the two turn out to be one, 'mobility merge' "
            "makes them one."
        )
        who = " and ".join(live.in_common)
        match self.likeness:
            case Likeness.IN_TWO_PLACES:
                return (
                    f"{who} cannot be in two places at once, and this visit shares days with "
                    f"{found}: change the dates or the participants, or {otherwise}"
                )
            case Likeness.SAME_PEOPLE:
                return f"This request has {who} in common with {found}: {otherwise}"
            case Likeness.SAME_WORDS:
                return f"This request has title and objectives in common with {found}: {otherwise}"


def near_match(wanted: Days, live: Iterable[Live]) -> NearMatch | None:
    """The mobility that a request comes closest to, none when it comes close to nothing.

    The order in which they are looked at makes no difference.
    """
    near = (
        NearMatch(live=one, likeness=likeness, apart=wanted.apart(one.days))
        for one in live
        if (likeness := _likeness(wanted, one)) is not None
    )
    return min(near, key=lambda m: (-m.likeness, m.apart, m.live.reference), default=None)


def _likeness(wanted: Days, one: Live) -> Likeness | None:
    if wanted.apart(one.days) > NEAR_DAYS:
        return None
    if one.in_common:
        overlap = wanted.overlap(one.days)
        return Likeness.IN_TWO_PLACES if overlap else Likeness.SAME_PEOPLE
    return Likeness.SAME_WORDS if one.has_same_words else None
