from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import PLANS, Asked, Wait, end_of, morning_of, plan_wait
from domain.events import PersonReminded
from domain.facts import Reference
from domain.mobility import LAPSES
from tests.builders import (
    EMELIE,
    FRIDA,
    HOST,
    OPENED,
    REFERENCE,
    STRANGER,
    in_agreement,
    in_matching,
)

MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(2029, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
DAYS = st.dates(min_value=date(2025, 12, 1), max_value=date(2029, 3, 1))
REFERENCES = st.integers(1, 9999).map(lambda n: Reference(f"M-2026-{n:04}"))


@st.composite
def waits(draw: st.DrawFn) -> tuple[Wait, datetime]:
    at = draw(MOMENTS)
    wait = plan_wait(
        draw(st.sampled_from(Asked)),
        [FRIDA],
        reference=draw(REFERENCES),
        at=at,
        no_later_than=draw(st.none() | DAYS),
        due=draw(st.none() | DAYS),
    )
    return wait, at


def asked_for_a_place(*, no_later_than: date | None = None, due: date | None = None) -> Wait:
    return plan_wait(
        Asked.PLACE, [HOST], reference=REFERENCE, at=OPENED, no_later_than=no_later_than, due=due
    )


def test_every_question_has_a_plan_with_an_act_and_a_meaning_of_silence() -> None:
    assert set(PLANS) == set(Asked)
    for plan in PLANS.values():
        assert plan.act
        assert plan.silence


@pytest.mark.parametrize("asked", Asked)
def test_the_reminders_of_a_plan_rise_and_come_before_its_deadline(asked: Asked) -> None:
    plan = PLANS[asked]

    assert plan.reminders
    assert list(plan.reminders) == sorted(set(plan.reminders))
    assert plan.reminders[0] > 0
    assert plan.reminders[-1] < plan.days


@pytest.mark.parametrize("asked", Asked)
def test_whoever_lets_a_question_lapse_the_mobility_was_told_so(asked: Asked) -> None:
    assert (asked in LAPSES) is ("the mobility lapses" in PLANS[asked].silence)


@given(waits())
def test_reminders_come_after_the_asking_and_before_the_deadline(
    planned: tuple[Wait, datetime],
) -> None:
    wait, at = planned

    assert all(at < reminder < wait.due for reminder in wait.reminders)
    assert wait.reminders == sorted(set(wait.reminders))
    assert wait.since == at


@given(waits())
def test_nobody_lapses_before_the_end_of_tomorrow(planned: tuple[Wait, datetime]) -> None:
    wait, at = planned

    assert wait.due >= end_of(at.date() + timedelta(days=1))
    assert wait.due > at


@given(waits())
def test_time_has_something_to_do_only_later_and_never_after_the_deadline(
    planned: tuple[Wait, datetime],
) -> None:
    wait, at = planned

    assert at < wait.next_moment() <= wait.due


@given(at=MOMENTS, day=DAYS)
def test_a_limit_brings_the_deadline_forward_and_never_puts_it_off(at: datetime, day: date) -> None:
    free = plan_wait(Asked.SIGNATURES, [FRIDA], reference=REFERENCE, at=at)
    limited = plan_wait(Asked.SIGNATURES, [FRIDA], reference=REFERENCE, at=at, no_later_than=day)

    assert limited.due <= free.due
    assert limited.due == end_of(max(min(day, free.due.date()), at.date() + timedelta(days=1)))


def test_a_deadline_is_the_end_of_a_day() -> None:
    assert asked_for_a_place().due == datetime(2026, 2, 12, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fixed", "no_later_than", "due"),
    [
        (None, date(2026, 2, 20), date(2026, 2, 12)),
        (None, date(2026, 2, 12), date(2026, 2, 12)),
        (None, date(2026, 2, 7), date(2026, 2, 7)),
        (None, date(2026, 2, 2), date(2026, 2, 3)),
        (None, date(2026, 1, 1), date(2026, 2, 3)),
        (date(2026, 5, 1), None, date(2026, 5, 1)),
        (date(2026, 1, 1), None, date(2026, 2, 3)),
        (date(2026, 5, 1), date(2026, 4, 1), date(2026, 4, 1)),
    ],
)
def test_a_fixed_day_or_a_limit_decides_but_never_sooner_than_tomorrow(
    fixed: date | None, no_later_than: date | None, due: date
) -> None:
    assert asked_for_a_place(due=fixed, no_later_than=no_later_than).due == end_of(due)


def test_reminders_beyond_a_deadline_brought_forward_fall() -> None:
    assert [m.date() for m in asked_for_a_place().reminders] == [
        date(2026, 2, 5), date(2026, 2, 9),
    ]  # fmt: skip
    assert [m.date() for m in asked_for_a_place(no_later_than=date(2026, 2, 8)).reminders] == [
        date(2026, 2, 5)
    ]
    assert asked_for_a_place(no_later_than=date(2026, 2, 4)).reminders == []


@given(reference=REFERENCES, day=DAYS)
def test_a_morning_falls_in_the_hour_from_eight(reference: Reference, day: date) -> None:
    morning = morning_of(day, reference)

    assert morning.date() == day
    assert morning.hour == 8


def test_mornings_of_many_mobilities_are_spread_over_the_hour() -> None:
    day = date(2026, 5, 5)
    mornings = [morning_of(day, Reference(f"M-2026-{n:04}")) for n in range(3600)]
    per_minute = [sum(m.minute == minute for m in mornings) for minute in range(60)]

    assert min(per_minute) > 0
    assert max(per_minute) < 150


def test_one_mobility_has_the_same_minute_every_morning() -> None:
    one, other = (morning_of(date(2026, 5, day), REFERENCE) for day in (5, 6))

    assert other - one == timedelta(days=1)


def test_reminders_come_on_the_days_of_the_plan_and_count() -> None:
    journey = in_matching()
    journey.wait_until(OPENED + timedelta(days=9))

    reminded = [entry for entry in journey.journal if entry.kind == "PersonReminded"]

    assert [entry.at.date() for entry in reminded] == [date(2026, 2, 5), date(2026, 2, 9)]
    assert [entry.event() for entry in reminded] == [
        PersonReminded(asked=Asked.PLACE, people=(HOST,), ordinal=n) for n in (1, 2)
    ]


def test_reminders_missed_while_we_were_away_are_one() -> None:
    journey = in_agreement()
    journey.now = OPENED + timedelta(days=10)

    journey.time_acts()
    journey.time_acts()

    assert journey.kinds().count("PersonReminded") == 1
    assert journey.events[-1].model_dump()["ordinal"] == 3
    wait = journey.mobility.waits["signatures"]
    assert wait.next_reminder() == wait.reminders[3]


def test_after_a_long_absence_silence_counts_and_no_reminder_goes_out() -> None:
    journey = in_agreement()
    journey.now = OPENED + timedelta(days=100)

    journey.time_acts()

    assert "PersonReminded" not in journey.kinds()
    assert journey.kinds()[-1] == "MobilityEnded"


def test_only_those_who_are_still_silent_are_reminded() -> None:
    journey = in_agreement()
    journey.sign(FRIDA, HOST)

    journey.wait(6)

    assert journey.events[-1].model_dump()["people"] == ("p-coordinator", EMELIE)


def test_an_answer_from_somebody_who_is_not_awaited_closes_nothing() -> None:
    mobility = in_agreement().mobility
    awaited = list(mobility.waits["signatures"].awaited)

    mobility.answered(Asked.SIGNATURES, STRANGER)
    mobility.answered(Asked.AGENDA)

    assert mobility.waits["signatures"].awaited == awaited


def test_a_question_closes_with_its_last_answer_and_its_reminders_with_it() -> None:
    journey = in_agreement()
    journey.sign(*journey.mobility.signatories)

    journey.wait(6)

    assert "signatures" not in journey.mobility.waits
    assert "PersonReminded" not in journey.kinds()
