"""Deferred acceptance: requests ask down their list, hosts keep the best they have heard of."""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from typing import NamedTuple

from domain.assignment import Party
from domain.facts import OfferId
from matchmaking.limits import Rows


class Bid(NamedTuple):
    """One party at one offer; bids sort as the host likes them, the best first."""

    against: int  #: the host's points, turned round
    group: str
    party: int
    row: int


def stable(parties: Sequence[Party], rows: Rows) -> dict[int, OfferId]:
    """Where each party goes, by its number: the best of all stable ways for those who ask."""
    lists = _lists(parties, rows)
    kept: dict[str, list[Bid]] = defaultdict(list)
    waiting = deque(range(len(parties)))
    while waiting:
        party = waiting.popleft()
        if not lists[party]:
            continue
        bid = lists[party].popleft()
        host = rows.limits[_top(rows, bid)].room
        kept[host], dropped = _choose(sorted([*kept[host], bid]), rows)
        waiting.extend(bid.party for bid in dropped)
    return {bid.party: rows.offers[bid.row] for bids in kept.values() for bid in bids}


def _lists(parties: Sequence[Party], rows: Rows) -> list[deque[Bid]]:
    """What each party asks for, in the order in which it asks."""
    lists: list[list[tuple[int, OfferId, Bid]]] = [[] for _ in parties]
    for row, n in enumerate(rows.party.tolist()):
        offer = rows.offers[row]
        score, host_score = parties[n].options[offer]
        lists[n].append((-score, offer, Bid(-host_score, parties[n].group.name, n, row)))
    return [deque(bid for *_, bid in sorted(wishes)) for wishes in lists]


def _top(rows: Rows, bid: Bid) -> int:
    limit = int(rows.limit[bid.row])
    above = int(rows.above[limit])
    return limit if above < 0 else above


def _choose(bids: Sequence[Bid], rows: Rows) -> tuple[list[Bid], list[Bid]]:
    """Keep the best that fit, by the limits of offer and organisation; the others are dropped."""
    used: Counter[int] = Counter()
    kept, dropped = list[Bid](), list[Bid]()
    for bid in bids:
        under = {int(rows.limit[bid.row]), _top(rows, bid)}
        if all(used[limit] < rows.limits[limit].groups for limit in under):
            used.update(under)
            kept.append(bid)
        else:
            dropped.append(bid)
    return kept, dropped
