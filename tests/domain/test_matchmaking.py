"""A request in a matchmaking event waits for its word, and is never kept waiting for ever."""

from datetime import date, timedelta

import pytest

from domain.asking import await_event
from domain.assignment import Assignment, Instance, Mode
from domain.case_view import view_of
from domain.deadlines import Asked
from domain.errors import RequestNotAcceptable
from domain.events import MatchmakingOver, Outcome, ProposalMade
from domain.facts import Reference
from domain.holding import Hindrance
from domain.hosting import HostingOffer, Period
from domain.matching import DeclineReason
from domain.matchmaking import MatchmakingEvent, Standing, new_pairs, points_of, question_of
from domain.messages import AcceptProposal, DeclineProposal
from tests.builders import (
    FIRST_DAY,
    HOST,
    LAST_DAY,
    OFFICE,
    SECOND_HOST,
    SOC_OFFER,
    VESTLAND_OFFER,
    a_request,
    an_offer,
    in_event,
    in_matching,
)

ONE, TWO, THREE = Reference("M-2026-0001"), Reference("M-2026-0002"), Reference("M-2026-0003")


# The request's side.


def test_nobody_is_asked_until_the_event_says_whom() -> None:
    journey = in_event()
    journey.wait(10)

    assert journey.kinds() == ["MobilityRequested", "HostsRanked", "MatchmakingAwaited"]
    assert not journey.mobility.waits


def test_the_host_that_the_event_says_is_asked_whatever_the_own_ranking() -> None:
    journey = in_event()
    journey.event_says(VESTLAND_OFFER)

    assert journey.kinds(3) == ["HostAssigned", "ProposalMade"]
    assert journey.mobility.host == SECOND_HOST
    journey.say(AcceptProposal(by=SECOND_HOST, offer=VESTLAND_OFFER))
    assert journey.mobility.matching.host is not None


def test_after_a_refusal_the_next_word_is_waited_for_and_then_the_own_ranking_counts() -> None:
    journey = in_event()
    journey.event_says(VESTLAND_OFFER)
    no = DeclineProposal(by=SECOND_HOST, offer=VESTLAND_OFFER, reason=DeclineReason.STAFF)
    journey.say(no)
    assert not journey.mobility.waits
    journey.event_says(VESTLAND_OFFER, 2)  # asked before: it is not asked again
    assert not journey.mobility.waits

    journey.event_says(None, 2)

    assert journey.kinds()[-2:] == ["MatchmakingOver", "ProposalMade"]
    assert journey.mobility.host == HOST


def test_a_host_that_is_full_by_then_is_waited_for_until_a_later_round_says_another() -> None:
    journey = in_event()
    journey.full = {SOC_OFFER: Hindrance.FULL}
    journey.event_says(SOC_OFFER)
    journey.wait(3)
    assert not journey.mobility.waits, "other days would not help: other hosts have room"

    journey.event_says(SOC_OFFER, 2)
    journey.event_says(VESTLAND_OFFER, 3)
    journey.wait(4)

    assert journey.kinds().count("HostAssigned") == 2
    assert journey.mobility.host == SECOND_HOST


def test_a_full_host_of_an_event_that_falls_silent_keeps_nobody_from_others() -> None:
    journey = in_event()
    awaited = journey.mobility.matching.awaited
    assert awaited is not None
    journey.full = {SOC_OFFER: Hindrance.FULL}
    journey.event_says(SOC_OFFER)

    journey.wait_until(awaited.until + timedelta(days=4))

    assert MatchmakingOver(event=awaited.event, was_silent=True) in journey.events
    assert [e.offer for e in journey.events if isinstance(e, ProposalMade)] == [VESTLAND_OFFER]


def test_an_event_that_is_silent_is_waited_for_until_its_time_is_over() -> None:
    journey = in_event()
    journey.wait(21)

    assert journey.kinds(3) == ["MatchmakingOver", "ProposalMade"]
    assert journey.events[3].model_dump()["was_silent"] is True


def test_an_event_is_not_waited_for_where_it_leaves_no_time_for_signatures() -> None:
    journey = in_event()
    latest = FIRST_DAY - timedelta(days=28)
    await_event(journey.mobility, journey.now + timedelta(days=300), at=journey.now)

    assert journey.mobility.matching.awaited is not None
    assert journey.mobility.matching.awaited.until.date() == latest


def test_what_an_event_says_too_late_or_to_others_changes_nothing() -> None:
    for journey in (in_matching(), in_event()):
        journey.event_says(None)
        before = journey.mobility.n
        journey.event_says(SOC_OFFER, 2)
        journey.event_says(None, 2)
        assert journey.mobility.n == before


def test_an_event_that_ends_while_a_host_is_asked_lets_it_answer() -> None:
    journey = in_event()
    journey.event_says(SOC_OFFER)
    journey.event_says(None, 2)

    assert Asked.PLACE in journey.mobility.waits
    journey.say(DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.STAFF))
    assert journey.mobility.host == SECOND_HOST


def test_waiting_for_an_event_has_its_last_day_and_silence_alone_leads_to_the_end() -> None:
    journey = in_event()
    view = view_of(journey.mobility)
    assert view.awaited is not None
    assert view.next_due == view.awaited.until
    assert journey.next_moment() == view.awaited.until

    journey.wait(365)

    assert journey.mobility.outcome is Outcome.LAPSED


