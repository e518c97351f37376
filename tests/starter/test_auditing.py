"""Whoever changes the journal behind our backs is found out, with the entry named."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.deadlines import Asked
from domain.facts import Reference
from domain.journal import link
from domain.messages import Cause
from starter import auditing
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.cases import Store
from store.journal import Line, read_journal
from store.tables import journal
from tests.conftest import Begin
from tests.starter.conftest import BORAS, Command
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")
GUARD = "journal_is_append_only"


@pytest.fixture(autouse=True)
def _looks_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever verifies looks twice; here nothing is on the move, so at once."""
    monkeypatch.setattr(auditing, "LOOK_AGAIN_SECONDS", 0.05)


@asynccontextmanager
async def unguarded(store: Store) -> AsyncIterator[AsyncConnection]:
    """The journal as its owner can have it: without the trigger."""
    async with store.engine.begin() as owner:
        await owner.execute(sa.text(f"alter table journal disable trigger {GUARD}"))
        yield owner
        await owner.execute(sa.text(f"alter table journal enable trigger {GUARD}"))


async def _rewritten(store: Store, line: Line, reference: Reference, **values: object) -> None:
    async with unguarded(store) as owner:
        await owner.execute(
            sa.update(journal)
            .where(journal.c.reference == reference, journal.c.n == line.n)
            .values(**values)
        )


async def _forged(store: Store, reference: Reference, last: Line, **values: object) -> None:
    """An entry after the last one, with a chain that is right in itself."""
    body = json.dumps(json.loads(last.body) | {"n": last.n + 1})
    row = {
        "reference": reference, "n": last.n + 1, "kind": last.entry.kind, "at": last.entry.at,
        "body": body, "chain": link(last.chain, body), "run_id": last.run_id, "activity_id": "99",
    }  # fmt: skip
    async with unguarded(store) as owner:
        await owner.execute(sa.insert(journal).values(row | values))


async def _asked(begin: Begin) -> Rehearsal:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    return rehearsal


async def _closed(begin: Begin) -> Rehearsal:
    rehearsal = await _asked(begin)
    await (await rehearsal.acts(BORAS)).cancel(Cause.OTHER)
    await rehearsal.closed()
    await rehearsal.post_comes()
    await rehearsal.handle.result()
    return rehearsal


async def test_an_owner_without_ill_will_is_stopped_by_the_trigger(
    begin: Begin, store: Store
) -> None:
    rehearsal = await _asked(begin)

    with pytest.raises(sa.exc.DBAPIError, match="the journal is never changed"):
        async with store.engine.begin() as owner:
            await owner.execute(
                sa.delete(journal).where(journal.c.reference == rehearsal.reference)
            )


async def test_a_changed_entry_is_named(command: Command, begin: Begin, store: Store) -> None:
    rehearsal = await _asked(begin)
    second = (await read_journal(store.engine, rehearsal.reference))[1]
    changed = second.body.replace('"score":', '"score":9')
    assert changed != second.body

    await _rewritten(store, second, rehearsal.reference, body=changed)
    said = await command("verify", rehearsal.reference)

    assert said.code == 1
    assert "Entry 2: the text does not match its hash." in said.out
    assert said.out.endswith("NOT SOUND.\n")


