"""One open question: whom it waits for, until when, who is reminded, and what time does next."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from domain.almanac import Almanac
from domain.deadlines import MEANINGS, Asked, Meaning
from domain.facts import PersonId, Reference, State

MISSED_AFTER = timedelta(hours=1)
"""How long after its moment a reminder counts as missed: by then the engine or the post was out."""


class Reminders(State):
    """When one person is reminded, and how often that has been done."""

    moments: list[datetime]
    sent: int = 0

    def next(self) -> datetime | None:
        """The moment of the next reminder, none when all have gone out."""
        return self.moments[self.sent] if self.sent < len(self.moments) else None


class Reminded(NamedTuple):
    """For which time somebody is reminded, and whether that was missed at its moment."""

    ordinal: int
    is_missed: bool


class Wait(State):
    """One open question.

    Deadlines are facts: ``due`` is the end of the last day for an answer. Silence takes effect on
    the first working morning after, at ``falls``, so that nobody gets a letter in the night or on a
    day off because of it; until then an answer is still heard. ``epoch`` is the number of the entry
    that asked.

    Somebody to whom letters do not arrive is ``paused``. They are not reminded, and meanwhile the
    question stands still: silence means nothing, unless the visit leaves no time beyond ``limit``.
    """

    asked: Asked
    awaited: list[PersonId]
    since: datetime
    due: datetime
    falls: datetime
    epoch: int
    reminders: dict[PersonId, Reminders]
    tell_at: datetime | None = None
    limit: date | None = None
    falls_at_latest: datetime | None = None
    paused: dict[PersonId, datetime] = {}
    stands_since: datetime | None = None

    @property
    def meaning(self) -> Meaning:
        """What is asked and what silence means."""
        return MEANINGS[self.asked]

    def next_reminder(self) -> datetime | None:
        """The moment of the next reminder to anybody still silent, none when all have gone out."""
        moments = (reminders.next() for reminders in self._reminded().values())
        return min((m for m in moments if m is not None), default=None)

    def _reminded(self) -> dict[PersonId, Reminders]:
        """The reminders of everybody awaited whose clock runs."""
        running = [p for p in self.awaited if p not in self.paused]
        return {p: self.reminders[p] for p in running if p in self.reminders}

    @property
    def silence_counts_at(self) -> datetime | None:
        """When silence means something; of a question that stands still only the visit says so."""
        return self.falls_at_latest if self.paused else self.falls

    @property
    def others_hear_at(self) -> datetime | None:
        """When others hear that an answer is overdue, unless the question stands still."""
        return None if self.paused else self.tell_at

    def next_moment(self) -> datetime | None:
        """When time itself has something to do here: a reminder, a word to others, the end."""
        moments = (self.next_reminder(), self.others_hear_at, self.silence_counts_at)
        return min((m for m in moments if m is not None), default=None)

    def take_reminders(self, at: datetime) -> dict[PersonId, Reminded]:
        """Who is to be reminded now, for which time. Those missed while we were away are one."""
        taken: dict[PersonId, Reminded] = {}
        for person, reminders in self._reminded().items():
            moment = reminders.next()
            if moment is not None and moment <= at:
                reminders.sent = sum(m <= at for m in reminders.moments)
                taken[person] = Reminded(reminders.sent, is_missed=at - moment > MISSED_AFTER)
        return taken

    def go_on_from(self, before: "Wait", anew: Collection[PersonId]) -> None:
        """Ask the same question on, for longer: only those asked anew are reminded anew."""
        self.since, self.epoch = before.since, before.epoch
        for person in [p for p in before.reminders if p in self.reminders]:
            known = before.reminders[person]
            gone, coming = known.moments[: known.sent], known.moments[known.sent :]
            if person in anew:
                coming = self.reminders[person].moments
            self.reminders[person] = Reminders(moments=[*gone, *coming], sent=known.sent)

    def pause(self, person: PersonId, at: datetime) -> None:
        """Stop the clock of one person, and with it the question's."""
        self.paused[person] = at
        self.stands_since = self.stands_since or at

    def resume(
        self, person: PersonId, at: datetime, almanac: Almanac, reference: Reference
    ) -> None:
        """Let the clock run on, later by as many days as it stood still, begun days in full.

        Deadline and reminders are moved on to working days, as in the plan, and never beyond what
        the visit leaves.
        """
        since, stood_since = self.paused.pop(person), self.stands_since or at
        self.stands_since = at if self.paused else None
        self._put_off(_whole_days(at - stood_since), at, almanac, reference)
        if person in self.awaited and person in self.reminders:
            self.reminders[person] = self._later(
                person, _whole_days(at - since), at, almanac, reference
            )

    def _put_off(
        self, days: timedelta, at: datetime, almanac: Almanac, reference: Reference
    ) -> None:
        before = self.due.date()
        last = _working_day_of_all(before + days, self.awaited, almanac)
        if self.limit is not None:
            last = max(before, min(last, self.limit))
        self.due = end_of(last)
        self.falls = _falls(almanac, self.awaited[0], last, reference, self.falls_at_latest)
        if self.tell_at is not None:
            self.tell_at = self._told_later(last, at, almanac, reference)

    def _told_later(
        self, last: date, at: datetime, almanac: Almanac, reference: Reference
    ) -> datetime | None:
        """As long before the new deadline as planned; tomorrow at work, where that has passed."""
        planned = _told_on(almanac, self.asked, self.awaited[0], last)
        tomorrow = almanac.calendar_of(self.awaited[0]).working_day_from(
            at.date() + timedelta(days=1)
        )
        if planned is None:
            return None
        moment = _morning(almanac, self.awaited[0], planned, reference)
        return moment if moment > at else _morning(almanac, self.awaited[0], tomorrow, reference)

    def _later(
        self, person: PersonId, days: timedelta, at: datetime, almanac: Almanac,
        reference: Reference,
    ) -> Reminders:  # fmt: skip
        calendar, before = almanac.calendar_of(person), self.reminders[person]
        gone, still_to_come = before.moments[: before.sent], before.moments[before.sent :]
        planned = (calendar.working_day_from(calendar.day_of(m) + days) for m in still_to_come)
        mornings = [calendar.morning(day, reference) for day in dict.fromkeys(planned)]
        return Reminders(
            moments=[*gone, *(m for m in mornings if at < m < self.due)], sent=before.sent
        )


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
    limit, falls_at_latest = _limit(asking, almanac, reference, last)
    counted = max(today, asking.limits.counted_from or today)
    return Wait(
        asked=asking.asked, awaited=list(asking.people), since=asking.at, due=end_of(last),
        falls=_falls(almanac, asking.people[0], last, reference, falls_at_latest),
        epoch=asking.epoch,
        reminders={
            p: Reminders(moments=_moments(asking, almanac, reference, p, counted, end_of(last)))
            for p in asking.people
        },
        tell_at=_tell_at(asking, almanac, reference, last),
        limit=limit,
        falls_at_latest=falls_at_latest,
    )  # fmt: skip


