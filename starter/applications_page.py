"""Applications to join in the terminal: all of them in a list, and one on one page."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from domain.case_view import OpenQuestion
from starter.joining import OpenApplication
from starter.pages import GONE, Names, said
from store.applications import Applying, KeptApplication
from store.ledger import LedgerLine, LetterState

NOT_ARRIVED = (LetterState.BOUNCED, LetterState.REFUSED)


def applications_page(kept: Sequence[KeptApplication], names: Names) -> RenderableType:
    """Every application, one line each."""
    if not kept:
        return Text("Nobody has applied yet: 'mobility apply FILE' does.")
    table = Table("reference", "standing", "organisation", "waits for", "until", box=None)
    table.columns[0].no_wrap = table.columns[-1].no_wrap = True
    for one in kept:
        organisation = one.told.organisation.name if one.told else "-"
        if one.view is None:
            table.add_row(one.reference, "not taken up yet", organisation)
            continue
        question = one.view.question
        standing = f"{one.view.standing}, erased" if one.is_erased else one.view.standing
        table.add_row(
            one.reference, standing, organisation,
            names.people(question.people) if question else "-",
            f"{question.due:%Y-%m-%d}" if question else "-",
        )  # fmt: skip
    return table


def application_page(
    found: OpenApplication, texts: tuple[str, str], names: Names, letters: Sequence[LedgerLine]
) -> RenderableType:
    """One application on one page: who applies, why it waits, until when, what happens then."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("standing", found.view.standing)
    if found.told is None:
        table.add_row("erased", GONE)
    else:
        for label, value in _told(found.told):
            table.add_row(label, value)
    for label, text in zip(("why they apply", "why not"), texts, strict=True):
        if text:
            table.add_row(label, text)
    table.add_row("decides", names.person(found.view.office))
    for label, value in _waits(found, names):
        table.add_row(label, value)
    lost = [x for x in letters if x.state in NOT_ARRIVED]
    for line in lost:
        words = f"{line.order.purpose.replace('-', ' ')}, to {names.person(line.order.to)}"
        table.add_row("did not arrive", Text(f"{words}: {line.state}", style="yellow"))
    return Panel(table, title=found.reference, expand=False)


def _told(told: Applying) -> Iterator[tuple[str, str]]:
    home, who = told.organisation, told.coordinator
    yield "organisation", f"{home.name}, {home.city}, {home.region} ({home.country})"
    numbers = [f"OID {home.oid}"] if home.oid else []
    numbers += [f"PIC {home.pic}"] if home.pic else []
    if numbers:
        yield "numbers", ", ".join(numbers)
    yield "coordinator", f"{who.name} <{who.email}>"


def _waits(found: OpenApplication, names: Names) -> Iterator[tuple[str, str]]:
    question = found.view.question
    if question is None:
        yield "waits for", "nobody: nothing is open"
        return
    yield "waits for", f"{names.people(question.people)} to {question.act}"
    yield "until", said(question.due)
    yield "reminder", _reminder(question)
    yield "then", question.silence


def _reminder(question: OpenQuestion) -> str:
    return f"next on {said(question.next_reminder)}" if question.next_reminder else "no more"
