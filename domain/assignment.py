"""Whom a matchmaking event brings together: what is asked of it, what it answers, and its proof.

Places are counted by the day: on no day has an offer more guests than places. The offers of one
organisation share the places of its largest, so that nobody gains by writing the same places down
twice. A group is never divided. What a host has accepted is fixed and never touched again.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from domain.facts import Fact, OfferId, OrganisationId, Reference

Count = Annotated[int, Field(ge=0, le=10**12)]


class Mode(StrEnum):
    """What an event promises of its assignment."""

    BEST_TOTAL = "best total"  #: nothing has more points altogether
    STABLE = "stable"  #: no request and host would both rather have each other


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Every day from one to another, both included."""
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


class Group(Fact):
    """Guests who come to the same offer on the same days, or to none.

    It is one request, or several that travel together; the first of them is the group's name.
    """

    requests: Annotated[tuple[Reference, ...], Field(min_length=1)]
    guests: Annotated[int, Field(ge=1)]
    first_day: date
    last_day: date

    @property
    def name(self) -> Reference:
        """What the group goes by."""
        return self.requests[0]

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the visit."""
        return days_between(self.first_day, self.last_day)


class OpenOffer(Fact):
    """An offer that takes part: its places on any day, and those taken by others already."""

    offer: OfferId
    organisation: OrganisationId
    places: Count
    taken: dict[date, Count] = {}


class Candidate(NamedTuple):
    """A group that may go to an offer, and how many points each side gives to that."""

    group: Reference
    offer: OfferId
    score: Count
    host_score: Count


class Instance(Fact):
    """One question to the solver. The order of everything in it makes no difference.

    ``fixed`` are groups that a host has accepted, by name; ``forbidden`` are requests and offers of
    which one side has said no to the other, or which found no room there when it came to asking.
    """

    mode: Mode
    groups: tuple[Group, ...]
    offers: tuple[OpenOffer, ...]
    candidates: tuple[Candidate, ...]
    fixed: dict[Reference, OfferId] = {}
    forbidden: tuple[tuple[Reference, OfferId], ...] = ()

    @model_validator(mode="after")
    def _names_what_is_there_once(self) -> Self:
        groups, offers = {group.name for group in self.groups}, {o.offer for o in self.offers}
        requests = [request for group in self.groups for request in group.requests]
        pairs = {(c.group, c.offer) for c in self.candidates}
        given = (len(requests), len(self.offers), len(self.candidates))
        if given != (len(set(requests)), len(offers), len(pairs)):
            raise ValueError("a request, an offer or a candidate stands there twice: take one out")
        named = (*pairs, *self.fixed.items())
        if any(group not in groups or offer not in offers for group, offer in named):
            raise ValueError("a pair names a group or an offer that takes no part: take it out")
        return self

    def in_order(self) -> "Instance":
        """The same question with everything in one order: its answer hangs on nothing else."""
        return self.model_copy(
            update={
                "groups": tuple(sorted(self.groups, key=lambda group: group.requests)),
                "offers": tuple(sorted(self.offers, key=lambda offer: offer.offer)),
                "candidates": tuple(sorted(self.candidates)),
                "fixed": dict(sorted(self.fixed.items())),
                "forbidden": tuple(sorted(self.forbidden)),
            }
        )


class Party(NamedTuple):
    """A group that is still to be placed, with the points of both sides for each open offer."""

    group: Group
    options: Mapping[OfferId, tuple[int, int]]

    @property
    def guests(self) -> int:
        """How many they are."""
        return self.group.guests


class Room:
    """How many guests still fit where, by the day, beside those of accepted pairs."""

    def __init__(self, instance: Instance) -> None:
        self.rooms: dict[OfferId, tuple[str, str]] = {}
        self._places: dict[str, int] = {}
        self._used: dict[str, dict[date, int]] = {}
        for offer in instance.offers:
            self.rooms[offer.offer] = (f"offer:{offer.offer}", f"organisation:{offer.organisation}")
            for name in self.rooms[offer.offer]:
                self._places[name] = max(offer.places, self._places.get(name, 0))
                for day, guests in offer.taken.items():
                    self._use(name, day, guests)
        groups = {group.name: group for group in instance.groups}
        for group, at in instance.fixed.items():
            for name in self.rooms[at]:
                for day in groups[group].days:
                    self._use(name, day, groups[group].guests)

    def _use(self, name: str, day: date, guests: int) -> None:
        used = self._used.setdefault(name, {})
        used[day] = used.get(day, 0) + guests

    def is_even(self, name: str) -> bool:
        """Whether as many fit on any day."""
        return name not in self._used

    def free(self, name: str, day: date) -> int:
        """How many more guests fit on that day."""
        return max(0, self._places[name] - self._used.get(name, {}).get(day, 0))

    def fits(self, group: Group, offer: OfferId) -> bool:
        """Whether a group finds places enough there, were it alone."""
        return all(self._fits_in(group, name) for name in self.rooms[offer])

    def _fits_in(self, group: Group, name: str) -> bool:
        if self.is_even(name):
            return group.guests <= self._places[name]
        return all(group.guests <= self.free(name, day) for day in group.days)


def parties_of(instance: Instance, room: Room) -> list[Party]:
    """Those who are to be placed, in order, with what they may do."""
    forbidden = set(instance.forbidden)
    groups = {g.name: g for g in instance.groups if g.name not in instance.fixed}
    options: dict[Reference, dict[OfferId, tuple[int, int]]] = {name: {} for name in groups}
    for name, offer, score, host_score in sorted(instance.candidates):
        group = groups.get(name)
        if group is None or not room.fits(group, offer):
            continue
        if not any((request, offer) in forbidden for request in group.requests):
            options[name][offer] = (score, host_score)
    return [Party(groups[name], options[name]) for name in sorted(groups)]


class Assignment(Fact):
    """Which request goes to which offer, accepted pairs included, and how many points that has."""

    pairs: dict[Reference, OfferId]
    total: int


class Kind(StrEnum):
    """What a certificate proves."""

    OPTIMUM = "optimum"  #: the prices show that nothing has more points
    BOUND = "bound"  #: the prices show how many points nothing can exceed
    STABLE = "stable"  #: whoever looks finds no pair that would rather have each other


class Per(StrEnum):
    """For what a price is to be paid."""

    GROUP = "group"
    GUEST = "guest"


class Price(NamedTuple):
    """What a place costs on one day, with an offer or with an organisation."""

    room: str
    day: date
    per: Per
    price: int


class Certificate(Fact):
    """The proof. Prices are in so many parts of a point as ``unit`` says.

    Whoever pays them for every free place, and gives every group what its best offer leaves it
    beyond them, has paid ``bound``: no assignment can have more points.
    """

    kind: Kind
    prices: tuple[Price, ...] = ()
    unit: Annotated[int, Field(ge=1)] = 1
    bound: int = 0


class Solution(Fact):
    """Question, answer and proof, as they are kept and published."""

    instance: Instance
    assignment: Assignment
    certificate: Certificate
