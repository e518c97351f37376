"""The accepted agenda as an invitation that calendars understand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

from documents.wording import each_plain, plain
from domain.papers import AgendaPaper, NamedPerson, PlannedSession

UID_DOMAIN = "mobility-engine.earlall"
"""What ends every identifier. Never change it: calendars would show every session twice."""


def agenda_calendar(paper: AgendaPaper) -> bytes:
    """Turn the agenda into an invitation: one event for each session, in the host's own time.

    A later version carries the same identifiers and a higher sequence, so that calendars move a
    session they have instead of adding another.
    """
    calendar = Calendar()
    calendar.add("PRODID", "-//Mobility engine//Agenda of a visit//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "REQUEST")
    if paper.sessions:
        calendar.add_component(_zone(paper))
    for session in sorted(paper.sessions, key=lambda s: (s.day, s.starts, s.id)):
        calendar.add_component(_event(session, paper))
    invitation: bytes = calendar.to_ical()
    return invitation


def _zone(paper: AgendaPaper) -> Timezone:
    # Only the years of the visit: a zone told for decades is longer than the agenda itself.
    years = [session.day.year for session in paper.sessions]
    return Timezone.from_tzinfo(
        ZoneInfo(paper.zone),
        paper.zone,
        first_date=date(min(years), 1, 1),
        last_date=date(max(years) + 1, 1, 1),
    )


def _event(session: PlannedSession, paper: AgendaPaper) -> Event:
    event = Event()
    event.add("UID", f"{paper.reference}-{session.id}@{UID_DOMAIN}")
    event.add("SEQUENCE", paper.version - 1)
    event.add("DTSTAMP", paper.stamped_at.astimezone(UTC))
    # The zone is named by hand: the library would put Africa/Abidjan for Atlantic/Reykjavik.
    zone = {"TZID": paper.zone}
    event.add("DTSTART", datetime.combine(session.day, session.starts), parameters=zone)
    event.add("DTEND", datetime.combine(session.day, session.ends), parameters=zone)
    event.add("SUMMARY", plain(session.title))
    if place := plain(session.place):
        event.add("LOCATION", place)
    event.add("DESCRIPTION", _description(session, paper))
    event.add("STATUS", "CONFIRMED")
    event.add("ORGANIZER", _address(paper.organiser), encode=False)
    for person in _invited(session, paper.attendees):
        event.add("ATTENDEE", _invitation(person), encode=False)
    return event


def _description(session: PlannedSession, paper: AgendaPaper) -> str:
    objectives = [f"- {objective}" for objective in each_plain(session.objectives)]
    return "\n".join(
        [
            f"{session.kind.value.capitalize()} session of {plain(paper.title)}",
            *(["", "Objectives:", *objectives] if objectives else []),
            "",
            f"Mobility {paper.reference}, agenda version {paper.version}",
        ]
    )


def _invited(session: PlannedSession, attendees: Sequence[NamedPerson]) -> tuple[NamedPerson, ...]:
    """Whoever the session is for; everybody, where it names nobody we could write to."""
    reachable = tuple(person for person in attendees if person.email)
    concerned = tuple(person for person in reachable if person.name in session.participants)
    return concerned or reachable


def _invitation(person: NamedPerson) -> vCalAddress:
    address = _address(person)
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = "NEEDS-ACTION"
    address.params["RSVP"] = "TRUE"
    return address


def _address(person: NamedPerson) -> vCalAddress:
    address = vCalAddress(f"mailto:{plain(person.email)}")
    address.params["CN"] = plain(person.name)
    return address
