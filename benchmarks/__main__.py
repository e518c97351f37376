"""Mobilities per second and the latency of one message, beside the barest workflow in one run.

Rounds of both take turns on the same server, and the ratio is taken within each round: machines
are noisy, ratios less so. A mobility is through when it is closed; letters still on their way are
waited for before the barest workflow has its turn, and counted in a figure of their own.
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
from typing import NamedTuple

import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from temporalio.client import Client, WorkflowHandle

from benchmarks.barest import Barest, connect
from benchmarks.script import Script, seconds_to_sign, timed
from benchmarks.shape import Shape, shape_of
from domain.facts import Reference
from local.processes import LongRunning
from local.stack import ROOT, Stack
from settings import Settings
from starter.case_files import EXAMPLE, move, read_file
from starter.clock import VirtualClock
from starter.demo import start_everything, weeks_to_a_coming_year
from starter.desk import FrontDesk
from starter.running import open_desk
from store.ledger import read_letters, undelivered

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
MOBILITIES = int(os.environ.get("BENCH_MOBILITIES", "40"))
AT_ONCE = 20
TARGET_RATIO = 0.6
MOST_EVENTS = 300

console = Console(highlight=False)


class Round(NamedTuple):
    """What one round has shown, per second: closed, closed with all letters delivered, barest.

    ``outward`` is the barest workflow that also posts and draws as much as a mobility does.
    """

    closed: float
    delivered: float
    bare: float
    outward: float

    @property
    def ratio(self) -> float:
        """What is left of the engine's pace."""
        return self.closed / self.bare


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
        client = await connect(address)
        bare = Barests(client, "barest", shape)
        outward = Barests(client, "barest", await _with_what_goes_out(desk, reference, shape))

        async def mobility() -> None:
            await Script(desk, script.clock, case).play()

        async def post() -> None:
            while await undelivered(desk.store.engine):  # noqa: ASYNC110 - none tells
                await asyncio.sleep(0.1)

        await post()
        rounds = await _rounds(mobility, post, bare.life, outward.life)
        ours = await seconds_to_sign(script)
        theirs = await bare.latencies(len(ours))
    _print(shape, rounds, ours, theirs, _peak_mebibytes(worker))
    return _ratio(rounds) >= TARGET_RATIO and shape.events <= MOST_EVENTS


async def _with_what_goes_out(desk: FrontDesk, reference: Reference, shape: Shape) -> Shape:
    letters = await read_letters(desk.store.engine, reference)
    papers = [name for name in await desk.store.documents(reference) if name.endswith(".pdf")]
    return replace(shape, letters=len(letters), papers=len(papers))


Act = Callable[[], Awaitable[None]]


async def _rounds(mobility: Act, post: Act, bare: Act, outward: Act) -> list[Round]:
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Measuring", total=3 * ROUNDS * MOBILITIES)

        def advance() -> None:
            progress.advance(task)

        rounds = []
        for _ in range(ROUNDS):
            closed = await per_second(mobility, advance)
            delivered = MOBILITIES / (MOBILITIES / closed + await timed(post()))
            barest = [await per_second(act, advance) for act in (bare, outward)]
            rounds.append(Round(closed, delivered, *barest))
        return rounds


def _ratio(rounds: list[Round]) -> float:
    return statistics.median(one.ratio for one in rounds)


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
    shape: Shape, rounds: list[Round], ours: list[float], theirs: list[float], peak: int
) -> None:
    table = Table("", "mobility", "barest workflow", "ratio")
    for n, one in enumerate(rounds, start=1):
        figures = (f"{one.closed:.2f}", f"{one.bare:.2f}", f"{one.ratio:.2f}")
        table.add_row(f"round {n}, per second", *figures)
    for name, at in (("median", 0.5), ("95th percentile", 0.95)):
        mine, bare = _at(ours, at), _at(theirs, at)
        row = (f"{1000 * mine:.0f} ms", f"{1000 * bare:.0f} ms", f"{mine / bare:.2f}")
        table.add_row(f"one message, {name}", *row)
    console.print(table)
    delivered = statistics.median(one.delivered / one.bare for one in rounds)
    outward = statistics.median(one.delivered / one.outward for one in rounds)
    console.print(
        f"Ratio of throughput: {_ratio(rounds):.2f} (target at least {TARGET_RATIO}); "
        f"{delivered:.2f} until the last letter is delivered.\n"
        f"Beside the barest workflow that posts as many bare letters and draws as many papers: "
        f"{outward:.2f} until the last letter is delivered.\n"
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
            port = str(settings.smtp().port)
            command = [sys.executable, "-m", "benchmarks.barest", address, bare.name, port]
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
