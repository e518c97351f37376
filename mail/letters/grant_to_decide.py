"""What the letter about a grant to decide states of its own."""

from dataclasses import dataclass

from mail.context import LetterContext


@dataclass(frozen=True)
class GrantToDecide:
    """The options to type, with ``AMOUNT`` where the office gives one: no rate is on file."""

    has_unknown_amounts: bool
    awarding: tuple[str, ...]
    awarding_in_part: tuple[str, ...]


def grant_to_decide(letter: LetterContext) -> GrantToDecide:
    """Spell out how to award what was computed, and how to award less."""
    names = (letter.line_name(line) for line in letter.grant_lines if line.amount is None)
    to_give = tuple(f"--amount {name}=AMOUNT" for name in names)
    lowered = ("--amount LINE=EURO", '--reason "..."')
    return GrantToDecide(
        has_unknown_amounts=bool(to_give),
        awarding=("--decision awarded", *to_give),
        awarding_in_part=('--decision "awarded in part"', *to_give, *lowered),
    )
