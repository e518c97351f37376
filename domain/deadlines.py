"""When somebody is reminded, and by when silence means something.

Deadlines are facts kept in the case; timers are derived from them. Rhythms follow what comparable
services settled on: signatures first after five days and then every other day, five at the most,
thirty days in all; contact requests after three and seven days; evaluations after three, ten and
twenty.
"""

import zlib
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from domain.facts import Fact, PersonId, Reference, State


class Asked(StrEnum):
    """What somebody can be waited for."""

    PLACE = "place"  #: a host is asked to take the participants
    SIGNATURES = "signatures"
    GRANT_DECISION = "grant-decision"
    INSTALMENT = "instalment"
    AGENDA = "agenda"
    AGENDA_ACCEPTANCE = "agenda-acceptance"
    ATTENDANCE = "attendance"
    EVALUATION = "evaluation"
    FOLLOW_UP = "follow-up"
    CARD_FACTS = "card-facts"


class Plan(Fact):
    """Days after the asking on which those still silent are reminded, and what silence means."""

    reminders: tuple[int, ...]
    days: int
    act: str
    silence: str


PLANS = {
    Asked.PLACE: Plan(
        reminders=(3, 7), days=10,
        act="accept or decline the request for a place",
        silence="the next host is asked",
    ),
    Asked.SIGNATURES: Plan(
        reminders=(5, 7, 9, 11, 13), days=30,
        act="sign the agreement",
        silence="the mobility lapses",
    ),
    Asked.GRANT_DECISION: Plan(
        reminders=(14, 21, 28), days=60,
        act="decide on the grant",
        silence="the mobility lapses",
    ),
    Asked.INSTALMENT: Plan(
        reminders=(7, 14, 21, 27), days=30,
        act="pay the first instalment and confirm it",
        silence="the programme office is told, and the visit goes ahead",
    ),
    Asked.AGENDA: Plan(
        reminders=(14, 28, 42, 56), days=70,
        act="put forward the agenda",
        silence="the mobility lapses",
    ),
    Asked.AGENDA_ACCEPTANCE: Plan(
        reminders=(3, 7, 10), days=14,
        act="accept the agenda or return it",
        silence="the mobility lapses",
    ),
    Asked.ATTENDANCE: Plan(
        reminders=(1, 3, 5, 8), days=14,
        act="confirm arrival, attendance of each day and departure",
        silence="only the days confirmed by then count, and without any the mobility lapses",
    ),
    Asked.EVALUATION: Plan(
        reminders=(3, 10, 20), days=30,
        act="answer the evaluation",
        silence="the card is published without that answer and says so",
    ),
    Asked.FOLLOW_UP: Plan(
        reminders=(3, 10, 20), days=30,
        act="tell what the visit showed and what will be adapted at home",
        silence="the card is published without it and says so",
    ),
    Asked.CARD_FACTS: Plan(
        reminders=(3, 10, 20), days=30,
        act="correct one of the two facts that contradict each other",
        silence="the mobility is closed without a published card",
    ),
}  # fmt: skip


class Wait(State):
    """One open question: to whom, since when, until when, and when they are reminded."""

    key: str
    asked: Asked
    awaited: list[PersonId]
    since: datetime
    due: datetime
    reminders: list[datetime]
    reminded: int = 0

    @property
    def plan(self) -> Plan:
        """What is asked and what silence means."""
        return PLANS[self.asked]

    def next_reminder(self) -> datetime | None:
        """The moment of the next reminder, none when all have gone out."""
        return self.reminders[self.reminded] if self.reminded < len(self.reminders) else None

    def next_moment(self) -> datetime:
        """When time itself has something to do here: the next reminder, else the deadline."""
        return self.next_reminder() or self.due


def end_of(day: date) -> datetime:
    """The moment a deadline day is over."""
    return datetime.combine(day, time(23, 59), UTC)


def morning_of(day: date, reference: Reference) -> datetime:
    """The moment of that morning at which this mobility's reminders leave.

    Mobilities are spread over the hour from 08:00 UTC by their reference, so that thousands of
    reminders due on one morning do not all fall on one second.
    """
    second = zlib.crc32(reference.encode()) % 3600
    return datetime.combine(day, time(8), UTC) + timedelta(seconds=second)


def plan_wait(  # noqa: PLR0913 - a wait is all of these
    asked: Asked,
    awaited: list[PersonId],
    *,
    reference: Reference,
    at: datetime,
    key: str = "",
    no_later_than: date | None = None,
    due: date | None = None,
) -> Wait:
    """Plan reminders and deadline of a question asked now.

    The deadline is the plan's, unless ``due`` fixes it or ``no_later_than`` brings it forward; it
    is never sooner than the end of tomorrow, so that nobody lapses before reading a letter.
    """
    plan = PLANS[asked]
    day = due or at.date() + timedelta(days=plan.days)
    if no_later_than is not None:
        day = min(day, no_later_than)
    day = max(day, at.date() + timedelta(days=1))
    moments = [morning_of(at.date() + timedelta(days=n), reference) for n in plan.reminders]
    return Wait(
        key=key or asked.value, asked=asked, awaited=awaited, since=at, due=end_of(day),
        reminders=[m for m in moments if at < m < end_of(day)],
    )  # fmt: skip
