"""In what order hosts are asked for a request, and why some cannot be asked at all."""

from collections import Counter
from collections.abc import Iterable

from domain.criteria import Weighed, contributions
from domain.demand import Demand
from domain.errors import RequestNotAcceptable
from domain.exclusions import FULL, left_out
from domain.facts import OrganisationId
from domain.hosting import HostingOffer
from domain.matching import MOST_NAMED, Excluded, Ranked, Ranking, Rule
from domain.request import MobilityRequest
from domain.standing import Known
from domain.weighing import Weights

NOTHING_KNOWN = Known()


def check_themes_are_offered(request: MobilityRequest, offered: Iterable[str]) -> None:
    """Hold the themes of a request against those that hosts offer: no other can find a host.

    Raises:
        RequestNotAcceptable: naming the first that nobody offers, and all that somebody does.
    """
    known = sorted(set(offered))
    if unknown := [theme for theme in request.themes if theme not in known]:
        instead = f"choose from {', '.join(known)}, or leave it out" if known else "leave it out"
        raise RequestNotAcceptable(f"No host offers the theme '{unknown[0]}': {instead}.")


def rank(
    demand: Demand, offers: Iterable[HostingOffer], weights: Weights, known: Known = NOTHING_KNOWN
) -> Ranking:
    """Order the hosts for a request: hard rules exclude, then points add up.

    Neither the order of ``offers`` nor that of what is known of hosts makes a difference. The best
    offer of every organisation comes before the second of any; offers with as many points come in
    the order of their ids.
    """
    judged = [
        (explained(Weighed(demand, offer, known, weights)), left_out(demand, offer, known))
        for offer in offers
        if offer.id not in demand.asked
    ]
    hosts = in_turns(host for host, out in judged if not out)
    full = in_turns(host for host, out in judged if out and out.rules == FULL)
    excluded = [out for _, out in judged if out]
    return Ranking(
        hosts=tuple(hosts[:MOST_NAMED]),
        full=tuple(full[: max(0, MOST_NAMED - len(hosts))]),
        excluded=tuple(sorted(excluded, key=closest_first)[:MOST_NAMED]),
        counts=_in_order(Counter(rule for out in excluded for rule in out.rules)),
        alone=_in_order(Counter(out.rules[0] for out in excluded if len(out.rules) == 1)),
        more=max(0, len(hosts) - MOST_NAMED),
        more_excluded=max(0, len(excluded) - MOST_NAMED),
    )


def explained(weighed: Weighed, turn: int = 1) -> Ranked:
    """One host that can be asked, with its points."""
    offer, points = weighed.offer, contributions(weighed)
    return Ranked(
        offer=offer.id, organisation=offer.organisation, coordinator=offer.coordinator,
        country=offer.country, zone=offer.zone, score=sum(points.values()), contributions=points,
        turn=turn,
    )  # fmt: skip


def in_turns(hosts: Iterable[Ranked]) -> list[Ranked]:
    """The best offer of each organisation first, then the second of each, and so on."""
    asked: Counter[OrganisationId] = Counter()
    told: list[Ranked] = []
    for host in sorted(hosts, key=lambda host: (-host.score, host.offer)):
        asked[host.organisation] += 1
        told.append(host.model_copy(update={"turn": asked[host.organisation]}))
    return sorted(told, key=lambda host: host.turn)


def closest_first(out: Excluded) -> tuple[int, str]:
    """The order in which those that cannot be asked are named: fewest broken rules first."""
    return len(out.rules), out.offer


def _in_order(counted: Counter[Rule]) -> dict[Rule, int]:
    return {rule: counted[rule] for rule in Rule if counted[rule]}
