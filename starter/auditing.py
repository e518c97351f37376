"""The auditor's view: journal, letters and Temporal's history merged, and held against each other.

Journal and history anchor each other: each stroke in the journal was written by one ``record``
activity, whose result in Temporal's history is the head of the chain after that stroke. Besides,
each phase ends with the head in clear among the search attributes, so that there is something to
compare with after the mobility's key was destroyed.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import groupby

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from domain.events import MobilityTakenIn
from domain.facts import Fact, Reference
from domain.joining import ENDED_BY
from domain.journal import find_breaks, heads_of
from starter.desk import workflow_id
from store.cases import Store
from store.journal import AnyEntry, Line, read_journal
from store.ledger import LedgerLine, read_letters
from workflows.mobility import JOURNAL_HEAD

ENDS = ("MobilityEnded", *(kind.__name__ for kind in ENDED_BY))
"""The entries that close a mobility, or an application."""
RECORDS = ("record", "record-application")
LOOK_AGAIN_SECONDS = 1


class Run(Fact):
    """One run of the workflow: which event scheduled and completed which activity."""

    model_config = {"arbitrary_types_allowed": True, "frozen": True}

    run_id: str
    events: tuple[HistoryEvent, ...]


async def read_runs(client: Client, reference: Reference) -> tuple[Run, ...]:
    """Every run of a mobility's workflow with its history, in order."""
    query = f"WorkflowId = '{workflow_id(reference)}'"
    runs = [w async for w in client.list_workflows(query)]
    found = []
    for run in sorted(runs, key=lambda run: run.start_time):
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        found.append(Run(run_id=run.run_id, events=tuple(history.events)))
    return tuple(found)


class Moment(Fact):
    """One line of the timeline. ``temporal`` is the event id in the history, with its run."""

    at: datetime
    source: str
    what: str
    by: str = ""
    n: int | None = None
    temporal: str = ""
    entry: AnyEntry | None = None
    letter: LedgerLine | None = None


async def timeline(client: Client, store: Store, reference: Reference) -> list[Moment]:
    """Everything that is on record about a mobility, in the order it was recorded."""
    lines = await read_journal(store.engine, reference)
    letters = await read_letters(store.engine, reference)
    moments: list[Moment] = []
    for n, run in enumerate(await read_runs(client, reference), start=1):
        for event in run.events:
            where = f"{n}#{event.event_id}"
            moments += _of_history(event, where)
            moments += _of_journal(event, where, run, lines, letters)
    told = {moment.n for moment in moments}
    # Lines that the history does not know come last, where they cannot be overlooked.
    moments += [_line(line, "", "") for line in lines if line.n not in told]
    return moments


def _of_journal(
    event: HistoryEvent, where: str, run: Run, lines: list[Line], letters: list[LedgerLine]
) -> Iterator[Moment]:
    """The stroke that this event had written down, each entry followed by its letters."""
    scheduled = event.activity_task_scheduled_event_attributes
    if scheduled.activity_type.name not in RECORDS:
        return
    for line in lines:
        if line.run_id == run.run_id and line.activity_id == scheduled.activity_id:
            yield _line(line, where, "journal")
            own = (letter for letter in letters if letter.order.event == line.n)
            yield from (_letter(letter, where) for letter in own)


def _line(line: Line, where: str, source: str) -> Moment:
    entry = line.entry_of_any
    return Moment(
        at=entry.at, source=source or "journal, not in Temporal's history", what=entry.kind,
        by=entry.by, n=line.n, temporal=where, entry=entry,
    )  # fmt: skip


def _letter(letter: LedgerLine, where: str) -> Moment:
    """A letter, with the event of the stroke that queued it."""
    ordinal = letter.order.ordinal
    reminder = f", reminder {ordinal}" if ordinal else ""
    again = f", {letter.attempts} attempts" if letter.attempts > 1 else ""
    return Moment(
        at=letter.intended_at, source="letter", letter=letter, by=letter.order.to,
        what=f"{letter.order.purpose}{reminder}: {letter.state}{again}", temporal=where,
    )  # fmt: skip


