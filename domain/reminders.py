"""How many reminders one person gets, over all mobilities. What is above leaves in one letter.

Nobody is helped by six letters in one morning. So reminders have a cap for each day and each week;
whatever is due above it is gathered for an hour and leaves in one letter, one a day at the most.
First letters and news are never held. After an outage, what asks one person the same thing of the
same mobility is the newest letter only, and all that this person has missed leaves in one.

Days are counted by the letters' own moments, so that the rule holds on any clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.deadlines import Asked
from domain.facts import Fact, Reference

GATHERED_FOR = timedelta(hours=1)
"""How long the first letter above the cap waits for others of the same morning."""
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


class Caps(Fact):
    """How many reminders one person gets at the most."""

    per_day: int = 3
    per_week: int = 10


class Nudge(Fact):
    """One letter that asks somebody something and has not left for good.

    ``at`` is its own moment. It is held until another where the cap was reached, and counted once
    it may leave, though the mail server may still keep it waiting. It ``is_missed`` when an outage
    has kept it from its moment.
    """

    key: str
    reference: Reference
    asked: Asked
    ordinal: int
    at: datetime
    held_until: datetime | None = None
    is_counted: bool = False
    is_missed: bool = False

    @property
    def question(self) -> tuple[Reference, Asked]:
        """What it asks."""
        return self.reference, self.asked

    @property
    def moment(self) -> datetime:
        """When it may leave."""
        return self.held_until or self.at


class Gone(Fact):
    """A reminder that has left, or the letter in which several did."""

    at: datetime
    above_cap: bool = False


class Way(StrEnum):
    """What becomes of a nudge."""

    LEAVES = "leaves"
    MERGES = "merges"  #: a newer one asks the same
    WAITS = "waits"
    GATHERS = "gathers"  #: it leaves for all that are due


@dataclass(frozen=True)
class Decision:
    """What becomes of one nudge, as of when, for how long it waits, and which others it concerns.

    A merged one names the letter it merges into, one that gathers those that leave in it.
    """

    way: Way
    at: datetime
    others: tuple[str, ...] = ()
    above_cap: bool = False
    wait: timedelta = timedelta()


def newest_of_each(nudges: Sequence[Nudge]) -> list[Nudge]:
    """The newest nudge of each question, oldest question first."""
    newest = {n.question: n for n in sorted(nudges, key=lambda n: (n.at, n.ordinal, n.key))}
    return sorted(newest.values(), key=lambda n: (n.at, n.key))


def decide(nudge: Nudge, waiting: Sequence[Nudge], gone: Sequence[Gone], caps: Caps) -> Decision:
    """Decide about a nudge whose moment has come.

    ``waiting`` are all nudges to this person that have not left, this one included; ``gone`` are
    the reminders that have left to this person, and those that may.
    """
    newest = newest_of_each(waiting)
    [same] = [n for n in newest if n.question == nudge.question]
    if same.key != nudge.key:
        return Decision(Way.MERGES, nudge.moment, (same.key,))
    if not nudge.ordinal or nudge.is_counted:
        return Decision(Way.LEAVES, nudge.moment)
    due = [n for n in newest if n.ordinal and not n.is_counted]
    at = max([nudge.moment, *(n.at for n in due)])
    if len(due) <= room(gone, at, caps) and not any(n.is_missed for n in due):
        return Decision(Way.LEAVES, at)
    return _gathered(nudge, tuple(n.key for n in due if n.key != nudge.key), gone, at)


def _gathered(
    nudge: Nudge, others: tuple[str, ...], gone: Sequence[Gone], at: datetime
) -> Decision:
    """Gather for an hour; then all of it is one letter, unless there was one today."""
    if nudge.held_until is None:
        return Decision(Way.WAITS, at + GATHERED_FOR, wait=GATHERED_FOR)
    if any(g.above_cap and g.at.date() == at.date() for g in gone):
        return Decision(Way.WAITS, at + DAY, wait=DAY)
    return Decision(Way.GATHERS if others else Way.LEAVES, at, others, above_cap=True)


def room(gone: Sequence[Gone], at: datetime, caps: Caps) -> int:
    """How many more reminders may leave at that moment."""
    within = [g.at for g in gone if not g.above_cap]
    today = sum(moment.date() == at.date() for moment in within)
    this_week = sum(at - WEEK < moment <= at for moment in within)
    return max(0, min(caps.per_day - today, caps.per_week - this_week))