def _falls(
    almanac: Almanac, person: PersonId, last: date, reference: Reference, at_latest: datetime | None
) -> datetime:
    """The first working morning after the last day: letters follow from it. The visit may hurry."""
    day = almanac.calendar_of(person).working_day_from(last + timedelta(days=1))
    falls = _morning(almanac, person, day, reference)
    return min(falls, at_latest or falls)


def _limit(
    asking: Asking, almanac: Almanac, reference: Reference, last: date
) -> tuple[date | None, datetime | None]:
    """The last day and the moment that the visit leaves, however long somebody is out of reach."""
    no_later_than, falls_by = asking.limits.no_later_than, asking.limits.falls_by
    if falls_by is not None:
        return max(falls_by.date() - timedelta(days=1), last), falls_by
    if no_later_than is None:
        return None, None
    limit = max(no_later_than, last)
    return limit, _morning(almanac, asking.people[0], limit + timedelta(days=1), reference)


def _last_day(asking: Asking, almanac: Almanac) -> date:
    today, (no_later_than, due, _, falls_by) = asking.at.date(), asking.limits
    planned = today + timedelta(days=almanac.plans[asking.asked].days)
    day = due or _working_day_of_all(planned, asking.people, almanac)
    last = max(min(day, no_later_than or day), today + timedelta(days=1))
    return min(last, falls_by.date() - timedelta(days=1)) if falls_by else last


def _working_day_of_all(day: date, people: Sequence[PersonId], almanac: Almanac) -> date:
    """That day, or the first one after it on which all of them are at work."""
    calendars = [almanac.calendar_of(person) for person in people]
    while not all(c.is_working_day(day) for c in calendars):
        day += timedelta(days=1)
    return day


def _whole_days(time_gone: timedelta) -> timedelta:
    return timedelta(days=-(-time_gone // timedelta(days=1)))


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
    day = _told_on(almanac, asking.asked, asking.people[0], last)
    moment = _morning(almanac, asking.people[0], day, reference) if day else None
    return moment if moment and moment > asking.at else None


def _told_on(almanac: Almanac, asked: Asked, person: PersonId, last: date) -> date | None:
    """The working day on which others hear that an answer is overdue, by the plan."""
    before = almanac.plans[asked].tell_before
    if before is None:
        return None
    calendar = almanac.calendar_of(person)
    return min(calendar.working_day_from(last - timedelta(days=before)), last)


def _morning(almanac: Almanac, person: PersonId, day: date, reference: Reference) -> datetime:
    return almanac.calendar_of(person).morning(day, reference)
