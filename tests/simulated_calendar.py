"""A calendar as people have one, that knows nothing but what is sent to it."""

from collections.abc import Iterable
from email.message import EmailMessage
from typing import Any, NamedTuple

from icalendar import Calendar


class Kept(NamedTuple):
    """What a calendar keeps under one identifier; of a cancelled event only that it was."""

    sequence: int
    event: Any | None


class SimulatedCalendar:
    """Keeps events by their identifiers, and heeds no older word about one (RFC 5546)."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}

    def take_in(self, content: str | bytes, method: str) -> None:
        """Do what a calendar object says; its method stands in it and on its envelope."""
        calendar = Calendar.from_ical(content)
        assert calendar["METHOD"] == method
        assert len(calendar.timezones) == 1, "wall times without their zone show wrong hours"
        for event in calendar.events:
            assert (event["STATUS"] == "CANCELLED") is (method == "CANCEL")
            uid, sequence = str(event["UID"]), int(str(event["SEQUENCE"]))
            if uid not in self.kept or sequence >= self.kept[uid].sequence:
                self.kept[uid] = Kept(sequence, None if method == "CANCEL" else event)

    def read(self, letters: Iterable[EmailMessage]) -> "SimulatedCalendar":
        """Take in what letters carry for calendars, and nothing else of them."""
        for letter in letters:
            for part in letter.walk():
                if part.get_content_type() == "text/calendar":
                    self.take_in(part.get_content(), part["Content-Type"].params["method"])
        return self

    @property
    def shown(self) -> dict[str, Any]:
        """The events on view, by their identifiers."""
        return {uid: kept.event for uid, kept in self.kept.items() if kept.event is not None}

    @property
    def times(self) -> list[tuple[Any, Any, str]]:
        """When each event is, on the host's wall clock, and what it is called; in order."""
        events = self.shown.values()
        return sorted(
            (e.start.replace(tzinfo=None), e.end.replace(tzinfo=None), str(e["SUMMARY"]))
            for e in events
        )
