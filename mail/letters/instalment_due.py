"""What the letter about a first instalment states of its own."""

from dataclasses import dataclass
from decimal import Decimal

from domain.facts import PersonId
from domain.grant import Category, Grant, GrantLine, first_instalment
from domain.papers import GrantPaperLine
from mail.context import LetterContext


@dataclass(frozen=True)
class InstalmentDue:
    """What each participant is paid first; nothing where two of them share a name."""

    instalments: tuple[tuple[str, Decimal], ...]


def instalment_due(letter: LetterContext) -> InstalmentDue:
    """Work the instalments out from the award, by the domain's own rule.

    So a reminder says the same as the first letter, and says nothing of those who have withdrawn
    since.
    """
    names = [person.name for person in letter.participants]
    if len(set(names)) < len(names):
        return InstalmentDue(())
    percent, award = letter.request.funding.first_instalment_percent, _award(letter.grant_lines)
    return InstalmentDue(
        tuple((name, first_instalment(award, PersonId(name), percent)) for name in names)
    )


def _award(shown: tuple[GrantPaperLine, ...]) -> Grant:
    """The award by the names of those it is for."""
    lines = tuple(
        GrantLine(
            id=str(n), category=Category(line.category), participant=PersonId(line.participant),
            units=1, amount=line.amount, basis=line.basis, source=line.source, status=line.status,
        )
        for n, line in enumerate(shown)
    )  # fmt: skip
    amounts = {str(n): line.awarded or Decimal(0) for n, line in enumerate(shown)}
    return Grant(lines=lines, amounts=amounts)
