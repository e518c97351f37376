"""What the letter about a visit that begins states of its own."""

from dataclasses import dataclass
from datetime import date

from mail.context import LetterContext


@dataclass(frozen=True)
class VisitBegins:
    """Days of the visit whose attendance the host has still to confirm."""

    unconfirmed_days: tuple[date, ...]


def visit_begins(letter: LetterContext) -> VisitBegins:
    """Leave out what the host has confirmed already."""
    confirmed = letter.view.days_confirmed
    return VisitBegins(tuple(day for day in letter.request.days if day not in confirmed))
