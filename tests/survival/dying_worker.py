"""A worker that kills itself with SIGKILL at chosen moments, to see that nothing is lost.

``DIE_BEFORE`` and ``DIE_AFTER`` name activities by their id in the workflow, or ``every``: the
first attempt of each dies before it begins, or after it is done and before Temporal has heard so.
``DIE_POSTING`` is ``before`` or ``after``: the first letter dies with its courier, before or after
the mail server has taken it.
"""

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import worker
from mail.envelope import Envelope
from mail.postman import Postman


def _named(variable: str) -> bool:
    chosen = os.environ.get(variable, "")
    info = activity.info()
    return info.attempt == 1 and (chosen == "every" or info.activity_id in chosen.split(","))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Dying(Interceptor):
    """Dies at the boundaries of activities."""

    def intercept_activity(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002 - the library's name for it
    ) -> ActivityInboundInterceptor:
        """Put ourselves around every activity."""
        return _DyingActivities(next)


class _DyingActivities(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        if _named("DIE_BEFORE"):
            _die()
        result = await super().execute_activity(input)
        if _named("DIE_AFTER"):
            _die()
        return result


class DyingPostman(Postman):
    """Dies once, before or after the mail server has taken a letter."""

    async def deliver(self, envelope: Envelope) -> str:
        """Deliver as always, unless it is time to die."""
        died = Path(os.environ["MOBILITY_HOME"]) / f"died-posting-{envelope.message_id}"
        moment = "" if died.exists() else os.environ.get("DIE_POSTING", "")
        if moment:
            died.touch()
        if moment == "before":
            _die()
        reply = await super().deliver(envelope)
        if moment == "after":
            _die()
        return reply


if __name__ == "__main__":
    vars(worker)["Postman"] = DyingPostman
    # The mobilities of all tests have the same few hosts.
    vars(worker)["build_worker"] = partial(worker.build_worker, are_apart=True)
    worker.main([Dying()])
