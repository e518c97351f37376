"""All offers of the directory in memory, for ranking them within milliseconds.

What comes out is what ``domain.ranking.rank`` says of the same offers, to the letter: rules and
points are worked out over columns, and the few hosts that are named are explained by the domain.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

import numpy as np

from domain.criteria import Weighed
from domain.demand import Demand
from domain.exclusions import left_out_by
from domain.facts import OfferId, OrganisationId
from domain.matching import MOST_NAMED, Excluded, Ranked, Ranking
from domain.ranking import explained
from domain.standing import NEWCOMER, Known, Standing, standing_points
from domain.weighing import Weights
from matchmaking.columns import Columns
from matchmaking.postings import NOBODY, Rows, grown
from matchmaking.scores import Scorer, Scores
from matchmaking.sieve import Sieve

AT_FIRST = 4 * MOST_NAMED
"""How many of the best are looked at first: mostly enough to find as many organisations."""


class OfferIndex:
    """The offers that stand, by everything that requests ask for."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._columns = Columns()
        self._standings: Mapping[OrganisationId, Standing] = {}
        self._points: Scores = np.zeros(0, np.int32)
        self._paused: Rows = NOBODY

    def keep(self, offers: dict[OfferId, str]) -> None:
        """Add or replace offers, each as JSON of its facts."""
        self._columns.keep(offers)

    def withdraw(self, offers: Iterable[OfferId]) -> None:
        """Leave out offers that do not stand any more, known here or not."""
        for offer in offers:
            self._columns.withdraw(offer)

    def best(self, demand: Demand, known: Known) -> Ranking:
        """Rank the hosts for a request. What is known of hosts is not changed afterwards."""
        self._weigh_standings(known.standings)
        columns = self._columns
        self._points = grown(self._points, len(columns.organisations))
        sieve = Sieve(columns, demand, known, self._paused)
        scorer = Scorer(columns, demand, self._weights, sieve.busy, self._points)
        able = sieve.able()
        hosts = self._hosts(demand, known, self._best(scorer, able, MOST_NAMED))
        full = self._best(scorer, sieve.full(), MOST_NAMED - len(hosts))
        return Ranking(
            hosts=hosts, full=self._hosts(demand, known, full),
            excluded=self._excluded(demand, known, sieve), counts=sieve.counts(),
            alone=sieve.alone(), more=max(0, len(able) - MOST_NAMED),
            more_excluded=max(0, sieve.standing - len(able) - MOST_NAMED),
        )  # fmt: skip

    def _hosts(
        self, demand: Demand, known: Known, best: list[tuple[int, int]]
    ) -> tuple[Ranked, ...]:
        return tuple(
            explained(Weighed(demand, self._columns.offer(row), known, self._weights), turn)
            for turn, row in best
        )

    def _excluded(self, demand: Demand, known: Known, sieve: Sieve) -> tuple[Excluded, ...]:
        return tuple(
            left_out_by(sieve.broken_by(row), demand, self._columns.offer(row), known)
            for row in sieve.closest(MOST_NAMED)
        )

    def _best(self, scorer: Scorer, rows: Rows, most: int) -> list[tuple[int, int]]:
        """The best of these rows with their turns, of each organisation one before its next.

        The rows come in the order of their ids, which decides between as many points.
        """
        if not most or not len(rows):
            return []
        scores = scorer.scores(rows)
        organisations = self._columns["organisation"]
        turns: dict[int, list[int]] = defaultdict(list)
        asked: dict[int, int] = defaultdict(int)
        for at in _best_first(scores):
            row = int(rows[at])
            asked[organisations[row]] += 1
            turns[asked[organisations[row]]].append(row)
            if len(turns[1]) == most:
                break
        in_turn = ((turn, row) for turn in sorted(turns) for row in turns[turn])
        return list(islice(in_turn, most))

    def _weigh_standings(self, standings: Mapping[OrganisationId, Standing]) -> None:
        """Work out anew the points of those that stand otherwise than they did."""
        if standings is self._standings:
            return
        codes, before = self._columns.organisations, self._standings
        for organisation in {**before, **standings}:
            standing = standings.get(organisation, NEWCOMER)
            if before.get(organisation, NEWCOMER) != standing:
                code = codes.of(organisation)
                self._points = grown(self._points, code + 1)
                self._points[code] = standing_points(standing, self._weights)
        paused = (name for name, standing in standings.items() if standing.is_paused)
        self._paused = np.array([codes.of(name) for name in paused], np.int32)
        self._standings = standings


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
