"""An event of two thousand requests stays far below what Temporal allows a history and a payload.

Nobody plays two thousand here: a saved round says what one request costs it.
"""

import uuid
from collections import Counter
from datetime import date

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.names import EventRound, RoundAnswered
from domain.facts import Fact, OfferId, PersonId, Reference, State
from domain.matchmaking import MatchmakingEvent
from tests.workflows.record_histories import FOLDER
from workflows.matchmaking import EventState

REQUESTS, MOST_ROUNDS = 2000, 10
LARGEST_PAYLOAD = 2 * 1024 * 1024
MOST_EVENTS, LARGEST_HISTORY = 51_200, 50 * 1024 * 1024
A_FIFTH = 0.2
REFERENCES = tuple(Reference(f"M-2027-{n:05d}") for n in range(REQUESTS))
PAIRS = tuple((reference, OfferId(str(uuid.uuid4()))) for reference in REFERENCES)
EVENT = MatchmakingEvent(
    reference="E-2027-01", name="Autumn meeting", office=PersonId("office-1"),
    closes=date(2027, 9, 30), together=tuple(zip(REFERENCES[::2], REFERENCES[1::2], strict=True)),
)  # fmt: skip
DIGEST = "0" * 64
TOLD = EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED
HEARD = EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED
A_STEP = (
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
)  # fmt: skip


@pytest.mark.parametrize(
    "passed_on",
    [
        RoundAnswered(sha256=DIGEST, pairs=PAIRS),
        EventRound(event=EVENT, round=MOST_ROUNDS),
        EventState(event=EVENT, rounds=(DIGEST,) * MOST_ROUNDS),
        REFERENCES,
    ],
    ids=["answer", "question", "what is carried on", "who is left"],
)
async def test_whatever_passes_fits_in_a_payload(passed_on: Fact | State | tuple[str, ...]) -> None:
    [payload] = await pydantic_data_converter.encode([passed_on])

    assert REQUESTS < len(payload.data) < A_FIFTH * LARGEST_PAYLOAD


def test_the_history_of_a_round_stays_short() -> None:
    file = FOLDER / "event-first-round.json"
    events = WorkflowHistory.from_json(file.stem, file.read_text("utf-8")).events
    kinds = Counter(event.event_type for event in events)
    sizes = {event.event_type: event.ByteSize() for event in events}
    # At worst the story takes a step of its own for each that has heard.
    one_more = (TOLD, HEARD, *A_STEP)

    assert (kinds[TOLD], kinds[HEARD]) == (1, 1)
    assert len(events) + REQUESTS * len(one_more) < A_FIFTH * MOST_EVENTS
    assert REQUESTS * sum(sizes[kind] for kind in one_more) < A_FIFTH * LARGEST_HISTORY
