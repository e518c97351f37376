from datetime import UTC, date, datetime, timedelta

import pytest

from domain import messages as m
from domain.deadlines import Asked
from domain.errors import NotAwaited
from domain.events import Outcome, ProposalMade
from domain.facts import PersonId
from domain.holding import Hindrance, NewPause, PassedOver
from domain.host_book import places_of
from domain.letters import Purpose
from domain.matching import DeclineReason
from domain.messages import Cause
from tests.builders import (
    ALMANAC,
    COORDINATOR,
    FIRST_DAY,
    HOST,
    OPENED,
    SECOND_HOST,
    SOC,
    SOC_OFFER,
    VESTLAND,
    VESTLAND_OFFER,
    Journey,
    a_request,
    an_offer,
    in_matching,
)
from tests.domain.scenarios import (
    every_host_is_full,
    first_host_declines,
    moved_while_every_host_is_full,
    to_the_end,
)


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


def test_a_host_that_is_full_is_passed_over_and_the_journal_says_why() -> None:
    journey = Journey(full={SOC_OFFER: Hindrance.FULL})

    [made] = [event for event in journey.events if isinstance(event, ProposalMade)]

    assert made.offer == VESTLAND_OFFER
    full = PassedOver(offer=SOC_OFFER, why=Hindrance.FULL, day=FIRST_DAY, organisation=SOC)
    assert made.passed_over == (full,)


def test_while_every_host_is_full_the_sending_coordinator_is_told_and_time_runs() -> None:
    journey = every_host_is_full()

    [wait] = journey.mobility.waits.values()
    [letter] = [o for o in journey.letters() if o.purpose is Purpose.HOSTS_ARE_FULL]

    assert (wait.asked, wait.awaited) == (Asked.FREE_PLACE, [COORDINATOR])
    assert wait.due.date() == FIRST_DAY - timedelta(days=15)
    assert (letter.to, letter.while_asked) == (COORDINATOR, Asked.FREE_PLACE)
    assert "ProposalMade" not in journey.kinds()


def test_a_host_that_has_room_again_is_asked_on_the_next_working_morning() -> None:
    journey = every_host_is_full()
    journey.wait_until(datetime(2026, 2, 6, 12, tzinfo=UTC))  # a Friday
    del journey.full[VESTLAND_OFFER]

    journey.wait(2)
    assert journey.mobility.waits.keys() == {Asked.FREE_PLACE}
    journey.wait(1)

    assert journey.mobility.waits.keys() == {Asked.PLACE}
    assert journey.mobility.waits["place"].since.date() == date(2026, 2, 9)


def test_a_mobility_that_finds_no_place_lapses_when_no_host_could_be_asked_any_more() -> None:
    journey = every_host_is_full()
    falls = journey.mobility.waits[Asked.FREE_PLACE].falls
    del journey.full[VESTLAND_OFFER]
    journey.full[VESTLAND_OFFER] = Hindrance.FULL

    journey.wait_until(falls - timedelta(minutes=1))
    assert journey.mobility.outcome is None
    journey.wait_until(falls)

    assert journey.mobility.cause is Cause.NO_HOST
    assert journey.kinds().count("PlaceAwaited") == 1


@pytest.mark.parametrize("why", [Hindrance.PAUSED, Hindrance.WITHDRAWN])
def test_a_host_that_may_never_come_back_is_not_waited_for(why: Hindrance) -> None:
    journey = Journey(full={SOC_OFFER: why, VESTLAND_OFFER: why})

    assert journey.mobility.cause is Cause.NO_HOST


def test_a_host_found_silent_is_told_once_that_it_is_paused_its_colleague_too() -> None:
    journey = every_host_is_full()
    colleague = PersonId("p-colleague")
    known = {SECOND_HOST: colleague}
    journey.mobility.almanac = ALMANAC.model_copy(update={"colleagues": known})
    journey.paused = (NewPause(organisation=VESTLAND, coordinator=SECOND_HOST, since=journey.now),)

    journey.wait(5)

    told = [o.to for o in journey.letters() if o.purpose is Purpose.HOSTING_PAUSED]
    assert told == [SECOND_HOST, colleague]


def test_when_the_visit_is_moved_nobody_waits_for_the_old_days() -> None:
    journey = moved_while_every_host_is_full()

    assert journey.mobility.waits.keys() == {Asked.PLACE}
    assert places_of(journey.mobility) is not None


def test_a_mobility_that_no_host_can_take_lapses_at_once() -> None:
    journey = Journey(offers=(an_offer(places=1),))

    assert journey.mobility.cause is Cause.NO_HOST
    assert "ProposalMade" not in journey.kinds()
