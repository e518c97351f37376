"""Nobody is told that a mobility is stuck unless it is."""

import asyncio
import uuid
from datetime import UTC, datetime

import pytest
from temporalio import workflow
from temporalio.worker import Worker

from domain import messages
from domain.deadlines import Asked
from domain.facts import PersonId, Reference
from domain.messages import CancelMobility, Cause
from domain.mobility import Mobility
from starter.case_files import CaseDocument
from starter.client import Unreachable
from starter.desk import FrontDesk
from store.cases import Store
from tests.conftest import Begin


@workflow.defn(name="Mobility", sandboxed=False)
class LosesItsWay:
    """A workflow that comes to a step it cannot take."""

    @workflow.run
    async def run(self, mobility: Mobility) -> str:
        raise LookupError(mobility.request.reference)


async def test_a_workflow_that_fails_at_the_same_step_is_called_stuck(
    store: Store, desk: FrontDesk, case: CaseDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert case.request is not None
    queue = f"loses-its-way-{uuid.uuid4().hex}"
    lost = FrontDesk(store, desk.client, task_queue=queue)
    async with Worker(desk.client, task_queue=queue, workflows=[LosesItsWay]):
        reference = await lost.request(case.request, today=datetime.now(UTC).date(), occasion=queue)
        monkeypatch.setattr("starter.desk.ANSWER_SECONDS", 1)
        # Between later attempts Temporal waits for longer and longer.
        monkeypatch.setattr("starter.desk.FAILS_AGAIN", 1)
        await _failed_again(lost, reference, times=1)

        with pytest.raises(Unreachable, match="is stuck: an operator has to look at it"):
            await lost.say(reference, CancelMobility(by=PersonId("x"), cause=Cause.OTHER))

    await lost.handle(reference).terminate()


async def _failed_again(desk: FrontDesk, reference: Reference, *, times: int) -> None:
    async with asyncio.timeout(60):
        while True:
            found = await desk.handle(reference).describe()
            if found.raw_description.pending_workflow_task.attempt > times:
                return
            await asyncio.sleep(0.2)


class AcceptAgenda(messages.AcceptAgenda):
    """Not as the workflow knows it."""

    in_a_hurry: bool = True


@pytest.mark.usefixtures("working")
async def test_a_message_that_cannot_be_taken_in_does_not_make_a_mobility_stuck(
    begin: Begin, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    broken = AcceptAgenda(by=PersonId("x"), version=1)

    with pytest.raises(Unreachable, match="could not be taken in, and nothing has changed"):
        await desk.say(rehearsal.reference, broken)

    assert (await rehearsal.mobility()).view.outcome is None
