from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from documents.calendar import agenda_calendar
from domain.papers import AgendaPaper, NamedPerson
from tests.documents import boras


def events(paper: AgendaPaper) -> list[Any]:
    return Calendar.from_ical(agenda_calendar(paper)).events


def attendees(event: Any) -> list[str]:
    found = event.get("ATTENDEE", [])
    return [
        str(one).removeprefix("mailto:") for one in (found if isinstance(found, list) else [found])
    ]


def test_invitation_has_one_event_for_each_session() -> None:
    calendar = Calendar.from_ical(agenda_calendar(boras.agenda()))

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


def test_identifiers_stay_and_the_sequence_rises_with_each_version() -> None:
    first, third = events(boras.agenda()), events(boras.agenda(version=3))

    assert [e["UID"] for e in first] == [e["UID"] for e in third]
    assert len({e["UID"] for e in first}) == 7
    assert {e["SEQUENCE"] for e in first} == {0}
    assert {e["SEQUENCE"] for e in third} == {2}


def test_moved_session_keeps_its_identifier() -> None:
    plan = boras.agenda()
    moved = plan.sessions[0].model_copy(update={"day": date(2026, 5, 7), "ends": time(13)})
    later = plan.model_copy(update={"version": 2, "sessions": (moved, *plan.sessions[1:])})

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
    drawn = agenda_calendar(boras.agenda(zone=zone, sessions=(session,)))

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

    drawn = agenda_calendar(boras.agenda(sessions=sessions))

    assert _offset_by_component(drawn, sessions[0].day, 9) == timedelta(hours=1)
    assert _offset_by_component(drawn, sessions[1].day, 9) == timedelta(hours=2)


def test_only_those_a_session_is_for_are_invited() -> None:
    invited = {str(e["SUMMARY"]): attendees(e) for e in events(boras.agenda())}

    frida, emelie = "frida.augustsson@boras.example", "emelie.persson@boras.example"
    assert invited["Beside an outreach adviser"] == [frida]
    assert invited["Beside a skills assessor"] == [emelie]
    assert invited["What we take home"] == [frida, emelie]


def test_everybody_is_invited_where_a_session_names_nobody_we_know() -> None:
    session = boras.agenda().sessions[0].model_copy(update={"participants": ("Somebody else",)})

    (event,) = events(boras.agenda(sessions=(session,)))

    assert len(attendees(event)) == 3


def test_invited_people_are_asked_to_answer_the_host() -> None:
    first = events(boras.agenda())[0]

    assert first["ORGANIZER"] == "mailto:ana.caceres@soc.example"
    assert first["ORGANIZER"].params["CN"] == "Ana Cáceres Gómez"
    assert [one.params["RSVP"] for one in first["ATTENDEE"]] == ["TRUE", "TRUE"]


def test_nobody_is_invited_without_an_address() -> None:
    nowhere = NamedPerson(name="Frida Augustsson", profile="")

    for event in events(boras.agenda(attendees=(nowhere,))):
        assert "ATTENDEE" not in event


def test_lines_end_as_the_standard_asks_and_are_short_enough() -> None:
    drawn = agenda_calendar(boras.agenda())

    lines = drawn.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    assert drawn.endswith(b"END:VCALENDAR\r\n")


def test_invitation_is_the_same_every_time() -> None:
    assert agenda_calendar(boras.agenda()) == agenda_calendar(boras.agenda())


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

    drawn = agenda_calendar(
        boras.agenda(title=text, sessions=(session,), attendees=(someone,), organiser=someone)
    )

    (event,) = Calendar.from_ical(drawn).events
    unfolded = drawn.replace(b"\r\n ", b"").split(b"\r\n")
    assert sum(line.startswith(b"ATTENDEE") for line in unfolded) == 1
    assert not any(line.startswith(b"X-EVIL") for line in unfolded)
    assert event["SUMMARY"] == 'x ATTENDEE:mailto:evil@evil.example END:VEVENT;,\\"^n'


def test_empty_agenda_is_an_empty_calendar() -> None:
    assert events(boras.agenda(sessions=())) == []
