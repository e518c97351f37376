"""What a spreadsheet does: the pair with the most points first, then the next one that fits."""

from collections.abc import Sequence
from datetime import date

from domain.assignment import Party, Room
from domain.facts import OfferId


def best_pair_first(parties: Sequence[Party], room: Room) -> dict[int, OfferId]:
    """Where each party goes, by its number."""
    pairs = sorted(
        (-score, n, offer)
        for n, party in enumerate(parties)
        for offer, (score, _) in party.options.items()
    )
    used: dict[tuple[str, date], int] = {}
    placed: dict[int, OfferId] = {}
    for _, n, offer in pairs:
        if n in placed:
            continue
        guests = parties[n].guests
        places = [(name, day) for name in room.rooms[offer] for day in parties[n].group.days]
        if all(used.get(place, 0) + guests <= room.free(*place) for place in places):
            placed[n] = offer
            used |= {place: used.get(place, 0) + guests for place in places}
    return placed
