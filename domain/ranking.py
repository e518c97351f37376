"""In what order hosts are asked for a request, and why some cannot be asked at all."""

from collections.abc import Iterator

from domain.errors import RequestNotAcceptable
from domain.hosting import HostingOffer
from domain.matching import Excluded, Ranked, Ranking
from domain.request import MobilityRequest


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
