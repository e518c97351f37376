"""A report is believed when it names our letter and the address this letter went to."""

import hashlib
from functools import partial

import pytest

from activities.letter_book import LedgerBook
from activities.returned_post import NotedLetter
from domain.letters import Purpose
from store.cases import Store
from store.ledger import (
    LedgerLine,
    LetterState,
    Rendering,
    Settlement,
    about_to_hand_over,
    claim,
    read_letters,
    settle,
)
from store.letters_kept import seal_letter
from tests.builders import HOST, REFERENCE, in_matching
from tests.store.kept import keep_all_of

TEXT = b"To: =?utf-8?q?Ana_C=C3=A1ceres?= <Ana@b.example>\r\nSubject: A place?\r\n\r\nDear Ana,\r\n"


@pytest.fixture
async def sent(store: Store) -> LedgerLine:
    """A letter to Ana that was handed over."""
    await keep_all_of(store, in_matching())
    sealed = await seal_letter(store.keys, (REFERENCE,), TEXT)
    [line] = await claim(store.engine)
    rendering = Rendering(
        line=line, message_id="<1@x>", sha256=hashlib.sha256(TEXT).hexdigest(), message=sealed,
        sealed_for=(REFERENCE,),
    )  # fmt: skip
    await about_to_hand_over(store.engine, [rendering])
    await settle(store.engine, [Settlement(line, LetterState.HANDED_OVER, "250 OK")])
    [sent] = await read_letters(store.engine, REFERENCE)
    return sent


async def bounced(
    book: LedgerBook, message_id: str, recipient: str, remark: str
) -> NotedLetter | None:
    return await book.bounced(message_id, recipient, remark, is_about_address=True)


async def _state(store: Store) -> LetterState:
    [line] = await read_letters(store.engine, REFERENCE)
    return line.state


@pytest.mark.parametrize(
    ("report", "state"),
    [("bounced", LetterState.BOUNCED), ("complained", LetterState.COMPLAINED)],
)
async def test_a_report_about_a_letter_to_its_reader_is_noted_once_and_again(
    store: Store, sent: LedgerLine, report: str, state: LetterState
) -> None:
    book = LedgerBook(store)
    note = partial(bounced, book) if report == "bounced" else book.complained

    noted = [await note("<1@x>", "ana@b.example", "failed 5.1.1: no such user") for _ in "12"]

    assert noted[0] == noted[1]
    assert noted[0] == NotedLetter(reference=REFERENCE, person=HOST, key=sent.key)
    assert sent.order.purpose is Purpose.HOST_ASKED_FOR_A_PLACE
    assert await _state(store) is state


@pytest.mark.parametrize(
    ("message_id", "recipient"),
    [("<2@x>", "ana@b.example"), ("<1@x>", "frida@a.example"), ("", ""), ("<1@x>", "")],
)
async def test_a_forged_or_foreign_report_changes_nothing(
    store: Store, sent: LedgerLine, message_id: str, recipient: str
) -> None:
    noted = await LedgerBook(store).bounced(
        message_id, recipient, "failed 5.1.1", is_about_address=True
    )

    assert noted is None
    assert await _state(store) is sent.state is LetterState.HANDED_OVER


@pytest.mark.usefixtures("sent")
async def test_of_an_erased_mobility_no_report_is_believed(store: Store) -> None:
    await store.erase(REFERENCE)

    book = LedgerBook(store)

    assert await book.complained("<1@x>", "ana@b.example", "abuse") is None
    assert await bounced(book, "<1@x>", "ana@b.example", "failed 5.1.1") is None
