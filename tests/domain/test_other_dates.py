"""Other dates: which a host may put forward, what the sender may answer, and what follows."""

from datetime import date, timedelta

import pytest

from domain import messages as m
from domain.asking import SIGNING_DAYS
from domain.case_view import view_of
from domain.deadlines import Asked
from domain.errors import AlreadyDone, NotAwaited, Refusal, RequestNotAcceptable, WrongRole
from domain.events import (
    OtherDatesDeclined,
    OtherDatesLapsed,
    OtherDatesProposed,
    Outcome,
    Phase,
    PlaceAccepted,
    VisitMoved,
)
from domain.facts import PersonId
from domain.hearing import check_may
from domain.letters import Purpose
from domain.matching import DeclineReason
from domain.messages import Cause
from domain.request import LEAD_DAYS, LONGEST_AHEAD_DAYS
from tests.builders import (
    ALMANAC,
    COORDINATOR,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    HOST,
    LAST_DAY,
    OFFICE,
    OPENED,
    SECOND_HOST,
    SOC_OFFER,
    STRANGER,
    VESTLAND_OFFER,
    Journey,
    falls_on_the_next_working_morning,
    in_agreement,
    in_matching,
    writing,
)
from tests.domain.scenarios import (
    other_dates_are_accepted,
    other_dates_are_declined,
    other_dates_stay_unanswered,
    to_the_end,
)

TODAY = OPENED.date()
LATER = timedelta(days=35)
ACCEPT = m.AcceptOtherDates(by=COORDINATOR, offer=SOC_OFFER)
DECLINE = m.DeclineOtherDates(by=COORDINATOR, offer=SOC_OFFER)


def other_dates(
    first: date = FIRST_DAY + LATER, last: date = LAST_DAY + LATER, by: PersonId = HOST
) -> m.ProposeOtherDates:
    return m.ProposeOtherDates(by=by, offer=SOC_OFFER, first_day=first, last_day=last)


def on_the_table() -> Journey:
    journey = in_matching()
    journey.say(other_dates())
    return journey


# Which dates.


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (FIRST_DAY, LAST_DAY, "these very days, 2026-05-05 to 2026-05-07"),
        (LAST_DAY + LATER, FIRST_DAY + LATER, "swap the two"),
        (FIRST_DAY + LATER, LAST_DAY + LATER + timedelta(days=1), "as many days as are asked for"),
        (FIRST_DAY + LATER, LAST_DAY + LATER - timedelta(days=1), "as many days as are asked for"),
        (TODAY + timedelta(days=LEAD_DAYS - 1), TODAY + timedelta(days=LEAD_DAYS + 1), "less than"),
        (
            TODAY + timedelta(days=LONGEST_AHEAD_DAYS + 1),
            TODAY + timedelta(days=LONGEST_AHEAD_DAYS + 3), "more than two years away",
        ),
        (TODAY + timedelta(days=LEAD_DAYS), TODAY + timedelta(days=LEAD_DAYS + 2), ""),
        (FIRST_DAY + timedelta(days=1), LAST_DAY + timedelta(days=1), ""),
    ],
)  # fmt: skip
def test_dates_are_those_of_a_visit_that_the_request_may_have(
    first: date, last: date, sentence: str
) -> None:
    mobility = in_matching().mobility

    if not sentence:
        check_may(mobility, other_dates(first, last), at=OPENED)
        return
    with pytest.raises(RequestNotAcceptable, match=sentence):
        check_may(mobility, other_dates(first, last), at=OPENED)


