"""Clocks and days off, as facts: every daylight-saving weekend of 2026 and 2027 included."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.almanac import Almanac, Calendar
from domain.facts import PersonId, Reference
from tests.builders import ALMANAC, FRIDA, HOST, OPENED, REFERENCE, STRANGER, a_calendar

HERE = a_calendar(date(2026, 5, 1))
STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 12, 31))


@given(day=DAYS, hour=st.sampled_from([time(h, m) for h in range(24) for m in (0, 30)]))
def test_a_moment_is_what_the_time_zone_database_says(day: date, hour: time) -> None:
    there = datetime.combine(day, hour, STOCKHOLM)
    exists = there.astimezone(UTC).astimezone(STOCKHOLM).time() == hour

    if exists:
        assert HERE.moment(day, hour) == there
    assert HERE.day_of(there.astimezone(UTC)) == there.astimezone(UTC).astimezone(STOCKHOLM).date()


@pytest.mark.parametrize(
    ("sunday", "before", "after"),
    [
        (date(2026, 3, 29), 7, 6), (date(2026, 10, 25), 6, 7),
        (date(2027, 3, 28), 7, 6), (date(2027, 10, 31), 6, 7),
    ],
)  # fmt: skip
def test_over_a_weekend_on_which_clocks_change_letters_come_at_the_same_hour_of_the_reader(
    sunday: date, before: int, after: int
) -> None:
    friday, monday = sunday - timedelta(days=2), sunday + timedelta(days=1)

    mornings = [HERE.moment(day, time(8)) for day in (friday, sunday, monday)]

    assert [moment.hour for moment in mornings] == [before, after, after]
    assert [m.astimezone(STOCKHOLM).hour for m in mornings] == [8, 8, 8]


def test_an_hour_that_the_clocks_skip_is_taken_as_if_they_had_not() -> None:
    assert HERE.moment(date(2026, 3, 29), time(2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_hour_that_the_clocks_show_twice_is_the_first() -> None:
    assert HERE.moment(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "next_one"),
    [
        (date(2026, 4, 30), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 5, 4)),
        (date(2026, 5, 2), date(2026, 5, 4)),
        (date(2026, 5, 3), date(2026, 5, 4)),
    ],
)
def test_a_day_off_moves_on_to_the_next_working_day(day: date, next_one: date) -> None:
    assert HERE.working_day_from(day) == next_one


@given(number=st.integers(1, 9999), day=DAYS)
def test_a_morning_is_in_the_hour_before_nine_of_the_reader(number: int, day: date) -> None:
    morning = HERE.morning(day, Reference(f"M-2026-{number:04}")).astimezone(STOCKHOLM)

    assert (morning.date(), morning.hour) == (day, 8)


def test_mornings_of_many_mobilities_are_spread_over_the_hour() -> None:
    day = date(2026, 5, 5)
    mornings = [HERE.morning(day, Reference(f"M-2026-{n:04}")) for n in range(3600)]
    per_minute = [sum(m.minute == minute for m in mornings) for minute in range(60)]

    assert min(per_minute) > 0
    assert max(per_minute) < 150


def test_one_mobility_has_the_same_minute_every_morning() -> None:
    one, other = (HERE.morning(date(2026, 5, day), REFERENCE) for day in (5, 6))

    assert other - one == timedelta(days=1)


@given(
    after=st.integers(0, 365 * 24 * 60).map(lambda n: OPENED + timedelta(minutes=n)),
    person=st.sampled_from([FRIDA, HOST]),
)
def test_the_next_morning_is_the_first_of_a_working_day_still_to_come(
    after: datetime, person: PersonId
) -> None:
    calendar = ALMANAC.calendar_of(person)

    found = calendar.next_morning(after, REFERENCE)

    days = (after.date() + timedelta(days=n) for n in range(-1, 30))
    mornings = [calendar.morning(d, REFERENCE) for d in days if calendar.is_working_day(d)]
    assert found == min(morning for morning in mornings if morning > after)


def test_everybody_reads_in_their_own_region_and_strangers_in_none() -> None:
    regions = [ALMANAC.calendar_of(person).region for person in (FRIDA, HOST, STRANGER)]

    assert regions == ["SE", "ES-CT", ""]
    assert Almanac().calendar_of(FRIDA) == Calendar(region="", zone="UTC")
    assert Almanac().calendar_of(FRIDA).moment(date(2026, 5, 1), time(8)).hour == 8
