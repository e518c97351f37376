"""What speaks for a host that can be asked, in points that add up to its score."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from domain.demand import Demand
from domain.exclusions import common_languages
from domain.hosting import HostingOffer
from domain.matching import Criterion
from domain.standing import (
    Known,
    Standing,
    answer_points,
    balance_points,
    quickness_points,
)
from domain.weighing import PerThing, Weights


class Weighed(NamedTuple):
    """One offer, and everything that its points depend on.

    They depend neither on how long an offer is open nor on how many offers an organisation lists,
    and on its places only in so far as one is left: who states more than there is gains nothing.
    """

    demand: Demand
    offer: HostingOffer
    known: Known
    weights: Weights


Points = Callable[[Weighed], int]
StandingPoints = Callable[[Standing, Weights], int]


def contributions(weighed: Weighed) -> dict[Criterion, int]:
    """Points by criterion, without those that give none."""
    return told({criterion: points(weighed) for criterion, points in POINTS.items()})


def told(points: Mapping[Criterion, int]) -> dict[Criterion, int]:
    """Points in the order in which they are told, without those that are none."""
    return {criterion: points[criterion] for criterion in POINTS if points.get(criterion)}


def _in_common(weights: PerThing, asked: Iterable[str], offered: Iterable[str]) -> int:
    return min(weights.each * len(set(asked) & set(offered)), weights.most)


def _themes(w: Weighed) -> int:
    return _in_common(w.weights.themes, w.demand.request.themes, w.offer.themes)


def _tags(w: Weighed) -> int:
    return _in_common(w.weights.tags, w.demand.request.tags, w.offer.tags)


def _fields(w: Weighed) -> int:
    weights, broad = w.weights.fields, {field[:2] for field in w.offer.fields}
    asked = set(w.demand.request.fields)
    same = asked & set(w.offer.fields)
    near = {field for field in asked - same if field[:2] in broad}
    return min(weights.same * len(same) + weights.near * len(near), weights.most)


def _languages(w: Weighed) -> int:
    weights, common = w.weights.languages, common_languages(w.demand, w.offer)
    levels = (w.offer.languages[language] for language in common)
    best = max((level.rank for level in levels if level), default=0)
    return min(weights.each * len(common) + weights.step * best, weights.most)


def _room(w: Weighed) -> int:
    others = w.known.occupied_by_others(w.offer.id)
    is_left = w.offer.places - others.on_a_day > w.demand.people
    return w.weights.room.spare if is_left else 0


def _by_standing(points: StandingPoints) -> Points:
    return lambda w: points(w.known.standing(w.offer.organisation), w.weights)


def _access(w: Weighed) -> int:
    if not w.demand.request.fewer_opportunities:
        return 0
    return min(w.weights.access.each * len(set(w.offer.accessibility)), w.weights.access.most)


OF_STANDING: Mapping[Criterion, StandingPoints] = {
    Criterion.ANSWERS: answer_points,
    Criterion.QUICKNESS: quickness_points,
    Criterion.BALANCE: balance_points,
}
"""What hangs on the organisation alone, and on none of its offers."""

POINTS: Mapping[Criterion, Points] = {
    Criterion.THEMES: _themes,
    Criterion.FIELDS: _fields,
    Criterion.TAGS: _tags,
    Criterion.LANGUAGES: _languages,
    Criterion.ROOM: _room,
    **{criterion: _by_standing(points) for criterion, points in OF_STANDING.items()},
    Criterion.ACCESS: _access,
}
"""Every criterion, in the order in which points are told."""
