"""How many groups fit where: what a solver that counts groups, not guests, has to know."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.assignment import Party, Room, days_between
from domain.facts import OfferId

Numbers = NDArray[np.int64]


class Limit(NamedTuple):
    """Of these parties, ``groups`` fit together, whichever they are.

    ``is_exact`` says that this is all there is to say: one more never fits. ``day`` is one on which
    all of them are there.
    """

    room: str
    day: date
    members: tuple[int, ...]
    groups: int
    is_exact: bool


class Rows(NamedTuple):
    """Candidates as columns, in order of their parties, with the limits they fall under.

    ``limit`` is that of the offer. ``above`` is the limit of the organisation for each of those,
    -1 where the offer is its only one.
    """

    party: Numbers
    limit: Numbers
    points: Numbers
    offers: list[OfferId]
    limits: list[Limit]
    above: Numbers

    @property
    def capacity(self) -> Numbers:
        """How many groups fit, by limit."""
        return np.array([limit.groups for limit in self.limits], np.int64)


def rows_of(parties: Sequence[Party], room: Room, *, at_once: bool = False) -> Rows:
    """Lay out the candidates of these parties; ``at_once`` counts them as if all came together."""
    ends = [(n, offer) for n, party in enumerate(parties) for offer in party.options]
    points = [score for party in parties for score, _ in party.options.values()]
    limits: list[Limit] = []
    of_offer = _limited(
        ((n, f"offer:{offer}", at) for at, (n, offer) in enumerate(ends)),
        parties,
        room,
        limits,
        at_once=at_once,
    )
    several = Counter(organisation for _, organisation in room.rooms.values())
    shared = (
        (n, room.rooms[offer][1], at)
        for at, (n, offer) in enumerate(ends)
        if several[room.rooms[offer][1]] > 1
    )
    of_organisation = _limited(shared, parties, room, limits, at_once=at_once)
    above = np.full(len(limits), -1, np.int64)
    # Whoever meets at an offer meets at its organisation: each limit lies within one above it.
    for at, limit in of_offer.items():
        above[limit] = of_organisation.get(at, -1)
    return Rows(
        np.array([n for n, _ in ends], np.int64),
        np.array([of_offer[at] for at in range(len(ends))], np.int64),
        np.array(points, np.int64),
        [offer for _, offer in ends],
        limits,
        above,
    )


def _limited(
    candidates: Iterable[tuple[int, str, int]], parties: Sequence[Party], room: Room,
    limits: list[Limit], *, at_once: bool,
) -> dict[int, int]:  # fmt: skip
    """Add the limits of these rooms, and say for each candidate under which it falls."""
    of_room: dict[str, dict[int, list[int]]] = {}
    for n, name, at in candidates:
        of_room.setdefault(name, {}).setdefault(n, []).append(at)
    found: dict[int, int] = {}
    for name in sorted(of_room):
        there = list(of_room[name])
        for run in [there] if at_once else runs(there, parties):
            found |= {at: len(limits) for n in run for at in of_room[name][n]}
            limits.append(_limit(name, run, parties, room))
    return found


def runs(members: Sequence[int], parties: Sequence[Party]) -> Iterator[list[int]]:
    """Those whose days hang together, one run after another."""
    run: list[int] = []
    last = date.min
    for n in sorted(members, key=lambda n: (parties[n].group.first_day, n)):
        if run and parties[n].group.first_day > last:
            yield run
            run = []
        run.append(n)
        last = max(last, parties[n].group.last_day)
    if run:
        yield run


def _limit(name: str, run: Sequence[int], parties: Sequence[Party], room: Room) -> Limit:
    groups = [parties[n].group for n in run]
    begin, end = max(g.first_day for g in groups), min(g.last_day for g in groups)
    meet, day = begin <= end, begin
    free = least = room.free(name, day)
    if not room.is_even(name):
        least = min(room.free(name, d) for g in groups for d in g.days)
        if meet:
            free, day = min((room.free(name, d), d) for d in days_between(begin, end))
    sizes = sorted(g.guests for g in groups)
    fit = how_many(reversed(sizes), least)
    is_exact = meet and least == free and fit == how_many(sizes, free)
    return Limit(name, day, tuple(run), fit, is_exact)


def how_many(sizes: Iterable[int], places: int) -> int:
    """How many groups fit, one after another."""
    return sum(guests <= places for guests in accumulate(sizes))
