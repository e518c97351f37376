"""Mobilities per second and the latency of one message, beside the barest workflow in one run.

Rounds of both take turns on the same server, and the ratio is taken within each round: machines
are noisy, ratios less so.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from temporalio.client import Client, WorkflowHandle

from benchmarks.barest import Barest, connect
from benchmarks.script import Script, seconds_to_sign, timed
from benchmarks.shape import Shape, shape_of
from local.processes import LongRunning
from local.stack import ROOT, Stack
from settings import Settings
from starter.case_files import EXAMPLE, move, read_file
from starter.clock import VirtualClock
from starter.demo import start_everything, weeks_to_a_coming_year
from starter.running import open_desk

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
MOBILITIES = int(os.environ.get("BENCH_MOBILITIES", "40"))
AT_ONCE = 20
TARGET_RATIO = 0.6
MOST_EVENTS = 300

console = Console(highlight=False)


class Barests:
    """The barest workflow as one of the contestants."""

    def __init__(self, client: Client, task_queue: str, shape: Shape) -> None:
        self._client, self._task_queue, self._shape = client, task_queue, shape

    async def life(self) -> None:
        """One life of the shape of a mobility."""
        handle = await self._start(self._shape)
        for step in range(self._shape.updates):
            await handle.execute_update(Barest.say, step)
        await handle.result()

    async def latencies(self, messages: int) -> list[float]:
        """Seconds until a message is answered."""
        shape = replace(self._shape, updates=messages + 1, activities=messages + 1)
        handle = await self._start(shape)
        await handle.execute_update(Barest.say, 0)
        return [await timed(handle.execute_update(Barest.say, n)) for n in range(messages)]

    async def _start(self, shape: Shape) -> WorkflowHandle[Barest, int]:
        return await self._client.start_workflow(
            Barest.run,
            shape,
            id=f"barest-{uuid.uuid4()}",
            task_queue=self._task_queue,
        )


async def per_second(act: Callable[[], Awaitable[None]], advance: Callable[[], None]) -> float:
    """How many are done per second, so many at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with gate:
            await act()
        advance()

    return MOBILITIES / await timed(asyncio.gather(*(one() for _ in range(MOBILITIES))))


async def measure(settings: Settings, worker: LongRunning) -> bool:
    """Run all rounds, print the table, and tell whether the targets are met."""
    document = read_file(EXAMPLE)
    case = move(document, weeks_to_a_coming_year(document, datetime.now(UTC).date()))
    address = settings.required("temporal_address")
    async with open_desk(settings) as desk:
        if case.directory is not None:
            await desk.keep_directory(case.directory)
        script = Script(desk, VirtualClock(desk.client, settings), case)
        reference = await script.play()
        shape = shape_of(await desk.handle(reference).fetch_history())
        bare = Barests(await connect(address), "barest", shape)

        async def mobility() -> None:
            await Script(desk, script.clock, case).play()

        speeds = await _rounds(mobility, bare.life)
        ours = await seconds_to_sign(script)
        theirs = await bare.latencies(len(ours))
    ratio = statistics.median(mine / bare for mine, bare in speeds)
    _print(shape, speeds, ours, theirs, _peak_mebibytes(worker))
    return ratio >= TARGET_RATIO and shape.events <= MOST_EVENTS


async def _rounds(*contestants: Callable[[], Awaitable[None]]) -> list[list[float]]:
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Measuring", total=len(contestants) * ROUNDS * MOBILITIES)

        def advance() -> None:
            progress.advance(task)

        return [
            [await per_second(contestant, advance) for contestant in contestants]
            for _ in range(ROUNDS)
        ]


def _peak_mebibytes(worker: LongRunning) -> int:
    """The most memory the worker has ever held."""
    process = worker.process()
    if process is None:
        return 0
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return int(process.memory_info().rss) >> 20
    [line] = [line for line in status.read_text("utf-8").splitlines() if "VmHWM" in line]
    return int(line.split()[1]) >> 10


def _print(
    shape: Shape, speeds: list[list[float]], ours: list[float], theirs: list[float], peak: int
) -> None:
    table = Table("", "mobility", "barest workflow", "ratio")
    for n, (mine, bare) in enumerate(speeds, start=1):
        table.add_row(f"round {n}, per second", f"{mine:.2f}", f"{bare:.2f}", f"{mine / bare:.2f}")
    for name, at in (("median", 0.5), ("95th percentile", 0.95)):
        mine, bare = _at(ours, at), _at(theirs, at)
        row = (f"{1000 * mine:.0f} ms", f"{1000 * bare:.0f} ms", f"{mine / bare:.2f}")
        table.add_row(f"one message, {name}", *row)
    console.print(table)
    ratio = statistics.median(mine / bare for mine, bare in speeds)
    console.print(
        f"Ratio of throughput: {ratio:.2f} (target at least {TARGET_RATIO}).\n"
        f"Events of the straight journey: {shape.events} (target at most {MOST_EVENTS}), with "
        f"{shape.updates} messages, {shape.activities} activities, {shape.timers} timers, "
        f"{shape.workflow_tasks} workflow tasks, {shape.kilobytes} KiB.\n"
        f"Peak memory of the worker: {peak} MiB.\n"
        f"{MOBILITIES} of each per round, {AT_ONCE} at once, letters and papers included."
    )


def _at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> int:
    """Start a stack of its own, measure, and stop it again."""
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder:
        stack = Stack(Path(folder))
        try:
            settings = start_everything(stack, lambda _: None)
            address = settings.required("temporal_address")
            bare = LongRunning("barest", stack.home)
            command = [sys.executable, "-m", "benchmarks.barest", address, bare.name]
            bare.start(command, {"PYTHONPATH": str(ROOT)})
            met = uvloop.run(measure(settings, stack.worker))
            bare.stop()
        finally:
            stack.stop()
    return 0 if met else 1


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Temporal's runtime may abort a Python process that is just ending (sdk-python issue 300).
    os._exit(code)
