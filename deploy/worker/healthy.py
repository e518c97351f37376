# ruff: noqa: INP001 - mounted into the container as a script of its own
"""Is this container's worker asking Temporal for work? The answer is the exit code.

A running process proves little: a worker that lost Temporal, or never reached it, runs as well.
Temporal itself knows who asked last, and when.
"""

import asyncio
import os
import socket
import sys
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse
from temporalio.client import Client

from settings import Settings

SILENT_TOO_LONG = timedelta(minutes=3)
"""A poll lasts up to one minute, and a worker under load may miss one."""


async def ask() -> DescribeTaskQueueResponse:
    """Who has lately asked for work on our task queue."""
    settings = Settings()
    namespace = settings.temporal_namespace
    client = await Client.connect(settings.required("temporal_address"), namespace=namespace)
    return await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=namespace,
            task_queue=TaskQueue(name=settings.mobility_task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        ),
        timeout=timedelta(seconds=5),
    )


def is_healthy(answer: DescribeTaskQueueResponse, *, host: str, at: datetime) -> bool:
    """Whether the worker of this host asked a short while ago. Its identity ends in the host."""
    return any(
        poller.identity.endswith(f"@{host}")
        and at - poller.last_access_time.ToDatetime(UTC) < SILENT_TOO_LONG
        for poller in answer.pollers
    )


def main() -> int:
    """The exit code: 0 for healthy."""
    answer = asyncio.run(asyncio.wait_for(ask(), timeout=10))
    now = datetime.now(UTC)  # noqa: TID251 - the edge: nobody stands outside to give the moment
    return 0 if is_healthy(answer, host=socket.gethostname(), at=now) else 1


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Temporal's runtime may abort a Python process that is just ending (sdk-python issue 300).
    os._exit(code)