def test_dates_of_a_year_that_the_call_does_not_pay_for_are_refused() -> None:
    journey = in_matching()
    funding = journey.mobility.request.funding.model_copy(update={"call_year": 2027})
    journey.mobility.request = journey.mobility.request.model_copy(update={"funding": funding})

    with pytest.raises(RequestNotAcceptable, match="call_year 2027 is not a call that pays"):
        check_may(journey.mobility, other_dates(), at=OPENED)


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        (COORDINATOR, WrongRole), (OFFICE, WrongRole), (FRIDA, WrongRole), (STRANGER, WrongRole),
        (SECOND_HOST, WrongRole),
    ],
)  # fmt: skip
def test_only_the_host_that_is_asked_puts_them_forward(
    by: PersonId, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        in_matching().say(other_dates(by=by))


def test_a_host_puts_forward_other_dates_once_for_each_request() -> None:
    journey = on_the_table()

    with pytest.raises(AlreadyDone, match="can be done once"):
        journey.say(other_dates(FIRST_DAY + 2 * LATER, LAST_DAY + 2 * LATER))

    journey.move(days=70)
    assert journey.mobility.host == HOST
    with pytest.raises(AlreadyDone, match="accept the request for a place, or decline it"):
        journey.say(other_dates(FIRST_DAY + LATER, LAST_DAY + LATER))


# While they are on the table.


def test_they_are_put_before_the_sender_and_the_host_stays_the_one_that_is_asked() -> None:
    journey = on_the_table()

    view = view_of(journey.mobility)
    [wait] = journey.mobility.waits.values()
    assert (wait.asked, wait.awaited) == (Asked.OTHER_DATES, [COORDINATOR])
    assert view.other_dates == (FIRST_DAY + LATER, LAST_DAY + LATER)
    assert (view.pending_offer, view.is_matched) == (SOC_OFFER, False)
    assert journey.mobility.host == HOST
    assert journey.mobility.request.first_day == FIRST_DAY
    [event] = [e for e in journey.events if isinstance(e, OtherDatesProposed)]
    assert event.answer_by == wait.due


def test_they_have_reminders_a_deadline_and_somebody_who_hears_of_silence() -> None:
    journey = on_the_table()
    wait = journey.mobility.waits[Asked.OTHER_DATES]

    assert 0 < len(wait.reminders[COORDINATOR].moments) <= 2
    assert wait.tell_at is not None
    assert falls_on_the_next_working_morning(wait)

    journey.wait_out(Asked.OTHER_DATES)

    told = {order.to for order in journey.letters() if order.purpose is Purpose.ANSWER_OVERDUE}
    assert told == {OFFICE}


@pytest.mark.parametrize(("ahead", "days"), [(LEAD_DAYS, 5), (100, LEAD_DAYS)])
def test_time_for_the_answer_ends_before_either_visit_would_be_too_near(
    ahead: int, days: int
) -> None:
    """A plan of a year, and one of the two visits soon: the earlier of the two limits it."""
    journey = in_matching()
    slow = ALMANAC.plans[Asked.OTHER_DATES].model_copy(update={"days": 365})
    journey.mobility.almanac = ALMANAC.model_copy(
        update={"plans": ALMANAC.plans | {Asked.OTHER_DATES: slow}}
    )
    journey.now = journey.now.replace() + timedelta(days=(FIRST_DAY - TODAY).days - ahead)
    today = journey.now.date()
    journey.mobility.waits[Asked.PLACE].falls = journey.now + timedelta(days=1)
    first = today + timedelta(days=LEAD_DAYS + days)

    journey.tell(other_dates(first, first + timedelta(days=2)))

    limit = min(FIRST_DAY - timedelta(days=1), first - timedelta(days=SIGNING_DAYS))
    assert journey.mobility.waits[Asked.OTHER_DATES].due.date() == limit


def test_the_host_may_still_say_yes_to_the_days_it_was_asked_for() -> None:
    journey = on_the_table()

    journey.say(m.AcceptProposal(by=HOST, offer=SOC_OFFER))

    assert journey.phase() is Phase.AGREEMENT
    assert journey.mobility.request.first_day == FIRST_DAY
    assert Asked.OTHER_DATES not in journey.mobility.waits
    assert view_of(journey.mobility).other_dates is None


def test_the_host_may_still_say_no() -> None:
    journey = on_the_table()

    journey.say(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.DATES))

    assert journey.mobility.host == SECOND_HOST
    assert list(journey.mobility.waits) == [Asked.PLACE]
    with pytest.raises(NotAwaited, match="No other dates are on"):
        journey.say(ACCEPT)


