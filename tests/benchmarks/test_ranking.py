"""Ranking is measured against the same work: all three find the same hosts, or it stops."""

from benchmarks.partnership import some_demands, some_offers
from benchmarks.ranking import measure
from domain.ranking import rank
from store.cases import Store
from tests.builders import WEIGHTS


async def test_a_small_partnership_is_ranked_alike_in_all_three_ways(store: Store) -> None:
    measured = await measure(store, 300, some_demands(4))

    assert len(measured.times) == 4
    assert min(min(times) for times in measured.times) > 0
    assert measured.load > 0


def test_what_is_measured_is_no_empty_list() -> None:
    offers = tuple(some_offers(600))
    rankings = [rank(demand, offers, WEIGHTS) for demand in some_demands(4)]

    assert {len(ranking.hosts) for ranking in rankings} == {20}
    assert min(ranking.more for ranking in rankings) > 0
    assert len({rule for ranking in rankings for rule in ranking.counts}) > 5