async def test_a_journal_rewritten_with_all_its_hashes_is_named(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await _asked(begin)
    lines = await read_journal(store.engine, rehearsal.reference)
    head = lines[0].chain

    for line in lines[1:]:
        body = line.body.replace('"score":', '"score":9')
        head = link(head, body)
        await _rewritten(store, line, rehearsal.reference, body=body, chain=head)
    said = await command("verify", rehearsal.reference)

    assert said.code == 1
    assert f"Entry {lines[-1].n}: the journal says {head[:12]}, Temporal's history" in said.out


async def test_entries_deleted_at_the_end_are_missed(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await _closed(begin)
    lines = await read_journal(store.engine, rehearsal.reference)

    async with unguarded(store) as owner:
        await owner.execute(
            sa.delete(journal).where(
                journal.c.reference == rehearsal.reference, journal.c.n == lines[-1].n
            )
        )
    said = await command("verify", rehearsal.reference)

    assert said.code == 1
    assert f"the head {lines[-1].chain[:12]}, which the journal does not." in said.out


async def test_an_entry_deleted_in_the_middle_is_named(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await _asked(begin)

    async with unguarded(store) as owner:
        await owner.execute(
            sa.delete(journal).where(journal.c.reference == rehearsal.reference, journal.c.n == 2)
        )
    said = await command("verify", rehearsal.reference)

    assert said.code == 1
    assert "Entry 3: entry 2 is missing." in said.out


async def test_a_forged_entry_with_a_right_chain_is_named(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await _asked(begin)
    last = (await read_journal(store.engine, rehearsal.reference))[-1]

    await _forged(store, rehearsal.reference, last)
    said = await command("verify", rehearsal.reference)
    told = await command("timeline", rehearsal.reference)

    assert said.code == 1
    assert f"Entry {last.n + 1} is in the journal and not in Temporal's history." in said.out
    assert told.out.count("journal, not in Temporal's") == 1


async def test_a_forged_entry_in_the_name_of_a_true_stroke_is_named(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await _asked(begin)
    last = (await read_journal(store.engine, rehearsal.reference))[-1]

    await _forged(store, rehearsal.reference, last, activity_id=last.activity_id)
    said = await command("verify", rehearsal.reference)

    assert said.code == 1
    assert f"Entry {last.n + 1}: the journal says " in said.out


async def test_a_forged_entry_is_named_even_when_the_key_is_destroyed(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await _closed(begin)
    assert (await command("erase", rehearsal.reference, "--yes")).code == 0
    last = (await read_journal(store.engine, rehearsal.reference))[-1]

    await _forged(store, rehearsal.reference, last)
    said = await command("verify", rehearsal.reference)

    assert said.code == 1
    assert (
        f"Entry {last.n + 1} comes after the last head that Temporal's history holds." in said.out
    )


async def test_a_mobility_stopped_from_outside_is_stuck_and_a_finding(
    command: Command, begin: Begin, desk: FrontDesk
) -> None:
    rehearsal = await _asked(begin)
    reference = rehearsal.reference
    await desk.handle(reference).terminate()

    told = await command("cancel", reference, "--as", BORAS, "--cause", "other")
    said = await command("verify", reference)

    assert (told.code, said.code) == (1, 1)
    assert told.complaint == (
        f"{reference} is stuck: an operator has to look at it (see the runbook).\n"
    )
    assert "The workflow is terminated in Temporal and the journal has no end." in said.out


async def test_a_stroke_being_written_is_not_a_finding(begin: Begin, desk: FrontDesk) -> None:
    rehearsal = await _asked(begin)
    runs = await auditing.read_runs(desk.client, rehearsal.reference)
    lines = await read_journal(desk.store.engine, rehearsal.reference)
    [events] = [run.events for run in runs]
    scheduled = next(
        n for n, event in enumerate(events)
        if event.activity_task_scheduled_event_attributes.activity_type.name == "record"
    )  # fmt: skip
    half = runs[0].model_copy(update={"events": events[: scheduled + 1]})

    under_way = auditing._under_way((half,))

    assert under_way == {(lines[0].run_id, lines[0].activity_id)}
    assert auditing._under_way(runs) == set()


async def test_every_line_of_the_timeline_stands_in_the_history(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.visiting(rehearsal, case)

    moments = await auditing.timeline(desk.client, desk.store, rehearsal.reference)

    runs = await auditing.read_runs(desk.client, rehearsal.reference)
    events = {
        f"{n}#{event.event_id}": event for n, run in enumerate(runs, 1) for event in run.events
    }
    entries = [moment for moment in moments if moment.entry]
    lines = await read_journal(desk.store.engine, rehearsal.reference)
    assert [moment.n for moment in entries] == [line.n for line in lines]
    for moment in entries:
        scheduled = events[moment.temporal].activity_task_scheduled_event_attributes
        assert scheduled.activity_type.name == "record"
        assert scheduled.activity_id == lines[(moment.n or 0) - 1].activity_id
    letters = [(m.letter.order.event, m.temporal) for m in moments if m.letter]
    assert letters
    assert set(letters) <= {(moment.n, moment.temporal) for moment in entries}
    assert {m.temporal for m in moments if m.source == "Temporal"} <= set(events)
    assert {m.source for m in moments} == {"journal", "letter", "Temporal"}


async def test_after_erasing_everything_can_be_read_but_nobody_is_named(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await _closed(begin)
    before = await command("show", rehearsal.reference)
    assert "Frida Augustsson" in before.out

    erased = [await command("erase", rehearsal.reference, "--yes") for _ in range(2)]

    assert [one.code for one in erased] == [0, 0]
    said = {
        verb: await command(verb, rehearsal.reference)
        for verb in ("show", "why", "timeline", "verify")
    }
    assert {verb: one.code for verb, one in said.items()} == dict.fromkeys(said, 0)
    for one in said.values():
        for name in ("Frida", "Emelie", "Augustsson", "Inclusive Employment"):
            assert name not in one.out
    assert f"{rehearsal.reference}-p1 (participant)" in said["show"].out
    assert "Sound: nothing was changed." in said["verify"].out
    assert await store.texts(rehearsal.reference) == {}


async def test_papers_and_acts_of_an_erased_mobility_are_refused(
    command: Command, begin: Begin
) -> None:
    rehearsal = await _closed(begin)
    await command("erase", rehearsal.reference, "--yes")

    papers = await command("documents", rehearsal.reference)
    act = await command("cancel", rehearsal.reference, "--as", BORAS, "--cause", "other")

    assert (papers.code, act.code) == (2, 2)
    assert papers.complaint == f"{rehearsal.reference} was erased: its papers are gone.\n"
    assert "closed" in act.complaint or "erased" in act.complaint
