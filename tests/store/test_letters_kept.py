"""Letters as they were written, and news of those that were handed over."""

import hashlib
from itertools import product

import pytest
import sqlalchemy as sa

from domain.facts import Reference
from store.cases import Store
from store.ledger import (
    MAY_BECOME,
    LedgerLine,
    LetterState,
    Rendering,
    Settlement,
    about_to_hand_over,
    claim,
    settle,
)
from store.letters_kept import (
    TextChanged,
    note_bounced,
    note_complained,
    read_letter,
    seal_letter,
    without_addresses,
)
from store.tables import letter
from tests.builders import REFERENCE, in_matching
from tests.store.kept import as_rendered, keep_all_of

TEXT = b"Subject: Please sign\r\n\r\nDear Ana,\r\n"
OTHER = Reference("M-2026-0002")
MAY_HAVE_LEFT = {LetterState.RENDERED, LetterState.HANDED_OVER, LetterState.UNKNOWN}
LEAVE_AFTER_ALL = {
    LetterState.MERGED, LetterState.WITHHELD, LetterState.BOUNCED, LetterState.REFUSED,
}  # fmt: skip
ENDS = set(LetterState) - MAY_HAVE_LEFT - LEAVE_AFTER_ALL - {LetterState.INTENDED}


@pytest.fixture
async def line(store: Store) -> LedgerLine:
    """One letter, taken up."""
    await keep_all_of(store, in_matching())
    [line] = await claim(store.engine)
    return line


async def written(store: Store, line: LedgerLine, *speaks_of: Reference) -> None:
    """The letter is about to leave, and says ``TEXT``."""
    references = speaks_of or (REFERENCE,)
    sealed = await seal_letter(store.keys, references, TEXT)
    sha256 = hashlib.sha256(TEXT).hexdigest()
    rendering = Rendering(line, "<1@x>", sha256, sealed, references)
    assert await about_to_hand_over(store.engine, [rendering]) == [True]


async def is_now(store: Store, key: str, **values: object) -> None:
    """Somebody changes the ledger by hand."""
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).where(letter.c.key == key).values(values))


async def test_the_very_text_is_kept_from_the_moment_it_is_written(
    store: Store, line: LedgerLine
) -> None:
    unwritten = await read_letter(store.engine, store.keys, line.key)
    await written(store, line)

    kept = await read_letter(store.engine, store.keys, line.key)

    assert unwritten is not None
    assert (unwritten.message, unwritten.was_kept) == (None, False)
    assert kept is not None
    assert (kept.message, kept.line.state) == (TEXT, LetterState.RENDERED)
    assert await read_letter(store.engine, store.keys, "M-1/2/3") is None


async def test_it_lies_there_sealed(store: Store, line: LedgerLine) -> None:
    await written(store, line)

    async with store.engine.connect() as connection:
        raw = await connection.scalar(sa.select(letter.c.message))
    assert raw is not None
    assert b"Ana" not in raw


async def test_a_text_that_was_changed_is_found_out(store: Store, line: LedgerLine) -> None:
    await written(store, line)
    other = await seal_letter(store.keys, (REFERENCE,), TEXT.replace(b"sign", b"resign"))
    for message in (other, b"\0" * 40):
        await is_now(store, line.key, message=message)

        with pytest.raises(TextChanged):
            await read_letter(store.engine, store.keys, line.key)


async def test_erasing_removes_the_text_and_its_hash(store: Store, line: LedgerLine) -> None:
    await written(store, line)
    await store.erase(REFERENCE)

    kept = await read_letter(store.engine, store.keys, line.key)

    assert kept is not None
    assert (kept.message, kept.was_kept) == (None, True)
    assert kept.line.rendered_sha256 is None
    async with store.engine.connect() as connection:
        assert await connection.scalar(sa.select(letter.c.message)) is None


@pytest.mark.parametrize("in_one_step", [True, False])
async def test_a_letter_about_several_mobilities_goes_with_any_of_them(
    store: Store, line: LedgerLine, in_one_step: bool
) -> None:
    await written(store, line, REFERENCE, OTHER)
    before = await read_letter(store.engine, store.keys, line.key)
    assert before is not None
    assert before.message == TEXT

    # The key alone is enough, should the text have been written again in between.
    await (store.erase(OTHER) if in_one_step else store.keys.destroy(OTHER))

    after = await read_letter(store.engine, store.keys, line.key)
    assert after is not None
    assert after.message is None


def test_every_state_has_its_row() -> None:
    assert set(MAY_BECOME) == set(LetterState)
    assert {state for state, later in MAY_BECOME.items() if not later} == ENDS


def test_what_did_not_arrive_never_becomes_sent_in_one_step() -> None:
    # They leave by themselves after all, as from the beginning, and never are sent in one step.
    for state in LEAVE_AFTER_ALL:
        assert MAY_BECOME[state] == {LetterState.INTENDED}


@pytest.mark.parametrize(("state", "later"), list(product(LetterState, LetterState)))
async def test_the_ledger_goes_by_the_table(
    store: Store, line: LedgerLine, state: LetterState, later: LetterState
) -> None:
    await about_to_hand_over(store.engine, [as_rendered(line, "<1@x>")])
    await is_now(store, line.key, state=state, settled_at=None)

    [moved] = await settle(store.engine, [Settlement(line, later, "so it was")])

    assert moved == (later in MAY_BECOME[state])


@pytest.mark.parametrize("state", LetterState)
@pytest.mark.parametrize("note", [note_bounced, note_complained])
async def test_news_is_of_letters_that_may_have_left(
    store: Store, line: LedgerLine, state: LetterState, note: object
) -> None:
    await about_to_hand_over(store.engine, [as_rendered(line, "<1@x>")])
    await is_now(store, line.key, state=state, settled_at=None, remark="before")
    tell = note_bounced if note is note_bounced else note_complained
    news = LetterState.BOUNCED if note is note_bounced else LetterState.COMPLAINED

    heard = await tell(store.engine, " <1@x>\n", "550 no such user ana@b.example here")
    again = await tell(store.engine, "<1@x>", "another word")

    assert heard is not None
    assert again == heard
    if state in MAY_HAVE_LEFT:
        assert (heard.state, heard.remark) == (news, "550 no such user an address here")
        assert heard.settled_at is not None
    else:
        assert (heard.state, heard.remark) == (state, "before")


async def test_foreign_news_changes_nothing(store: Store, line: LedgerLine) -> None:
    await about_to_hand_over(store.engine, [as_rendered(line, "<1@x>")])

    assert await note_bounced(store.engine, "<2@x>", "550 no") is None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <Ana@soc.example>: unknown", "550 5.1.1 <an address>: unknown"),
        ("smtp; ana.caceres+x@b.example\r\n rejected", "smtp; an address rejected"),
        ("rfc822;ana@b.example", "rfc822;an address"),
        ("no address here", "no address here"),
    ],
)
def test_diagnostics_are_kept_without_addresses(said: str, kept: str) -> None:
    assert without_addresses(said) == kept
    assert len(without_addresses("x" * 10_000)) == 500
