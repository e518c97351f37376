"""What the story must know of days, hours and rhythms, looked up once and kept as facts.

Time zones and public holidays come from libraries whose tables change, and plans from files that
offices change. A mobility keeps what was true when it was requested, so that neither an upgrade
nor an edit moves the deadlines of a mobility on its way.
"""

import zlib
from datetime import UTC, date, datetime, time, timedelta

from domain.deadlines import Asked, Plan
from domain.facts import Fact, PersonId, Reference

MORNING = time(8)
"""When the quiet hours end: reminders leave in the hour from here, and are there by nine."""
SPREAD_SECONDS = 3600
SATURDAY = 5


class Offset(Fact):
    """From a moment on, how many minutes the clocks of a zone are ahead of UTC."""

    since: datetime
    minutes: int


class Calendar(Fact):
    """One region's clock and its days off: ``ES-CT`` in Europe/Madrid, for some years."""

    region: str
    zone: str
    offsets: tuple[Offset, ...] = ()
    holidays: tuple[date, ...] = ()

    def day_of(self, moment: datetime) -> date:
        """The day it is there at that moment."""
        return (moment + self._ahead(moment)).date()

    def moment(self, day: date, hour: time) -> datetime:
        """The moment at which the clocks there show this hour of the day.

        An hour that the clocks skip is taken as if they had not; one they show twice, as the first.
        """
        there = datetime.combine(day, hour, UTC)
        tries = sorted({there - self._ahead(there - timedelta(hours=n)) for n in (-14, 14)})
        fitting = [m for m in tries if m + self._ahead(m) == there]
        return fitting[0] if fitting else tries[-1]

    def is_working_day(self, day: date) -> bool:
        """Whether people work there on that day: neither a weekend nor a public holiday."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def working_day_from(self, day: date) -> date:
        """That day, or the first working day after it."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def morning(self, day: date, reference: Reference) -> datetime:
        """The moment of that morning at which this mobility's letters leave.

        Mobilities are spread over the hour before nine by their reference, so that thousands of
        reminders due on one morning do not all fall on one second.
        """
        second = zlib.crc32(reference.encode()) % SPREAD_SECONDS
        return self.moment(day, MORNING) + timedelta(seconds=second)

    def next_morning(self, after: datetime, reference: Reference) -> datetime:
        """The first of these mornings on a working day that comes after a moment."""
        today = self.day_of(after)
        first = self.morning(self.working_day_from(today), reference)
        tomorrow = today + timedelta(days=1)
        return first if first > after else self.morning(self.working_day_from(tomorrow), reference)

    def _ahead(self, moment: datetime) -> timedelta:
        known = [offset.minutes for offset in self.offsets if offset.since <= moment]
        return timedelta(minutes=known[-1] if known else 0)


class Almanac(Fact):
    """Plans, the calendar of everybody who may be asked, and who may stand in for whom."""

    plans: dict[Asked, Plan] = {}
    calendars: dict[str, Calendar] = {}
    regions: dict[PersonId, str] = {}
    colleagues: dict[PersonId, PersonId] = {}

    def for_addresses(self) -> "Almanac":
        """What is left of it when a visit was moved, until it is looked up for the new dates."""
        plans = {asked: plan for asked, plan in self.plans.items() if asked is Asked.ADDRESS}
        return self.model_copy(update={"plans": plans})

    def calendar_of(self, person: PersonId) -> Calendar:
        """Where that person reads letters; UTC without holidays, where nothing is known."""
        region = self.regions.get(person, "")
        return self.calendars.get(region) or Calendar(region="", zone="UTC")
