"""Joint assignment with its certificate, beside the bare solver on the same arrays in one run.

``python -m benchmarks.assignment``. As many requests as told, half as many hosts with room for one
to four, thirty hosts to choose from for each request.
"""

import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from rich.console import Console
from rich.table import Table

from domain.assignment import (
    Candidate,
    Group,
    Instance,
    Mode,
    OpenOffer,
    Room,
    parties_of,
)
from domain.facts import OfferId, OrganisationId, Reference
from matchmaking.assignment import assign, greedy
from matchmaking.check_certificate import check
from matchmaking.flow import best_total, network_of, solve
from matchmaking.limits import Rows, rows_of

SIZES = tuple(int(n) for n in os.environ.get("BENCH_REQUESTS", "50 500 2000 5000").split())
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
CANDIDATES = 30
TARGET_RATIO = 1.3
FIRST_DAY = date(2027, 5, 3)

Result = TypeVar("Result")

console = Console(highlight=False, width=110)


class Figures(NamedTuple):
    """What one size of event costs, in milliseconds and MiB."""

    requests: int
    bare: float
    proved: float
    ratio: float
    whole: float
    checked: float
    peak: float
    total: int
    by_greedy: int


def an_event(requests: int) -> Instance:
    """So many requests for one week; the same for the same number."""
    draw = random.Random(requests)
    hosts = [OfferId(f"O-{n:05d}") for n in range(max(1, requests // 2))]
    week = {"first_day": FIRST_DAY, "last_day": FIRST_DAY + timedelta(days=4)}
    names = [Reference(f"M-2027-{n:05d}") for n in range(requests)]
    candidates = [
        Candidate(name, offer, draw.randint(1, 100), draw.randint(1, 100))
        for name in names
        for offer in draw.sample(hosts, min(CANDIDATES, len(hosts)))
    ]
    return Instance(
        mode=Mode.BEST_TOTAL,
        groups=tuple(Group(requests=(name,), guests=1, **week) for name in names),
        offers=tuple(
            OpenOffer(offer=host, organisation=OrganisationId(host), places=draw.randint(1, 4))
            for host in hosts
        ),
        candidates=tuple(candidates),
    )


def measure(requests: int) -> Figures:
    """Measure one size, turn about."""
    event = an_event(requests)
    room = Room(event)
    rows = rows_of(parties_of(event, room), room)
    turns = [(_bare(rows, requests), _proved(rows, requests)) for _ in range(ROUNDS)]
    whole, solution = _timed(lambda: assign(event))
    content = solution.model_dump(mode="json")
    checked, _ = _timed(lambda: check(content))
    return Figures(
        requests,
        statistics.median(bare for bare, _ in turns),
        statistics.median(proved for _, proved in turns),
        statistics.median(proved / bare for bare, proved in turns),
        whole,
        checked,
        _peak(),
        solution.assignment.total,
        greedy(event).total,
    )


def _bare(rows: Rows, requests: int) -> float:
    return _timed(lambda: solve(network_of(rows, requests)))[0]


def _proved(rows: Rows, requests: int) -> float:
    return _timed(lambda: best_total(rows, requests))[0]


def _timed(what: Callable[[], Result]) -> tuple[float, Result]:
    begin = time.perf_counter()
    result = what()
    return (time.perf_counter() - begin) * 1000, result


def _peak() -> float:
    """The most memory this process has had, which rises with each larger size."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(sizes: tuple[int, ...]) -> bool:
    """Measure each size, print, and tell whether the target is met."""
    table = Table(
        "requests", "bare solver ms", "with prices ms", "ratio", "event to proof ms", "checker ms",
        "peak MiB", "points", "greedy has",
    )  # fmt: skip
    found = [measure(requests) for requests in sorted(sizes)]
    for f in found:
        table.add_row(
            f"{f.requests:,}", f"{f.bare:.1f}", f"{f.proved:.1f}", f"{f.ratio:.2f}",
            f"{f.whole:.0f}", f"{f.checked:.0f}", f"{f.peak:.0f}", f"{f.total:,}",
            f"{f.by_greedy / f.total:.1%}",
        )  # fmt: skip
    console.print(table)
    console.print(
        f"Target: at most {TARGET_RATIO} times the bare solver, prices included; median of "
        f"{ROUNDS} rounds, turn about. Both build the same network from the same arrays."
    )
    return all(f.ratio <= TARGET_RATIO for f in found)


if __name__ == "__main__":
    sys.exit(0 if report(SIZES) else 1)
