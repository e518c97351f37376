"""Letters per second from ledger to mail server, beside a bare pool of connections in one run.

``python -m benchmarks.letters``. Then a morning: ten thousand reminders due at nine o'clock.
"""

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiosmtplib
import sqlalchemy as sa
import structlog
import uvloop
from rich.console import Console
from rich.table import Table

from activities.courier import Courier, courier_at_work
from benchmarks.mornings import keep_mobilities, let_reminders_fall_due
from benchmarks.outward import CONNECTIONS, bare_letter
from domain.reminders import Caps
from local.stack import Stack
from mail.postman import Postman, SmtpServer
from settings import Settings
from starter.client import open_store
from store.cases import Store
from store.engine import migrate
from store.ledger import undelivered
from store.tables import letter

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
LETTERS = int(os.environ.get("BENCH_LETTERS", "600"))
MORNING = int(os.environ.get("BENCH_MORNING", "10000"))
TARGET_RATIO = 0.6
LATEST_SECONDS = 15 * 60
NO_CAP = Caps(per_day=10_000, per_week=10_000)

console = Console(highlight=False)


async def bare_pool(port: int, letters: int) -> float:
    """Letters per second of ten connections that do nothing but send."""
    waiting = iter(range(letters))

    async def carry() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as line:
            for n in waiting:
                await line.send_message(bare_letter(n))

    began = time.perf_counter()
    await asyncio.gather(*(carry() for _ in range(CONNECTIONS)))
    return letters / (time.perf_counter() - began)


async def ledger_to_server(store: Store, settings: Settings, letters: int) -> float:
    """Letters per second of the courier, with as many connections."""
    await let_reminders_fall_due(store, letters)
    async with _courier(store, settings):
        began = time.perf_counter()
        await _all_settled(store)
    return letters / (time.perf_counter() - began)


@contextlib.asynccontextmanager
async def _courier(store: Store, settings: Settings) -> AsyncIterator[Courier]:
    server = SmtpServer(**settings.smtp()._asdict())
    postman = Postman(server, connections=CONNECTIONS)
    async with courier_at_work(Courier(store, postman, settings.mail_from, NO_CAP)) as courier:
        yield courier


async def _all_settled(store: Store) -> None:
    while await undelivered(store.engine):  # noqa: ASYNC110 - none tells
        await asyncio.sleep(0.1)


async def morning(store: Store, settings: Settings, letters: int) -> float:
    """How many seconds after nine the last of so many reminders left."""
    await let_reminders_fall_due(store, letters)
    nine = datetime.now(UTC)
    async with _courier(store, settings):
        await _all_settled(store)
    async with store.engine.connect() as connection:
        last = await connection.scalar(sa.select(sa.func.max(letter.c.settled_at)))
    return (last - nine).total_seconds() if last else 0.0


async def measure(settings: Settings) -> bool:
    """Measure, print, and tell whether the targets are met."""
    store, port = open_store(settings), settings.smtp().port
    await keep_mobilities(store, max(LETTERS, MORNING))
    speeds = [
        (await ledger_to_server(store, settings, LETTERS), await bare_pool(port, LETTERS))
        for _ in range(ROUNDS)
    ]
    late = await morning(store, settings, MORNING) if MORNING else 0.0
    await store.engine.dispose()
    ratio = statistics.median(ours / bare for ours, bare in speeds)
    _print(speeds, ratio, late)
    return ratio >= TARGET_RATIO and late <= LATEST_SECONDS


def _print(speeds: list[tuple[float, float]], ratio: float, late: float) -> None:
    table = Table("", "ledger to server", "bare pool", "ratio")
    for n, (ours, bare) in enumerate(speeds, start=1):
        row = (f"{ours:.0f}", f"{bare:.0f}", f"{ours / bare:.2f}")
        table.add_row(f"round {n}, letters per second", *row)
    console.print(table)
    console.print(
        f"Ratio: {ratio:.2f} (target at least {TARGET_RATIO}), {CONNECTIONS} connections each.\n"
        f"{MORNING} reminders due at nine, four of each mobility: the last one left "
        f"{late / 60:.1f} minutes later (target at most {LATEST_SECONDS // 60})."
    )


def main() -> int:
    """Start a PostgreSQL and a mail catcher of their own, measure, and stop them again."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    with tempfile.TemporaryDirectory(prefix="mobility-letters-") as folder:
        stack = Stack(Path(folder))
        try:
            settings = stack.start()
            migrate(settings.required("database_url"))
            met = uvloop.run(measure(settings))
        finally:
            stack.stop()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
