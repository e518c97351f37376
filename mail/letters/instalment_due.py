"""What the letter about a first instalment states of its own."""

from dataclasses import dataclass
from decimal import Decimal

from domain.grant import Category, Grant, GrantLine, first_instalment
from domain.papers import GrantPaperLine
from mail.context import LetterContext


@dataclass(frozen=True)
class InstalmentDue:
    """What each participant is paid first, by name."""

    instalments: tuple[tuple[str, Decimal], ...]


def instalment_due(letter: LetterContext) -> InstalmentDue:
    """Work the instalments out from the award, by the domain's own rule.

    So a reminder says the same as the first letter, and says nothing of those who have withdrawn
    since.
    """
    percent, award = letter.request.funding.first_instalment_percent, _award(letter.grant_lines)
    return InstalmentDue(
        tuple((p.name, first_instalment(award, p.id, percent)) for p in letter.participants)
    )


def _award(shown: tuple[GrantPaperLine, ...]) -> Grant:
    """The award as the domain reckons with it."""
    lines = tuple(
        GrantLine(
            id=str(n), category=Category(line.category), participant=line.participant,
            units=1, amount=line.amount, basis=line.basis, source=line.source, status=line.status,
        )
        for n, line in enumerate(shown)
    )  # fmt: skip
    amounts = {str(n): line.awarded or Decimal(0) for n, line in enumerate(shown)}
    return Grant(lines=lines, amounts=amounts)
