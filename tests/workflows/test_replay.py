"""Saved histories replay with today's code, and a change that would break them is found."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from tests.workflows.record_histories import FOLDER, JOURNEYS
from worker import sandbox
from workflows.mobility import MobilityWorkflow

HISTORIES = sorted(FOLDER.glob("*.json"))


def _read(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(f"mobility-{file.stem}", file.read_text("utf-8"))


def _replayer() -> Replayer:
    return Replayer(
        workflows=[MobilityWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=sandbox(),
    )


def test_every_journey_has_a_saved_history() -> None:
    assert {file.stem for file in HISTORIES} >= set(JOURNEYS)


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


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
def test_a_saved_history_names_nobody(file: Path) -> None:
    text = b"".join(event.SerializeToString() for event in _read(file).events)

    assert b"MobilityRequested" in text
    for personal in ("Augustsson", "Persson", "Gómez", "@boras.example", "Inclusive Employment"):
        assert personal.encode() not in text
