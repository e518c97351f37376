from datetime import timedelta

import pytest

from domain import messages as m
from domain.errors import NotAwaited
from domain.events import Outcome
from domain.matching import DeclineReason
from domain.messages import Cause
from tests.builders import (
    HOST,
    OPENED,
    SECOND_HOST,
    SOC_OFFER,
    VESTLAND_OFFER,
    Journey,
    a_request,
    an_offer,
    in_matching,
)
from tests.domain.scenarios import first_host_declines, to_the_end


def test_hosts_are_asked_one_after_another() -> None:
    journey = first_host_declines()

    assert journey.mobility.matching.host is not None
    assert journey.mobility.matching.host.coordinator == SECOND_HOST
    assert journey.kinds()[2:6] == [
        "ProposalMade", "ProposalDeclined", "ProposalMade", "PlaceAccepted",
    ]  # fmt: skip


def test_a_host_that_says_nothing_has_said_no() -> None:
    journey = in_matching()

    journey.wait(11)

    assert "ProposalLapsed" in journey.kinds()
    assert journey.mobility.waits["place"].awaited == [SECOND_HOST]


def test_a_host_that_was_too_late_cannot_accept_any_more() -> None:
    journey = in_matching()
    journey.wait(11)

    with pytest.raises(NotAwaited, match="no longer open to you"):
        journey.say(m.AcceptProposal(by=HOST, offer=SOC_OFFER))


def test_a_host_cannot_accept_a_request_put_to_another() -> None:
    with pytest.raises(NotAwaited, match="open with offer o-vestland"):
        in_matching().say(m.AcceptProposal(by=HOST, offer=VESTLAND_OFFER))


def test_between_a_no_and_the_next_request_nothing_can_be_accepted() -> None:
    journey = in_matching()
    journey.tell(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.STAFF))

    with pytest.raises(NotAwaited, match="no longer open to you"):
        journey.tell(m.AcceptProposal(by=HOST, offer=SOC_OFFER))


def test_once_all_hosts_have_kept_silent_the_mobility_lapses_for_want_of_a_host() -> None:
    journey = to_the_end(in_matching())

    assert journey.mobility.outcome is Outcome.LAPSED
    assert journey.mobility.cause is Cause.NO_HOST
    assert journey.kinds().count("ProposalMade") == 2


def test_no_host_is_asked_when_there_is_no_time_left_to_sign() -> None:
    first_day = OPENED.date() + timedelta(days=21)
    journey = in_matching(a_request(first_day=first_day, last_day=first_day + timedelta(days=2)))

    due = journey.mobility.waits["place"].due.date()
    journey.wait(8)

    assert due == first_day - timedelta(days=14)
    assert journey.mobility.cause is Cause.NO_HOST
    assert journey.kinds().count("ProposalMade") == 1


def test_a_host_that_was_passed_over_has_no_part_in_it_any_more() -> None:
    journey = to_the_end(in_matching())

    assert journey.mobility.host is None
    assert journey.mobility.roles_of(HOST) == ()


def test_a_mobility_that_no_host_can_take_lapses_at_once() -> None:
    journey = Journey(offers=(an_offer(places=1),))

    assert journey.mobility.cause is Cause.NO_HOST
    assert "ProposalMade" not in journey.kinds()
