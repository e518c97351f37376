"""Ranking one request over thousands of offers in PostgreSQL, beside a bare floor and beside SQL.

``python -m benchmarks.ranking``. Ours is what a worker does for a mobility: see whether anything
has changed, rank, and explain the twenty best and twenty of those left out. The floor is
``benchmarks/bare_scoring.py``. All three find the same hosts with the same scores, or this stops.
Each has gone through the same request once before it is timed.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import psutil
import sqlalchemy as sa
import uvloop
from rich.console import Console
from rich.table import Table

from activities.offers_at_hand import OffersAtHand
from benchmarks.bare_scoring import BareScoring, Found
from benchmarks.partnership import TODAY, keep_partnership, some_demands, some_offers
from benchmarks.sql_scoring import best_in_sql, make_table
from domain.demand import Demand
from domain.hosting import HostingOffer
from domain.matching import Ranking
from domain.standing import Known
from local.stack import Stack
from settings import Settings
from starter.client import open_store
from store.cases import Store
from store.directory import Directory, keep_directory
from store.engine import migrate
from store.standings import look_around, read_standings
from store.tables import host_answer, hosting_offer, mobility, place
from tests.builders import WEIGHTS

SIZES = tuple(int(n) for n in os.environ.get("BENCH_OFFERS", "1000,10000,100000").split(","))
DEMANDS = int(os.environ.get("BENCH_DEMANDS", "40"))
MOST_RATIO, LEAST_GAIN, MOST_MS = 2.0, 10.0, 10.0
MIB = 2**20

console = Console(highlight=False)


class Times(NamedTuple):
    """Milliseconds for one request, each of the three on the same one.

    Beside what a clock shows, the processor time of this process: what else a machine does counts
    less there, and what PostgreSQL does not at all.
    """

    ours: float
    bare: float
    sql: float
    ours_busy: float
    bare_busy: float


class Measured(NamedTuple):
    """What one size has shown."""

    offers: int
    times: tuple[Times, ...]
    load: float
    after_a_change: float
    after_an_answer: float
    grown: float
    peak: float

    def median(self, of: str) -> float:
        """The median of one of the three."""
        return float(statistics.median(getattr(times, of) for times in self.times))

    @property
    def ratio(self) -> float:
        """How many times the floor ours takes, as the median over requests."""
        return statistics.median(times.ours / times.bare for times in self.times)

    @property
    def busy_ratio(self) -> float:
        """The same of processor time."""
        return statistics.median(times.ours_busy / times.bare_busy for times in self.times)

    @property
    def gain(self) -> float:
        """How many times longer SQL takes than ours."""
        return statistics.median(times.sql / times.ours for times in self.times)


async def measure(store: Store, how_many: int, demands: Sequence[Demand]) -> Measured:
    """Keep a partnership of this size, and rank every demand in the three ways by turns."""
    await _empty(store)
    offers = list(some_offers(how_many))
    await keep_partnership(store, offers)
    hand = OffersAtHand(store, WEIGHTS)
    with _Watch() as watch:
        load = (await _timed(hand.rank(demands[0], on=TODAY)))[0]
    grown, peak = watch.after - watch.before, watch.peak - watch.before
    known = Known(await read_standings(store.engine, WEIGHTS, on=TODAY))
    bare = BareScoring(offers, known, WEIGHTS)
    await make_table(store.engine, offers, known, WEIGHTS)
    times = tuple([await _by_turns(store, hand, bare, demand) for demand in demands])
    change = await _after_a_change(store, hand, offers[0], demands[0])
    answer = await _after_an_answer(store, hand, demands[0])
    return Measured(how_many, times, load, change, answer, grown / MIB, peak / MIB)


async def _empty(store: Store) -> None:
    async with store.engine.begin() as tx:
        for table in (place, host_answer, mobility, hosting_offer):
            await tx.execute(sa.delete(table))


async def _timed(work: Awaitable[Ranking]) -> tuple[float, Ranking]:
    began = time.perf_counter()
    found = await work
    return (time.perf_counter() - began) * 1000, found


def _busy() -> float:
    return time.process_time() * 1000


async def _by_turns(store: Store, hand: OffersAtHand, bare: BareScoring, demand: Demand) -> Times:
    occupied = (await look_around(store.engine, demand)).occupied
    await hand.rank(demand, on=TODAY)
    busy = _busy()
    ours, ranking = await _timed(hand.rank(demand, on=TODAY))
    ours_busy = _busy() - busy
    bare.best(demand, occupied)
    began, busy = time.perf_counter(), _busy()
    floor = bare.best(demand, occupied)
    bare_ms, bare_busy = (time.perf_counter() - began) * 1000, _busy() - busy
    async with store.engine.connect() as connection:
        await best_in_sql(connection, demand, occupied, WEIGHTS)
        began = time.perf_counter()
        in_sql = await best_in_sql(connection, demand, occupied, WEIGHTS)
        sql_ms = (time.perf_counter() - began) * 1000
    _agree(ranking, floor, in_sql)
    return Times(ours, bare_ms, sql_ms, ours_busy, bare_busy)


def _agree(ranking: Ranking, floor: Found, in_sql: Found) -> None:
    named = [(host.offer, host.score) for host in ranking.hosts if host.turn == 1]
    if not named == floor == in_sql:
        sys.exit(f"The three disagree:\nours {named}\nbare {floor}\nSQL  {in_sql}")


async def _after_a_change(
    store: Store, hand: OffersAtHand, offer: HostingOffer, demand: Demand
) -> float:
    """Milliseconds of a ranking right after somebody has changed an offer."""
    changed = offer.model_copy(update={"places": 1 + offer.places})
    await keep_directory(store.engine, Directory(organisations=(), people=(), offers=(changed,)))
    return (await _timed(hand.rank(demand, on=TODAY)))[0]


async def _after_an_answer(store: Store, hand: OffersAtHand, demand: Demand) -> float:
    """Milliseconds of a ranking right after some host has answered: standings are read anew."""
    answered = sa.text(
        "insert into host_answer (reference, asked_n, organisation, asked_at, answered_at, answer) "
        "select reference, 99, organisation, asked_at, answered_at, answer from host_answer limit 1"
    )
    async with store.engine.begin() as tx:
        await tx.execute(answered)
    return (await _timed(hand.rank(demand, on=TODAY)))[0]


class _Watch:
    """Sees how much memory this process has at the most, while something goes on."""

    def __enter__(self) -> Self:
        self._process, self._over = psutil.Process(), threading.Event()
        self.before = self.peak = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.after = self._process.memory_info().rss

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.peak = max(self.peak, self._process.memory_info().rss)


def _print(measured: Sequence[Measured]) -> None:
    table = Table("median of one request, ms", *(f"{m.offers:,} offers" for m in measured))
    names = (
        ("ours", "ours"), ("bare", "bare numpy"), ("sql", "SQL"),
        ("ours_busy", "ours, processor time"), ("bare_busy", "bare numpy, processor time"),
    )  # fmt: skip
    for of, name in names:
        table.add_row(name, *(f"{m.median(of):.2f}" for m in measured))
    table.add_row("ours / bare", *(f"{m.ratio:.2f}" for m in measured))
    table.add_row("ours / bare, processor time", *(f"{m.busy_ratio:.2f}" for m in measured))
    table.add_row("SQL / ours", *(f"{m.gain:.1f}" for m in measured))
    table.add_row("first ranking, all offers read", *(f"{m.load:,.0f}" for m in measured))
    table.add_row("after an offer has changed", *(f"{m.after_a_change:.1f}" for m in measured))
    table.add_row("after a host has answered", *(f"{m.after_an_answer:.1f}" for m in measured))
    table.add_row("memory of the index, MiB", *(f"{m.grown:,.0f}" for m in measured))
    table.add_row("at the most while loading, MiB", *(f"{m.peak:,.0f}" for m in measured))
    console.print(table)
    console.print(
        f"Targets with the most offers: at most {MOST_RATIO} times the floor, about {MOST_MS:.0f} "
        f"ms, at least {LEAST_GAIN:.0f} times as fast as SQL."
    )


async def measure_all(settings: Settings) -> bool:
    """Measure every size, print, and tell whether the targets are met."""
    store = open_store(settings)
    demands = some_demands(DEMANDS)
    measured = [await measure(store, size, demands) for size in SIZES]
    await store.engine.dispose()
    _print(measured)
    last = measured[-1]
    return last.ratio <= MOST_RATIO and last.gain >= LEAST_GAIN and last.median("ours") <= MOST_MS


def main() -> int:
    """Start a PostgreSQL of its own, measure, and stop it again."""
    with tempfile.TemporaryDirectory(prefix="mobility-ranking-") as folder:
        stack = Stack(Path(folder))
        try:
            settings = stack.start()
            migrate(settings.required("database_url"))
            met = uvloop.run(measure_all(settings))
        finally:
            stack.stop()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
