"""Reminder plans as data, and one open question planned from them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.almanac import Almanac
from domain.deadlines import (
    MEANINGS,
    Asked,
    Plan,
    PlansNotAcceptable,
    Tell,
    read_plans,
)
from domain.events import AnswerOverdue, PersonReminded
from domain.facts import PersonId, Reference
from domain.letters import Purpose, letters_after
from domain.mobility import LAPSES
from domain.waits import NO_LIMITS, Asking, Limits, Wait, end_of, plan_wait
from tests.builders import (
    ALMANAC,
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    OPENED,
    PLANS,
    REFERENCE,
    STRANGER,
    Journey,
    a_calendar,
    falls_on_the_next_working_morning,
    in_agreement,
    in_evaluation,
    in_matching,
    in_preparation,
)

MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(2029, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
DAYS = st.dates(min_value=date(2025, 12, 1), max_value=date(2029, 3, 1))
REFERENCES = st.integers(1, 9999).map(lambda n: Reference(f"M-2026-{n:04}"))
PEOPLE = st.lists(st.sampled_from([FRIDA, EMELIE, HOST, STRANGER]), min_size=1, unique=True)


@st.composite
def waits(draw: st.DrawFn) -> tuple[Wait, datetime]:
    at = draw(MOMENTS)
    no_later_than, due, counted_from = (draw(st.none() | DAYS) for _ in range(3))
    limits = Limits(no_later_than, due, counted_from)
    asking = Asking(draw(st.sampled_from(Asked)), tuple(draw(PEOPLE)), at, 7, limits)
    return plan_wait(asking, ALMANAC, draw(REFERENCES)), at


def asked_for_a_place(
    limits: Limits = NO_LIMITS, almanac: Almanac = ALMANAC, at: datetime = OPENED
) -> Wait:
    return plan_wait(Asking(Asked.PLACE, (HOST,), at, 3, limits), almanac, REFERENCE)


def days_reminded(wait: Wait, person: PersonId = HOST) -> list[date]:
    return [moment.date() for moment in wait.reminders[person].moments]


# Plans are data.


def test_every_question_has_a_plan_and_a_meaning() -> None:
    assert set(PLANS) == set(MEANINGS) == set(Asked)
    assert all(act and silence for act, silence in MEANINGS.values())


@pytest.mark.parametrize("asked", Asked)
def test_the_reminders_of_a_plan_rise_and_come_before_its_deadline(asked: Asked) -> None:
    plan = PLANS[asked]

    assert plan.reminders
    assert list(plan.reminders) == sorted(set(plan.reminders))
    assert plan.reminders[-1] < plan.days


@pytest.mark.parametrize("asked", Asked)
def test_whoever_lets_a_question_lapse_the_mobility_was_told_so(asked: Asked) -> None:
    assert (asked in LAPSES) is ("the mobility lapses" in MEANINGS[asked].silence)


def shipped(**changes: str) -> str:
    """The plan of one question as an office writes it."""
    lines = {"first": "3", "every": "4", "most": "2", "days": "10"} | changes
    return "[place]\n" + "\n".join(f"{name} = {value}" for name, value in lines.items() if value)


def test_an_office_lays_its_plan_over_ours_and_leaves_the_others() -> None:
    ours = "\n".join(f"[{asked}]\nfirst = 1\nevery = 1\nmost = 1\ndays = 9" for asked in Asked)

    plans = read_plans(ours, shipped(tell='"programme office"', tell_before="1"))

    assert plans[Asked.PLACE] == Plan(
        first=3, every=4, most=2, days=10, tell=Tell.OFFICE, tell_before=1
    )
    assert plans[Asked.AGENDA] == Plan(first=1, every=1, most=1, days=9)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[place", "The reminder plans are not TOML: "),
        (shipped(first="0"), "'place > first': Input should be greater than or equal to 1."),
        (shipped(first='"soon"'), "'place > first': Input should be a valid integer"),
        (shipped(days=""), "'place > days': Field required."),
        (shipped(weekly="3"), "'place > weekly': Extra inputs are not permitted."),
        (shipped(days="7"), "'place': reminder 2 comes 7 days after the asking, and the time "),
        (shipped(tell='"colleague"'), "'place': tell and tell_before go together: give both"),
        (shipped(tell='"colleague"', tell_before="10"), "tell_before must be less than days."),
        (shipped(tell='"neighbour"', tell_before="1"), "'place > tell': Input should be"),
        (shipped().replace("place", "plaice"), "The reminder plans at 'plaice': Input should be"),
        (shipped(), "The reminder plans leave out other-dates, signatures, "),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_where_and_what(
    text: str, sentence: str
) -> None:
    with pytest.raises(PlansNotAcceptable) as refused:
        read_plans(text)

    assert sentence in str(refused.value)


# One question.


@given(waits())
def test_reminders_come_after_the_asking_and_before_the_deadline(
    planned: tuple[Wait, datetime],
) -> None:
    wait, at = planned

    for reminders in wait.reminders.values():
        assert all(at < moment < wait.due for moment in reminders.moments)
        assert reminders.moments == sorted(set(reminders.moments))
        assert len(reminders.moments) <= PLANS[wait.asked].most
    assert wait.tell_at is None or at < wait.tell_at < wait.due
    assert (wait.since, wait.epoch) == (at, 7)


@given(waits())
def test_nobody_is_reminded_in_quiet_hours_or_on_a_day_off(
    planned: tuple[Wait, datetime],
) -> None:
    wait, _ = planned

    for person, reminders in wait.reminders.items():
        calendar = ALMANAC.calendar_of(person)
        for moment in reminders.moments:
            day = calendar.day_of(moment)
            assert calendar.is_working_day(day)
            eight, nine = (calendar.moment(day, time(h)) for h in (8, 9))
            assert eight <= moment < nine


@given(waits())
def test_nobody_lapses_before_the_end_of_tomorrow_nor_in_the_night_nor_on_a_day_off(
    planned: tuple[Wait, datetime],
) -> None:
    wait, at = planned

    assert wait.due >= end_of(at.date() + timedelta(days=1))
    assert falls_on_the_next_working_morning(wait) or wait.falls == wait.falls_at_latest


@given(waits())
def test_time_has_something_to_do_only_later_and_never_after_the_end(
    planned: tuple[Wait, datetime],
) -> None:
    wait, at = planned

    moment = wait.next_moment()
    assert moment is not None
    assert at < moment <= wait.falls


@given(at=MOMENTS, day=DAYS)
def test_a_limit_brings_the_deadline_forward_and_never_puts_it_off(at: datetime, day: date) -> None:
    free, limited = asked_for_a_place(at=at), asked_for_a_place(Limits(day), at=at)

    assert limited.due <= free.due
    assert limited.due == end_of(max(min(day, free.due.date()), at.date() + timedelta(days=1)))


@pytest.mark.parametrize(
    ("limits", "due"),
    [
        (Limits(), date(2026, 2, 12)),
        (Limits(date(2026, 2, 20)), date(2026, 2, 12)),
        (Limits(date(2026, 2, 7)), date(2026, 2, 7)),
        (Limits(date(2026, 1, 1)), date(2026, 2, 3)),
        (Limits(due=date(2026, 5, 1)), date(2026, 5, 1)),
        (Limits(due=date(2026, 1, 1)), date(2026, 2, 3)),
        (Limits(date(2026, 4, 1), date(2026, 5, 1)), date(2026, 4, 1)),
    ],
)
def test_a_fixed_day_or_a_limit_decides_but_never_sooner_than_tomorrow(
    limits: Limits, due: date
) -> None:
    assert asked_for_a_place(limits).due == end_of(due)


def test_a_deadline_and_reminders_wait_for_working_days_of_the_reader() -> None:
    off = a_calendar(date(2026, 2, 5), date(2026, 2, 6), date(2026, 2, 12), date(2026, 2, 13))
    almanac = ALMANAC.model_copy(update={"calendars": {"SE": off, "ES-CT": off}})

    wait = asked_for_a_place(almanac=almanac)

    assert wait.due == end_of(date(2026, 2, 16))
    assert days_reminded(wait) == [date(2026, 2, 9)]


def test_everybody_is_reminded_by_their_own_calendar_and_nobody_is_off_on_the_last_day() -> None:
    holiday = OPENED.date() + timedelta(days=5)
    almanac = ALMANAC.model_copy(
        update={"calendars": {"SE": a_calendar(), "ES-CT": a_calendar(holiday)}}
    )

    wait = plan_wait(Asking(Asked.SIGNATURES, (FRIDA, HOST), OPENED, 3), almanac, REFERENCE)

    assert days_reminded(wait, FRIDA)[0] == date(2026, 2, 9)
    assert holiday == date(2026, 2, 7)
    assert wait.due == end_of(date(2026, 3, 4))


def test_reminders_beyond_a_deadline_brought_forward_fall() -> None:
    assert days_reminded(asked_for_a_place()) == [date(2026, 2, 5), date(2026, 2, 9)]
    assert days_reminded(asked_for_a_place(Limits(date(2026, 2, 8)))) == [date(2026, 2, 5)]
    assert days_reminded(asked_for_a_place(Limits(date(2026, 2, 4)))) == []


# What time does.


def reminders(journey: Journey) -> list[PersonReminded]:
    return [event for event in journey.events if isinstance(event, PersonReminded)]


def test_reminders_come_on_the_days_of_the_plan_and_count() -> None:
    journey = in_matching()
    asked = journey.mobility.waits["place"].epoch
    journey.wait_until(OPENED + timedelta(days=9))

    reminded = [entry for entry in journey.journal if entry.kind == "PersonReminded"]

    assert [entry.at.date() for entry in reminded] == [date(2026, 2, 5), date(2026, 2, 9)]
    assert reminders(journey) == [
        PersonReminded(asked=Asked.PLACE, ordinals={HOST: n}, epoch=asked) for n in (1, 2)
    ]
    assert journey.journal[asked - 1].kind == "ProposalMade"


def test_reminders_missed_while_we_were_away_are_one() -> None:
    journey = in_agreement()
    journey.now = OPENED + timedelta(days=10)

    journey.time_acts()
    journey.time_acts()

    [reminded] = reminders(journey)
    assert set(reminded.ordinals.values()) == {2}
    planned = journey.mobility.waits["signatures"].reminders[FRIDA]
    assert planned.next() == planned.moments[2]


def test_after_a_long_absence_silence_counts_and_no_reminder_goes_out() -> None:
    journey = in_agreement()
    journey.now = OPENED + timedelta(days=100)

    journey.time_acts()

    assert "PersonReminded" not in journey.kinds()
    assert journey.kinds()[-1] == "MobilityEnded"


def test_an_answer_is_still_heard_in_the_night_after_the_deadline() -> None:
    journey = in_matching()
    journey.wait_until(journey.mobility.waits["place"].due + timedelta(hours=3))

    journey.accept_place()

    assert journey.mobility.matching.host is not None


def test_only_those_who_are_still_silent_are_reminded() -> None:
    journey = in_agreement()
    journey.sign(FRIDA, HOST)

    journey.wait(8)

    assert [list(event.ordinals) for event in reminders(journey)] == [[COORDINATOR, EMELIE]]


def test_an_answer_from_somebody_who_is_not_awaited_closes_nothing() -> None:
    mobility = in_agreement().mobility
    awaited = list(mobility.waits["signatures"].awaited)

    mobility.answered(Asked.SIGNATURES, STRANGER)
    mobility.answered(Asked.AGENDA)

    assert mobility.waits["signatures"].awaited == awaited


def test_a_question_closes_with_its_last_answer_and_its_reminders_with_it() -> None:
    journey = in_agreement()
    journey.sign(*journey.mobility.signatories)

    journey.wait(8)

    assert "signatures" not in journey.mobility.waits
    assert "PersonReminded" not in journey.kinds()


# Who hears of silence.


def overdue(journey: Journey) -> list[AnswerOverdue]:
    return [event for event in journey.events if isinstance(event, AnswerOverdue)]


def test_the_sending_coordinator_hears_once_who_has_not_signed() -> None:
    journey = in_agreement()
    journey.sign(COORDINATOR, FRIDA)

    journey.wait_until(journey.mobility.waits["signatures"].due)

    assert overdue(journey) == [
        AnswerOverdue(asked=Asked.SIGNATURES, silent=(HOST, EMELIE), told=(COORDINATOR,))
    ]


def test_whoever_is_silent_does_not_hear_of_it_the_next_one_does() -> None:
    journey = in_agreement()
    journey.sign(FRIDA, EMELIE, HOST)

    journey.wait_until(journey.mobility.waits["signatures"].due)

    assert [(event.silent, event.told) for event in overdue(journey)] == [
        ((COORDINATOR,), (OFFICE,))
    ]


def test_a_colleague_hears_where_there_is_one() -> None:
    journey = in_matching()
    journey.mobility.almanac = ALMANAC.model_copy(update={"colleagues": {HOST: STRANGER}})

    journey.wait_until(journey.mobility.waits["place"].due)

    assert [event.told for event in overdue(journey)] == [(STRANGER,)]


def test_the_letter_about_silence_stands_as_long_as_the_question() -> None:
    journey = in_preparation()
    journey.wait_until(journey.mobility.waits["agenda"].tell_at or journey.now)

    entries = [entry for entry in journey.journal if entry.kind == "AnswerOverdue"]
    [order] = letters_after(entries[-1], journey.mobility)

    assert (order.purpose, order.to) == (Purpose.ANSWER_OVERDUE, COORDINATOR)
    assert (order.while_asked, order.while_open) == (None, Asked.AGENDA)


def test_nobody_hears_of_answers_that_came() -> None:
    journey = in_evaluation()
    journey.report()
    journey.answer(FRIDA, EMELIE, HOST)

    journey.wait(60)

    assert overdue(journey) == []
