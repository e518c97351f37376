"""Groups of differing size, or visits that overlap in part: what flow cannot count.

CP-SAT finds the best; the prices that go with it come from the linear relaxation, so that the bound
can be checked without believing either solver. Where the two do not meet, the certificate says by
how much.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from domain.assignment import Party, Per, Price, Room
from domain.facts import OfferId
from matchmaking.greedy import best_pair_first
from matchmaking.limits import how_many
from matchmaking.proof import bound_of

EFFORT = 5.0
"""How much the solver may do, in its own deterministic seconds: on any machine the same answer."""
UNIT = 1000
"""Prices of the relaxation are told in thousandths of a point."""


class _Row(NamedTuple):
    """One party at one offer, and the points of that."""

    party: int
    offer: OfferId
    points: int


class _Need(NamedTuple):
    """On one day in one room: no more of these than ``most``, each counting as much as it does."""

    room: str
    day: date
    per: Per
    counts: dict[int, int]  #: what a row takes up, by its number
    most: int


def best_with_sizes(parties: Sequence[Party], room: Room) -> tuple[dict[int, OfferId], list[Price]]:
    """Where each party goes, by its number, and prices for the bound in parts of ``UNIT``.

    Only rows are searched that can still be in an answer better than the greedy one.
    """
    rows = [_Row(n, o, score) for n, p in enumerate(parties) for o, (score, _) in p.options.items()]
    needs = list(_needs(rows, parties, room))
    known = best_pair_first(parties, room)
    prices = _prices(rows, len(parties), needs)
    worth_a_look = _worth_a_look(rows, parties, needs, prices, known, room)
    found = _chosen(rows, worth_a_look, [n for n in needs if n.per is Per.GUEST], known)
    kept = zip(needs, prices, strict=True)
    return found, [Price(n.room, n.day, n.per, price) for n, price in kept if price]


def _needs(rows: Sequence[_Row], parties: Sequence[Party], room: Room) -> Iterator[_Need]:
    there: dict[tuple[str, date], dict[int, int]] = {}
    for row, (n, offer, _) in enumerate(rows):
        for name in room.rooms[offer]:
            for day in parties[n].group.days:
                there.setdefault((name, day), {})[row] = parties[n].guests
    seen: dict[tuple[str, tuple[int, ...]], int] = {}
    for (name, day), guests in sorted(there.items()):
        free = room.free(name, day)
        same = (name, tuple(guests))
        # On the next day the same are there: it says something only if less is free.
        if seen.get(same, free + 1) <= free:
            continue
        seen[same] = free
        sizes = {rows[row].party: size for row, size in guests.items()}
        if sum(sizes.values()) > free:
            yield _Need(name, day, Per.GUEST, guests, free)
            most = how_many(sorted(sizes.values()), free)
            yield _Need(name, day, Per.GROUP, dict.fromkeys(guests, 1), most)


def _prices(rows: Sequence[_Row], parties: int, needs: Sequence[_Need]) -> list[int]:
    """The duals of the relaxation. Any prices prove a bound, so rounding costs no soundness."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    takes = [solver.NumVar(0, solver.infinity(), "") for _ in rows]
    objective = solver.Objective()
    objective.SetMaximization()
    once = [solver.Constraint(-solver.infinity(), 1) for _ in range(parties)]
    for row, (n, _, points) in enumerate(rows):
        objective.SetCoefficient(takes[row], points)
        once[n].SetCoefficient(takes[row], 1)
    bounds = [solver.Constraint(-solver.infinity(), need.most) for need in needs]
    for bound, need in zip(bounds, needs, strict=True):
        for row, count in need.counts.items():
            bound.SetCoefficient(takes[row], count)
    solver.Solve()
    return [max(0, round(bound.dual_value() * UNIT)) for bound in bounds]


def _worth_a_look(  # noqa: PLR0913, PLR0917 - all that is known by then
    rows: Sequence[_Row], parties: Sequence[Party], needs: Sequence[_Need],
    prices: Sequence[int], known: Mapping[int, OfferId], room: Room,
) -> list[int]:  # fmt: skip
    """The rows that lose no more beside the best, at these prices, than the bound leaves open."""
    priced = [Price(n.room, n.day, n.per, p) for n, p in zip(needs, prices, strict=True)]
    reached = sum(parties[n].options[offer][0] for n, offer in known.items())
    open_still = (bound_of(parties, room, priced, UNIT) + 1 - reached) * UNIT
    left = [row.points * UNIT for row in rows]
    for need, price in zip(needs, prices, strict=True):
        for row, count in need.counts.items():
            left[row] -= price * count
    best = [0] * len(parties)
    for row, (n, *_) in enumerate(rows):
        best[n] = max(best[n], left[row])
    return [row for row, (n, *_) in enumerate(rows) if best[n] - left[row] <= open_still]


def _chosen(
    rows: Sequence[_Row], searched: Sequence[int], needs: Sequence[_Need],
    known: Mapping[int, OfferId],
) -> dict[int, OfferId]:  # fmt: skip
    model = cp_model.CpModel()
    takes = {row: model.new_bool_var("") for row in searched}
    of_party: dict[int, list[cp_model.IntVar]] = {}
    for row, take in takes.items():
        of_party.setdefault(rows[row].party, []).append(take)
        model.add_hint(take, known.get(rows[row].party) == rows[row].offer)
    for each in of_party.values():
        model.add_at_most_one(each)
    for need in needs:
        there = [row for row in need.counts if row in takes]
        counts = cp_model.LinearExpr.weighted_sum(
            [takes[row] for row in there], [need.counts[row] for row in there]
        )
        model.add(counts <= need.most)
    points = [rows[row].points for row in takes]
    model.maximize(cp_model.LinearExpr.weighted_sum(list(takes.values()), points))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = EFFORT
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return dict(known)
    return {rows[row].party: rows[row].offer for row, take in takes.items() if solver.value(take)}