_TOLD = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "workflow started",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: "workflow completed",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: "workflow failed",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: "workflow terminated from outside",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: "workflow cancelled by an operator",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: "goes on in a new run",
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED: "workflow task failed",
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: "activity timed out",
    EventType.EVENT_TYPE_TIMER_FIRED: "time came",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED: "the clock was moved",
}
"""Events an auditor wants to see that are not acts of people and not in the journal."""


def _of_history(event: HistoryEvent, where: str) -> Iterator[Moment]:
    what = _TOLD.get(event.event_type, "")
    by = ""
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
        request = event.workflow_execution_update_accepted_event_attributes.accepted_request
        what = f"message {request.input.name.replace('_', ' ')}"
        by = request.meta.identity
    elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
        attempt = event.activity_task_started_event_attributes.attempt
        what = f"activity needed {attempt} attempts" if attempt > 1 else ""
    elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        what = f"signal {event.workflow_execution_signaled_event_attributes.signal_name}"
    if what:
        yield Moment(
            at=event.event_time.ToDatetime(tzinfo=UTC), source="Temporal", what=what, by=by,
            temporal=where,
        )  # fmt: skip


class Verdict(Fact):
    """What holding journal and history against each other has shown."""

    entries: int
    strokes: int
    compared: int
    heads_in_clear: int
    erased: bool
    findings: tuple[str, ...]
    taken_in: tuple[Reference, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Nothing was found, and there was something to look at."""
        return not self.findings and self.entries > 0


async def verify(client: Client, store: Store, reference: Reference) -> Verdict:
    """Recompute the journal's chain and hold it against the hashes in Temporal's history.

    Both are read one after the other, and a mobility on the move may step on in between: whatever
    seems wrong is looked at again before it is said.
    """
    verdict = await _verify(client, store, reference)
    if verdict.is_sound:
        return verdict
    await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return await _verify(client, store, reference)


async def _verify(client: Client, store: Store, reference: Reference) -> Verdict:
    lines = await read_journal(store.engine, reference)
    findings = [
        f"Entry {found.n}: {found.what}."
        for found in find_breaks([(line.n, line.body, line.chain) for line in lines])
    ]
    runs = await read_runs(client, reference)
    erased = await store.is_erased(reference)
    recorded = {} if erased else await _recorded(client, runs)
    strokes = _strokes(lines)
    if not erased:
        findings += _compare(strokes, recorded, _under_way(runs))
    heads = [head for run in runs for event in run.events if (head := _head_in_clear(event))]
    known = {line.chain for line in lines}
    findings += [
        f"Temporal's history holds the head {head[:12]}, which the journal does not."
        for head in heads
        if head not in known
    ]
    findings += _end_missing(runs, lines)
    if heads and _is_closed(runs):
        findings += [
            f"Entry {line.n} comes after the last head that Temporal's history holds."
            for line in _after(heads[-1], lines)
        ]
    taken_in = list(_taken_in(lines))
    findings += [finding async for finding in _torn(store, taken_in)]
    if erased and not heads:
        findings.append("The key is destroyed and no head in clear is left to compare with.")
    return Verdict(
        entries=len(lines), strokes=len(strokes),
        compared=len(strokes.keys() & recorded.keys()), heads_in_clear=len(heads),
        erased=erased, findings=tuple(findings),
        taken_in=tuple(tie.reference for _n, tie in taken_in),
    )  # fmt: skip


def _taken_in(lines: list[Line]) -> Iterator[tuple[int, MobilityTakenIn]]:
    """The mobilities that were merged with this one, by entry; a text that is none is a break."""
    for line in lines:
        with contextlib.suppress(ValueError, KeyError):
            if isinstance(event := line.entry.event(), MobilityTakenIn):
                yield line.n, event


async def _torn(store: Store, taken_in: list[tuple[int, MobilityTakenIn]]) -> AsyncIterator[str]:
    """Heads of mobilities taken in to which their own journals, recomputed, do not come."""
    for n, tie in taken_in:
        lines = await read_journal(store.engine, tie.reference)
        if tie.head not in heads_of(line.body for line in lines):
            yield (
                f"Entry {n} holds the head {tie.head[:12]} of {tie.reference}, which the journal "
                f"of {tie.reference} does not come to."
            )


def _after(head: str, lines: list[Line]) -> list[Line]:
    """The lines that follow this head; none when it is not there at all."""
    at = next((n for n, line in enumerate(lines, start=1) if line.chain == head), len(lines))
    return lines[at:]


def _strokes(lines: list[Line]) -> dict[tuple[str, str], Line]:
    """The last line of each stroke, by the activity that wrote it."""
    return {
        key: list(group)[-1]
        for key, group in groupby(lines, key=lambda line: (line.run_id, line.activity_id))
    }


def _compare(
    strokes: dict[tuple[str, str], Line],
    recorded: dict[tuple[str, str], str],
    under_way: set[tuple[str, str]],
) -> Iterator[str]:
    for key, line in strokes.items():
        if key in under_way:
            continue
        if key not in recorded:
            yield f"Entry {line.n} is in the journal and not in Temporal's history."
        elif recorded[key] != line.chain:
            yield (
                f"Entry {line.n}: the journal says {line.chain[:12]}, Temporal's history "
                f"{recorded[key][:12]}."
            )
    known = {line.chain for line in strokes.values()}
    for key, head in recorded.items():
        # A reset repeats a stroke under another run; its head is known all the same.
        if key not in strokes and head not in known:
            yield f"Temporal's history holds the head {head[:12]}, which the journal does not."


def _under_way(runs: tuple[Run, ...]) -> set[tuple[str, str]]:
    """Strokes whose last answer Temporal still waits for: written down or about to be."""
    found: dict[int, tuple[str, str]] = {}
    for run in runs[-1:]:
        for event in run.events:
            scheduled = event.activity_task_scheduled_event_attributes
            if scheduled.activity_type.name in RECORDS:
                found[event.event_id] = (run.run_id, scheduled.activity_id)
            found.pop(event.activity_task_completed_event_attributes.scheduled_event_id, None)
    return set(found.values())


async def _recorded(client: Client, runs: tuple[Run, ...]) -> dict[tuple[str, str], str]:
    """The head that each completed ``record`` activity returned, by run and activity id."""
    found: dict[tuple[str, str], str] = {}
    for run in runs:
        names: dict[int, str] = {}
        for event in run.events:
            scheduled = event.activity_task_scheduled_event_attributes
            completed = event.activity_task_completed_event_attributes
            if scheduled.activity_type.name in RECORDS:
                names[event.event_id] = scheduled.activity_id
            elif completed.scheduled_event_id in names:
                key = (run.run_id, names[completed.scheduled_event_id])
                payloads = completed.result.payloads
                [found[key]] = await client.data_converter.decode(payloads, [str])
    return found


def _head_in_clear(event: HistoryEvent) -> str:
    upserted = event.upsert_workflow_search_attributes_event_attributes
    payload = upserted.search_attributes.indexed_fields.get(JOURNAL_HEAD.name)
    return payload.data.decode().strip('"') if payload else ""


_WITHOUT_END = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: "cancelled",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: "failed",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: "terminated",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: "timed out",
}
"""Ways a workflow ends of which the journal may know nothing."""


def _end_missing(runs: tuple[Run, ...], lines: list[Line]) -> Iterator[str]:
    """A mobility that Temporal has stopped, and of which the journal still waits for the end."""
    how = _WITHOUT_END.get(runs[-1].events[-1].event_type) if runs else None
    if how and not any(f'"kind":"{end}"' in line.body for end in ENDS for line in lines):
        yield f"The workflow is {how} in Temporal and the journal has no end."


def _is_closed(runs: tuple[Run, ...]) -> bool:
    last = runs[-1].events[-1].event_type if runs else None
    return last == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
