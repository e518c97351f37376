"""More hosts suit than a ranking names: once those named are through, the next ones are ranked."""

from collections.abc import Sequence

from domain.deadlines import Asked
from domain.facts import OfferId
from domain.holding import Hindrance
from domain.host_search import host_search
from domain.hosting import HostingOffer
from domain.matching import MOST_NAMED, DeclineReason
from domain.messages import Cause, DeclineProposal
from domain.ranking import rank
from tests.builders import HOST, WEIGHTS, Journey, a_demand, an_offer

OFFERS: Sequence[HostingOffer] = [
    an_offer(id=OfferId(f"o{n:02}"), organisation=f"org{n:02}") for n in range(MOST_NAMED + 3)
]
NAMED, OTHERS = [[o.id for o in part] for part in (OFFERS[:MOST_NAMED], OFFERS[MOST_NAMED:])]


def a_long_list(full: dict[OfferId, Hindrance] | None = None) -> Journey:
    return Journey(None, tuple(OFFERS), full=full or {})


def say_no(journey: Journey) -> None:
    pending = journey.mobility.matching.pending
    assert pending is not None
    journey.say(DeclineProposal(by=HOST, offer=pending.offer, reason=DeclineReason.STAFF))


def test_every_host_that_suits_is_asked_before_nobody_is_found() -> None:
    journey = a_long_list()
    while journey.mobility.outcome is None:
        say_no(journey)

    assert journey.mobility.matching.asked_offers == tuple(o.id for o in OFFERS)
    assert journey.kinds().count("HostsRanked") == 2
    assert journey.mobility.cause is Cause.NO_HOST
    search = host_search(journey.events)
    assert (len(search.asked), search.not_asked) == (len(OFFERS), 0)
    assert HOST in journey.mobility.matching.asked_before


def test_hosts_that_are_gone_are_no_reason_to_end_while_others_suit() -> None:
    journey = a_long_list(dict.fromkeys(NAMED, Hindrance.WITHDRAWN))

    assert journey.mobility.matching.pending
    assert journey.mobility.matching.pending.offer == OTHERS[0]


def test_hosts_that_are_only_full_are_kept_in_mind_and_others_asked_meanwhile() -> None:
    journey = a_long_list(dict.fromkeys(NAMED, Hindrance.BUSY))
    for offer in OTHERS:
        assert journey.mobility.matching.pending
        assert journey.mobility.matching.pending.offer == offer
        say_no(journey)
    assert Asked.FREE_PLACE in journey.mobility.waits

    journey.full = {}
    journey.wait(4)

    assert journey.mobility.matching.pending
    assert journey.mobility.matching.pending.offer == NAMED[0]


def test_nobody_who_was_asked_is_ranked_again_nor_told_of_as_unable() -> None:
    ranking = rank(a_demand(asked=tuple(NAMED)), OFFERS, WEIGHTS)

    assert [host.offer for host in ranking.hosts] == OTHERS
    assert (ranking.excluded, ranking.counts, ranking.more) == ((), {}, 0)
