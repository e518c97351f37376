"""The clock of a question that stands still, and by how much it is put off."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import Asked
from domain.facts import PersonId, Reference
from domain.waits import Asking, Limits, Wait, end_of, plan_wait
from tests.builders import (
    ALMANAC,
    EMELIE,
    FRIDA,
    HOST,
    OPENED,
    falls_on_the_next_working_morning,
)

Stay = tuple[PersonId, datetime, datetime]
"""Who is paused, from when until when."""
REF = Reference("M-2026-0007")
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
PEOPLE = st.lists(st.sampled_from([FRIDA, EMELIE, HOST]), min_size=1, unique=True)
HOURS = st.integers(1, 24 * 40)


@st.composite
def pauses(draw: st.DrawFn) -> tuple[Wait, list[Stay]]:
    """A question and pauses of those awaited, which may lie within one another."""
    at = draw(MOMENTS)
    people = tuple(draw(PEOPLE))
    limits = Limits(draw(st.none() | st.integers(2, 90).map(lambda n: day_after(at, n))))
    wait = plan_wait(Asking(draw(st.sampled_from(Asked)), people, at, 7, limits), ALMANAC, REF)
    found = []
    for person in people:
        begins = at + timedelta(hours=draw(HOURS))
        found.append((person, begins, begins + timedelta(hours=draw(HOURS))))
    return wait, found


def day_after(moment: datetime, days: int) -> date:
    return moment.date() + timedelta(days=days)


def let_time_pass(wait: Wait, stays: list[Stay]) -> None:
    """Reminders, pauses and their ends, in the order of time, until silence counts."""
    steps = [(begins, True, person) for person, begins, _ in stays]
    steps += [(ends, False, person) for person, _, ends in stays]
    for at, begins, person in sorted(steps):
        ends = wait.silence_counts_at
        if ends is not None and at >= ends:
            return
        wait.take_reminders(at)
        if begins:
            wait.pause(person, at)
        elif person in wait.paused:
            wait.resume(person, at, ALMANAC, REF)


@given(pauses())
def test_no_pause_brings_a_deadline_forward_nor_beyond_what_the_visit_leaves(
    question: tuple[Wait, list[Stay]],
) -> None:
    wait, stays = question
    before = wait.model_copy(deep=True)

    let_time_pass(wait, stays)

    assert wait.due >= before.due
    assert falls_on_the_next_working_morning(wait) or wait.falls == wait.falls_at_latest
    if wait.limit is not None:
        assert wait.due <= end_of(wait.limit)
        assert before.falls_at_latest is not None
    else:
        assert before.falls_at_latest is None


@given(pauses())
def test_after_a_pause_others_hear_on_a_working_day_as_long_before_the_deadline_as_planned(
    question: tuple[Wait, list[Stay]],
) -> None:
    wait, stays = question
    calendar = ALMANAC.calendar_of(wait.awaited[0])

    let_time_pass(wait, stays)

    if wait.tell_at is not None:
        told_on = calendar.day_of(wait.tell_at)
        assert calendar.is_working_day(told_on) or told_on == wait.due.date()
        planned = wait.due.date() - timedelta(days=ALMANAC.plans[wait.asked].tell_before or 0)
        assert told_on >= min(planned, max((ends.date() for *_, ends in stays)))


@given(pauses())
def test_reminders_after_a_pause_come_in_the_morning_of_working_days_before_the_deadline(
    question: tuple[Wait, list[Stay]],
) -> None:
    wait, stays = question
    counted = {p: len(r.moments) for p, r in wait.reminders.items()}

    let_time_pass(wait, stays)

    for person, reminders in wait.reminders.items():
        calendar = ALMANAC.calendar_of(person)
        assert reminders.moments == sorted(set(reminders.moments))
        assert reminders.sent <= len(reminders.moments) <= counted[person]
        for moment in reminders.moments:
            day = calendar.day_of(moment)
            assert moment < wait.due
            assert calendar.is_working_day(day)
            eight, nine = (calendar.moment(day, time(h)) for h in (8, 9))
            assert eight <= moment < nine


@given(at=MOMENTS, hours=HOURS, until=HOURS)
def test_nobody_loses_time_by_a_pause(at: datetime, hours: int, until: int) -> None:
    wait = plan_wait(Asking(Asked.EVALUATION, (FRIDA,), at, 7), ALMANAC, REF)
    begins = min(at + timedelta(hours=hours), wait.due - timedelta(hours=1))
    left, still_to_come = wait.due - begins, _coming(wait, begins)
    wait.take_reminders(begins)
    wait.pause(FRIDA, begins)
    ends = begins + timedelta(hours=until)

    assert wait.silence_counts_at is wait.next_reminder() is wait.next_moment() is None
    assert wait.take_reminders(ends) == {}
    wait.resume(FRIDA, ends, ALMANAC, REF)

    assert wait.due - ends >= left
    assert wait.due - ends <= left + timedelta(days=6)
    assert [m for m in wait.reminders[FRIDA].moments if m > ends] == _coming(wait, ends)
    assert len(_coming(wait, ends)) <= len(still_to_come)
    if still_to_come:
        assert _coming(wait, ends)[0] - ends >= still_to_come[0] - begins - timedelta(hours=2)


def _coming(wait: Wait, at: datetime) -> list[datetime]:
    return [moment for moment in wait.reminders[FRIDA].moments if moment > at]


def test_two_pauses_that_overlap_put_the_deadline_off_by_the_time_of_both() -> None:
    wait = plan_wait(Asking(Asked.EVALUATION, (FRIDA, EMELIE), OPENED, 7), ALMANAC, REF)
    assert wait.due == end_of(date(2026, 3, 4))
    days = [OPENED + timedelta(days=n) for n in range(10)]

    wait.pause(FRIDA, days[1])
    wait.pause(EMELIE, days[3])
    wait.resume(FRIDA, days[5], ALMANAC, REF)
    assert wait.silence_counts_at is None
    wait.resume(EMELIE, days[8], ALMANAC, REF)

    # Four days end on a Sunday, and are five; then there are three more.
    assert wait.due == end_of(date(2026, 3, 12))
    assert wait.silence_counts_at == wait.falls
    assert wait.stands_since is None


def test_a_question_that_stands_still_falls_with_what_the_visit_leaves() -> None:
    limits = Limits(date(2026, 2, 20))
    wait = plan_wait(Asking(Asked.PLACE, (HOST,), OPENED, 7, limits), ALMANAC, REF)
    assert wait.due == end_of(date(2026, 2, 12))

    wait.pause(HOST, OPENED + timedelta(days=1))

    assert wait.silence_counts_at is not None
    assert wait.silence_counts_at.date() == date(2026, 2, 21)
    wait.resume(HOST, OPENED + timedelta(days=15), ALMANAC, REF)
    assert wait.due == end_of(date(2026, 2, 20))
