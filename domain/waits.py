"""One open question: whom it waits for, until when, who is reminded, and what time does next."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from domain.almanac import Almanac
from domain.deadlines import MEANINGS, Asked, Meaning
from domain.facts import PersonId, Reference, State


class Reminders(State):
    """When one person is reminded, and how often that has been done."""

    moments: list[datetime]
    sent: int = 0

    def next(self) -> datetime | None:
        """The moment of the next reminder, none when all have gone out."""
        return self.moments[self.sent] if self.sent < len(self.moments) else None


class Wait(State):
    """One open question.

    Deadlines are facts: ``due`` is the end of the last day for an answer. Silence takes effect in
    the morning after, at ``falls``, so that nobody gets a letter in the night because of it; until
    then an answer is still heard. ``epoch`` is the number of the entry that asked.
    """

    asked: Asked
    awaited: list[PersonId]
    since: datetime
    due: datetime
    falls: datetime
    epoch: int
    reminders: dict[PersonId, Reminders]
    tell_at: datetime | None = None

    @property
    def meaning(self) -> Meaning:
        """What is asked and what silence means."""
        return MEANINGS[self.asked]

    def next_reminder(self) -> datetime | None:
        """The moment of the next reminder to anybody still silent, none when all have gone out."""
        moments = (self.reminders[p].next() for p in self.awaited if p in self.reminders)
        return min((m for m in moments if m is not None), default=None)

    def next_moment(self) -> datetime:
        """When time itself has something to do here: a reminder, a word to others, the end."""
        moments = (self.next_reminder(), self.tell_at, self.falls)
        return min(m for m in moments if m is not None)

    def take_reminders(self, at: datetime) -> dict[PersonId, int]:
        """Who is to be reminded now, for which time. Those missed while we were away are one."""
        taken: dict[PersonId, int] = {}
        for person in self.awaited:
            reminders = self.reminders.get(person)
            moment = reminders.next() if reminders else None
            if reminders and moment is not None and moment <= at:
                reminders.sent = taken[person] = sum(m <= at for m in reminders.moments)
        return taken


class Limits(NamedTuple):
    """What the visit leaves of a plan.

    ``due`` fixes the last day, ``no_later_than`` brings it forward. ``counted_from`` is the day
    from which reminders count where that is not the day of the asking. ``falls_by`` is a moment
    that goes ahead without an answer, however late it was asked for.
    """

    no_later_than: date | None = None
    due: date | None = None
    counted_from: date | None = None
    falls_by: datetime | None = None


NO_LIMITS = Limits()


class Asking(NamedTuple):
    """A question as it is about to be asked."""

    asked: Asked
    people: tuple[PersonId, ...]
    at: datetime
    epoch: int
    limits: Limits = NO_LIMITS


def end_of(day: date) -> datetime:
    """The moment a deadline day is over."""
    return datetime.combine(day, time(23, 59), UTC)


def plan_wait(asking: Asking, almanac: Almanac, reference: Reference) -> Wait:
    """Plan reminders and deadline of a question asked now.

    The deadline is the plan's, moved on to a day on which everybody asked is at work, unless the
    limits fix it or bring it forward; it is never sooner than the end of tomorrow, so that nobody
    lapses before reading a letter, unless something goes ahead before that.
    """
    today = asking.at.date()
    last = _last_day(asking, almanac)
    counted = max(today, asking.limits.counted_from or today)
    falls = _morning(almanac, asking.people[0], last + timedelta(days=1), reference)
    return Wait(
        asked=asking.asked, awaited=list(asking.people), since=asking.at, due=end_of(last),
        falls=min(falls, asking.limits.falls_by or falls),
        epoch=asking.epoch,
        reminders={
            p: Reminders(moments=_moments(asking, almanac, reference, p, counted, end_of(last)))
            for p in asking.people
        },
        tell_at=_tell_at(asking, almanac, reference, last),
    )  # fmt: skip


def _last_day(asking: Asking, almanac: Almanac) -> date:
    today, (no_later_than, due, _, falls_by) = asking.at.date(), asking.limits
    day = due or today + timedelta(days=almanac.plans[asking.asked].days)
    calendars = [almanac.calendar_of(person) for person in asking.people]
    while due is None and not all(c.is_working_day(day) for c in calendars):
        day += timedelta(days=1)
    last = max(min(day, no_later_than or day), today + timedelta(days=1))
    return min(last, falls_by.date() - timedelta(days=1)) if falls_by else last


def _moments(  # noqa: PLR0913, PLR0917 - one person's reminders are all of these
    asking: Asking, almanac: Almanac, reference: Reference, person: PersonId, counted: date,
    end: datetime,
) -> list[datetime]:  # fmt: skip
    calendar, plan = almanac.calendar_of(person), almanac.plans[asking.asked]
    planned = (counted + timedelta(days=n) for n in plan.reminders)
    days = dict.fromkeys(calendar.working_day_from(day) for day in planned)
    mornings = (calendar.morning(day, reference) for day in days)
    return [moment for moment in mornings if asking.at < moment < end]


def _tell_at(asking: Asking, almanac: Almanac, reference: Reference, last: date) -> datetime | None:
    plan = almanac.plans[asking.asked]
    if plan.tell_before is None:
        return None
    day = last - timedelta(days=plan.tell_before)
    moment = _morning(almanac, asking.people[0], day, reference)
    return moment if moment > asking.at else None


def _morning(almanac: Almanac, person: PersonId, day: date, reference: Reference) -> datetime:
    return almanac.calendar_of(person).morning(day, reference)
