"""What the letter about the end of a mobility states of its own."""

from dataclasses import dataclass

from domain.events import MobilityEnded as Ended
from mail.context import LetterContext
from mail.words import ENDINGS


@dataclass(frozen=True)
class MobilityEnded:
    """How the mobility ended, in a sentence without its full stop."""

    ending: str


def mobility_ended(letter: LetterContext) -> MobilityEnded:
    """Say how it ended.

    Raises:
        TypeError: when it has not.
    """
    if not isinstance(letter.event, Ended):
        raise TypeError(f"{letter.entry.kind} ends no mobility.")
    return MobilityEnded(letter.speech.gettext(ENDINGS[letter.event.outcome]))
