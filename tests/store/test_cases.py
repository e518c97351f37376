"""Mobilities in the store: references, sealed names, texts and papers, and erasing them."""

import asyncio

import pytest
import sqlalchemy as sa

from domain.facts import Reference, Writing
from domain.people import Person
from store.cases import Store
from store.journal import read_journal
from store.ledger import (
    LedgerLine,
    LetterState,
    Settlement,
    about_to_hand_over,
    claim,
    read_letters,
    settle,
)
from store.sealing import KeyDestroyed
from store.tables import document, metadata, mobility, participant, writing
from store.whole import read_whole
from tests.builders import (
    BORAS,
    EMELIE,
    FRIDA,
    PEOPLE,
    REFERENCE,
    a_request,
    in_agreement,
    in_matching,
    in_preparation,
)
from tests.store.kept import TOLD, as_rendered, keep_all_of, take_in, write

TEXT = "Emelie has broken a leg."
OTHER = Reference("M-2026-0002")
PEOPLE_OF_IT = [PEOPLE[FRIDA], PEOPLE[EMELIE]]


async def two_mobilities(store: Store) -> None:
    await store.reserve_reference("one", 2026)
    await store.reserve_reference("another", 2026)


async def raw(store: Store, table: sa.Table) -> str:
    """Everything in a table as it lies there."""
    async with store.engine.connect() as connection:
        rows = await connection.execute(sa.select(table))
        return "\n".join(str(tuple(row)) for row in rows)


# References.


async def test_the_first_request_of_a_year_is_number_one(store: Store) -> None:
    assert await store.reserve_reference("a", 2026) == ("M-2026-0001", False)
    assert await store.reserve_reference("b", 2026) == ("M-2026-0002", False)
    assert await store.reserve_reference("c", 2027) == ("M-2027-0001", False)


async def test_the_same_request_keeps_its_reference_and_says_so(store: Store) -> None:
    first, _ = await store.reserve_reference("a", 2026)

    assert await store.reserve_reference("a", 2026) == (first, True)
    assert await store.reserve_reference("a", 2027) == (first, True)
    assert [case.reference for case in await store.cases()] == [first]


async def test_the_number_after_9999_is_10000(store: Store) -> None:
    async with store.engine.begin() as tx:
        row = {"reference": "M-2026-9999", "request_key": "late"}
        await tx.execute(sa.insert(metadata.tables["mobility"]).values(row))

    assert await store.reserve_reference("a", 2026) == ("M-2026-10000", False)
    assert await store.reserve_reference("b", 2026) == ("M-2026-10001", False)


async def test_requests_at_the_same_time_get_a_number_each(store: Store) -> None:
    found = await asyncio.gather(*(store.reserve_reference(str(n), 2026) for n in range(12)))

    assert sorted(found) == [(f"M-2026-{n:04d}", False) for n in range(1, 13)]


async def test_the_same_request_at_the_same_time_gets_one_number(store: Store) -> None:
    found = await asyncio.gather(*(store.reserve_reference("a", 2026) for _ in range(8)))

    assert sorted(found) == [("M-2026-0001", False)] + [("M-2026-0001", True)] * 7


async def test_the_same_request_on_both_sides_of_midnight_gets_one_number(store: Store) -> None:
    years = (2026, 2027) * 4

    found = await asyncio.gather(*(store.reserve_reference("a", year) for year in years))

    assert len({reference for reference, _ in found}) == 1
    assert [known for _, known in found].count(False) == 1


# Requests.


async def test_a_request_is_kept_beside_its_reference(store: Store) -> None:
    await two_mobilities(store)
    await store.keep_request(a_request())

    case, other = await store.case(REFERENCE), await store.case(OTHER)

    assert case is not None
    assert (case.request, case.view) == (a_request(), None)
    assert other is not None
    assert other.request is None


