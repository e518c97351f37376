"""``mobility letters`` and ``mobility letter``: what became of every letter, and its very text."""

from typing import Annotated

import typer

from domain.errors import Refusal
from domain.facts import Reference
from starter import pages
from starter.acts import Ref
from starter.any_case import case_of_any
from starter.desk import FrontDesk
from starter.directory import NotKnown
from starter.letters_page import letter_page, letters_page, why_no_text
from starter.running import at_desk, complaints, console
from store.ledger import LedgerLine, read_letters
from store.letters_kept import TextChanged, read_letter

FINDING = 1
INSPECT = "Audit and erase"
app = typer.Typer()


class NothingToShow(Refusal):
    """There is no text of this letter to be shown."""


@app.command("letters", rich_help_panel=INSPECT)
def list_letters(reference: Ref) -> None:
    """List every letter of a mobility: to whom, what for, and what became of it."""

    async def business(desk: FrontDesk) -> tuple[Reference, list[LedgerLine], pages.Names]:
        case = await case_of_any(desk, reference)
        lines = await read_letters(desk.store.engine, case.reference)
        return case.reference, lines, case.names

    console.print(letters_page(*at_desk(business)))


@app.command("letter", rich_help_panel=INSPECT)
def show_letter(
    key: Annotated[str, typer.Argument(metavar="KEY", help="as 'mobility letters REF' lists it")],
) -> None:
    """Show the very text of one letter, held against its hash in the ledger."""
    try:
        line, message = at_desk(lambda desk: _with_text(desk, key))
    except TextChanged as finding:
        pages.say(complaints, str(finding))
        raise typer.Exit(FINDING) from None
    console.print(letter_page(line, message), soft_wrap=True)


async def _with_text(desk: FrontDesk, key: str) -> tuple[LedgerLine, bytes]:
    kept = await read_letter(desk.store.engine, desk.store.keys, key)
    if kept is None:
        raise NotKnown(f"There is no letter {key}: 'mobility letters REF' lists those there are.")
    if kept.message is None:
        raise NothingToShow(why_no_text(kept.line, was_kept=kept.was_kept))
    return kept.line, kept.message
