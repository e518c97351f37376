"""Looking up what a mobility must know of days, hours and rhythms, for as long as it will live."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from domain.almanac import Almanac, Calendar, Offset
from domain.deadlines import Asked, Plan
from domain.facts import OrganisationId, PersonId
from domain.people import Organisation, Person
from domain.request import MobilityRequest
from store.directory import Directory

YEAR_AFTER = timedelta(days=366)
"""How long after the visit a mobility may still be waiting for somebody."""


Hosts = Mapping[PersonId, OrganisationId]
"""The receiving coordinators who may be asked, and for whom they answer."""


def almanac_for(
    request: MobilityRequest, hosts: Hosts, directory: Directory, plans: Mapping[Asked, Plan],
    *, since: date,
) -> Almanac:  # fmt: skip
    """Look up plans and calendars for everybody who may be asked in one mobility."""
    homes = _homes(request, hosts, directory)
    last = request.last_day + YEAR_AFTER
    return Almanac(
        plans=dict(plans),
        calendars={_name(h): calendar_of(h, since, last) for h in homes.values()},
        regions={person: _name(home) for person, home in homes.items()},
        colleagues=_colleagues(homes, directory),
    )


def almanac_of(who: PersonId, directory: Directory, plan: Plan, *, since: date) -> Almanac:
    """Look up what must be known of one person who is asked one thing, such as an office."""
    homes = {o.id: o for o in directory.organisations}
    found = next((p for p in directory.people if p.id == who), None)
    if found is None or found.organisation not in homes:
        return Almanac(plans={Asked.APPLICATION: plan})
    home, asked = homes[found.organisation], {who: homes[found.organisation]}
    return Almanac(
        plans={Asked.APPLICATION: plan},
        calendars={_name(home): calendar_of(home, since, since + YEAR_AFTER)},
        regions={who: _name(home)},
        colleagues=_colleagues(asked, directory),
    )


def _homes(
    request: MobilityRequest, hosts: Hosts, directory: Directory
) -> dict[PersonId, Organisation]:
    """The organisation of everybody who may be asked; participants are at home where they work."""
    organisations = {o.id: o for o in directory.organisations}
    known = {person.id: person.organisation for person in directory.people}
    sent = dict.fromkeys((*request.participants, request.coordinator), request.sending)
    office = {request.office: known.get(request.office, request.sending)}
    homes = office | dict(hosts) | sent
    return {p: organisations[home] for p, home in homes.items() if home in organisations}


def _colleagues(
    homes: Mapping[PersonId, Organisation], directory: Directory
) -> dict[PersonId, PersonId]:
    """For everybody, somebody else of the same organisation who has a part like theirs."""
    people = {person.id: person for person in directory.people}
    found = ((p, next(_like(people[p], directory), None)) for p in homes if p in people)
    return {person: colleague for person, colleague in found if colleague is not None}


def _like(person: Person, directory: Directory) -> Iterator[PersonId]:
    for other in directory.people:
        shares = set(person.roles) & set(other.roles)
        if other.id != person.id and other.organisation == person.organisation and shares:
            yield other.id


def _name(home: Organisation) -> str:
    return f"{home.holiday_region or home.country} {home.zone}"


def calendar_of(home: Organisation, first: date, last: date) -> Calendar:
    """One organisation's calendar between two days: its region's holidays, and its clock."""
    region = home.holiday_region or home.country
    return Calendar(
        region=region, zone=home.zone,
        offsets=_offsets(home.zone, first, last), holidays=_holidays(region, first, last),
    )  # fmt: skip


def knows_region(region: str) -> bool:
    """Whether public holidays are known for a region, such as ``SE`` or ``ES-CT``."""
    country, _, part = region.partition("-")
    known = holidays.list_supported_countries()
    return country in known and (not part or part in known[country])


def _holidays(region: str, first: date, last: date) -> tuple[date, ...]:
    country, _, part = region.partition("-")
    if not knows_region(region):
        return ()
    years = range(first.year, last.year + 1)
    found = holidays.country_holidays(country, subdiv=part or None, years=years)
    return tuple(day for day in sorted(found) if first <= day <= last)


@cache
def _offsets(zone: str, first: date, last: date) -> tuple[Offset, ...]:
    """How a zone's clock stands on the first day, and every change of it up to the last.

    Looked at every full hour: that is when clocks are changed.
    """
    there, found = ZoneInfo(zone), list[Offset]()
    moment = datetime.combine(first - timedelta(days=1), time(0), UTC)
    end = datetime.combine(last + timedelta(days=1), time(0), UTC)
    while moment < end:
        ahead = moment.astimezone(there).utcoffset() or timedelta()
        minutes = int(ahead.total_seconds() // 60)
        if not found or found[-1].minutes != minutes:
            found.append(Offset(since=moment, minutes=minutes))
        moment += timedelta(hours=1)
    return tuple(found)
