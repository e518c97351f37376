"""The best total by minimum-cost flow, and prices that prove it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from matchmaking.limits import Numbers, Rows

NOWHERE = -1


class Network(NamedTuple):
    """Rows as the solver takes them: parties flow to limits, limits to theirs, or to nowhere."""

    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    capacities: Numbers
    costs: Numbers
    supplies: Numbers


def network_of(rows: Rows, parties: int) -> Network:
    """The network: parties first, then limits, then nowhere in particular, where all flows end."""
    limits = np.arange(len(rows.limits))
    end = parties + len(rows.limits)
    everybody = np.arange(parties)
    beyond = np.where(rows.above >= 0, parties + rows.above, end)
    supplies = np.zeros(end + 1, np.int64)
    supplies[:parties], supplies[end] = 1, -parties
    one_each = np.ones(len(rows.party) + parties, np.int64)
    nothing = np.zeros(parties + len(limits), np.int64)
    return Network(
        np.concatenate((rows.party, everybody, parties + limits)).astype(np.int32),
        np.concatenate((parties + rows.limit, np.full(parties, end), beyond)).astype(np.int32),
        np.concatenate((one_each, rows.capacity)),
        np.concatenate((-rows.points, nothing)),
        supplies,
    )


def solve(network: Network) -> Numbers:
    """The flow on every arc.

    Raises:
        ValueError: when there is none, which cannot be: everybody may go nowhere.
    """
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        network.tails, network.heads, network.capacities, network.costs
    )
    solver.set_nodes_supplies(np.arange(len(network.supplies), dtype=np.int32), network.supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ValueError(f"The network has no flow: {status}.")
    flows: Numbers = solver.flows(arcs)
    return flows


def best_total(rows: Rows, parties: int) -> tuple[Numbers, Numbers]:
    """Which row each party takes, NOWHERE for none; and what a place costs, by limit."""
    if not len(rows.party):
        return np.full(parties, NOWHERE, np.int64), np.zeros(len(rows.limits), np.int64)
    flows = solve(network_of(rows, parties))
    return _proved(rows, parties, flows)


def _proved(rows: Rows, parties: int, flows: Numbers) -> tuple[Numbers, Numbers]:
    taken = np.flatnonzero(flows[: len(rows.party)])
    chosen = np.full(parties, NOWHERE, np.int64)
    chosen[rows.party[taken]] = taken
    return chosen, prices(rows, chosen, flows[len(rows.party) + parties :])


def prices(rows: Rows, chosen: Numbers, used: Numbers) -> Numbers:
    """The lowest prices at which every party has what it likes best, and no free place costs any.

    A price rises by what somebody would gain by going there, until nobody gains by it: only those
    are looked at again whose own place has become dearer.
    """
    nowhere = len(rows.limits)
    worth, at = np.zeros(len(chosen), np.int64), np.full(len(chosen), nowhere, np.int64)
    placed = chosen != NOWHERE
    worth[placed], at[placed] = rows.points[chosen[placed]], rows.limit[chosen[placed]]
    gain, own_place = rows.points - worth[rows.party], at[rows.party]
    cost = np.zeros(nowhere + 1, np.int64)
    nested = np.flatnonzero(rows.above >= 0)
    with_room = nested[used[nested] < rows.capacity[nested]]
    active = np.flatnonzero(gain > 0)
    while len(active):
        before = cost.copy()
        np.maximum.at(cost, rows.limit[active], gain[active] + cost[own_place[active]])
        if len(nested):
            # Neither offer nor organisation is the cheaper one without reason.
            np.maximum.at(cost, rows.above[with_room], cost[with_room])
            cost[nested] = np.maximum(cost[nested], cost[rows.above[nested]])
        active = np.flatnonzero((cost > before)[own_place])
    own = cost[:-1].copy()
    own[nested] -= cost[rows.above[nested]]
    return own
