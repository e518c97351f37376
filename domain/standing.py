"""How an organisation has hosted so far: what it answered, how soon, and whom it sent itself."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from domain.facts import OfferId, OrganisationId
from domain.weighing import Weights

UNIT = 1024
"""What a request put to a host today counts. Whole numbers, so that every machine counts alike."""
HALVINGS = 10
"""After so many half-lives a request counts nothing any more."""


class Standing(NamedTuple):
    """One organisation as a host. Of somebody new all is nothing, and that counts 0 points.

    ``asked`` and ``answered`` are requests, each counting ``decayed``; ``days`` are those that the
    answers took, counted likewise. ``hosted`` and ``sent`` are mobilities of the last years.
    """

    asked: int = 0
    answered: int = 0
    days: int = 0
    hosted: int = 0
    sent: int = 0
    is_paused: bool = False


class Occupied(NamedTuple):
    """What others have of an offer at the time of a visit: held while it is asked, or taken.

    The most guests on any of its days, and in any of its weeks from Monday to Sunday. In a week
    every guest counts once, however many days they stay.
    """

    on_a_day: int = 0
    in_a_week: int = 0


class Known(NamedTuple):
    """What is known of hosts beside their offers."""

    standings: Mapping[OrganisationId, Standing] = MappingProxyType({})
    occupied: Mapping[OfferId, Occupied] = MappingProxyType({})

    def standing(self, organisation: OrganisationId) -> Standing:
        """How an organisation has hosted so far."""
        return self.standings.get(organisation, NEWCOMER)

    def occupied_by_others(self, offer: OfferId) -> Occupied:
        """What others have of an offer."""
        return self.occupied.get(offer, FREE)


NEWCOMER = Standing()
FREE = Occupied()


class Answer(NamedTuple):
    """What became of one request that was put to a host; none in ``days`` means silence."""

    asked_on: date
    days: int | None


def decayed(age: int, half_life: int) -> int:
    """What a request of so many days ago counts: half after a half-life, evenly in between."""
    halvings, rest = divmod(max(age, 0), half_life)
    if halvings >= HALVINGS:
        return 0
    whole, half = UNIT >> halvings, UNIT >> (halvings + 1)
    return whole - (whole - half) * rest // half_life


def standing_from(answers: tuple[Answer, ...], weights: Weights, *, on: date) -> Standing:
    """How a host stands by what became of the requests put to it. Their order makes no difference.

    Very late answers count as twice the days expected: one forgotten letter is not held for ever.
    """
    half_life, latest = weights.answers.half_life_days, longest_counted(weights)
    counts = [(decayed((on - a.asked_on).days, half_life), a.days) for a in answers]
    in_time = [(count, min(days, latest)) for count, days in counts if days is not None]
    return Standing(
        asked=sum(count for count, _ in counts),
        answered=sum(count for count, _ in in_time),
        days=sum(count * days for count, days in in_time),
    )


def longest_counted(weights: Weights) -> int:
    """The most days that an answer counts as having taken."""
    return 2 * weights.quickness.expected_days


def answer_points(standing: Standing, weights: Weights) -> int:
    """More for who answers more than is expected, less for who answers less."""
    rule = weights.answers
    lean = 100 * standing.answered - rule.expected_percent * standing.asked
    return _towards_nought(rule.points * lean, 100 * (standing.asked + rule.prior * UNIT))


def quickness_points(standing: Standing, weights: Weights) -> int:
    """More for who answers sooner than is expected, less for who answers later."""
    rule, prior = weights.quickness, weights.answers.prior * UNIT
    lean = rule.expected_days * standing.answered - standing.days
    return _towards_nought(rule.points * lean, rule.expected_days * (standing.answered + prior))


def balance_points(standing: Standing, weights: Weights) -> int:
    """Points for who has sent more than hosted; nobody loses any for hosting much."""
    owed = max(0, standing.sent - standing.hosted)
    return min(weights.balance.each * owed, weights.balance.most)


def standing_points(standing: Standing, weights: Weights) -> int:
    """All points that an organisation has for how it has hosted so far."""
    points = (answer_points, quickness_points, balance_points)
    return sum(of(standing, weights) for of in points)


def _towards_nought(part: int, whole: int) -> int:
    """A division without a remainder in which a little counts nothing, for or against."""
    return part // whole if part >= 0 else -(-part // whole)
