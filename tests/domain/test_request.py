from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from domain.errors import RequestNotAcceptable
from domain.request import DURATION_LIMITS, SECTORS, Activity, MobilityRequest, Sector
from tests.builders import EMELIE, FIRST_DAY, FRIDA, a_funding, a_request

TODAY = date(2026, 2, 2)
EVERY_LIMIT = [
    # Days without travel, from the agencies' own pages.
    (Activity.JOB_SHADOWING, 2, 60),
    (Activity.TEACHING, 2, 365),
    (Activity.COURSE, 2, 30),
    (Activity.TRAINEESHIP, 10, 89),
    (Activity.LONG_TRAINEESHIP, 90, 365),
    (Activity.ADULT_STAY, 2, 30),
    (Activity.INVITED_EXPERT, 2, 60),
]


def paid_for(activity: Activity, **changes: object) -> MobilityRequest:
    """A request for that activity, in a field that pays for it."""
    sector = SECTORS.get(activity, (Sector.ADULT,))[0]
    return a_request(activity=activity, funding=a_funding(sector=sector), **changes)


def lasting(days: int) -> date:
    return FIRST_DAY + timedelta(days=days - 1)


def test_a_request_that_keeps_the_rules_is_accepted() -> None:
    a_request().check(today=TODAY)


def test_a_visit_that_ends_before_it_begins_is_refused() -> None:
    request = a_request(last_day=FIRST_DAY - timedelta(days=1))

    with pytest.raises(RequestNotAcceptable, match="lies before first_day 2026-05-05: swap"):
        request.check(today=TODAY)


def test_a_visit_in_the_past_is_refused_as_such() -> None:
    with pytest.raises(RequestNotAcceptable, match=r"lies in the past \(today is 2026-05-06"):
        a_request().check(today=FIRST_DAY + timedelta(days=1))


@pytest.mark.parametrize("ahead", [0, 1, 41])
def test_a_visit_too_soon_is_refused_and_the_first_possible_day_named(ahead: int) -> None:
    today = FIRST_DAY - timedelta(days=ahead)

    with pytest.raises(RequestNotAcceptable) as refusal:
        a_request().check(today=today)

    assert "less than 42 days away" in str(refusal.value)
    assert str(today + timedelta(days=42)) in str(refusal.value)


@pytest.mark.parametrize("ahead", [42, 43])
def test_a_visit_just_far_enough_away_is_accepted(ahead: int) -> None:
    a_request().check(today=FIRST_DAY - timedelta(days=ahead))


def test_every_activity_has_its_limits() -> None:
    assert set(DURATION_LIMITS) == {limit[0] for limit in EVERY_LIMIT}
    assert set(Activity) - set(DURATION_LIMITS) == {Activity.LONG_ADULT_STAY}


def test_an_activity_whose_length_nobody_has_read_is_refused() -> None:
    with pytest.raises(RequestNotAcceptable, match="may last is not on file: choose another"):
        paid_for(Activity.LONG_ADULT_STAY).check(today=TODAY)


@pytest.mark.parametrize(
    ("activity", "sector", "is_paid"),
    [(a, s, s in SECTORS.get(a, tuple(Sector))) for a in DURATION_LIMITS for s in Sector],
)
def test_an_activity_is_asked_for_in_the_fields_that_pay_for_it(
    activity: Activity, sector: Sector, *, is_paid: bool
) -> None:
    request = a_request(
        activity=activity, last_day=lasting(DURATION_LIMITS[activity][0]),
        funding=a_funding(sector=sector),
    )  # fmt: skip
    if is_paid:
        request.check(today=TODAY)
        return
    with pytest.raises(RequestNotAcceptable, match=f"is not paid for by sector {sector}: give"):
        request.check(today=TODAY)


@pytest.mark.parametrize(("activity", "shortest", "longest"), EVERY_LIMIT)
def test_the_shortest_and_the_longest_visit_are_accepted(
    activity: Activity, shortest: int, longest: int
) -> None:
    for days in (shortest, longest):
        paid_for(activity, last_day=lasting(days)).check(today=TODAY)


@pytest.mark.parametrize(("activity", "shortest", "longest"), EVERY_LIMIT)
def test_one_day_less_or_more_is_refused(activity: Activity, shortest: int, longest: int) -> None:
    for days in (shortest - 1, longest + 1):
        request = paid_for(activity, last_day=lasting(days))
        with pytest.raises(RequestNotAcceptable) as refusal:
            request.check(today=TODAY)
        assert f"A {activity} lasts {shortest} to {longest} days" in str(refusal.value)
        assert f"first_day to last_day is {days}:" in str(refusal.value)


@pytest.mark.parametrize(("green", "most"), [(False, 2), (True, 6)])
def test_as_many_travel_days_as_are_paid_are_accepted(*, green: bool, most: int) -> None:
    for days in (0, most):
        funding = a_funding(green_travel=green, travel_days=days)
        a_request(funding=funding).check(today=TODAY)


def test_a_third_travel_day_needs_green_travel() -> None:
    request = a_request(funding=a_funding(travel_days=3))

    with pytest.raises(RequestNotAcceptable, match="travel_days is 3, and at most 2 are paid"):
        request.check(today=TODAY)


def test_a_seventh_travel_day_is_never_written_down() -> None:
    with pytest.raises(ValidationError, match="travel_days"):
        a_funding(travel_days=7, green_travel=True)


@pytest.mark.parametrize("percent", [69, 101])
def test_a_first_instalment_outside_70_to_100_percent_is_never_written_down(
    percent: int,
) -> None:
    with pytest.raises(ValidationError, match="first_instalment_percent"):
        a_funding(first_instalment_percent=percent)


def test_a_participant_named_twice_is_refused() -> None:
    request = a_request(participants=(FRIDA, EMELIE, FRIDA))

    with pytest.raises(RequestNotAcceptable, match="p-frida is named more than once"):
        request.check(today=TODAY)


@pytest.mark.parametrize("field", ["participants", "objectives"])
def test_a_request_for_nobody_or_for_nothing_is_never_written_down(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        a_request(**{field: ()})


def test_the_days_of_the_visit_are_first_and_last_included_and_travel_excluded() -> None:
    assert a_request().days == (date(2026, 5, 5), date(2026, 5, 6), date(2026, 5, 7))
