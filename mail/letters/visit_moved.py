"""What the letter about new dates states of its own."""

from dataclasses import dataclass

from domain.events import Phase
from domain.events import VisitMoved as Moved
from mail.context import LetterContext


@dataclass(frozen=True)
class VisitMoved:
    """From which days to which, and how far the mobility had come: what happens next hangs on it.

    ``is_no_longer_asked`` is said to a host that had not answered yet.
    """

    old_dates: str
    new_dates: str
    has_no_host: bool
    is_no_longer_asked: bool
    was_prepared: bool
    is_to_office_only: bool


def visit_moved(letter: LetterContext) -> VisitMoved:
    """Say it as of the move: by the time the letter leaves, another host may be asked already.

    Raises:
        TypeError: when nothing was moved.
    """
    event, phase = letter.event, letter.entry.phase
    if not isinstance(event, Moved):
        raise TypeError(f"{letter.entry.kind} moves no visit.")
    is_sending_side = letter.is_to_sending or letter.is_to_participant
    return VisitMoved(
        old_dates=letter.speech.dates(event.from_first, event.from_last),
        new_dates=letter.speech.dates(event.first_day, event.last_day),
        has_no_host=phase is Phase.MATCHING,
        is_no_longer_asked=phase is Phase.MATCHING and not is_sending_side,
        was_prepared=phase is Phase.PREPARATION,
        is_to_office_only=letter.is_to_office and not is_sending_side,
    )
