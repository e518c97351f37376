"""Plans, clocks and days off are looked up once, for everybody who may be asked."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from temporalio.testing import ActivityEnvironment

from activities.almanac import calendar_of, knows_region
from activities.directory import HostFinder
from activities.names import DaysQuestion, HostQuestion
from domain.people import Organisation, Person, Role
from store.cases import Store
from store.directory import Directory, keep_directory
from tests.builders import (
    COORDINATOR,
    FRIDA,
    HOST,
    OFFICE,
    OPENED,
    ORGANISATIONS,
    PEOPLE,
    PLANS,
    SOC,
    STRANGER,
    WEIGHTS,
    a_request,
    an_offer,
)
from tests.store.kept import DIRECTORY

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)


def at_home(**changes: object) -> Organisation:
    return Organisation.model_validate(ORGANISATIONS[SOC].model_dump() | changes)


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "Europe/Lisbon", "Europe/Athens", "UTC"])
def test_clocks_are_what_the_time_zone_database_says(zone: str) -> None:
    calendar = calendar_of(at_home(zone=zone), FIRST, LAST)

    for n in range((LAST - FIRST).days):
        day = FIRST + timedelta(days=n)
        there = datetime.combine(day, time(8), ZoneInfo(zone))
        assert calendar.moment(day, time(8)) == there
    assert len(calendar.offsets) == (1 if zone == "UTC" else 5)


def test_a_region_has_its_own_days_off() -> None:
    spain, catalonia = at_home(), at_home(holiday_region="ES-CT")
    diada, all_saints = date(2026, 9, 11), date(2027, 11, 1)

    days_off = [set(calendar_of(home, FIRST, LAST).holidays) for home in (spain, catalonia)]

    assert [diada in days for days in days_off] == [False, True]
    assert [all_saints in days for days in days_off] == [True, True]


@pytest.mark.parametrize(
    ("region", "known"),
    [("SE", True), ("ES-CT", True), ("ES-XX", False), ("XX", False), ("NO", True)],
)
def test_regions_are_known_or_not(region: str, known: bool) -> None:
    assert knows_region(region) is known


def test_where_no_holidays_are_known_there_are_weekends_only() -> None:
    calendar = calendar_of(at_home(country="XX"), FIRST, LAST)

    assert calendar.holidays == ()
    assert calendar.working_day_from(date(2026, 5, 2)) == date(2026, 5, 4)


async def test_for_other_dates_days_are_looked_up_anew_with_the_host_there_is(store: Store) -> None:
    await keep_directory(store.engine, DIRECTORY)
    request = a_request().moved_to(date(2027, 5, 4), date(2027, 5, 6))
    question = DaysQuestion(request=request, host=HOST, organisation=SOC, at=OPENED)

    almanac = await ActivityEnvironment().run(
        HostFinder(store, PLANS, WEIGHTS).look_up_days, question
    )

    assert almanac.plans == PLANS
    assert {FRIDA, COORDINATOR, OFFICE, HOST} <= almanac.regions.keys()
    may_day = date(2028, 5, 1)
    assert not almanac.calendar_of(HOST).is_working_day(may_day)
    morning = almanac.calendar_of(HOST).moment(date(2027, 7, 1), time(8))
    assert morning == datetime(2027, 7, 1, 6, tzinfo=UTC)


async def test_everybody_who_may_be_asked_has_a_calendar_and_perhaps_a_colleague(
    store: Store,
) -> None:
    await keep_directory(store.engine, DIRECTORY)
    host = PEOPLE[HOST].model_copy(update={"roles": (Role.RECEIVING,)})
    colleague = Person(
        id=STRANGER, name="Pau", email="pau@b.example", organisation=SOC, roles=(Role.RECEIVING,)
    )
    changes = Directory(organisations=(), people=(host, colleague), offers=(an_offer(),))
    await keep_directory(store.engine, changes)

    question = HostQuestion(request=a_request(), at=OPENED)
    found = await ActivityEnvironment().run(HostFinder(store, PLANS, WEIGHTS).find_hosts, question)

    assert found.almanac.plans == PLANS
    assert found.almanac.regions[FRIDA] == found.almanac.regions[COORDINATOR]
    assert {FRIDA, COORDINATOR, OFFICE, HOST} <= found.almanac.regions.keys()
    assert found.almanac.colleagues == {HOST: STRANGER}
    morning = found.almanac.calendar_of(HOST).moment(date(2026, 7, 1), time(8))
    assert morning == datetime(2026, 7, 1, 6, tzinfo=UTC)
