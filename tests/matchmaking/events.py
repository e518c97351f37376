"""Small events for tests, and the slow and certain way to answer them: by trying everything."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product

from domain.assignment import Candidate, Group, Instance, Mode, OpenOffer
from domain.facts import OfferId, OrganisationId, Reference

MONDAY = date(2027, 5, 3)


def a_group(name: str, guests: int = 1, first: int = 0, length: int = 3, *others: str) -> Group:
    """A request, or several that travel together, from a day of the event on."""
    begin = MONDAY + timedelta(days=first)
    return Group(
        requests=(Reference(name), *map(Reference, others)), guests=guests,
        first_day=begin, last_day=begin + timedelta(days=length - 1),
    )  # fmt: skip


def an_open_offer(
    name: str, places: int = 1, organisation: str = "", taken: Sequence[int] = ()
) -> OpenOffer:
    """An offer of an organisation of its own, unless told; one place is taken on some days."""
    return OpenOffer(
        offer=OfferId(name), organisation=OrganisationId(organisation or f"org-{name}"),
        places=places, taken={MONDAY + timedelta(days=day): 1 for day in taken},
    )  # fmt: skip


def a_candidate(group: str, offer: str, score: int, host_score: int | None = None) -> Candidate:
    """A pair that may be made; the host likes it as much as the request, unless told."""
    liked = score if host_score is None else host_score
    return Candidate(Reference(group), OfferId(offer), score, liked)


def a_table(
    scores: Sequence[Sequence[int | None]], places: Sequence[int], **more: object
) -> Instance:
    """Requests in rows, offers in columns, points where the two may meet."""
    return Instance.model_validate(
        {
            "mode": Mode.BEST_TOTAL,
            "groups": [a_group(f"r{n}") for n in range(len(scores))],
            "offers": [an_open_offer(f"o{m}", free) for m, free in enumerate(places)],
            "candidates": [
                a_candidate(f"r{n}", f"o{m}", score)
                for n, row in enumerate(scores)
                for m, score in enumerate(row)
                if score is not None
            ],
        }
        | more
    )


Pairs = dict[Reference, OfferId]


def all_assignments(event: Instance) -> Iterator[Pairs]:
    """Every assignment that breaks no rule, by group."""
    refused = set(event.forbidden)
    open_to = {g.name: [None, *_allowed(event, g, refused)] for g in event.groups}
    for group, offer in event.fixed.items():
        open_to[group] = [offer]
    for choice in product(*open_to.values()):
        pairs = {name: at for name, at in zip(open_to, choice, strict=True) if at is not None}
        if is_within_capacity(event, pairs):
            yield pairs


def _allowed(
    event: Instance, group: Group, refused: set[tuple[Reference, OfferId]]
) -> list[OfferId]:
    offers = [c.offer for c in event.candidates if c.group == group.name]
    return [o for o in offers if not any((r, o) in refused for r in group.requests)]


def is_within_capacity(event: Instance, pairs: Pairs) -> bool:
    """Whether all fit, day by day, with each offer and with each organisation.

    Where accepted pairs alone are too many, nobody else comes.
    """
    offers = {o.offer: o for o in event.offers}
    groups = {g.name: g for g in event.groups}
    for those in (*[[o] for o in event.offers], *_by_organisation(event)):
        places = max(o.places for o in those)
        there = [g for g, at in pairs.items() if offers[at] in those]
        for day in {day for name in there for day in groups[name].days}:
            here = [n for n in there if day in groups[n].days]
            new = sum(groups[n].guests for n in here if n not in event.fixed)
            old = sum(groups[n].guests for n in here if n in event.fixed)
            taken = sum(o.taken.get(day, 0) for o in those)
            if new and new + old + taken > places:
                return False
    return True


def _by_organisation(event: Instance) -> list[list[OpenOffer]]:
    names = sorted({o.organisation for o in event.offers})
    return [[o for o in event.offers if o.organisation == name] for name in names]


def points(event: Instance, pairs: Pairs) -> int:
    """What an assignment is worth."""
    score = {(c.group, c.offer): c.score for c in event.candidates}
    return sum(score.get(pair, 0) for pair in pairs.items())


def best_by_trying(event: Instance) -> int:
    """The most points that any assignment has."""
    return max(points(event, pairs) for pairs in all_assignments(event))


def blocking_pairs(event: Instance, pairs: Pairs) -> list[tuple[Reference, OfferId]]:
    """Who would both rather have each other, where every group has one guest and days are alike."""
    score = {(c.group, c.offer): (-c.score, c.offer) for c in event.candidates}
    liked = {(c.group, c.offer): (-c.host_score, c.group) for c in event.candidates}
    places = {o.offer: o.places for o in event.offers}
    return [
        (c.group, c.offer)
        for c in event.candidates
        if (c.group not in pairs or score[c.group, c.offer] < score[c.group, pairs[c.group]])
        and sum(
            at == c.offer and liked[name, at] < liked[c.group, c.offer]
            for name, at in pairs.items()
        ) < places[c.offer]
    ]  # fmt: skip
