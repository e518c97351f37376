"""A mobility's own clock, moved ahead on the real server: for rehearsals, never in production."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.errors import Refusal
from settings import Settings

SKIPPED_FROM = timedelta(seconds=5)
"""From here on time is skipped; a step of a mobility is done sooner even on a busy machine."""


class ClockIsReal(Refusal):
    """In production time passes by itself."""


class VirtualClock:
    """Moves the clock of one workflow at a time; everybody else's stands where it is."""

    def __init__(self, client: Client, settings: Settings) -> None:
        if settings.is_production:
            raise ClockIsReal("The clock is not moved in production: rehearse on another machine.")
        self._skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))

    async def now(self, handle: WorkflowHandle[Any, Any]) -> datetime:
        """What the mobility believes the time to be."""
        return await self._skipper.get_current_time(handle)

    async def forward(self, handle: WorkflowHandle[Any, Any], by: timedelta) -> None:
        """Let so much time pass for this mobility: timers fire on the way, in order.

        A few seconds pass by themselves. Told to skip less than a step of the mobility takes, the
        server finds its aim passed when the step is done, and skips on to the next timer.
        """
        if by >= SKIPPED_FROM:
            await self._skipper.fast_forward(handle, by)
        elif by > timedelta(0):
            await asyncio.sleep(by.total_seconds())