@pytest.mark.parametrize(
    "message",
    [
        ACCEPT.model_copy(update={"offer": VESTLAND_OFFER}),
        DECLINE.model_copy(update={"offer": VESTLAND_OFFER}),
    ],
)
def test_the_answer_is_about_the_dates_that_are_on_the_table(message: m.Message) -> None:
    with pytest.raises(NotAwaited):
        on_the_table().say(message)


@pytest.mark.parametrize("message", [ACCEPT, DECLINE])
def test_nobody_answers_where_no_other_dates_are_on_the_table(message: m.Message) -> None:
    with pytest.raises(NotAwaited, match="No other dates are on the table"):
        in_matching().say(message)


@pytest.mark.parametrize("message", [ACCEPT, DECLINE])
@pytest.mark.parametrize("by", [HOST, OFFICE, FRIDA, STRANGER])
def test_only_the_sending_coordinator_answers(message: m.Message, by: PersonId) -> None:
    with pytest.raises(WrongRole):
        on_the_table().say(message.model_copy(update={"by": by}))


# What the answer comes to.


def test_accepted_they_are_the_dates_of_the_visit_and_the_host_is_matched_unranked() -> None:
    journey = other_dates_are_accepted()

    mobility = journey.mobility
    assert (mobility.request.first_day, mobility.request.last_day) == (
        FIRST_DAY + LATER, LAST_DAY + LATER,
    )  # fmt: skip
    assert (mobility.host, mobility.phase) == (HOST, Phase.AGREEMENT)
    assert journey.kinds().count("HostsRanked") == 1
    assert journey.kinds()[-6:] == [
        "OtherDatesProposed", "OtherDatesAccepted", "VisitMoved", "PlaceAccepted", "PhaseEntered",
        "AgreementDrawnUp",
    ]  # fmt: skip
    view = view_of(mobility)
    assert (view.is_matched, view.other_dates) == (True, None)
    assert view.moved_to == (FIRST_DAY + LATER, LAST_DAY + LATER)
    [moved] = [event for event in journey.events if isinstance(event, VisitMoved)]
    [match] = [event for event in journey.events if isinstance(event, PlaceAccepted)]
    assert (moved.told, match.instead_of) == ((), (FIRST_DAY, LAST_DAY))


def test_days_are_looked_up_anew_for_accepted_dates() -> None:
    journey = on_the_table()

    journey.tell(ACCEPT)

    assert set(journey.mobility.almanac.plans) == {Asked.ADDRESS}
    assert journey.mobility.waits == {}


def test_accepted_it_goes_its_whole_way_on_the_new_dates() -> None:
    journey = other_dates_are_accepted()
    journey.sign(*journey.mobility.signatories)
    journey.award()
    journey.pay()
    journey.put_agenda()
    journey.accept_agenda()
    journey.attend(FRIDA, EMELIE)
    journey.report()
    journey.answer(FRIDA, EMELIE, HOST)

    assert journey.mobility.outcome is Outcome.COMPLETED
    assert journey.mobility.visit.present.keys() == {day + LATER for day in _days()}


def _days() -> list[date]:
    return [FIRST_DAY + timedelta(days=n) for n in range(3)]


def test_declined_the_host_is_told_once_and_the_next_one_is_asked_for_the_old_dates() -> None:
    journey = other_dates_are_declined()

    assert journey.mobility.host == SECOND_HOST
    assert journey.mobility.request.first_day == FIRST_DAY
    assert journey.kinds()[-2:] == ["OtherDatesDeclined", "ProposalMade"]
    to_the_end(journey)
    told = [o for o in journey.letters() if o.purpose is Purpose.OTHER_DATES_DECLINED]
    assert [order.to for order in told] == [HOST]
    with pytest.raises(Refusal, match="closed"):
        journey.say(ACCEPT)


def test_a_host_whose_dates_were_declined_has_no_part_in_it_any_more() -> None:
    journey = other_dates_are_declined()

    with pytest.raises(NotAwaited, match="no longer open to you"):
        journey.say(m.AcceptProposal(by=HOST, offer=SOC_OFFER))


