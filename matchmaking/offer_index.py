"""All offers of the directory in memory, for ranking them within milliseconds.

What comes out is what ``domain.ranking.rank`` says of the same offers, to the letter: rules and
points are worked out over columns, and the domain says in words why the few that are named are out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

import numpy as np

from domain.criteria import OF_STANDING, told
from domain.demand import Demand
from domain.exclusions import left_out_by
from domain.facts import OfferId, OrganisationId, PersonId
from domain.matching import MOST_NAMED, Excluded, Ranked, Ranking, Rule
from domain.standing import NEWCOMER, Known, Standing, standing_points
from domain.weighing import Weights
from matchmaking.columns import Columns
from matchmaking.postings import Rows, grown
from matchmaking.scores import Scored, Scorer, Scores
from matchmaking.sieve import Sieve, busy_rows

AT_FIRST = 4 * MOST_NAMED
"""How many of the best are looked at first: mostly enough to find as many organisations."""


class OfferIndex:
    """The offers that stand, by everything that requests ask for."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._columns = Columns()
        self._standings: Mapping[OrganisationId, Standing] = {}
        self._points: Scores = np.zeros(0, np.int32)
        self._paused: set[int] = set()

    def keep(self, offers: dict[OfferId, str]) -> None:
        """Add or replace offers, each as JSON of its facts."""
        self._columns.keep(offers)

    def withdraw(self, offers: Iterable[OfferId]) -> None:
        """Leave out offers that do not stand any more, known here or not."""
        for offer in offers:
            self._columns.withdraw(offer)

    def weigh_anew(
        self, standings: Mapping[OrganisationId, Standing], names: Iterable[OrganisationId]
    ) -> None:
        """Go by these standings from now on. Known before, only those named stand otherwise."""
        codes = self._columns.organisations
        if standings is not self._standings:
            names = {*self._standings, *standings}
        for name in names:
            code, standing = codes.of(name), standings.get(name, NEWCOMER)
            self._points = grown(self._points, code + 1)
            self._points[code] = standing_points(standing, self._weights)
            (self._paused.add if standing.is_paused else self._paused.discard)(code)
        self._standings = standings

    def best(self, demand: Demand, known: Known) -> Ranking:
        """Rank the hosts for a request.

        If standings that were known before have been changed, ``weigh_anew`` was told so.
        """
        self.weigh_anew(known.standings, ())
        return self.search(demand).best(known)

    def search(self, demand: Demand) -> "Search":
        """Begin to rank the hosts for a request, by the offers and standings known here by now."""
        self._points = grown(self._points, len(self._columns.organisations))
        paused = np.fromiter(self._paused, np.intp)
        return Search(self._columns, demand, self._weights, self._points, paused)


class Search:
    """One request on its way through the offers: all is worked out but what others have at them.

    It goes by the offers and standings as they were when it began, and has to begin anew if any of
    them has changed.
    """

    def __init__(
        self, columns: Columns, demand: Demand, weights: Weights, points: Scores, paused: Rows
    ) -> None:
        self._columns, self._demand, self._weights = columns, demand, weights
        self._sieve = Sieve(columns, demand, paused)
        self._scorer = Scorer(columns, demand, weights, points)
        self._scored = self._scorer.scored(self._sieve.able())

    def best(self, known: Known) -> Ranking:
        """Rank the hosts, now that it is known what others have. A search ends with it."""
        sieve, busy = self._sieve, busy_rows(self._columns, known.occupied)
        sieve.meet_others(busy)
        scored = self._scored
        self._scorer.make_room(scored, busy)
        is_full = sieve.tally[scored.rows] != 0
        able = np.flatnonzero(~is_full)
        hosts = self._best(scored, able, known, MOST_NAMED)
        full = self._best(scored, np.flatnonzero(is_full), known, MOST_NAMED - len(hosts))
        return Ranking(
            hosts=hosts, full=full,
            excluded=self._excluded(known), counts=_said(sieve.counts),
            alone=_said(sieve.alone), more=max(0, len(able) - MOST_NAMED),
            more_excluded=max(0, sieve.standing - len(able) - MOST_NAMED),
        )  # fmt: skip

    def _excluded(self, known: Known) -> tuple[Excluded, ...]:
        rows = self._sieve.closest(MOST_NAMED)
        return tuple(
            left_out_by(broken, self._demand, self._columns.offer(row), known)
            for row, broken in zip(rows, self._sieve.broken_by(rows), strict=True)
        )

    def _best(self, scored: Scored, among: Rows, known: Known, most: int) -> tuple[Ranked, ...]:
        """The best at these places with their turns, of each organisation one before its next.

        The places come in the order of their offers' ids, which decides between as many points.
        """
        if not most:
            return ()
        organisations = self._columns["organisation"]
        turns: dict[int, list[int]] = defaultdict(list)
        asked: dict[int, int] = defaultdict(int)
        for first in _best_first(scored.scores[among]):
            at = int(among[first])
            organisation = organisations[scored.rows[at]]
            asked[organisation] += 1
            turns[asked[organisation]].append(at)
            if len(turns[1]) == most:
                break
        in_turn = ((at, turn) for turn in sorted(turns) for at in turns[turn])
        return tuple(self._ranked(scored, at, turn, known) for at, turn in islice(in_turn, most))

    def _ranked(self, scored: Scored, at: int, turn: int, known: Known) -> Ranked:
        columns, row = self._columns, int(scored.rows[at])
        organisation = OrganisationId(columns.organisations.name(columns["organisation"][row]))
        standing, weights = known.standing(organisation), self._weights
        points = scored.part(at) | {c: of(standing, weights) for c, of in OF_STANDING.items()}
        return Ranked(
            offer=columns.ids[row], organisation=organisation,
            coordinator=PersonId(columns.people.name(columns["coordinator"][row])),
            country=columns.countries.name(columns["country"][row]),
            zone=columns.zones.name(columns["zone"][row]),
            score=int(scored.scores[at]), contributions=told(points), turn=turn,
        )  # fmt: skip


def _said(counts: Mapping[Rule, int]) -> dict[Rule, int]:
    """What was counted, in the order of the rules, without those that nobody breaks."""
    return {rule: counts[rule] for rule in Rule if counts.get(rule)}


def _best_first(scores: Scores) -> Iterator[int]:
    """The places of the scores from the best down; of equal ones, the first comes first."""
    if len(scores) <= AT_FIRST:
        return iter(np.argsort(-scores, kind="stable").tolist())
    least = np.partition(scores, -AT_FIRST)[-AT_FIRST]
    top = np.flatnonzero(scores >= least)
    first = top[np.argsort(-scores[top], kind="stable")].tolist()
    return chain(first, _the_others(scores, least))


def _the_others(scores: Scores, least: int) -> Iterator[int]:
    others = np.flatnonzero(scores < least)
    yield from others[np.argsort(-scores[others], kind="stable")].tolist()
