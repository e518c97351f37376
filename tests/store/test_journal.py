"""The journal on a real PostgreSQL: written once, chained, never changed."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from domain.events import Phase
from domain.facts import PersonId
from domain.journal import GENESIS, Break, Record, find_breaks
from store.cases import Store
from store.journal import JournalConflict, JournalGap, Line, read_journal, write_down
from store.ledger import read_letters
from store.tables import journal
from tests.builders import REFERENCE, a_request, in_agreement, in_matching, in_phase
from tests.store.kept import keep_all_of, stroke, take_in


async def written(store: Store, record: Record, activity_id: str = "1") -> str:
    return await write_down(store.engine, record, run_id="run-1", activity_id=activity_id)


async def lines_of(store: Store) -> list[Line]:
    return await read_journal(store.engine, REFERENCE)


async def breaks_in(store: Store) -> list[Break]:
    return find_breaks([(line.n, line.body, line.chain) for line in await lines_of(store)])


async def n_in_view(store: Store) -> int:
    case = await store.case(REFERENCE)
    assert case is not None
    return case.view.n if case.view else 0


async def test_a_stroke_is_read_back_as_it_was_written(store: Store) -> None:
    journey = in_matching()
    await take_in(store, journey)

    head = await written(store, stroke(journey), activity_id="7")

    lines = await lines_of(store)
    assert [line.entry for line in lines] == journey.journal
    assert {(line.run_id, line.activity_id) for line in lines} == {("run-1", "7")}
    assert head == lines[-1].chain != GENESIS


async def test_the_same_stroke_twice_is_written_once(store: Store) -> None:
    record = stroke(in_matching())
    await take_in(store, in_matching())
    head = await written(store, record)
    once = await lines_of(store)

    again = await written(store, record, activity_id="2")

    assert again == head
    assert await lines_of(store) == once
    assert len(await read_letters(store.engine, REFERENCE)) == len(record.letters) == 1


async def test_of_an_overlapping_stroke_only_the_rest_is_added(store: Store) -> None:
    journey = in_agreement()
    await take_in(store, journey)
    await written(store, stroke(journey, until=4))

    head = await written(store, stroke(journey, since=2), activity_id="2")

    lines = await lines_of(store)
    assert [line.entry for line in lines] == journey.journal
    assert [line.activity_id for line in lines] == ["1"] * 4 + ["2"] * (len(lines) - 4)
    assert head == lines[-1].chain
    assert await breaks_in(store) == []


async def test_a_stroke_continues_the_chain_after_the_head_it_has_heard(store: Store) -> None:
    journey = in_agreement()
    await take_in(store, journey)
    head = await written(store, stroke(journey, until=4))
    rest = stroke(journey, since=4).model_copy(update={"follows": head})

    again = [await written(store, rest, activity_id=activity_id) for activity_id in ("2", "3")]

    lines = await lines_of(store)
    assert again == [lines[-1].chain] * 2
    assert {line.activity_id for line in lines} == {"1", "2"}
    assert await breaks_in(store) == []


@pytest.mark.parametrize("since", [0, 4])
async def test_a_head_that_the_journal_does_not_have_is_not_continued(
    store: Store, since: int
) -> None:
    journey = in_agreement()
    await take_in(store, journey)
    if since:
        await written(store, stroke(journey, until=since))

    await written(store, stroke(journey, since=since).model_copy(update={"follows": "f" * 64}))

    assert [line.entry for line in await lines_of(store)] == journey.journal
    assert await breaks_in(store) == []


async def test_a_stroke_that_was_passed_by_others_gets_its_own_head_again(store: Store) -> None:
    journey = in_agreement()
    await take_in(store, journey)
    head = await written(store, stroke(journey, until=3))
    await written(store, stroke(journey, since=3))

    assert await written(store, stroke(journey, until=3)) == head


async def test_two_strokes_make_the_same_chain_as_one(store: Store) -> None:
    journey = in_agreement()
    await take_in(store, journey)
    await written(store, stroke(journey, until=4))

    assert await written(store, stroke(journey, since=4)) == await written(store, stroke(journey))


async def test_the_chain_of_a_whole_journey_has_no_break(store: Store) -> None:
    await keep_all_of(store, in_phase(Phase.CLOSED))

    assert len(await lines_of(store)) > 20
    assert await breaks_in(store) == []


async def test_an_entry_changed_by_the_owner_of_the_table_is_found(store: Store) -> None:
    await keep_all_of(store, in_agreement())

    async with store.engine.begin() as tx:
        await tx.execute(sa.text("alter table journal disable trigger user"))
        await tx.execute(
            sa.update(journal)
            .where(journal.c.n == 3)
            .values(body=sa.func.replace(journal.c.body, '"by":"', '"by":"not-'))
        )
        await tx.execute(sa.text("alter table journal enable trigger user"))

    assert await breaks_in(store) == [Break(n=3, what="the text does not match its hash")]


async def test_an_entry_taken_out_by_the_owner_of_the_table_is_found(store: Store) -> None:
    await keep_all_of(store, in_agreement())

    async with store.engine.begin() as tx:
        await tx.execute(sa.text("alter table journal disable trigger user"))
        await tx.execute(sa.delete(journal).where(journal.c.n == 3))
        await tx.execute(sa.text("alter table journal enable trigger user"))

    assert await breaks_in(store) == [Break(n=4, what="entry 3 is missing")]


async def test_another_content_under_the_same_number_is_a_conflict(store: Store) -> None:
    journey = in_matching()
    await keep_all_of(store, journey)
    before = await lines_of(store)
    record = stroke(journey)
    other = record.entries[1].model_copy(update={"by": PersonId("somebody-else")})
    changed = (record.entries[0], other, *record.entries[2:])

    with pytest.raises(JournalConflict, match=r"M-2026-0001#2 is in the journal"):
        await written(store, record.model_copy(update={"entries": changed}))

    assert await lines_of(store) == before


async def test_another_moment_alone_is_no_conflict(store: Store) -> None:
    journey = in_matching()
    await take_in(store, journey)
    record = stroke(journey)
    head = await written(store, record)
    later = tuple(
        entry.model_copy(update={"at": entry.at + timedelta(days=1)}) for entry in record.entries
    )

    assert await written(store, record.model_copy(update={"entries": later})) == head

    assert [line.entry for line in await lines_of(store)] == journey.journal


async def test_a_conflict_keeps_the_new_entries_of_its_stroke_out(store: Store) -> None:
    journey = in_agreement()
    await take_in(store, journey)
    await written(store, stroke(journey, until=3))
    record = stroke(journey)
    first = record.entries[0].model_copy(update={"by": PersonId("somebody-else")})

    with pytest.raises(JournalConflict):
        await written(store, record.model_copy(update={"entries": (first, *record.entries[1:])}))

    assert [line.n for line in await lines_of(store)] == [1, 2, 3]


async def test_a_stroke_whose_predecessor_is_missing_is_a_gap(store: Store) -> None:
    journey = in_agreement()
    await take_in(store, journey)
    await written(store, stroke(journey, until=2))

    with pytest.raises(JournalGap, match="M-2026-0001#3 is not in the journal yet"):
        await written(store, stroke(journey, since=4))

    assert [line.n for line in await lines_of(store)] == [1, 2]


async def test_a_stroke_that_breaks_off_leaves_nothing(store: Store) -> None:
    journey = in_matching()
    await take_in(store, journey)
    record = stroke(journey)
    # Letters are the last to be written: everything before has to go back as well.
    letters = tuple(x.model_copy(update={"to": "no such sign: \0"}) for x in record.letters)

    with pytest.raises(DBAPIError, match="unsupported Unicode"):
        await written(store, record.model_copy(update={"letters": letters}))

    assert await lines_of(store) == []
    assert await n_in_view(store) == 0
    assert await read_letters(store.engine, REFERENCE) == []


async def test_a_mobility_that_nobody_requested_has_no_journal(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await written(store, stroke(in_matching(a_request())))

    assert await lines_of(store) == []


async def test_two_writers_of_the_same_stroke_end_with_one_set_of_rows(store: Store) -> None:
    journey = in_agreement()
    await take_in(store, journey)
    record = stroke(journey)

    ended = await asyncio.gather(
        *(written(store, record) for _ in range(6)), return_exceptions=True
    )

    heads = {end for end in ended if isinstance(end, str)}
    # Whoever came too late is told so by PostgreSQL, tries again and finds it written.
    assert all(isinstance(end, str | IntegrityError) for end in ended)
    assert heads == {await written(store, record)}
    assert [line.entry for line in await lines_of(store)] == journey.journal
    assert await breaks_in(store) == []
    letters = [letter.key for letter in await read_letters(store.engine, REFERENCE)]
    assert sorted(letters) == sorted(order.key for order in record.letters)


@pytest.mark.parametrize(
    "change",
    [
        "update journal set body = ''",
        "update journal set recorded_at = now() where n = 1",
        "update journal set body = '' where false",
        "delete from journal",
        "truncate journal",
    ],
)
async def test_the_journal_is_never_changed(store: Store, change: str) -> None:
    await keep_all_of(store, in_matching())
    before = await lines_of(store)

    with pytest.raises(DBAPIError, match="the journal is never changed"):
        async with store.engine.begin() as tx:
            await tx.execute(sa.text(change))

    assert await lines_of(store) == before != []


async def test_letters_are_queued_with_their_stroke(store: Store) -> None:
    journey = in_matching()
    await take_in(store, journey)
    record = stroke(journey)

    await written(store, record)

    letters = await read_letters(store.engine, REFERENCE)
    asked_at = {entry.n: entry.at for entry in record.entries}
    assert [letter.order for letter in letters] == list(record.letters)
    assert [letter.intended_at for letter in letters] == [
        asked_at[order.event] for order in record.letters
    ]
    assert {(letter.state, letter.attempts) for letter in letters} == {("intended", 0)}


async def test_a_letter_ordered_twice_for_the_same_reason_is_queued_once(store: Store) -> None:
    await take_in(store, in_matching())
    record = stroke(in_matching())

    await written(store, record.model_copy(update={"letters": record.letters * 2}))

    assert [x.order for x in await read_letters(store.engine, REFERENCE)] == list(record.letters)


async def test_letters_of_entries_written_before_are_not_queued_again(store: Store) -> None:
    journey = in_matching()
    await take_in(store, journey)
    without = stroke(journey).model_copy(update={"letters": ()})
    await written(store, without)

    await written(store, stroke(journey))

    assert await read_letters(store.engine, REFERENCE) == []


async def test_the_view_stands_where_the_last_stroke_left_it(store: Store) -> None:
    journey = in_agreement()
    await keep_all_of(store, journey)

    case = await store.case(REFERENCE)

    assert case is not None
    assert case.view == stroke(journey).view


async def test_the_view_never_goes_backwards(store: Store) -> None:
    early, journey = stroke(in_matching()), in_agreement()
    await take_in(store, journey)
    await written(store, stroke(journey, until=len(journey.journal) - 1))
    assert await n_in_view(store) == len(journey.journal)

    # The last entry comes with an older view, as from a worker that was slow.
    last = stroke(journey, since=len(journey.journal) - 1)
    await written(store, last.model_copy(update={"view": early.view}))

    assert len(await lines_of(store)) == len(journey.journal)
    assert await n_in_view(store) == len(journey.journal) > early.view.n
