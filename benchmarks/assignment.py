"""Joint assignment with its certificate, beside the bare solver on the same arrays in one run.

``python -m benchmarks.assignment``. As many requests as told, half as many hosts with room for one
to four, thirty hosts to choose from for each request.
"""

import os
import random  # noqa: TID251 - a benchmark is a door of its own, and its seed is fixed
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from domain.assignment import (
    Candidate,
    Group,
    Instance,
    Mode,
    OpenOffer,
    Room,
    Solution,
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

console = Console(highlight=False)


class Figures(NamedTuple):
    """What one size of event costs, in milliseconds and MiB."""

    requests: int
    bare: float
    proved: float
    ratio: float
    extra: float
    whole: float
    checked: float
    total: int
    by_greedy: int


def an_event(requests: int) -> Instance:
    """So many requests for one week; the same for the same number."""
    draw = random.Random(requests)  # noqa: S311 - no secret
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
    whole, solution = 0.0, assign(event)
    content = solution.model_dump(mode="json")
    checked, _ = _timed(lambda: check(content))
    return Figures(
        requests,
        statistics.median(bare for bare, _ in turns),
        statistics.median(proved for _, proved in turns),
        statistics.median(proved / bare for bare, proved in turns),
        _peak(lambda: best_total(rows, requests)),
        whole,
        checked,
        solution.assignment.total,
        greedy(event).total,
    )


def _bare(rows: Rows, requests: int) -> float:
    network = network_of(rows, requests)
    return _timed(lambda: solve(network))[0]


def _proved(rows: Rows, requests: int) -> float:
    return _timed(lambda: best_total(rows, requests))[0]


def _timed(what: Callable[[], object]) -> tuple[float, object]:
    begin = time.perf_counter()
    result = what()
    return (time.perf_counter() - begin) * 1000, result


def _peak(what: Callable[[], object]) -> float:
    tracemalloc.start()
    what()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20
