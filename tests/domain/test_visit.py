from datetime import date, timedelta

import pytest

from domain import messages as m
from domain.deadlines import Asked
from domain.errors import AlreadyDone, AttendanceNotAcceptable, OutOfPhase
from domain.events import AttendanceConfirmed, Outcome, Phase
from domain.facts import PersonId
from domain.messages import Cause
from domain.visit import Visit
from tests.builders import (
    ALMANAC,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    HOST,
    LAST_DAY,
    PLANS,
    STRANGER,
    Journey,
    a_request,
    day_of,
    in_visit,
    noon,
    ready_to_go,
)

BOTH = (FRIDA, EMELIE)


def arrive(journey: Journey, *people: PersonId, on: date = FIRST_DAY) -> None:
    journey.say(m.ConfirmArrival(by=HOST, participants=people, on=on))


def attend(journey: Journey, number: int, *people: PersonId) -> None:
    journey.say(m.ConfirmAttendance(by=HOST, day=day_of(number), present=people))


def leave(journey: Journey, *people: PersonId, on: date = LAST_DAY) -> None:
    journey.say(m.ConfirmDeparture(by=HOST, participants=people, on=on))


def on_the_last_day() -> Journey:
    journey = in_visit()
    journey.wait_until(noon(LAST_DAY))
    return journey


def test_the_visit_begins_on_the_morning_of_its_first_day_and_not_before() -> None:
    journey = ready_to_go()
    journey.wait_until(noon(FIRST_DAY - timedelta(days=1)))

    assert journey.phase() is Phase.PREPARATION
    with pytest.raises(OutOfPhase):
        arrive(journey, FRIDA)

    journey.wait_until(noon(FIRST_DAY))

    assert journey.phase() is Phase.VISIT


@pytest.mark.parametrize("days", [-1, 0, 1, 2])
def test_an_arrival_on_the_day_before_or_during_the_visit_is_confirmed(days: int) -> None:
    journey = on_the_last_day()

    arrive(journey, FRIDA, on=FIRST_DAY + timedelta(days=days))

    assert journey.mobility.visit.arrived == {FRIDA: FIRST_DAY + timedelta(days=days)}


@pytest.mark.parametrize("days", [-2, 3])
def test_an_arrival_on_another_day_is_refused(days: int) -> None:
    with pytest.raises(AttendanceNotAcceptable, match="does not fit a visit of 2026-05-05"):
        Visit().check_may_arrive((FRIDA,), FIRST_DAY + timedelta(days=days), a_request())


def test_nothing_is_confirmed_in_advance() -> None:
    journey = in_visit()
    tomorrow = day_of(2)
    arrive(journey, FRIDA)

    for message in (
        m.ConfirmArrival(by=HOST, participants=(EMELIE,), on=tomorrow),
        m.ConfirmAttendance(by=HOST, day=tomorrow, present=(FRIDA,)),
        m.ConfirmDeparture(by=HOST, participants=(FRIDA,), on=tomorrow),
    ):
        with pytest.raises(AttendanceNotAcceptable, match="2026-05-06 is still to come"):
            journey.say(message)


def test_nothing_is_confirmed_for_a_stranger() -> None:
    journey = on_the_last_day()

    for message in (
        m.ConfirmArrival(by=HOST, participants=(STRANGER,), on=FIRST_DAY),
        m.ConfirmAttendance(by=HOST, day=FIRST_DAY, present=(STRANGER,)),
        m.ConfirmDeparture(by=HOST, participants=(STRANGER,), on=FIRST_DAY),
    ):
        with pytest.raises(
            AttendanceNotAcceptable, match="p-stranger does not take part: name p-frida, p-emelie"
        ):
            journey.say(message)


def test_nothing_is_confirmed_twice() -> None:
    journey = on_the_last_day()
    arrive(journey, FRIDA)
    attend(journey, 1, FRIDA)
    leave(journey, FRIDA)

    with pytest.raises(AlreadyDone, match="The arrival of p-frida"):
        arrive(journey, EMELIE, FRIDA)
    with pytest.raises(AlreadyDone, match="The attendance of 2026-05-05"):
        attend(journey, 1, FRIDA)
    with pytest.raises(AlreadyDone, match="The departure of p-frida"):
        leave(journey, FRIDA)


@pytest.mark.parametrize("day", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)])
def test_attendance_outside_the_visit_is_refused(day: date) -> None:
    visit = Visit(arrived={FRIDA: FIRST_DAY})

    with pytest.raises(AttendanceNotAcceptable, match="is not a day of the visit"):
        visit.check_may_attend(day, (FRIDA,), a_request(), LAST_DAY + timedelta(days=9))


def test_whoever_has_not_arrived_is_neither_present_nor_leaves() -> None:
    journey = on_the_last_day()

    with pytest.raises(AttendanceNotAcceptable, match="arrival of p-frida is not confirmed"):
        attend(journey, 1, FRIDA)
    with pytest.raises(AttendanceNotAcceptable, match="arrival of p-frida is not confirmed"):
        leave(journey, FRIDA)


