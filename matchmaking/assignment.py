"""Answers one question of a matchmaking event: who goes where, with the proof."""

from collections.abc import Mapping, Sequence

from domain.assignment import (
    Assignment,
    Certificate,
    Instance,
    Kind,
    Mode,
    Party,
    Per,
    Price,
    Room,
    Solution,
    parties_of,
)
from domain.facts import OfferId
from matchmaking.flow import NOWHERE, best_total
from matchmaking.greedy import best_pair_first
from matchmaking.limits import Rows, rows_of
from matchmaking.proof import bound_of
from matchmaking.sized import UNIT, best_with_sizes
from matchmaking.stable import stable


def assign(instance: Instance) -> Solution:
    """The assignment that the event promises. The order of the question makes no difference."""
    question = instance.in_order()
    room = Room(question)
    parties = parties_of(question, room)
    if question.mode is Mode.STABLE:
        placed = stable(parties, rows_of(parties, room, at_once=True))
        proof = Certificate(kind=Kind.STABLE)
    else:
        placed, prices, unit = _best(parties, room)
        proof = _proof(question, parties, placed, prices, unit)
    return Solution(
        instance=question, assignment=_assignment(question, parties, placed), certificate=proof
    )


def greedy(instance: Instance) -> Assignment:
    """What a spreadsheet comes to, to compare with."""
    question = instance.in_order()
    room = Room(question)
    parties = parties_of(question, room)
    return _assignment(question, parties, best_pair_first(parties, room))


def _best(parties: Sequence[Party], room: Room) -> tuple[dict[int, OfferId], list[Price], int]:
    """By flow where groups can be counted; what hangs together with anything else, by search."""
    rows = rows_of(parties, room)
    hard = _not_to_be_counted(rows)
    if not hard:
        return *_by_flow(rows, len(parties)), 1
    easy = [n for n in range(len(parties)) if n not in hard]
    flowing = [parties[n] for n in easy]
    placed, prices = _by_flow(rows_of(flowing, room), len(flowing))
    searched = sorted(hard)
    found, costs = best_with_sizes([parties[n] for n in searched], room)
    return (
        {easy[n]: offer for n, offer in placed.items()}
        | {searched[n]: offer for n, offer in found.items()},
        [price._replace(price=price.price * UNIT) for price in prices] + costs,
        UNIT,
    )


def _not_to_be_counted(rows: Rows) -> set[int]:
    """The parties that share a limit with others of which no number of groups tells all."""
    limits_of: dict[int, set[int]] = {}
    for party, limit in zip(rows.party.tolist(), rows.limit.tolist(), strict=True):
        above = int(rows.above[limit])
        limits_of.setdefault(party, set()).update({limit, above if above >= 0 else limit})
    new = {n for limit in rows.limits if not limit.is_exact for n in limit.members}
    found, seen = set[int](), set[int]()
    while new:
        found |= new
        reached = {limit for n in new for limit in limits_of[n]} - seen
        seen |= reached
        new = {n for limit in reached for n in rows.limits[limit].members} - found
    return found


def _by_flow(rows: Rows, parties: int) -> tuple[dict[int, OfferId], list[Price]]:
    chosen, costs = best_total(rows, parties)
    placed = {n: rows.offers[row] for n, row in enumerate(chosen.tolist()) if row != NOWHERE}
    prices = [
        Price(limit.room, limit.day, Per.GROUP, cost)
        for limit, cost in zip(rows.limits, costs.tolist(), strict=True)
        if cost
    ]
    return placed, prices


def _proof(
    question: Instance, parties: Sequence[Party], placed: Mapping[int, OfferId],
    prices: Sequence[Price], unit: int,
) -> Certificate:  # fmt: skip
    bound = bound_of(parties, Room(question), prices, unit)
    value = sum(parties[n].options[offer][0] for n, offer in placed.items())
    points = {(c.group, c.offer): c.score for c in question.candidates}
    fixed = sum(points.get(pair, 0) for pair in question.fixed.items())
    kind = Kind.OPTIMUM if bound == value else Kind.BOUND
    return Certificate(kind=kind, prices=tuple(sorted(prices)), unit=unit, bound=bound + fixed)


def _assignment(
    question: Instance, parties: Sequence[Party], placed: Mapping[int, OfferId]
) -> Assignment:
    points = {(c.group, c.offer): c.score for c in question.candidates}
    goes = question.fixed | {parties[n].group.name: offer for n, offer in placed.items()}
    pairs = {
        request: goes[group.name]
        for group in question.groups
        if group.name in goes
        for request in group.requests
    }
    return Assignment(
        pairs=dict(sorted(pairs.items())),
        total=sum(points.get(pair, 0) for pair in goes.items()),
    )