async def test_once_moved_it_is_read_with_the_dates_that_hold(store: Store) -> None:
    journey = in_matching()
    await keep_all_of(store, journey)
    journey.move(days=35, length=4)
    await write(store, journey)

    for case in (await store.case(REFERENCE), *await store.cases()):
        assert case is not None
        assert case.request == journey.mobility.request
        assert len(case.request.days) == 4
    assert (await read_whole(store, REFERENCE)).request == journey.mobility.request


async def test_there_is_no_case_of_an_unknown_reference(store: Store) -> None:
    await two_mobilities(store)

    assert await store.case(Reference("M-2026-0009")) is None


async def test_cases_come_newest_first(store: Store) -> None:
    for n, year in enumerate((2026, 2027, 2026)):
        await store.reserve_reference(str(n), year)

    references = [case.reference for case in await store.cases()]

    assert references == ["M-2027-0001", "M-2026-0002", "M-2026-0001"]


# Names and texts.


async def test_names_are_sealed_and_found_again(store: Store) -> None:
    await two_mobilities(store)

    await store.keep_participants(REFERENCE, PEOPLE_OF_IT)

    assert await store.participants(REFERENCE) == {p.id: p for p in PEOPLE_OF_IT}
    assert await store.participants(OTHER) == {}
    lying = await raw(store, participant)
    for person in PEOPLE_OF_IT:
        assert person.id in lying
        assert person.name not in lying
        assert person.email not in lying


async def test_one_person_may_travel_in_several_mobilities_under_the_same_id(
    store: Store,
) -> None:
    await two_mobilities(store)
    renamed = PEOPLE[FRIDA].model_copy(update={"name": "Frida, married since"})

    await store.keep_participants(REFERENCE, PEOPLE_OF_IT)
    await store.keep_participants(OTHER, [renamed])

    assert (await store.participants(REFERENCE))[FRIDA] == PEOPLE[FRIDA]
    assert await store.participants(OTHER) == {FRIDA: renamed}


async def test_a_name_is_kept_once(store: Store) -> None:
    await two_mobilities(store)
    await store.keep_participants(REFERENCE, PEOPLE_OF_IT)

    renamed = Person(id=FRIDA, name="Somebody else", email="x@a.example", organisation=BORAS)
    await store.keep_participants(REFERENCE, [renamed])

    assert (await store.participants(REFERENCE))[FRIDA] == PEOPLE[FRIDA]


async def test_a_text_is_sealed_and_found_again(store: Store) -> None:
    await two_mobilities(store)

    [written] = await store.keep_texts(REFERENCE, [TEXT])

    assert written == await store.stands_for(REFERENCE, TEXT)
    assert await store.texts(REFERENCE) == {written.id: TEXT}
    assert await store.texts(OTHER) == {}
    lying = await raw(store, writing)
    assert written.id in lying
    assert TEXT not in lying
    assert TEXT.encode().hex() not in lying


async def test_the_same_text_is_kept_once_for_each_mobility(store: Store) -> None:
    await two_mobilities(store)
    [first] = await store.keep_texts(REFERENCE, [TEXT, TEXT])

    assert await store.keep_texts(REFERENCE, [TEXT]) == []
    [elsewhere] = await store.keep_texts(OTHER, [TEXT])
    assert elsewhere.digest != first.digest
    assert await store.texts(REFERENCE) == {first.id: TEXT}


async def test_texts_of_a_refused_message_are_forgotten_and_no_others(store: Store) -> None:
    await two_mobilities(store)
    [kept] = await store.keep_texts(REFERENCE, [TEXT])
    [refused] = await store.keep_texts(REFERENCE, ["I decline, because ..."])
    [elsewhere] = await store.keep_texts(OTHER, [TEXT])

    await store.forget_texts(REFERENCE, [refused, elsewhere])

    assert await store.texts(REFERENCE) == {kept.id: TEXT}
    assert await store.texts(OTHER) == {elsewhere.id: TEXT}


