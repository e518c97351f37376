"""What the letter to a host whose dates were not accepted states of its own."""

from dataclasses import dataclass

from domain.events import OtherDatesDeclined as Declined
from domain.events import OtherDatesLapsed as Lapsed
from mail.context import LetterContext


@dataclass(frozen=True)
class OtherDatesDeclined:
    """Which dates, and whether somebody has said so or nobody has said anything."""

    dates: str
    was_silence: bool


def other_dates_declined(letter: LetterContext) -> OtherDatesDeclined:
    """Say which.

    Raises:
        TypeError: when no dates were declined and none have lapsed.
    """
    event = letter.event
    if not isinstance(event, Declined | Lapsed):
        raise TypeError(f"{letter.entry.kind} declines no dates.")
    dates = letter.speech.dates(event.first_day, event.last_day)
    return OtherDatesDeclined(dates, was_silence=isinstance(event, Lapsed))
