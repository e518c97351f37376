"""What the letter about a match states of its own."""

from dataclasses import dataclass

from domain.events import PlaceAccepted
from mail.context import LetterContext


@dataclass(frozen=True)
class MatchMade:
    """For which dates the host had been asked, where those that hold are its own; else empty."""

    asked_for: str


def match_made(letter: LetterContext) -> MatchMade:
    """Say for which dates.

    Raises:
        TypeError: when no host has accepted.
    """
    event = letter.event
    if not isinstance(event, PlaceAccepted):
        raise TypeError(f"{letter.entry.kind} makes no match.")
    return MatchMade(letter.speech.dates(*event.instead_of) if event.instead_of else "")
