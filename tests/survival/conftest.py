"""Journeys with a worker of their own, in a process of its own."""

import uuid
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.stack import Stack
from settings import Settings
from starter.case_files import CaseDocument
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.engine import migrate

BeginAlone = Callable[[], Awaitable[Rehearsal]]


@pytest.fixture
def shaky(tmp_path: Path) -> Iterator[Stack]:
    """A stack of this test's own, whose parts it may stop, and whose post nobody else delivers."""
    stack = Stack(tmp_path / "shaky")
    settings = stack.start()
    migrate(settings.required("database_url"))
    yield stack
    stack.stop()


@pytest.fixture
def own_settings(settings: Settings) -> Settings:
    """The same parts, on a task queue that only this test's worker serves."""
    return settings.model_copy(update={"mobility_task_queue": f"alone-{uuid.uuid4().hex}"})


@pytest.fixture
def begin_alone(desk: FrontDesk, own_settings: Settings, case: CaseDocument) -> BeginAlone:
    """Requests the customer's case on that queue."""

    async def begin() -> Rehearsal:
        assert case.request is not None
        own_desk = FrontDesk(desk.store, desk.client, task_queue=own_settings.mobility_task_queue)
        reference = await own_desk.request(
            case.request, today=datetime.now(UTC).date(), occasion=uuid.uuid4().hex
        )
        clock = VirtualClock(desk.client, own_settings)
        rehearsal = Rehearsal(own_desk, clock, reference)
        # Each death costs an activity's time limit, and the last act has several after it.
        rehearsal.patience = 180
        return rehearsal

    return begin
