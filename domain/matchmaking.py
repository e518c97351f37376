"""Matchmaking events: many requests meet many hosts, and are brought together all at once.

A request that takes part waits for the event's word instead of going down its own ranking. The
event says in its rounds which host is to be asked. Once it is over, whoever has found none goes on
as any other request does.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Annotated

from pydantic import Field

from domain.assignment import (
    Assignment,
    Candidate,
    Group,
    Instance,
    Mode,
    OpenOffer,
    days_between,
)
from domain.errors import RequestNotAcceptable
from domain.facts import Fact, OfferId, OrganisationId, PersonId, Reference
from domain.hosting import HostingOffer
from domain.request import MobilityRequest

EVENT_REFERENCE = r"^E-[0-9]{4}-[0-9]{2,4}$"
EventReference = Annotated[str, Field(pattern=EVENT_REFERENCE)]
"""The public name of an event, such as ``E-2027-01``."""
DAYS_AFTER_EVENT = 28
"""Days that an event leaves before a visit: half of them to ask hosts alone, half to sign."""
SLACK = timedelta(days=2)
"""How much longer a request waits than the event has told it to: then it goes on alone."""


class MatchmakingEvent(Fact):
    """One event: who runs it, until when requests may join, and how often it asks.

    It ``closes`` at the end of a day. Hosts have ``answer_days`` days for each of the ``rounds``.
    """

    reference: EventReference
    name: str
    office: PersonId
    closes: date
    rounds: Annotated[int, Field(ge=1, le=10)] = 3
    answer_days: Annotated[int, Field(ge=1, le=60)] = 12
    mode: Mode = Mode.BEST_TOTAL
    together: tuple[tuple[Reference, Reference], ...] = ()

    @property
    def closes_at(self) -> datetime:
        """The moment from which nobody joins any more."""
        return datetime.combine(self.closes + timedelta(days=1), time(0), UTC)

    @property
    def over_at(self) -> datetime:
        """When it is over at the latest."""
        return self.closes_at + timedelta(days=self.rounds * self.answer_days)

    @property
    def waited_for_until(self) -> datetime:
        """Until when a request waits for its word."""
        return self.over_at + SLACK

    def check_may_join(self, request: MobilityRequest, *, today: date) -> None:
        """Hold a request against what the event needs of those who take part.

        Raises:
            RequestNotAcceptable: when it comes too late for the event, or the event for it.
        """
        if today > self.closes:
            raise RequestNotAcceptable(
                f"{self.reference} closed on {self.closes}: take 'event' out of the request, and "
                "hosts are asked one after another."
            )
        latest = self.waited_for_until.date() + timedelta(days=DAYS_AFTER_EVENT)
        if request.first_day < latest:
            raise RequestNotAcceptable(
                f"{self.reference} may last until {self.over_at:%Y-%m-%d}, too late for a visit "
                f"from {request.first_day}: choose {latest} or later, or take 'event' out."
            )


class EventWord(Fact):
    """What an event says to one request: whom to ask in this round, or that it is over."""

    event: EventReference
    round: int
    offer: OfferId | None = None


class Standing(Fact):
    """How a request of the event stands: with its guests and days, and what hosts have said.

    ``at`` is the offer that is being asked, or has accepted it: then it ``is_matched``. ``ranked``
    are its hosts with their points, the best first; ``said_no`` those that have declined, or were
    silent. By those of ``turned_away`` it could not even be asked: they had no room left.
    """

    reference: Reference
    guests: int
    first_day: date
    last_day: date
    ranked: tuple[tuple[OfferId, int], ...]
    said_no: tuple[OfferId, ...] = ()
    turned_away: tuple[OfferId, ...] = ()
    at: OfferId | None = None
    is_matched: bool = False


def question_of(
    event: MatchmakingEvent, standings: Sequence[Standing], offers: Sequence[HostingOffer],
    taken: Mapping[OfferId, Mapping[date, int]],
    paused: frozenset[OrganisationId] = frozenset(),
) -> Instance:  # fmt: skip
    """What is to be solved in a round; accepted pairs and open proposals are fixed.

    Of those that travel together, whoever is open follows whoever has a host. Nobody is sent to a
    host that is ``paused``, nor again to one that had no room.
    """
    known = {offer.id: offer for offer in offers}
    groups = list(_groups(event, standings))
    of = {standing.reference: standing for standing in standings}
    fixed = {r: s.at for r, s in of.items() if s.at in known}
    open_to_all = {offer.id: offer for offer in offers if offer.organisation not in paused}
    candidates = [
        candidate
        for group in groups
        for candidate in _candidates(group, of, event, known if of[group.name].at else open_to_all)
    ]
    return Instance(
        mode=event.mode,
        groups=tuple(groups),
        offers=tuple(_open_offer(known[o], taken) for o in sorted({c.offer for c in candidates})),
        candidates=tuple(_with_places_first(candidates, groups, event.mode)),
        fixed=fixed,
        forbidden=tuple((r, o) for r, s in of.items() for o in _forbidden(s, of, event)),
    )


def _forbidden(
    standing: Standing, of: Mapping[Reference, Standing], event: MatchmakingEvent
) -> Iterator[OfferId]:
    """Where a request does not go; who travels with it may be at a full host, and waits for it."""
    yield from (offer for offer in standing.said_no if offer != standing.at)
    company = set(_where_companions_are((standing.reference,), of, event))
    yield from (o for o in standing.turned_away if o != standing.at and o not in company)


def _groups(event: MatchmakingEvent, standings: Sequence[Standing]) -> Iterator[Group]:
    """Those still open who travel together on the same days are one group."""
    found = {s.reference: [s] for s in sorted(standings, key=lambda s: s.reference)}
    for one, other in event.together:
        if one in found and other in found and _may_be_one(*found[one], *found[other]):
            both = sorted({s.reference: s for s in (*found[one], *found[other])}.items())
            found |= {reference: [s for _, s in both] for reference, _ in both}
    for reference, those in found.items():
        if reference == those[0].reference:
            yield Group(
                requests=tuple(s.reference for s in those), guests=sum(s.guests for s in those),
                first_day=those[0].first_day, last_day=those[0].last_day,
            )  # fmt: skip


def _may_be_one(*standings: Standing) -> bool:
    return all(
        one.at is None and other.at is None
        and (one.first_day, one.last_day) == (other.first_day, other.last_day)
        for one, other in combinations(standings, 2)
    )  # fmt: skip


def _candidates(
    group: Group, of: Mapping[Reference, Standing], event: MatchmakingEvent,
    known: Mapping[OfferId, HostingOffer],
) -> Iterator[Candidate]:  # fmt: skip
    points = [dict(of[request].ranked) for request in group.requests]
    at = of[group.name].at
    with_others = set(_where_companions_are(group.requests, of, event))
    for offer in points[0] if at is None else [at]:
        if offer not in known or (with_others and at is None and with_others != {offer}):
            continue
        if at is not None or all(offer in others for others in points):
            score = sum(others.get(offer, 0) for others in points)
            yield Candidate(group.name, offer, score, score)


def _where_companions_are(
    requests: Sequence[Reference], of: Mapping[Reference, Standing], event: MatchmakingEvent
) -> Iterator[OfferId]:
    for pair in event.together:
        if len(set(pair) & set(requests)) == 1:
            [other] = set(pair) - set(requests)
            if other in of and (at := of[other].at):
                yield at


def _with_places_first(
    candidates: Sequence[Candidate], groups: Sequence[Group], mode: Mode
) -> Iterator[Candidate]:
    """As many as can be shall find a host: a place counts more than all points together."""
    extra = for_a_place(max((c.score for c in candidates), default=0), len(groups))
    requests = {group.name: len(group.requests) for group in groups}
    for c in candidates:
        more = extra * requests[c.group] if mode is Mode.BEST_TOTAL else 0
        yield c._replace(score=c.score + more)


def for_a_place(most: int, groups: int) -> int:
    """How many points a place is worth beside those of the ranking."""
    return 1 + most * groups


def points_of(question: Instance) -> dict[tuple[Reference, OfferId], int]:
    """The points of the rankings for each pair, without what was added for a place."""
    return {(c.group, c.offer): c.host_score for c in question.candidates}


def a_place_is_worth(question: Instance) -> int:
    """How much was added to the points for each request that finds a host."""
    requests = {group.name: len(group.requests) for group in question.groups}
    added = ((c.score - c.host_score) // requests[c.group] for c in question.candidates)
    return next(added, 0)


def _open_offer(offer: HostingOffer, taken: Mapping[OfferId, Mapping[date, int]]) -> OpenOffer:
    places = min(offer.places, offer.per_week or offer.places)
    closed = {day: places for out in offer.blackouts for day in days_between(out.first, out.last)}
    return OpenOffer(
        offer=offer.id, organisation=offer.organisation, places=places,
        taken=dict(sorted({**taken.get(offer.id, {}), **closed}.items())),
    )  # fmt: skip


def new_pairs(question: Instance, answer: Assignment) -> list[tuple[Reference, OfferId]]:
    """Whom the round has brought together beyond those who were already."""
    return [pair for pair in answer.pairs.items() if pair[0] not in question.fixed]
