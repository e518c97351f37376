"""The keeper of the journal, as Temporal calls it."""

import dataclasses

import pytest
from sqlalchemy.exc import DBAPIError
from temporalio.testing import ActivityEnvironment

from activities.journal import JournalKeeper
from domain.facts import PersonId
from domain.journal import GENESIS
from store.cases import Store
from store.journal import JournalConflict, JournalGap, read_journal
from tests.builders import REFERENCE, in_agreement
from tests.store.kept import stroke, take_in


def attempt(number: int = 1) -> ActivityEnvironment:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info, activity_id="5", workflow_run_id="run-7", attempt=number
    )
    return environment


async def test_a_stroke_is_written_under_the_activity_that_brought_it(store: Store) -> None:
    journey = in_agreement()
    await take_in(store, journey)

    head = await attempt().run(JournalKeeper(store).record, stroke(journey))

    lines = await read_journal(store.engine, REFERENCE)
    assert [line.entry for line in lines] == journey.journal
    assert head == lines[-1].chain != GENESIS
    assert {(line.run_id, line.activity_id) for line in lines} == {("run-7", "5")}


async def test_a_second_attempt_changes_nothing_and_answers_the_same(store: Store) -> None:
    record = stroke(in_agreement())
    await take_in(store, in_agreement())
    head = await attempt().run(JournalKeeper(store).record, record)
    once = await read_journal(store.engine, REFERENCE)

    assert await attempt(2).run(JournalKeeper(store).record, record) == head

    assert await read_journal(store.engine, REFERENCE) == once


async def test_two_histories_that_disagree_are_tried_again_until_somebody_looks(
    store: Store,
) -> None:
    record = stroke(in_agreement())
    await take_in(store, in_agreement())
    await attempt().run(JournalKeeper(store).record, record)
    other = record.entries[0].model_copy(update={"by": PersonId("somebody-else")})
    changed = record.model_copy(update={"entries": (other, *record.entries[1:])})

    # Nothing that says "never again" to Temporal.
    with pytest.raises(JournalConflict, match=f"{REFERENCE}#1 is in the journal"):
        await attempt().run(JournalKeeper(store).record, changed)


async def test_a_stroke_that_comes_too_early_is_tried_again(store: Store) -> None:
    await take_in(store, in_agreement())

    with pytest.raises(JournalGap):
        await attempt().run(JournalKeeper(store).record, stroke(in_agreement(), since=2))


async def test_trouble_with_the_database_is_left_to_temporal(store: Store) -> None:
    with pytest.raises(DBAPIError):
        await attempt().run(JournalKeeper(store).record, stroke(in_agreement()))
