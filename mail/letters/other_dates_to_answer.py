"""What the letter about the dates of a host states of its own."""

from dataclasses import dataclass

from mail.context import LetterContext


@dataclass(frozen=True)
class OtherDatesToAnswer:
    """The dates that the host has put forward."""

    new_dates: str


def other_dates_to_answer(letter: LetterContext) -> OtherDatesToAnswer:
    """Say the dates that wait for an answer; a reminder's own entry does not have them.

    Raises:
        LookupError: when none wait.
    """
    dates = letter.view.other_dates
    if dates is None:
        raise LookupError("No other dates wait for an answer.")
    return OtherDatesToAnswer(letter.speech.dates(*dates))
