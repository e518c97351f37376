from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from documents.calendar import calendar_part
from domain.papers import CalendarMethod, CalendarPaper, NamedPerson
from tests.documents import boras


def events(paper: CalendarPaper) -> list[Any]:
    return Calendar.from_ical(calendar_part(paper)).events


def attendees(event: Any) -> list[str]:
    found = event.get("ATTENDEE", [])
    return [
        str(one).removeprefix("mailto:") for one in (found if isinstance(found, list) else [found])
    ]


def test_invitation_has_one_event_for_each_session() -> None:
    calendar = Calendar.from_ical(calendar_part(boras.agenda()))

    assert calendar["METHOD"] == "REQUEST"
    assert len(calendar.events) == 7
    assert len(calendar.timezones) == 1


def test_event_says_when_where_and_what_for() -> None:
    first = events(boras.agenda())[0]

    assert first["SUMMARY"] == "Welcome and the public employment system of Catalonia"
    assert first["LOCATION"] == "SOC head office"
    assert first["DTSTART"].params["TZID"] == "Europe/Madrid"
    assert first.start.astimezone(UTC) == datetime(2026, 5, 5, 7, 30, tzinfo=UTC)
    assert first.end.astimezone(UTC) == datetime(2026, 5, 5, 10, 30, tzinfo=UTC)
    assert first["DTSTAMP"].dt == datetime(2026, 3, 20, 14, 5, 9, tzinfo=UTC)
    for objective in (boras.OBJECTIVES[0], boras.OBJECTIVES[2]):
        assert objective in first["DESCRIPTION"]
    assert boras.OBJECTIVES[1] not in first["DESCRIPTION"]


def test_identifiers_stay_and_the_sequence_is_the_one_of_the_paper() -> None:
    first, later = events(boras.agenda()), events(boras.agenda(sequence=35))

    assert [e["UID"] for e in first] == [e["UID"] for e in later]
    assert len({e["UID"] for e in first}) == 7
    assert {e["SEQUENCE"] for e in first} == {31}
    assert {e["SEQUENCE"] for e in later} == {35}


def test_a_cancellation_names_the_same_events_and_says_that_they_fall() -> None:
    invited, paper = boras.agenda(), boras.agenda(method=CalendarMethod.CANCEL, sequence=40)
    cancelled = Calendar.from_ical(calendar_part(paper))

    assert cancelled["METHOD"] == "CANCEL"
    assert len(cancelled.timezones) == 1
    assert {e["STATUS"] for e in cancelled.events} == {"CANCELLED"}
    assert {e["SEQUENCE"] for e in cancelled.events} == {40}
    assert [e["UID"] for e in cancelled.events] == [e["UID"] for e in events(invited)]
    for event in cancelled.events:
        assert event["ORGANIZER"] == "mailto:ana.caceres@soc.example"
        assert attendees(event) == [boras.SENDER.email]


def test_moved_session_keeps_its_identifier() -> None:
    plan = boras.agenda()
    moved = plan.sessions[0].model_copy(update={"day": date(2026, 5, 7), "ends": time(13)})
    later = plan.model_copy(update={"sequence": 35, "sessions": (moved, *plan.sessions[1:])})

    by_uid = {e["UID"]: e for e in events(later)}

    uid = events(plan)[0]["UID"]
    assert by_uid[uid].start.date() == date(2026, 5, 7)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "utc"),
    [
        ("Europe/Madrid", date(2026, 3, 27), 9, 8),  # the Friday before clocks go forward
        ("Europe/Madrid", date(2026, 3, 30), 9, 7),
        ("Europe/Madrid", date(2026, 10, 23), 9, 7),  # the Friday before clocks go back
        ("Europe/Madrid", date(2026, 10, 26), 9, 8),
        ("Europe/Madrid", date(2026, 3, 29), 9, 7),  # on the very days
        ("Europe/Madrid", date(2026, 10, 25), 9, 8),
        ("Europe/Madrid", date(2027, 3, 28), 9, 7),
        ("Europe/Madrid", date(2027, 10, 31), 9, 8),
        ("Europe/Helsinki", date(2026, 1, 2), 9, 7),
        ("Atlantic/Reykjavik", date(2026, 7, 1), 9, 9),
        ("Europe/Dublin", date(2026, 7, 1), 9, 8),
        ("Europe/Dublin", date(2026, 12, 1), 9, 9),
    ],
)
def test_wall_times_are_those_of_the_host(zone: str, day: date, hour: int, utc: int) -> None:
    session = (
        boras.agenda()
        .sessions[0]
        .model_copy(update={"day": day, "starts": time(hour), "ends": time(hour + 1)})
    )
    drawn = calendar_part(boras.agenda(zone=zone, sessions=(session,)))

    event: Any = Calendar.from_ical(drawn).events[0]

    assert f"DTSTART;TZID={zone}:{day:%Y%m%d}T{hour:02}0000".encode() in drawn
    assert event.start.astimezone(UTC).hour == utc
    # Calendars that know no zone names go by the component alone.
    assert _offset_by_component(drawn, day, hour) == timedelta(hours=hour - utc)


