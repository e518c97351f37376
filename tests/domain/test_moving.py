"""Moving a visit: who may, to which days, what falls with the old ones and what stays."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import messages as m
from domain.case_card import read_card_facts
from domain.case_view import view_of
from domain.deadlines import Asked
from domain.errors import (
    AlreadyDone,
    NotAwaited,
    OutOfPhase,
    Refusal,
    RequestNotAcceptable,
    WrongRole,
)
from domain.events import AwardUpheld, HostsRanked, InstalmentReclaimed, Phase, VisitMoved
from domain.facts import PersonId
from domain.grant import GrantDecision
from domain.hearing import check_may
from domain.letters import Purpose, reason_stands
from domain.matching import WHATEVER_THE_DATES, DeclineReason
from domain.messages import Cause
from domain.request import LEAD_DAYS, LONGEST_AHEAD_DAYS, MobilityRequest
from domain.waits import Wait
from tests.builders import (
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
    a_request,
    in_agreement,
    in_matching,
    in_phase,
    in_preparation,
    ready_to_go,
    writing,
)
from tests.domain.scenarios import moved_and_completed

TODAY = OPENED.date()
LATER = timedelta(days=35)
SIGNATORIES = [COORDINATOR, HOST, FRIDA, EMELIE]
ASKING: dict[Phase, Callable[[], Journey]] = {
    Phase.MATCHING: in_matching,
    Phase.AGREEMENT: in_agreement,
    Phase.PREPARATION: in_preparation,
}
"""Where a visit may be moved, with somebody asked for something."""


def a_move(
    by: PersonId = COORDINATOR, first: date = FIRST_DAY + LATER, length: int = 3
) -> m.MoveVisit:
    last = first + timedelta(days=length - 1)
    return m.MoveVisit(by=by, first_day=first, last_day=last)


def signed_anew(journey: Journey) -> Journey:
    journey.sign(*journey.mobility.signatories)
    return journey


# Who may move it, and to which days.


@pytest.mark.parametrize(
    ("phase", "by", "refusal"),
    [
        (Phase.MATCHING, COORDINATOR, None),
        (Phase.MATCHING, HOST, WrongRole),
        (Phase.AGREEMENT, COORDINATOR, None),
        (Phase.AGREEMENT, HOST, None),
        (Phase.PREPARATION, COORDINATOR, None),
        (Phase.PREPARATION, HOST, None),
        (Phase.PREPARATION, OFFICE, WrongRole),
        (Phase.PREPARATION, FRIDA, WrongRole),
        (Phase.PREPARATION, STRANGER, WrongRole),
        (Phase.VISIT, COORDINATOR, OutOfPhase),
        (Phase.EVALUATION, HOST, OutOfPhase),
        (Phase.CLOSED, COORDINATOR, OutOfPhase),
    ],
)
def test_both_sides_may_move_it_until_it_begins(
    phase: Phase, by: PersonId, refusal: type[Refusal] | None
) -> None:
    journey = in_phase(phase)

    if refusal is None:
        journey.say(a_move(by))
        assert journey.mobility.request.first_day == FIRST_DAY + LATER
    else:
        with pytest.raises(refusal):
            journey.say(a_move(by))


@pytest.mark.parametrize(
    ("first", "last", "refusal", "sentence"),
    [
        (FIRST_DAY, LAST_DAY, AlreadyDone, "already: there is nothing more to do"),
        (LAST_DAY + LATER, FIRST_DAY + LATER, RequestNotAcceptable, "swap the two"),
        (TODAY - LATER, TODAY - LATER, RequestNotAcceptable, "lies in the past"),
        (TODAY, LAST_DAY, RequestNotAcceptable, f"less than {LEAD_DAYS} days away"),
        (
            TODAY + timedelta(days=LEAD_DAYS - 1), LAST_DAY, RequestNotAcceptable,
            f"choose {TODAY + timedelta(days=LEAD_DAYS)} or later",
        ),
        (
            TODAY + timedelta(days=LONGEST_AHEAD_DAYS + 1),
            TODAY + timedelta(days=LONGEST_AHEAD_DAYS + 3),
            RequestNotAcceptable, "more than two years away",
        ),
        (FIRST_DAY, FIRST_DAY, RequestNotAcceptable, "lasts 2 to 60 days"),
        (FIRST_DAY, FIRST_DAY + timedelta(days=60), RequestNotAcceptable, "lasts 2 to 60 days"),
        (TODAY + timedelta(days=LEAD_DAYS), LAST_DAY, None, ""),
        (FIRST_DAY, LAST_DAY + timedelta(days=1), None, ""),
    ],
)  # fmt: skip
def test_new_dates_keep_the_rules_of_every_request(
    first: date, last: date, refusal: type[Refusal] | None, sentence: str
) -> None:
    mobility = in_agreement().mobility
    message = m.MoveVisit(by=HOST, first_day=first, last_day=last)

    if refusal is None:
        check_may(mobility, message, at=OPENED)
    else:
        with pytest.raises(refusal, match=sentence):
            check_may(mobility, message, at=OPENED)


def test_a_request_is_moved_with_everything_else_as_it_was() -> None:
    request = a_request()

    moved = request.moved_to(FIRST_DAY + LATER, LAST_DAY + LATER)

    assert moved.days == tuple(day + LATER for day in request.days)
    assert moved.moved_to(FIRST_DAY, LAST_DAY) == request
    assert MobilityRequest.model_validate_json(moved.model_dump_json()) == moved


# What falls, and what stays.


@pytest.mark.parametrize("phase", ASKING)
def test_nothing_that_was_asked_for_the_old_dates_is_open_any_more(phase: Phase) -> None:
    journey = ASKING[phase]()

    journey.tell(a_move())

    assert journey.mobility.waits == {}
    assert journey.mobility.agenda.sessions == ()
    assert journey.mobility.agreement.document == ""
    assert journey.phase() is (Phase.MATCHING if phase is Phase.MATCHING else Phase.AGREEMENT)


@pytest.mark.parametrize("phase", ASKING)
def test_everybody_concerned_is_told_once(phase: Phase) -> None:
    journey = ASKING[phase]()
    office = [OFFICE] if phase is Phase.PREPARATION else []
    n = journey.mobility.n

    journey.say(a_move())

    told = [order.to for order in journey.letters(n) if order.purpose is Purpose.VISIT_MOVED]
    assert sorted(told) == sorted([*SIGNATORIES, *office])


def test_half_signed_it_is_signed_anew_by_all() -> None:
    journey = in_agreement()
    journey.sign(COORDINATOR, HOST, FRIDA)
    old = journey.mobility.agreement.document

    journey.say(a_move(HOST))

    agreement = journey.mobility.agreement
    assert (agreement.version, agreement.awaited) == (2, SIGNATORIES)
    with pytest.raises(Refusal, match="not the one on the table"):
        journey.say(m.SignAgreement(by=EMELIE, document=old))
    assert signed_anew(journey).phase() is Phase.PREPARATION


def test_the_agenda_is_asked_for_once_all_have_signed_and_its_versions_go_on() -> None:
    journey = ready_to_go()
    journey.say(a_move())
    assert Asked.AGENDA not in journey.mobility.waits

    signed_anew(journey)
    assert journey.mobility.waits[Asked.AGENDA].awaited == [HOST]
    journey.put_agenda()

    assert journey.mobility.agenda.version == 2
    assert {s.day for s in journey.mobility.agenda.sessions} == {
        day + LATER for day in (FIRST_DAY, FIRST_DAY + timedelta(days=1), LAST_DAY)
    }


def test_a_visit_that_was_moved_does_not_begin_on_its_old_morning() -> None:
    journey = ready_to_go()
    old_morning = journey.morning
    journey.say(a_move())
    signed_anew(journey)
    journey.put_agenda()
    journey.accept_agenda()

    journey.wait_until(old_morning + timedelta(days=7))
    assert journey.phase() is Phase.PREPARATION

    journey.wait_until(journey.morning)
    assert journey.phase() is Phase.VISIT


@pytest.mark.parametrize("phase", [Phase.AGREEMENT, Phase.PREPARATION])
def test_from_its_first_day_on_it_is_not_moved(phase: Phase) -> None:
    mobility = ASKING[phase]().mobility
    midnight = datetime.combine(FIRST_DAY, time(), UTC)
    later = a_move(first=FIRST_DAY + 2 * LATER)

    check_may(mobility, later, at=midnight - timedelta(minutes=1))

    with pytest.raises(RequestNotAcceptable, match="too late to move it, so cancel"):
        check_may(mobility, later, at=midnight)


def test_moved_on_its_eve_it_does_not_begin() -> None:
    journey = ready_to_go()
    journey.now = datetime.combine(FIRST_DAY, time(), UTC) - timedelta(minutes=1)

    journey.tell(a_move(first=journey.now.date() + timedelta(days=60)))
    journey.carry_on()

    assert journey.phase() is Phase.AGREEMENT
    assert "VisitBegun" not in journey.kinds()


def test_the_card_is_built_from_the_dates_that_hold() -> None:
    journey = moved_and_completed()

    facts = read_card_facts(journey.journal)

    assert facts.days == facts.planned == journey.mobility.request.days
    assert journey.kinds().count("CardStopped") == 0


# Hosts are asked anew.


def test_the_first_on_the_list_is_asked_anew_though_it_declined_those_dates() -> None:
    journey = in_matching()
    journey.say(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.DATES))
    assert journey.mobility.host == SECOND_HOST

    journey.say(a_move())

    assert journey.mobility.host == HOST
    with pytest.raises(NotAwaited, match="or the visit has been moved"):
        journey.say(m.AcceptProposal(by=SECOND_HOST, offer=VESTLAND_OFFER))


@pytest.mark.parametrize("reason", DeclineReason)
def test_whoever_declined_for_good_is_not_asked_again(reason: DeclineReason) -> None:
    journey = in_matching()
    journey.say(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=reason))

    journey.say(a_move())
    journey.say(a_move(first=FIRST_DAY + 2 * LATER))

    is_out = reason in WHATEVER_THE_DATES
    ranked = [event for event in journey.events if isinstance(event, HostsRanked)][-1]
    assert journey.mobility.host == (SECOND_HOST if is_out else HOST)
    assert [out.reason for out in ranked.ranking.excluded] == (
        [f"has declined: {reason}"] if is_out else []
    )


def test_with_every_host_out_it_lapses() -> None:
    journey = in_matching()
    journey.say(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.TOPIC))
    journey.say(a_move())
    journey.say(
        m.DeclineProposal(by=SECOND_HOST, offer=VESTLAND_OFFER, reason=DeclineReason.LANGUAGE)
    )

    assert journey.mobility.cause is Cause.NO_HOST


def test_a_host_who_accepts_at_the_moment_of_the_move_stays_the_host() -> None:
    journey = in_matching()
    journey.tell(m.AcceptProposal(by=HOST, offer=SOC_OFFER))

    journey.say(a_move())

    assert journey.mobility.host == HOST
    assert (journey.phase(), journey.mobility.agreement.version) == (Phase.AGREEMENT, 1)


# The grant.


@pytest.mark.parametrize("is_paid", [True, False])
def test_an_award_that_comes_to_the_same_sums_stands(*, is_paid: bool) -> None:
    journey = in_preparation()
    journey.award()
    if is_paid:
        journey.pay()
    before = journey.mobility.grant.model_copy(deep=True)

    journey.say(a_move())
    n = journey.mobility.n
    signed_anew(journey)

    grant = journey.mobility.grant
    assert (grant.decision, grant.amounts) == (before.decision, before.amounts)
    assert Asked.GRANT_DECISION not in journey.mobility.waits
    assert journey.kinds(n).count("AwardUpheld") == 1
    assert (Asked.INSTALMENT in journey.mobility.waits) is not is_paid
    assert journey.kinds(n).count("InstalmentFellDue") == int(not is_paid)
    if not is_paid:
        assert grant.instalment_due == journey.now.date() + timedelta(days=30)


def test_an_instalment_that_was_overdue_is_asked_for_anew() -> None:
    journey = in_preparation()
    journey.award()
    journey.put_agenda()
    journey.accept_agenda()
    journey.wait_out(Asked.INSTALMENT)

    journey.say(a_move(first=journey.now.date() + timedelta(days=60)))
    signed_anew(journey)
    journey.pay()

    assert journey.mobility.grant.instalment_paid_on == journey.now.date()


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_longer_visit_is_decided_anew_and_paid_once(*, is_paid: bool) -> None:
    journey = in_preparation()
    journey.award()
    if is_paid:
        journey.pay()

    journey.say(a_move(length=4))
    signed_anew(journey)

    grant = journey.mobility.grant
    assert (grant.decision, grant.amounts) == (None, {})
    assert journey.mobility.waits[Asked.GRANT_DECISION].awaited == [OFFICE]
    with pytest.raises(AlreadyDone if is_paid else NotAwaited):
        journey.pay()

    journey.award()
    assert journey.mobility.grant.total == Decimal(2 * (309 + 6 * 170) + 700)
    assert (Asked.INSTALMENT in journey.mobility.waits) is not is_paid


def test_an_undecided_grant_is_computed_anew() -> None:
    journey = in_preparation()

    journey.say(a_move())
    with pytest.raises(OutOfPhase):
        journey.award()
    signed_anew(journey)

    assert journey.kinds().count("GrantComputed") == 2
    assert journey.mobility.waits[Asked.GRANT_DECISION].awaited == [OFFICE]


def test_rejected_after_a_move_what_was_paid_is_asked_back() -> None:
    journey = ready_to_go()
    paid = dict(journey.mobility.grant.instalments)
    journey.say(a_move(length=4))
    signed_anew(journey)

    reject = GrantDecision.REJECTED
    journey.say(m.DecideGrant(by=OFFICE, decision=reject, reason=writing("reason")))

    [reclaimed] = [e for e in journey.events if isinstance(e, InstalmentReclaimed)]
    assert reclaimed.amounts == paid


@pytest.mark.parametrize("when", ["before signing anew", "after"])
def test_whoever_withdraws_after_a_move_is_asked_for_what_they_were_paid(when: str) -> None:
    journey = ready_to_go()
    journey.say(a_move())
    if when == "after":
        signed_anew(journey)

    journey.say(m.WithdrawParticipant(by=FRIDA, participant=FRIDA, cause=Cause.ILLNESS))
    if when != "after":
        signed_anew(journey)

    [reclaimed] = [e for e in journey.events if isinstance(e, InstalmentReclaimed)]
    assert set(reclaimed.amounts) == {FRIDA}
    upheld = [e for e in journey.events if isinstance(e, AwardUpheld)]
    # Computed for one participant less, it is another sum for the organisations.
    assert len(upheld) == (1 if when == "after" else 0)


# Everything is planned anew.

MOVED = st.lists(
    st.tuples(st.integers(LEAD_DAYS, 120), st.integers(2, 9), st.integers(0, 20)),
    min_size=1, max_size=3,
)  # fmt: skip


def waits_of(journey: Journey) -> dict[str, Wait]:
    """What is open, without the number of the entry that asked."""
    waits = journey.mobility.waits
    return {key: wait.model_copy(update={"epoch": 0}) for key, wait in waits.items()}


@given(MOVED, st.sampled_from(list(ASKING)))
def test_whatever_is_asked_after_a_move_is_planned_as_if_it_had_always_been_so(
    moves: list[tuple[int, int, int]], phase: Phase
) -> None:
    journey = ASKING[phase]()
    for ahead, length, days in moves:
        journey.wait(min(days, 5))
        first = journey.now.date() + timedelta(days=ahead)
        move = a_move(first=first, length=length)
        days_now = journey.mobility.request.days
        if (move.first_day, move.last_day) != (days_now[0], days_now[-1]):
            journey.say(move)
    if phase is Phase.PREPARATION:
        signed_anew(journey)

    request = a_request(
        first_day=journey.mobility.request.first_day, last_day=journey.mobility.request.last_day
    )
    fresh = Journey(request, now=journey.now)
    if phase is not Phase.MATCHING:
        fresh.accept_place()
    if phase is Phase.PREPARATION:
        signed_anew(fresh)

    assert waits_of(journey) == waits_of(fresh)
    begins = journey.morning
    for wait in journey.mobility.waits.values():
        moments = [m for reminders in wait.reminders.values() for m in reminders.moments]
        assert all(moment < begins for moment in (*moments, wait.due))


@pytest.mark.parametrize("phase", ASKING)
def test_no_letter_that_asked_for_the_old_dates_has_a_reason_any_more(phase: Phase) -> None:
    journey = ASKING[phase]()
    journey.wait(5)
    asked = [order for order in journey.letters() if order.while_asked]
    overdue = [order for order in journey.letters() if order.while_open]

    journey.say(a_move(first=FIRST_DAY + 2 * LATER))
    if phase is not Phase.MATCHING:
        signed_anew(journey)

    view = view_of(journey.mobility)
    assert asked
    assert not [order for order in (*asked, *overdue) if reason_stands(order, view)]
    anew = [o for o in journey.letters(journey.mobility.moved_at) if o.while_asked]
    assert [o for o in anew if reason_stands(o, view)]


def test_the_entry_says_from_where_to_where_and_why() -> None:
    journey = in_preparation()
    note = writing("note")
    message = a_move(HOST).model_copy(update={"note": note})

    number = journey.say(message)

    entry = journey.journal[number - 1]
    assert (entry.by, entry.phase) == (HOST, Phase.PREPARATION)
    assert entry.event() == VisitMoved(
        from_first=FIRST_DAY, from_last=LAST_DAY, first_day=FIRST_DAY + LATER,
        last_day=LAST_DAY + LATER, note=note, told=(COORDINATOR, HOST, OFFICE, FRIDA, EMELIE),
    )  # fmt: skip
    assert journey.mobility.moved_at == number
