"""What an event says meets hosts that are full, paused or gone: nobody waits there for ever."""

from datetime import timedelta

import pytest

from domain.case_view import view_of
from domain.deadlines import Asked
from domain.holding import Hindrance
from domain.messages import AcceptProposal, CancelMobility, Cause
from tests.builders import (
    COORDINATOR,
    HOST,
    SECOND_HOST,
    SOC_OFFER,
    VESTLAND_OFFER,
    Journey,
    a_request,
    an_offer,
    in_event,
)

ENDS = 21
"""So many days the request of the builders waits for its event."""


def assigned_to_a_host_that(hindrance: Hindrance) -> Journey:
    journey = in_event()
    journey.full = {SOC_OFFER: hindrance}
    journey.event_says(SOC_OFFER)
    return journey


@pytest.mark.parametrize("why", [Hindrance.FULL, Hindrance.BUSY])
def test_a_full_host_of_the_event_is_asked_as_soon_as_it_has_room(why: Hindrance) -> None:
    journey = assigned_to_a_host_that(why)
    assert not journey.mobility.waits, "nobody is asked for other days: other hosts have room"
    journey.wait(3)
    assert journey.kinds(3) == ["HostAssigned", "AssignedHostCannot"]

    journey.full = {}
    journey.wait(4)

    assert "ProposalMade" in journey.kinds(5)
    assert journey.mobility.host == HOST


@pytest.mark.parametrize("why", [Hindrance.PAUSED, Hindrance.WITHDRAWN, Hindrance.TOO_SMALL])
def test_a_host_of_the_event_that_is_out_of_question_is_told_of_and_not_waited_for(
    why: Hindrance,
) -> None:
    journey = assigned_to_a_host_that(why)

    assert journey.kinds(3) == ["HostAssigned", "AssignedHostCannot"]
    assert journey.mobility.matching.assigned is None
    view = view_of(journey.mobility)
    assert view.awaited is not None
    assert [(one.offer, one.why) for one in view.passed_over] == [(SOC_OFFER, why)]
    journey.wait(5)
    assert journey.kinds(5) == []


@pytest.mark.parametrize("why", [Hindrance.FULL, Hindrance.PAUSED])
def test_the_next_round_counts_while_the_host_of_the_last_one_has_no_room(why: Hindrance) -> None:
    journey = assigned_to_a_host_that(why)

    journey.event_says(VESTLAND_OFFER, 2)

    assert journey.mobility.host == SECOND_HOST
    journey.say(AcceptProposal(by=SECOND_HOST, offer=VESTLAND_OFFER))
    assert journey.mobility.matching.host is not None


def test_whoever_hears_of_the_same_full_host_again_waits_on_and_nothing_is_written_twice() -> None:
    journey = assigned_to_a_host_that(Hindrance.FULL)
    journey.event_says(SOC_OFFER, 2)
    journey.wait(5)

    assert journey.kinds(3) == ["HostAssigned", "AssignedHostCannot"]


def test_an_event_that_is_over_leaves_nobody_with_a_full_host() -> None:
    journey = assigned_to_a_host_that(Hindrance.FULL)
    journey.event_says(None, 2)

    assert journey.kinds(5) == ["MatchmakingOver", "ProposalMade"]
    assert journey.mobility.host == SECOND_HOST


def test_an_event_that_falls_silent_leaves_nobody_with_a_full_host() -> None:
    journey = assigned_to_a_host_that(Hindrance.FULL)
    view = view_of(journey.mobility)
    assert view.awaited is not None, "it has an owner and a last day"
    journey.wait(ENDS)

    assert journey.kinds(5) == ["MatchmakingOver", "ProposalMade"]
    assert journey.mobility.host == SECOND_HOST


def test_a_mobility_that_is_over_waits_for_no_event() -> None:
    journey = in_event()
    journey.say(CancelMobility(by=COORDINATOR, cause=Cause.WORK))

    assert view_of(journey.mobility).next_due is None


def test_whoever_no_host_suits_does_not_wait_for_an_event_that_cannot_help() -> None:
    journey = Journey(
        a_request(event="E-2026-01"), (an_offer(places=1),),
        event_until=in_event().now + timedelta(days=20),
    )  # fmt: skip

    assert journey.kinds()[-1] == "MobilityEnded"
    assert Asked.FREE_PLACE not in journey.mobility.waits