def test_nobody_is_present_before_arriving_or_after_leaving() -> None:
    journey = on_the_last_day()
    arrive(journey, FRIDA, on=day_of(2))
    leave(journey, FRIDA, on=day_of(2))

    with pytest.raises(AttendanceNotAcceptable, match="arrived on 2026-05-06 and cannot be"):
        attend(journey, 1, FRIDA)
    with pytest.raises(AttendanceNotAcceptable, match="left on 2026-05-06 and cannot be"):
        attend(journey, 3, FRIDA)
    attend(journey, 2, FRIDA)


def test_nobody_leaves_before_arriving_or_before_the_last_day_they_were_present() -> None:
    journey = on_the_last_day()
    arrive(journey, FRIDA, on=day_of(2))
    attend(journey, 3, FRIDA)

    with pytest.raises(AttendanceNotAcceptable, match="before arriving"):
        leave(journey, FRIDA, on=day_of(1))
    with pytest.raises(AttendanceNotAcceptable, match="was present on 2026-05-07"):
        leave(journey, FRIDA, on=day_of(2))


def test_whoever_takes_part_and_was_not_present_is_recorded_as_absent() -> None:
    journey = in_visit()
    arrive(journey, FRIDA)

    attend(journey, 1, FRIDA)

    assert journey.events[-1] == AttendanceConfirmed(
        day=FIRST_DAY, present=(FRIDA,), absent=(EMELIE,)
    )


def test_the_visit_is_over_once_every_day_is_confirmed_and_everybody_has_left() -> None:
    journey = on_the_last_day()
    arrive(journey, *BOTH)
    for number in (3, 1, 2):
        attend(journey, number, *BOTH)
    leave(journey, FRIDA)

    assert journey.phase() is Phase.VISIT

    leave(journey, EMELIE)

    assert journey.phase() is Phase.EVALUATION
    assert set(journey.mobility.certificates) == set(BOTH)


def test_a_departure_before_the_last_day_is_confirmed_does_not_end_the_visit() -> None:
    journey = on_the_last_day()
    arrive(journey, *BOTH)
    leave(journey, *BOTH)
    attend(journey, 1, *BOTH)
    attend(journey, 2, *BOTH)

    assert journey.phase() is Phase.VISIT

    attend(journey, 3, *BOTH)

    assert journey.phase() is Phase.EVALUATION


def test_one_who_never_came_does_not_keep_the_visit_open_and_gets_no_certificate() -> None:
    journey = in_visit()

    journey.attend(FRIDA)

    assert journey.phase() is Phase.EVALUATION
    assert set(journey.mobility.certificates) == {FRIDA}
    assert journey.mobility.waits["evaluation"].awaited == [FRIDA, HOST]


def test_a_withdrawal_ends_the_visit_when_all_others_have_left() -> None:
    journey = on_the_last_day()
    arrive(journey, *BOTH)
    for number in (1, 2, 3):
        attend(journey, number, FRIDA)
    leave(journey, FRIDA)

    assert journey.phase() is Phase.VISIT

    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    assert journey.phase() is Phase.EVALUATION


def test_a_visit_nobody_attended_cancels_the_mobility() -> None:
    journey = in_visit()

    journey.attend()

    assert journey.mobility.outcome is Outcome.CANCELLED
    assert journey.mobility.cause is Cause.NOBODY_CAME
    assert "CertificatesIssued" not in journey.kinds()


def test_arriving_is_not_attending() -> None:
    journey = on_the_last_day()
    arrive(journey, FRIDA)
    for number in (1, 2, 3):
        attend(journey, number)
    leave(journey, FRIDA)

    assert journey.mobility.cause is Cause.NOBODY_CAME


def test_attendance_nobody_confirms_lapses_the_mobility_two_weeks_after_the_visit() -> None:
    journey = in_visit()
    journey.wait_until(noon(LAST_DAY + timedelta(days=14)))

    assert journey.phase() is Phase.VISIT

    journey.wait(1)

    assert journey.mobility.outcome is Outcome.LAPSED
    assert journey.mobility.cause is Cause.VISIT_UNCONFIRMED


@pytest.mark.parametrize("length", [2, 3, 30, 60])
def test_the_host_is_reminded_after_the_last_day_however_long_the_visit(length: int) -> None:
    last_day = FIRST_DAY + timedelta(days=length - 1)

    journey = in_visit(a_request(last_day=last_day, languages=("en",)))

    reminders = journey.mobility.waits["attendance"].reminders[HOST].moments
    planned = [last_day + timedelta(days=n) for n in PLANS[Asked.ATTENDANCE].reminders]
    working = map(ALMANAC.calendar_of(HOST).working_day_from, planned)
    assert [moment.date() for moment in reminders] == sorted(set(working))


def test_the_days_somebody_was_there_are_in_order() -> None:
    visit = Visit(present={day_of(3): (FRIDA,), day_of(1): (FRIDA, EMELIE), day_of(2): (EMELIE,)})

    assert visit.days_of(FRIDA) == (day_of(1), day_of(3))
