"""The barest workflow: as many updates, activities and timers as a mobility, and nothing else.

Where its shape has letters and papers, it posts and draws as many, as barely.

It gets what the product has (no compression, uvloop, pydantic's converter), so that only what the
product does with it is compared. Its worker runs as
``python -m benchmarks.barest ADDRESS TASK_QUEUE SMTP_PORT``.
"""

import sys
from collections.abc import Callable
from datetime import timedelta

import uvloop
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import GrpcCompression
from temporalio.worker import Worker

# Without this each new workflow would import the papers' libraries anew, and the floor be slow.
with workflow.unsafe.imports_passed_through():
    from benchmarks.outward import Outward
    from benchmarks.shape import Shape


@activity.defn
async def nothing(_step: int) -> str:
    """Take an order, return a word."""
    return "done"


class Abroad(Outward):
    """What goes out with an activity, where anything does."""

    @activity.defn(name="outward")
    async def go_out(self, letters: int, papers: int) -> str:
        """Post letters and draw papers, return a word."""
        await self.post(letters)
        for _ in range(papers):
            await self.draw()
        return "done"


@workflow.defn
class Barest:
    """Waits for each message beside its timers; each message is one activity."""

    @workflow.init
    def __init__(self, shape: Shape) -> None:
        """Nothing has been said yet."""
        self.shape, self.heard, self.acted = shape, 0, 0

    @workflow.run
    async def run(self, shape: Shape) -> int:
        """Go through the steps, with the remaining activities and the timers spread over them."""
        for step in range(shape.updates):
            if step < shape.activities - shape.updates:
                await self._act(step)
            timeout = timedelta(days=30) if step < shape.timers else None
            await workflow.wait_condition(self._heard_more_than(step), timeout=timeout)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.heard

    def _heard_more_than(self, step: int) -> Callable[[], bool]:
        return lambda: self.heard > step

    async def _act(self, step: int) -> str:
        limit = timedelta(seconds=60)
        if not self.shape.letters:
            return await workflow.execute_activity(nothing, step, start_to_close_timeout=limit)
        number, self.acted = self.acted, self.acted + 1
        load = [self.shape.letters_of(number), int(number < self.shape.papers)]
        return await workflow.execute_activity_method(
            Abroad.go_out, args=load, start_to_close_timeout=limit
        )

    @workflow.update
    async def say(self, step: int) -> str:
        """One message, one activity."""
        answer = await self._act(step)
        self.heard += 1
        return answer


async def connect(address: str) -> Client:
    """Temporal as the product connects, sealing aside."""
    return await Client.connect(
        address, data_converter=pydantic_data_converter, grpc_compression=GrpcCompression.NONE
    )


async def work(address: str, task_queue: str, port: str) -> None:
    """Work until killed."""
    client, abroad = await connect(address), Abroad(int(port))
    await abroad.open()
    worker = Worker(
        client, task_queue=task_queue, workflows=[Barest], activities=[nothing, abroad.go_out],
        max_cached_workflows=2000,
    )  # fmt: skip
    await worker.run()


if __name__ == "__main__":
    uvloop.run(work(*sys.argv[1:]))
