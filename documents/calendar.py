"""Sessions of an accepted agenda as invitations and cancellations that calendars understand."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

from documents.wording import each_plain, listed, plain
from domain.papers import CalendarMethod, CalendarPaper, NamedPerson, PlannedSession

UID_DOMAIN = "mobility-engine.earlall"
"""What ends every identifier. Never change it: calendars would show every session twice."""


def calendar_part(paper: CalendarPaper) -> bytes:
    """Draw up what one reader's calendar has to take in, or to take out.

    A calendar object has one method (RFC 5546), so invitations and cancellations are two papers. A
    session keeps its identifier, and the sequence rises with every change: calendars move a session
    they have instead of adding another, and heed no older word about it.
    """
    calendar = Calendar()
    calendar.add("PRODID", "-//Mobility engine//Agenda of a visit//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", paper.method.value)
    if paper.sessions:
        calendar.add_component(_zone(paper))
    for session in sorted(paper.sessions, key=lambda s: (s.day, s.starts, s.id)):
        calendar.add_component(_event(session, paper))
    drawn: bytes = calendar.to_ical()
    return drawn


def _zone(paper: CalendarPaper) -> Timezone:
    # Only the years of the visit: a zone told for decades is longer than the agenda itself.
    years = [session.day.year for session in paper.sessions]
    return Timezone.from_tzinfo(
        ZoneInfo(paper.zone),
        paper.zone,
        first_date=date(min(years), 1, 1),
        last_date=date(max(years) + 1, 1, 1),
    )


def _event(session: PlannedSession, paper: CalendarPaper) -> Event:
    event = Event()
    event.add("UID", f"{paper.reference}-{session.id}@{UID_DOMAIN}")
    event.add("SEQUENCE", paper.sequence)
    event.add("DTSTAMP", paper.stamped_at.astimezone(UTC))
    # The zone is named by hand: the library would put Africa/Abidjan for Atlantic/Reykjavik.
    zone = {"TZID": paper.zone}
    event.add("DTSTART", datetime.combine(session.day, session.starts), parameters=zone)
    event.add("DTEND", datetime.combine(session.day, session.ends), parameters=zone)
    event.add("SUMMARY", plain(session.title))
    if place := plain(session.place):
        event.add("LOCATION", place)
    event.add("DESCRIPTION", _description(session, paper))
    is_cancelled = paper.method is CalendarMethod.CANCEL
    event.add("STATUS", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("ORGANIZER", _address(paper.organiser), encode=False)
    if paper.reader.email:
        event.add("ATTENDEE", _invitation(session, paper), encode=False)
    return event


def _description(session: PlannedSession, paper: CalendarPaper) -> str:
    objectives = [f"- {objective}" for objective in each_plain(session.objectives)]
    people = each_plain(session.participants)
    is_own = people == each_plain((paper.reader.name,))
    return "\n".join(
        [
            f"{session.kind.value.capitalize()} session of {plain(paper.title)}",
            *(["", "Objectives:", *objectives] if objectives else []),
            *([] if is_own or not people else ["", f"Participants: {listed(people)}"]),
            "",
            f"Mobility {paper.reference}",
        ]
    )


def _invitation(session: PlannedSession, paper: CalendarPaper) -> vCalAddress:
    """Only the reader is named: nobody learns from a calendar who else is invited."""
    takes_part = paper.reader.name in session.participants
    address = _address(paper.reader)
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT" if takes_part else "NON-PARTICIPANT"
    address.params["PARTSTAT"] = "NEEDS-ACTION"
    address.params["RSVP"] = "TRUE" if takes_part else "FALSE"
    return address


def _address(person: NamedPerson) -> vCalAddress:
    address = vCalAddress(f"mailto:{plain(person.email)}")
    address.params["CN"] = plain(person.name)
    return address
