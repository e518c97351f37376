"""Starts worker processes again whenever they die, as any production does."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from local.stack import ROOT
from settings import Settings


class Supervision:
    """Counts how often the worker died."""

    deaths = 0


@asynccontextmanager
async def supervised(
    settings: Settings, log: Path, **environment: str
) -> AsyncIterator[Supervision]:
    """Keep one worker process going for as long as the block lasts."""
    supervision = Supervision()
    keeping = asyncio.create_task(_keep_going(supervision, settings, log, environment))
    try:
        yield supervision
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping


async def _keep_going(
    supervision: Supervision, settings: Settings, log: Path, environment: dict[str, str]
) -> None:
    while True:
        with log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.survival.dying_worker", cwd=ROOT, stdout=out,
                stderr=out, env=os.environ | settings.as_environment() | environment,
            )  # fmt: skip
        try:
            await process.wait()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        supervision.deaths += 1