def test_silence_is_a_no_and_the_last_one_ends_it() -> None:
    journey = other_dates_stay_unanswered()

    assert journey.kinds().count("OtherDatesLapsed") == 2
    assert not any(isinstance(event, OtherDatesDeclined) for event in journey.events)
    lapsed = [event for event in journey.events if isinstance(event, OtherDatesLapsed)]
    assert [event.coordinator for event in lapsed] == [HOST, SECOND_HOST]
    assert (journey.mobility.outcome, journey.mobility.cause) == (Outcome.LAPSED, Cause.NO_HOST)
    assert view_of(journey.mobility).other_dates is None


# What else may happen meanwhile.


def test_one_of_two_withdraws_and_the_question_stays() -> None:
    journey = on_the_table()

    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    assert journey.mobility.waits[Asked.OTHER_DATES].awaited == [COORDINATOR]
    journey.say(ACCEPT)
    assert journey.mobility.signatories == (COORDINATOR, HOST, FRIDA)


def test_the_last_one_withdraws_and_nothing_is_left_open() -> None:
    journey = on_the_table()
    for person in (FRIDA, EMELIE):
        journey.say(m.WithdrawParticipant(by=person, participant=person, cause=Cause.ILLNESS))

    assert journey.mobility.outcome is Outcome.WITHDRAWN
    assert (journey.mobility.waits, view_of(journey.mobility).other_dates) == ({}, None)


@pytest.mark.parametrize("by", [COORDINATOR, OFFICE])
def test_cancelled_it_is_over(by: PersonId) -> None:
    journey = on_the_table()

    journey.say(m.CancelMobility(by=by, cause=Cause.WORK))

    assert journey.mobility.outcome is Outcome.CANCELLED
    assert (journey.mobility.waits, view_of(journey.mobility).other_dates) == ({}, None)


def test_moved_to_a_third_date_hosts_are_asked_anew_and_the_question_falls() -> None:
    journey = on_the_table()

    journey.move(days=70)

    assert list(journey.mobility.waits) == [Asked.PLACE]
    assert view_of(journey.mobility).other_dates is None
    told = {o.to for o in journey.letters() if o.purpose is Purpose.VISIT_MOVED}
    assert HOST in told
    with pytest.raises(NotAwaited):
        journey.say(ACCEPT)


def test_to_the_dates_on_the_table_nothing_is_moved_since_they_can_be_accepted() -> None:
    journey = on_the_table()

    with pytest.raises(RequestNotAcceptable, match="put forward these very days: accept those"):
        journey.move(days=LATER.days)


def test_while_the_sender_is_out_of_reach_the_question_stands_still() -> None:
    journey = on_the_table()
    due = journey.mobility.waits[Asked.OTHER_DATES].due

    journey.lose(COORDINATOR)

    wait = journey.mobility.waits[Asked.OTHER_DATES]
    assert set(wait.paused) == {COORDINATOR}
    assert journey.mobility.waits[Asked.ADDRESS].awaited == [OFFICE]
    journey.wait(3)
    journey.say(m.CorrectAddress(by=OFFICE, person=COORDINATOR))
    assert wait.due > due
    asking = [o for o in journey.letters() if o.purpose is Purpose.OTHER_DATES_TO_ANSWER]
    assert len({order.event for order in asking}) > 1


def test_the_address_of_a_host_that_is_not_asked_any_more_is_wanted_no_longer() -> None:
    journey = on_the_table()
    journey.lose(HOST)
    assert Asked.ADDRESS in journey.mobility.waits

    journey.say(m.DeclineOtherDates(by=COORDINATOR, offer=SOC_OFFER, note=writing("note")))

    assert HOST not in journey.mobility.reach.people
    assert Asked.ADDRESS not in journey.mobility.waits


def test_after_the_match_no_host_puts_forward_dates() -> None:
    with pytest.raises(Refusal, match="phase 'agreement'"):
        in_agreement().say(other_dates())
