"""Saved histories replay with today's code, and a change that would break them is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from starter.case_files import EXAMPLE, read_file
from tests.workflows.record_histories import FOLDER, SAVED
from tests.workflows.saved_meetings import JOINS, a_host
from worker import sandbox
from workflows.joining import ApplicationWorkflow
from workflows.matchmaking import MatchmakingEventWorkflow
from workflows.mobility import MobilityWorkflow

HISTORIES = sorted(FOLDER.glob("*.json"))
IN_CLEAR = {
    "Mobility": b"MobilityRequested", "Application": b"ApplicationReceived",
    "MatchmakingEvent": b'"reference":"E-',
}  # fmt: skip
"""What every history of a kind says: were it sealed, no name could be found in it either."""
SHORT = 3
NOBODYS = {"Coordinator", "Programme"}
"""Words by which some are called that are no names."""


def _read(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(f"mobility-{file.stem}", file.read_text("utf-8"))


def _kind(history: WorkflowHistory) -> str:
    begun = history.events[0].workflow_execution_started_event_attributes
    return begun.workflow_type.name


def _replayer() -> Replayer:
    return Replayer(
        workflows=[MobilityWorkflow, ApplicationWorkflow, MatchmakingEventWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=sandbox(),
    )


def test_every_journey_has_a_saved_history() -> None:
    assert {file.stem for file in HISTORIES} >= set(SAVED)


def test_every_kind_of_workflow_has_one() -> None:
    assert {_kind(_read(file)) for file in HISTORIES} == set(IN_CLEAR)


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_a_saved_history_replays(file: Path) -> None:
    await _replayer().replay_workflow(_read(file))


async def test_a_history_that_went_another_way_does_not_replay() -> None:
    history = _read(FOLDER / "straight-through.json")
    for event in history.events:
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == "draw-agreement":
            scheduled.activity_type.name = "draw-something-else"

    with pytest.raises(NondeterminismError):
        await _replayer().replay_workflow(history)


def _personal() -> Iterator[str]:
    """What people are called, where they are reached and what they wrote, in all journeys."""
    case, joins = read_file(EXAMPLE), read_file(JOINS)
    assert case.directory is not None
    assert case.request is not None
    assert joins.application is not None
    hosts = a_host("any", "eo", places=1).people
    people = [(person.name, person.email) for person in (*case.directory.people, *hosts)]
    people += [(person.name, person.email) for person in case.request.participants]
    applicant = joins.application.coordinator
    for name, email in (*people, (applicant.name, applicant.email)):
        yield from (email, email.partition("@")[2])
        yield from (word for word in name.split() if len(word) > SHORT and word.istitle())
    yield from (case.request.title, case.request.context, *case.request.objectives)
    yield joins.application.motivation
    yield from (joins.application.organisation.name, "Our schools are closed", "A fair that week")


PERSONAL = sorted(set(_personal()) - NOBODYS)


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
def test_a_saved_history_names_nobody(file: Path) -> None:
    history = _read(file)
    text = b"".join(event.SerializeToString() for event in history.events)

    assert IN_CLEAR[_kind(history)] in text
    assert [word for word in PERSONAL if word.encode() in text] == []
