"""What the letter about the end of a mobility states of its own."""

from dataclasses import dataclass

from domain.events import MobilityEnded as Ended
from mail.context import LetterContext
from mail.words import ENDINGS, MERGED


@dataclass(frozen=True)
class MobilityEnded:
    """How it ended, in a sentence without its full stop, and what goes on in its place."""

    ending: str
    goes_on_as: str


def mobility_ended(letter: LetterContext) -> MobilityEnded:
    """Say how it ended.

    Raises:
        TypeError: when it has not.
    """
    if not isinstance(letter.event, Ended):
        raise TypeError(f"{letter.entry.kind} ends no mobility.")
    goes_on_as = letter.view.merged_into or ""
    ending = MERGED if goes_on_as else ENDINGS[letter.event.outcome]
    return MobilityEnded(letter.speech.gettext(ending), goes_on_as)
