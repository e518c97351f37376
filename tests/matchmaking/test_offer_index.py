"""The index ranks as the domain does, to the letter, whatever became of its offers meanwhile."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.demand import Demand
from domain.facts import OfferId, OrganisationId
from domain.hosting import HostingOffer
from domain.matching import MOST_NAMED
from domain.ranking import rank
from domain.standing import Known, Occupied, Standing
from matchmaking.offer_index import AT_FIRST, OfferIndex
from tests.builders import SOC, WEIGHTS, a_demand, an_offer
from tests.domain.directories import anything_known, some_demands, some_offers

NOTHING = Known()


def as_kept(offers: Iterable[HostingOffer]) -> dict[OfferId, str]:
    return {offer.id: offer.model_dump_json() for offer in offers}


def index_of(offers: Iterable[HostingOffer]) -> OfferIndex:
    index = OfferIndex(WEIGHTS)
    index.keep(as_kept(offers))
    return index


@settings(max_examples=60)
@given(
    earlier=some_offers, offers=some_offers, demand=some_demands, data=st.data(),
)  # fmt: skip
def test_the_index_ranks_as_the_domain_does(
    earlier: tuple[HostingOffer, ...], offers: tuple[HostingOffer, ...], demand: Demand,
    data: st.DataObject,
) -> None:  # fmt: skip
    index = index_of(earlier)
    at_first = data.draw(anything_known)
    assert index.best(demand, at_first) == rank(demand, earlier, WEIGHTS, at_first)

    index.withdraw([offer.id for offer in earlier])
    for offer in data.draw(st.permutations(offers)):
        index.keep(as_kept([offer]))

    known = data.draw(anything_known)
    found, expected = index.best(demand, known), rank(demand, offers, WEIGHTS, known)
    assert found == expected
    assert found.model_dump_json() == expected.model_dump_json()
    assert index.best(demand, NOTHING) == rank(demand, offers, WEIGHTS)


def test_a_directory_longer_than_what_is_named_is_ranked_as_the_domain_does() -> None:
    themes = ("inclusion", "skills mapping", "youth")
    offers = [
        an_offer(
            id=OfferId(f"o{n * 37 % 1009:04}"), organisation=f"org{n % 11}",
            themes=themes[: n % 4], places=1 + n % 5, languages=("en", "es")[n % 2 : n % 7],
        )
        for n in range(1000)
    ]  # fmt: skip
    known = Known(
        {SOC: Standing(sent=3), OrganisationId("org3"): Standing(asked=9000)},
        {offer.id: Occupied(on_a_day=n % 4) for n, offer in enumerate(offers[::3])},
    )

    ranking = index_of(offers).best(a_demand(), known)

    assert ranking == rank(a_demand(), offers, WEIGHTS, known)
    assert len(ranking.hosts) == len(ranking.excluded) == MOST_NAMED


def test_many_offers_of_one_organisation_do_not_hide_those_of_others() -> None:
    hoarded = [an_offer(id=OfferId(f"h{n:03}")) for n in range(3 * AT_FIRST)]
    others = [
        an_offer(id=OfferId(f"o{n}"), organisation=f"org{n}", themes=()) for n in range(MOST_NAMED)
    ]

    ranking = index_of([*hoarded, *others]).best(a_demand(), NOTHING)

    assert ranking == rank(a_demand(), [*hoarded, *others], WEIGHTS)
    assert len({host.organisation for host in ranking.hosts}) == MOST_NAMED


def test_what_is_known_of_hosts_may_change_from_one_search_to_the_next() -> None:
    index, offers = index_of([an_offer()]), [an_offer()]
    for standing in (Standing(sent=2), Standing(), Standing(is_paused=True), Standing(sent=9)):
        known = Known({SOC: standing})
        assert index.best(a_demand(), known) == rank(a_demand(), offers, WEIGHTS, known)


def test_an_empty_index_ranks_nobody() -> None:
    assert OfferIndex(WEIGHTS).best(a_demand(), NOTHING) == rank(a_demand(), (), WEIGHTS)


def test_an_offer_withdrawn_before_it_was_ever_seen_is_no_trouble() -> None:
    index = index_of([an_offer()])

    index.withdraw([OfferId("never-seen")])

    assert index.best(a_demand(), NOTHING) == rank(a_demand(), (an_offer(),), WEIGHTS)
