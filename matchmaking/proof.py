"""What prices prove: however the places are given away, it cannot be worth more than this.

Every free place is paid for, whether somebody takes it or not, and every party keeps what its best
offer leaves it beyond the price.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from domain.assignment import Party, Per, Price, Room
from domain.facts import OfferId
from matchmaking.limits import how_many


def bound_of(parties: Sequence[Party], room: Room, prices: Sequence[Price], unit: int) -> int:
    """The most points there can be, in whole points: nothing that is assigned has half a point."""
    priced: Mapping[str, list[Price]] = defaultdict(list)
    for price in prices:
        priced[price.room].append(price)
    wanted: Mapping[str, list[Party]] = defaultdict(list)
    for party in parties:
        for name in {name for offer in party.options for name in room.rooms[offer]} & priced.keys():
            wanted[name].append(party)
    whole = sum(price.price * _places(price, wanted[price.room], room) for price in prices)
    for party in parties:
        left = (
            score * unit - sum(_to_pay(party, price) for price in _due(offer, room, priced))
            for offer, (score, _) in party.options.items()
        )
        whole += max(0, *left, 0)
    return whole // unit


def _due(offer: OfferId, room: Room, priced: Mapping[str, list[Price]]) -> list[Price]:
    return [price for name in room.rooms[offer] if name in priced for price in priced[name]]


def _to_pay(party: Party, price: Price) -> int:
    if not party.group.first_day <= price.day <= party.group.last_day:
        return 0
    return price.price * (party.guests if price.per is Per.GUEST else 1)


def _places(price: Price, wanted: Sequence[Party], room: Room) -> int:
    free = room.free(price.room, price.day)
    if price.per is Per.GUEST:
        return free
    there = (p for p in wanted if p.group.first_day <= price.day <= p.group.last_day)
    return how_many(sorted(party.guests for party in there), free)
