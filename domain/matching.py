"""Which hosts can take the participants, in what order they are asked, and who said what."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from domain.errors import RequestNotAcceptable
from domain.facts import Fact, OfferId, OrganisationId, PersonId, State
from domain.people import Country
from domain.request import Activity, MobilityRequest


class DeclineReason(StrEnum):
    """Why a host says no; a fixed list, so that answers can be counted."""

    NO_CAPACITY = "no capacity"
    DATES = "dates do not suit"
    TOPIC = "topic is not ours"
    LANGUAGE = "no common language"
    STAFF = "no colleague available"
    OTHER = "other"


WHATEVER_THE_DATES = (DeclineReason.TOPIC, DeclineReason.LANGUAGE)
"""Reasons that hold on any other day too: who gave one is not asked again when a visit is moved.
Capacity and colleagues may be there on other days, and what stands behind "other" nobody knows."""


class HostingOffer(Fact):
    """What a host says it can take, and when: open from one day to another, for somebody."""

    id: OfferId
    organisation: OrganisationId
    coordinator: PersonId
    country: Country
    zone: str
    activities: tuple[Activity, ...]
    themes: tuple[str, ...]
    languages: tuple[str, ...]
    opens: date
    closes: date
    places: int = Field(ge=1)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.closes < self.opens:
            raise ValueError(
                f"closes {self.closes}, before it opens {self.opens}: swap the two or correct one"
            )
        return self


class Ranked(Fact):
    """One host that can be asked, and why it stands where it stands.

    ``contributions`` are points by criterion; they sum to ``score`` exactly.
    """

    offer: OfferId
    organisation: OrganisationId
    coordinator: PersonId
    country: str
    zone: str
    score: int
    contributions: dict[str, int]


class Excluded(Fact):
    """One host that cannot be asked, and which rule says so."""

    offer: OfferId
    reason: str


class Ranking(Fact):
    """All offers, in the order they will be asked, and those that were left out."""

    hosts: tuple[Ranked, ...]
    excluded: tuple[Excluded, ...]

    def without(self, declined: Mapping[OfferId, DeclineReason]) -> "Ranking":
        """The ranking without hosts that have said no for good, and why each was left out."""
        out = [Excluded(offer=offer, reason=f"has declined: {declined[offer]}")
               for offer in (host.offer for host in self.hosts) if offer in declined]  # fmt: skip
        return Ranking(
            hosts=tuple(host for host in self.hosts if host.offer not in declined),
            excluded=(*self.excluded, *out),
        )


def check_themes_are_offered(request: MobilityRequest, offers: tuple[HostingOffer, ...]) -> None:
    """Hold the themes of a request against those that hosts offer: no other can find a host.

    Raises:
        RequestNotAcceptable: naming the first that nobody offers, and all that somebody does.
    """
    known = sorted({theme for offer in offers for theme in offer.themes})
    if unknown := [theme for theme in request.themes if theme not in known]:
        instead = f"choose from {', '.join(known)}, or leave it out" if known else "leave it out"
        raise RequestNotAcceptable(f"No host offers the theme '{unknown[0]}': {instead}.")


def rank(request: MobilityRequest, offers: tuple[HostingOffer, ...]) -> Ranking:
    """Order the hosts for a request. The order of ``offers`` makes no difference.

    Hard rules exclude; then a shared theme counts ten points, a shared language three, and a host
    who can take more people than asked one.
    """
    hosts: list[Ranked] = []
    excluded: list[Excluded] = []
    for offer in sorted(offers, key=lambda o: o.id):
        reason = _excludes(request, offer)
        if reason:
            excluded.append(Excluded(offer=offer.id, reason=reason))
        else:
            hosts.append(_score(request, offer))
    hosts.sort(key=lambda host: (-host.score, host.offer))
    return Ranking(hosts=tuple(hosts), excluded=tuple(excluded))


def _excludes(request: MobilityRequest, offer: HostingOffer) -> str:
    """The first rule by which a host cannot be asked, or nothing."""
    return next((reason for holds, reason in _exclusions(request, offer) if holds), "")


def _exclusions(request: MobilityRequest, offer: HostingOffer) -> Iterator[tuple[bool, str]]:
    yield offer.organisation == request.sending, "is the sending organisation itself"
    yield offer.coordinator in request.participants, "has a coordinator who travels"
    yield (
        offer.coordinator in (request.coordinator, request.office),
        "has a coordinator with another part in this mobility",
    )
    yield request.activity not in offer.activities, f"does not offer {request.activity}"
    yield (
        request.first_day < offer.opens or request.last_day > offer.closes,
        f"is open from {offer.opens} to {offer.closes} only",
    )
    yield (
        offer.places < len(request.participants),
        f"has {offer.places} places for {len(request.participants)} participants",
    )
    yield not set(request.languages) & set(offer.languages), "has no language in common"


def _score(request: MobilityRequest, offer: HostingOffer) -> Ranked:
    contributions = {
        "themes in common": 10 * len(set(request.themes) & set(offer.themes)),
        "languages in common": 3 * len(set(request.languages) & set(offer.languages)),
        "places to spare": int(offer.places > len(request.participants)),
    }
    return Ranked(
        offer=offer.id,
        organisation=offer.organisation,
        coordinator=offer.coordinator,
        country=offer.country,
        zone=offer.zone,
        score=sum(contributions.values()),
        contributions=contributions,
    )


class Matching(State):
    """The ranking and the answers so far. Hosts are asked one after another."""

    ranking: Ranking | None = None
    asked: int = 0
    is_asking: bool = False
    host: Ranked | None = None
    declined_for_good: dict[OfferId, DeclineReason] = {}
    asked_for_other_dates: tuple[PersonId, ...] = ()

    @property
    def pending(self) -> Ranked | None:
        """The host that is being asked now."""
        if self.ranking is None or not self.is_asking:
            return None
        return self.ranking.hosts[self.asked - 1]

    @property
    def asked_before(self) -> tuple[PersonId, ...]:
        """Everybody who has been asked so far, whatever they answered."""
        hosts = self.ranking.hosts if self.ranking else ()
        asked = (host.coordinator for host in hosts[: self.asked])
        return (*self.asked_for_other_dates, *asked)

    def begun_anew(self) -> "Matching":
        """As it is when the visit is moved: nobody is asked, and hosts will be ranked anew."""
        return Matching(
            declined_for_good=self.declined_for_good, asked_for_other_dates=self.asked_before
        )

    @property
    def next_host(self) -> Ranked | None:
        """The host to be asked next, none when all have been asked."""
        if self.ranking is None or self.asked >= len(self.ranking.hosts):
            return None
        return self.ranking.hosts[self.asked]
