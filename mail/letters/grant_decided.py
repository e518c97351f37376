"""What the letter about a decided grant states of its own."""

from dataclasses import dataclass
from decimal import Decimal

from mail.context import LetterContext


@dataclass(frozen=True)
class GrantDecided:
    """What the amounts shown to this reader come to."""

    shown_award: Decimal


def grant_decided(letter: LetterContext) -> GrantDecided:
    """Add up what this reader is shown."""
    awarded = (line.awarded or Decimal(0) for line in letter.shown_lines)
    return GrantDecided(shown_award=sum(awarded, Decimal(0)))