def _offset_by_component(drawn: bytes, day: date, hour: int) -> timedelta:
    at = datetime.combine(day, time(hour))
    zone: Any = Calendar.from_ical(drawn).timezones[0]
    onsets = []
    for part in zone.subcomponents:
        listed = part.get("RDATE", [])
        more = [
            d.dt for dates in (listed if isinstance(listed, list) else [listed]) for d in dates.dts
        ]
        onsets += [(onset, part["TZOFFSETTO"].td) for onset in [part["DTSTART"].dt, *more]]
    latest: timedelta = max((onset, offset) for onset, offset in onsets if onset <= at)[1]
    return latest


def test_a_visit_over_new_year_knows_both_years() -> None:
    plan = boras.agenda().sessions[0]
    sessions = tuple(
        plan.model_copy(update={"id": f"s{n}", "day": day})
        for n, day in enumerate((date(2026, 12, 30), date(2027, 7, 2)))
    )

    drawn = calendar_part(boras.agenda(sessions=sessions))

    assert _offset_by_component(drawn, sessions[0].day, 9) == timedelta(hours=1)
    assert _offset_by_component(drawn, sessions[1].day, 9) == timedelta(hours=2)


def test_only_the_reader_is_invited_and_in_the_capacity_they_have() -> None:
    frida = boras.PARTICIPANTS[0]
    own, all_of_them = events(boras.agenda(reader=frida)), events(boras.agenda())

    assert {tuple(attendees(event)) for event in own} == {(frida.email,)}
    assert {tuple(attendees(event)) for event in all_of_them} == {(boras.SENDER.email,)}
    role = {str(e["SUMMARY"]): e["ATTENDEE"].params["ROLE"] for e in own}
    assert role["Beside an outreach adviser"] == "REQ-PARTICIPANT"
    assert role["Beside a skills assessor"] == "NON-PARTICIPANT"
    assert {e["ATTENDEE"].params["ROLE"] for e in all_of_them} == {"NON-PARTICIPANT"}
    assert {e["ATTENDEE"].params["RSVP"] for e in all_of_them} == {"FALSE"}


def test_coordinators_read_whom_a_session_is_for_and_participants_only_that_it_is_theirs() -> None:
    frida, emelie = boras.PARTICIPANTS
    said = {str(e["SUMMARY"]): str(e["DESCRIPTION"]) for e in events(boras.agenda())}
    own = tuple(
        s.model_copy(update={"participants": (frida.name,)})
        for s in boras.agenda().sessions if frida.name in s.participants
    )  # fmt: skip

    assert f"Participants: {emelie.name}" in said["Beside a skills assessor"]
    assert f"Participants: {frida.name} and {emelie.name}" in said["What we take home"]
    for event in events(boras.agenda(reader=frida, sessions=own)):
        assert "Participants" not in event["DESCRIPTION"]
        assert emelie.name not in event["DESCRIPTION"]


def test_invited_people_are_asked_to_answer_the_host() -> None:
    first = events(boras.agenda(reader=boras.PARTICIPANTS[0]))[0]

    assert first["ORGANIZER"] == "mailto:ana.caceres@soc.example"
    assert first["ORGANIZER"].params["CN"] == "Ana Cáceres Gómez"
    assert first["ATTENDEE"].params["RSVP"] == "TRUE"


def test_nobody_is_invited_without_an_address() -> None:
    nowhere = NamedPerson(name="Frida Augustsson", profile="")

    for event in events(boras.agenda(reader=nowhere)):
        assert "ATTENDEE" not in event


def test_lines_end_as_the_standard_asks_and_are_short_enough() -> None:
    drawn = calendar_part(boras.agenda())

    lines = drawn.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    assert drawn.endswith(b"END:VCALENDAR\r\n")


def test_invitation_is_the_same_every_time() -> None:
    assert calendar_part(boras.agenda()) == calendar_part(boras.agenda())


def test_hostile_text_adds_no_line_to_the_invitation() -> None:
    text = 'x\r\nATTENDEE:mailto:evil@evil.example\nEND:VEVENT;,\\"^n\x00'
    someone = NamedPerson(name=text, profile="", email="a@b.example\r\nX-EVIL:1")
    session = (
        boras.agenda()
        .sessions[0]
        .model_copy(
            update={"title": text, "place": text, "objectives": (text,), "participants": (text,)}
        )
    )

    drawn = calendar_part(
        boras.agenda(title=text, sessions=(session,), reader=someone, organiser=someone)
    )

    (event,) = Calendar.from_ical(drawn).events
    unfolded = drawn.replace(b"\r\n ", b"").split(b"\r\n")
    assert sum(line.startswith(b"ATTENDEE") for line in unfolded) == 1
    assert not any(line.startswith(b"X-EVIL") for line in unfolded)
    assert event["SUMMARY"] == 'x ATTENDEE:mailto:evil@evil.example END:VEVENT;,\\"^n'


def test_empty_agenda_is_an_empty_calendar() -> None:
    assert events(boras.agenda(sessions=())) == []