async def test_a_text_that_the_journal_speaks_of_is_not_forgotten(store: Store) -> None:
    journey = in_preparation()
    await keep_all_of(store, journey)
    journey.put_agenda()
    await write(store, journey)
    await store.reserve_reference("another", 2026)
    before = await store.texts(REFERENCE)
    spoken_of, unspoken = "session-title", "note"
    [elsewhere] = await store.keep_texts(OTHER, [TEXT])

    said = [Writing(id=name, digest="0" * 64) for name in (spoken_of, unspoken)]
    await store.forget_texts(REFERENCE, said)
    await store.forget_texts(OTHER, [elsewhere])

    assert set(before) - set(await store.texts(REFERENCE)) == {unspoken}
    assert await store.texts(OTHER) == {}


@pytest.mark.parametrize("texts", [[], [Writing(id="M-2026-0001/nothing", digest="0")]])
async def test_forgetting_nothing_forgets_nothing(store: Store, texts: list[Writing]) -> None:
    await two_mobilities(store)
    [kept] = await store.keep_texts(REFERENCE, [TEXT])

    await store.forget_texts(REFERENCE, texts)

    assert await store.texts(REFERENCE) == {kept.id: TEXT}


# Papers.


async def test_a_paper_drawn_up_again_replaces_the_old_one(store: Store) -> None:
    await two_mobilities(store)
    first = await store.keep_document(REFERENCE, "agreement.pdf", b"version 1 for Emelie")
    await store.keep_document(REFERENCE, "card.pdf", b"the card")
    await store.keep_document(OTHER, "agreement.pdf", b"another")

    second = await store.keep_document(REFERENCE, "agreement.pdf", b"version 2 for Emelie")

    assert first != second
    assert await store.documents(REFERENCE) == {
        "agreement.pdf": b"version 2 for Emelie", "card.pdf": b"the card",
    }  # fmt: skip
    lying = await raw(store, document)
    assert second in lying
    assert first not in lying
    assert "Emelie" not in lying


# Erasing.


async def an_erasable_mobility(store: Store) -> None:
    await keep_all_of(store, in_agreement())
    await store.keep_document(REFERENCE, "agreement.pdf", b"for Emelie")


async def test_erasing_removes_names_texts_and_papers(store: Store) -> None:
    await an_erasable_mobility(store)
    assert len(await store.texts(REFERENCE)) == len(TOLD)

    await store.erase(REFERENCE)

    assert await store.is_erased(REFERENCE)
    assert await store.participants(REFERENCE) == {}
    assert await store.texts(REFERENCE) == {}
    assert await store.documents(REFERENCE) == {}
    assert await raw(store, participant) == await raw(store, writing) == ""


async def test_erasing_keeps_the_hash_of_a_paper(store: Store) -> None:
    await an_erasable_mobility(store)
    sha256 = await store.keep_document(REFERENCE, "card.md", b"the card")

    await store.erase(REFERENCE)

    assert sha256 in await raw(store, document)


async def test_erasing_leaves_the_journal_and_the_view_as_they_are(store: Store) -> None:
    await an_erasable_mobility(store)
    lines, case = await read_journal(store.engine, REFERENCE), await store.case(REFERENCE)
    assert case is not None
    assert not case.is_erased

    await store.erase(REFERENCE)

    left = await store.case(REFERENCE)
    assert await read_journal(store.engine, REFERENCE) == lines != []
    assert left is not None
    assert left.is_erased
    assert left.view == case.view


async def test_erasing_leaves_of_a_request_only_what_is_shown(store: Store) -> None:
    await an_erasable_mobility(store)
    before = await store.case(REFERENCE)
    assert before is not None
    assert before.request is not None
    assert before.request.themes

    await store.erase(REFERENCE)

    after = await store.case(REFERENCE)
    assert after is not None
    assert after.request == before.request.model_copy(update={"themes": (), "languages": ()})


async def test_erasing_removes_the_hashes_of_letters(store: Store) -> None:
    await an_erasable_mobility(store)
    await left_with(store, LetterState.HANDED_OVER, "250 OK")
    [line] = await claim(store.engine)
    await about_to_hand_over(store.engine, [as_rendered(line)])

    await store.erase(REFERENCE)

    letters = await read_letters(store.engine, REFERENCE)
    assert [letter.rendered_sha256 for letter in letters] == [None] * len(letters)