# The event's side.


def an_event(**changes: object) -> MatchmakingEvent:
    facts = {"reference": "E-2026-01", "name": "Fair", "office": OFFICE, "closes": "2026-02-20"}
    return MatchmakingEvent.model_validate(facts | changes)


def test_whoever_comes_too_late_or_too_early_to_wait_is_told_so() -> None:
    event = an_event(rounds=2, answer_days=10)

    event.check_may_join(a_request(), today=date(2026, 2, 20))
    with pytest.raises(RequestNotAcceptable, match="E-2026-01 closed on 2026-02-20: take 'event'"):
        event.check_may_join(a_request(), today=date(2026, 2, 21))
    with pytest.raises(RequestNotAcceptable, match="choose 2026-05-22 or later, or take 'event'"):
        an_event(rounds=5).check_may_join(a_request(), today=date(2026, 2, 2))


def a_standing(reference: Reference, **changes: object) -> Standing:
    facts: dict[str, object] = {
        "reference": reference, "guests": 2, "first_day": FIRST_DAY, "last_day": LAST_DAY,
        "ranked": ((SOC_OFFER, 9), (VESTLAND_OFFER, 4)),
    }  # fmt: skip
    return Standing.model_validate(facts | changes)


OFFERS: tuple[HostingOffer, ...] = (an_offer(), an_offer(id=VESTLAND_OFFER, organisation="v"))


def asked(*standings: Standing, **changes: object) -> Instance:
    return question_of(an_event(**changes), standings, OFFERS, {})


def test_a_place_counts_more_than_all_points_and_is_not_told_as_points() -> None:
    question = asked(a_standing(ONE), a_standing(TWO))

    assert min(c.score for c in question.candidates) > 2 * 9
    assert points_of(question)[ONE, VESTLAND_OFFER] == 4


def test_whoever_has_a_host_or_is_asking_one_stays_and_whoever_refused_is_forbidden() -> None:
    question = asked(
        a_standing(ONE, at=SOC_OFFER, is_matched=True), a_standing(TWO, at=VESTLAND_OFFER),
        a_standing(THREE, said_no=(SOC_OFFER,)),
    )  # fmt: skip

    assert question.fixed == {ONE: SOC_OFFER, TWO: VESTLAND_OFFER}
    assert question.forbidden == ((THREE, SOC_OFFER),)


def test_who_was_turned_away_by_a_full_host_is_sent_to_another_in_the_next_round() -> None:
    question = asked(a_standing(ONE, turned_away=(SOC_OFFER,)), a_standing(TWO))

    assert question.forbidden == ((ONE, SOC_OFFER),)


def test_whoever_has_company_at_a_full_host_goes_on_waiting_there() -> None:
    question = asked(
        a_standing(ONE, at=SOC_OFFER), a_standing(TWO, turned_away=(SOC_OFFER,)),
        together=((ONE, TWO),),
    )  # fmt: skip

    assert question.forbidden == ()


def test_nobody_is_sent_to_a_host_that_is_paused_and_whoever_is_there_stays() -> None:
    standings = (a_standing(ONE), a_standing(TWO, at=SOC_OFFER, is_matched=True))
    paused = frozenset({an_offer().organisation})

    question = question_of(an_event(), standings, OFFERS, {}, paused)

    assert {(c.group, c.offer) for c in question.candidates} == {
        (ONE, VESTLAND_OFFER), (TWO, SOC_OFFER),
    }  # fmt: skip
    assert question.fixed == {TWO: SOC_OFFER}


def test_those_who_travel_together_are_one_group_until_one_of_them_has_a_host() -> None:
    together = ((ONE, TWO), (TWO, THREE))
    open_still = asked(a_standing(ONE), a_standing(TWO), a_standing(THREE), together=together)
    assert [g.requests for g in open_still.groups] == [(ONE, TWO, THREE)]
    assert open_still.groups[0].guests == 6

    one_placed = asked(a_standing(ONE, at=VESTLAND_OFFER), a_standing(TWO), together=((ONE, TWO),))
    assert {(c.group, c.offer) for c in one_placed.candidates} == {
        (ONE, VESTLAND_OFFER), (TWO, VESTLAND_OFFER),
    }  # fmt: skip


def test_those_on_other_days_do_not_travel_together() -> None:
    later = a_standing(TWO, last_day=LAST_DAY + timedelta(days=1))

    assert len(asked(a_standing(ONE), later, together=((ONE, TWO),)).groups) == 2


def test_days_on_which_nobody_can_come_and_places_of_others_are_taken() -> None:
    out = Period(first=FIRST_DAY, last=FIRST_DAY)
    offers = (an_offer(blackouts=(out,), per_week=3),)
    taken = {SOC_OFFER: {LAST_DAY: 1}}

    [offer] = question_of(an_event(), (a_standing(ONE),), offers, taken).offers

    assert offer.places == 3
    assert offer.taken == {FIRST_DAY: 3, LAST_DAY: 1}


@pytest.mark.parametrize("mode", Mode)
def test_a_question_without_anybody_can_be_asked(mode: Mode) -> None:
    question = asked(mode=mode)

    assert question.groups == ()
    assert new_pairs(question, Assignment(pairs={}, total=0)) == []
