"""What the letter to a host that is asked states of its own."""

from dataclasses import dataclass

from domain.matching import DeclineReason
from mail.context import LetterContext


@dataclass(frozen=True)
class HostAskedForAPlace:
    """What a host may give as its reason: as it is typed, and as the reader says it."""

    decline_reasons: tuple[tuple[str, str], ...]


def host_asked_for_a_place(letter: LetterContext) -> HostAskedForAPlace:
    """Say every reason in the reader's language."""
    reasons = (reason.value for reason in DeclineReason)
    return HostAskedForAPlace(tuple((reason, letter.speech.gettext(reason)) for reason in reasons))