async def left_with(store: Store, state: LetterState, answer: str) -> LedgerLine:
    """One letter is handed over, and the mail server gives that answer."""
    [line] = await claim(store.engine)
    await about_to_hand_over(store.engine, [as_rendered(line)])
    assert await settle(store.engine, [Settlement(line, state, answer)])
    return line


async def test_erasing_withholds_letters_that_have_not_left(store: Store) -> None:
    await an_erasable_mobility(store)
    first = await left_with(store, LetterState.HANDED_OVER, "250 OK")

    await store.erase(REFERENCE)

    letters = await read_letters(store.engine, REFERENCE)
    withheld = [letter for letter in letters if letter.key != first.key]
    assert [x.state for x in letters if x.key == first.key] == [LetterState.HANDED_OVER]
    assert len(withheld) > 1
    assert all(letter.settled_at for letter in withheld)
    assert {(letter.state, letter.remark) for letter in withheld} == {
        ("withheld", "the mobility was erased")
    }
    assert await claim(store.engine) == []


async def test_erasing_does_not_say_withheld_of_a_letter_that_may_have_left(store: Store) -> None:
    await an_erasable_mobility(store)
    [leaving] = await claim(store.engine)
    await about_to_hand_over(store.engine, [as_rendered(leaving)])

    await store.erase(REFERENCE)

    [line] = [x for x in await read_letters(store.engine, REFERENCE) if x.key == leaving.key]
    assert (line.state, line.remark) == (LetterState.UNKNOWN, "the mobility was erased")
    refusal = Settlement(leaving, LetterState.REFUSED, "550 no such Emelie")
    assert await settle(store.engine, [refusal]) == [False]


async def test_erasing_removes_what_the_mail_server_answered(store: Store) -> None:
    await an_erasable_mobility(store)
    first = await left_with(store, LetterState.REFUSED, "550 Emelie is unknown here")

    await store.erase(REFERENCE)

    letters = await read_letters(store.engine, REFERENCE)
    assert [x.remark for x in letters if x.key == first.key] == [None]
    assert {x.remark for x in letters if x.key != first.key} == {"the mobility was erased"}


async def test_erasing_removes_the_hash_of_the_request(store: Store) -> None:
    await an_erasable_mobility(store)
    assert await store.reserve_reference("the request", 2026) == (REFERENCE, True)

    await store.erase(REFERENCE)

    assert "the request" not in await raw(store, mobility)
    assert await store.reserve_reference("the request", 2026) == (OTHER, False)


async def test_nothing_can_be_kept_of_an_erased_mobility(store: Store) -> None:
    await an_erasable_mobility(store)
    await store.erase(REFERENCE)

    with pytest.raises(KeyDestroyed):
        await store.keep_texts(REFERENCE, [TEXT])
    with pytest.raises(KeyDestroyed):
        await store.keep_document(REFERENCE, "card.md", b"the card")


async def test_erasing_one_mobility_leaves_the_others(store: Store) -> None:
    await take_in(store, in_agreement())
    await store.reserve_reference("another", 2026)
    [kept] = await store.keep_texts(OTHER, [TEXT])
    await store.keep_document(OTHER, "agreement.pdf", b"another")

    await store.erase(REFERENCE)

    assert not await store.is_erased(OTHER)
    assert await store.texts(OTHER) == {kept.id: TEXT}
    assert await store.documents(OTHER) == {"agreement.pdf": b"another"}


async def test_erasing_twice_changes_nothing(store: Store) -> None:
    await an_erasable_mobility(store)
    await store.erase(REFERENCE)
    once = [await raw(store, table) for table in metadata.sorted_tables]

    await store.erase(REFERENCE)

    assert [await raw(store, table) for table in metadata.sorted_tables] == once
