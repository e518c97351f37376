"""The ledger as an auditor sees it, and the very text of a letter."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.deadlines import Asked
from domain.facts import Reference
from starter.letters_page import letters_page, why_no_text
from starter.pages import Names
from starter.rehearsal import Rehearsal
from store.cases import Store
from store.ledger import LedgerLine, LetterState, read_letters
from store.tables import letter
from tests.builders import OPENED, in_matching
from tests.conftest import Begin
from tests.starter.conftest import ANA, Command

pytestmark = pytest.mark.usefixtures("working")


@pytest.fixture
async def asked(begin: Begin) -> Rehearsal:
    """A host has been asked for a place, and has the letter."""
    rehearsal = await begin(with_post=True)
    await rehearsal.asked(Asked.PLACE)
    await rehearsal.post_comes()
    return rehearsal


async def test_the_ledger_of_a_mobility_is_listed(
    command: Command, asked: Rehearsal, store: Store
) -> None:
    said = await command("letters", asked.reference.lower())

    assert (said.code, said.complaint) == (0, "")
    for word in ("host asked for a", "Ana", "(receiving", "handed over", "250"):
        assert word in said.out
    [line] = await read_letters(store.engine, asked.reference)
    assert line.key in "".join(said.out.split())


async def test_the_very_text_of_a_letter_is_shown(
    command: Command, asked: Rehearsal, store: Store
) -> None:
    [line] = await read_letters(store.engine, asked.reference)

    said = await command("letter", line.key)

    assert (said.code, said.complaint) == (0, "")
    for header in ("From: ", "To: ", "Subject: ", "Date: ", f"Message-ID: {line.message_id}"):
        assert f"\n{header}" in f"\n{said.out}"
    assert ANA in said.out
    assert "\nBon dia, Ana Cáceres Gómez:\n" in said.out
    assert f"/m/{asked.reference}/(secret)>" in said.out
    assert f"its hash is {line.rendered_sha256}, as in the ledger" in said.out.replace("\n", " ")


async def test_a_text_that_was_changed_is_a_finding(
    command: Command, asked: Rehearsal, store: Store
) -> None:
    [line] = await read_letters(store.engine, asked.reference)
    forged = await store.keys.seal(asked.reference, b"Subject: No\r\n\r\nNo.\r\n")
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).where(letter.c.key == line.key).values(message=forged))

    said = await command("letter", line.key)

    assert (said.code, said.out) == (1, "")
    assert "is not what was written" in said.complaint


@pytest.mark.parametrize("words", [("letters", "M-2001-0001"), ("letter", "M-2001-0001/4/x/p")])
async def test_what_is_not_there_is_said_to_be_unknown(
    command: Command, words: tuple[str, str]
) -> None:
    said = await command(*words)

    assert (said.code, said.out) == (2, "")
    assert said.complaint.startswith("There is no ")


def test_a_mobility_without_letters_says_so() -> None:
    page = letters_page(Reference("M-2027-0001"), [], Names({}, []))

    assert str(page) == "No letter follows from M-2027-0001 yet."


@pytest.mark.parametrize(
    ("changes", "was_kept", "sentence"),
    [
        ({"state": LetterState.INTENDED}, False, "has not been written yet"),
        ({"state": LetterState.WITHHELD, "remark": "so"}, False, "withheld before it was written"),
        ({"state": LetterState.WITHHELD, "rendered_sha256": "ab"}, True, "was erased"),
        ({"state": LetterState.HANDED_OVER, "rendered_sha256": "ab"}, False, "before texts were"),
        ({"state": LetterState.MERGED, "merged_into": "M-1/2"}, False, "'mobility letter M-1/2'"),
    ],
)
def test_why_there_is_no_text_is_one_sentence(
    changes: dict[str, Any], was_kept: bool, sentence: str
) -> None:
    [order] = [one for one in in_matching().letters() if one.while_asked]
    line = LedgerLine(
        key=order.key, order=order, intended_at=OPENED, attempts=1, message_id=None,
        settled_at=None, **({"rendered_sha256": None, "remark": None} | changes),
    )  # fmt: skip

    said = why_no_text(line, was_kept=was_kept)

    assert sentence in said
    assert line.key in said
    assert said.endswith(".")
