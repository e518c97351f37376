"""In what order hosts are asked, why some are not, and how their points come about."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.criteria import POINTS
from domain.demand import Demand
from domain.exclusions import CHECKS, left_out
from domain.facts import OfferId, OrganisationId
from domain.hosting import HostingOffer, Period, Provision
from domain.matching import MOST_NAMED, Criterion, DeclineReason, Ranking, Rule
from domain.people import Level
from domain.ranking import rank
from domain.request import Activity
from domain.standing import Known, Occupied, Standing
from tests.builders import (
    BORAS,
    COORDINATOR,
    EMELIE,
    FRIDA,
    OFFICE,
    SOC,
    SOC_OFFER,
    WEIGHTS,
    a_demand,
    a_request,
    a_second_offer,
    an_offer,
)
from tests.domain.directories import anything_known, some_demands, some_offers

PAUSED = Known({SOC: Standing(is_paused=True)})
FULL = Known(occupied={SOC_OFFER: Occupied(on_a_day=3)})
FULL_WEEK = Known(occupied={SOC_OFFER: Occupied(in_a_week=8)})
NOTHING = Known()


@given(offers=some_offers, demand=some_demands, data=st.data())
def test_the_order_of_rows_makes_no_difference(
    offers: tuple[HostingOffer, ...], demand: Demand, data: st.DataObject
) -> None:
    known = data.draw(anything_known)
    shuffled = tuple(data.draw(st.permutations(offers)))
    reversed_known = Known(
        dict(reversed(list(known.standings.items()))), dict(reversed(list(known.occupied.items())))
    )

    assert rank(demand, shuffled, WEIGHTS, reversed_known) == rank(demand, offers, WEIGHTS, known)


@given(offers=some_offers, demand=some_demands, data=st.data())
def test_every_offer_is_counted_once_and_contributions_sum_to_the_score(
    offers: tuple[HostingOffer, ...], demand: Demand, data: st.DataObject
) -> None:
    known = data.draw(anything_known)
    ranking = rank(demand, offers, WEIGHTS, known)
    not_asked = [offer for offer in offers if offer.id not in demand.asked]
    broken = [out for offer in not_asked if (out := left_out(demand, offer, known))]

    assert len(ranking.hosts) + ranking.more + len(broken) == len(not_asked)
    assert len(ranking.excluded) + ranking.more_excluded == len(broken)
    assert ranking.counts == Counter(rule for out in broken for rule in out.rules)
    assert ranking.alone == Counter(out.rules[0] for out in broken if len(out.rules) == 1)
    assert all(sum(host.contributions.values()) == host.score for host in ranking.hosts)
    assert list(ranking.hosts) == sorted(
        ranking.hosts, key=lambda host: (host.turn, -host.score, host.offer)
    )
    assert all(out.reason for out in ranking.excluded)


@pytest.mark.parametrize(
    ("changes", "known", "rules", "reason"),
    [
        (
            {"organisation": BORAS, "country": "SE"}, NOTHING, [Rule.OWN, Rule.ELIGIBILITY],
            "is the sending organisation itself",
        ),
        ({"coordinator": FRIDA}, NOTHING, [Rule.TRAVELS], "has a coordinator who travels"),
        (
            {"coordinator": COORDINATOR}, NOTHING, [Rule.OTHER_PART],
            "has a coordinator with another part in this mobility",
        ),
        (
            {"coordinator": OFFICE}, NOTHING, [Rule.OTHER_PART],
            "has a coordinator with another part in this mobility",
        ),
        ({}, PAUSED, [Rule.PAUSED], "is not asked for the time being: hosting is paused there"),
        (
            {"country": "SE"}, NOTHING, [Rule.ELIGIBILITY],
            "is in SE too, and a visit goes to another country",
        ),
        ({"activities": (Activity.COURSE,)}, NOTHING, [Rule.ACTIVITY],
         "does not offer job shadowing"),
        (
            {"opens": date(2026, 5, 6)}, NOTHING, [Rule.DATES],
            "is open from 2026-05-06 to 2026-12-31 only",
        ),
        (
            {"closes": date(2026, 5, 6)}, NOTHING, [Rule.DATES],
            "is open from 2026-01-01 to 2026-05-06 only",
        ),
        (
            {"blackouts": (Period(first=date(2026, 5, 7), last=date(2026, 5, 9)),)}, NOTHING,
            [Rule.BLACKOUT], "cannot take anybody from 2026-05-07 to 2026-05-09",
        ),
        (
            {"shortest_days": 4}, NOTHING, [Rule.DURATION],
            "takes visits of at least 4 days, and this one has 3",
        ),
        (
            {"longest_days": 2}, NOTHING, [Rule.DURATION],
            "takes visits of at most 2 days, and this one has 3",
        ),
        (
            {"smallest_group": 3}, NOTHING, [Rule.GROUP],
            "takes at least 3 people together, and 2 travel",
        ),
        ({"places": 1}, NOTHING, [Rule.GROUP], "takes at most 1 person together, and 2 travel"),
        (
            {"per_week": 1}, NOTHING, [Rule.GROUP],
            "takes at most 1 person a week, and 2 travel",
        ),
        ({}, FULL, [Rule.CAPACITY], "has 1 of 4 places left on these days, and 2 travel"),
        (
            {"per_week": 9}, FULL_WEEK, [Rule.CAPACITY],
            "has 1 of 9 places left in that week, and 2 travel",
        ),
        ({"languages": ("es",)}, NOTHING, [Rule.LANGUAGE], "has no language in common"),
        (
            {"activities": (), "languages": (), "closes": date(2026, 5, 1)}, NOTHING,
            [Rule.ACTIVITY, Rule.DATES, Rule.LANGUAGE], "does not offer job shadowing",
        ),
    ],
)  # fmt: skip
def test_of_an_offer_that_cannot_be_asked_all_broken_rules_are_found(
    changes: dict[str, object], known: Known, rules: list[Rule], reason: str
) -> None:
    ranking = rank(a_demand(), (an_offer(**changes),), WEIGHTS, known)

    assert ranking.hosts == ()
    [out] = ranking.excluded
    assert (out.reason, list(out.rules)) == (reason, rules)
    assert ranking.counts == dict.fromkeys(rules, 1)
    assert ranking.alone == (dict.fromkeys(rules, 1) if len(rules) == 1 else {})


@pytest.mark.parametrize(
    ("spoken", "reason"),
    [
        ({"en": "B1"}, "does not speak en at B2 or better (en: B1)"),
        ({"en": None}, "does not speak en at B2 or better (en: level not stated)"),
        ({"en": "A2", "sv": "B1"}, "does not speak en or sv at B2 or better (en: A2, sv: B1)"),
        ({"es": "C2"}, "has no language in common"),
        ({"en": "A1", "sv": "B2"}, None),
        ({"en": "C2"}, None),
    ],
)
def test_one_of_the_languages_has_to_be_spoken_as_well_as_is_asked(
    spoken: dict[str, str | None], reason: str | None
) -> None:
    demand = a_demand(a_request(languages=("en", "sv"), least_level="B2"))

    out = left_out(demand, an_offer(languages=spoken), NOTHING)

    assert (out.reason if out else None) == reason


def test_who_has_declined_for_good_is_told_of_with_the_reason() -> None:
    demand = a_demand(declined={SOC_OFFER: DeclineReason.TOPIC})

    [out] = rank(demand, (an_offer(),), WEIGHTS).excluded

    assert (out.reason, out.rules) == ("has declined: topic is not ours", (Rule.DECLINED,))


def test_a_host_that_is_full_for_now_is_ranked_apart() -> None:
    offers = (an_offer(), a_second_offer(places=1))
    ranking = rank(a_demand(), offers, WEIGHTS, FULL)

    assert ranking.hosts == ()
    assert [host.offer for host in ranking.full] == [SOC_OFFER]
    assert ranking.alone == {Rule.CAPACITY: 1, Rule.GROUP: 1}


def test_of_full_hosts_as_many_are_named_as_make_up_the_list() -> None:
    full = {OfferId(f"f{n:03}"): Occupied(on_a_day=4) for n in range(30)}
    offers = [an_offer(id=offer, organisation=f"org-{offer}") for offer in full]
    able = [an_offer(id=OfferId(f"o{n}"), organisation=f"org-{n}") for n in range(3)]

    ranking = rank(a_demand(), (*offers, *able), WEIGHTS, Known(occupied=full))

    assert len(ranking.hosts) == 3
    assert [host.offer for host in ranking.full] == sorted(full)[: MOST_NAMED - 3]


def test_every_rule_is_checked_and_every_criterion_weighed_in_its_order() -> None:
    assert list(CHECKS) == list(Rule)
    assert list(POINTS) == list(Criterion)


def test_an_offer_open_exactly_for_the_visit_with_exactly_enough_places_is_ranked() -> None:
    request = a_request()
    offer = an_offer(
        opens=request.first_day, closes=request.last_day, places=4, per_week=5, smallest_group=2,
        largest_group=2, shortest_days=3, longest_days=3,
        blackouts=(Period(first=date(2026, 5, 8), last=date(2026, 5, 9)),),
    )  # fmt: skip
    known = Known(occupied={SOC_OFFER: Occupied(on_a_day=2, in_a_week=3)})

    assert [h.offer for h in rank(a_demand(request), (offer,), WEIGHTS, known).hosts] == [SOC_OFFER]


@pytest.mark.parametrize(
    ("asked", "offered", "standing", "expected"),
    [
        ({}, {}, Standing(), {}),
        ({"themes": ("youth",)}, {"themes": ("youth", "art")}, Standing(), {Criterion.THEMES: 10}),
        ({"fields": ("092", "031")}, {"fields": ("092",)}, Standing(), {Criterion.FIELDS: 8}),
        ({"fields": ("092", "031")}, {"fields": ("091",)}, Standing(), {Criterion.FIELDS: 3}),
        ({"tags": ("mix",)}, {"tags": ("mix",)}, Standing(), {Criterion.TAGS: 2}),
        ({}, {"places": 3}, Standing(), {Criterion.ROOM: 1}),
        ({}, {"places": 1000}, Standing(), {Criterion.ROOM: 1}),
        ({}, {}, Standing(asked=6 * 1024, answered=6 * 1024, days=5 * 6 * 1024),
         {Criterion.ANSWERS: 4}),
        ({}, {}, Standing(asked=6 * 1024), {Criterion.ANSWERS: -4}),
        ({}, {}, Standing(asked=1024, answered=1024),
         {Criterion.ANSWERS: 2, Criterion.QUICKNESS: 2}),
        ({}, {}, Standing(asked=1024, answered=1024, days=10 * 1024),
         {Criterion.ANSWERS: 2, Criterion.QUICKNESS: -2}),
        ({}, {}, Standing(sent=3, hosted=1), {Criterion.BALANCE: 4}),
        ({}, {}, Standing(sent=99), {Criterion.BALANCE: 10}),
        ({}, {}, Standing(hosted=9), {}),
        ({}, {"accessibility": (Provision.STEP_FREE,)}, Standing(), {}),
        (
            {"fewer_opportunities": True},
            {"accessibility": (Provision.STEP_FREE, Provision.QUIET_ROOM)}, Standing(),
            {Criterion.ACCESS: 6},
        ),
        (
            {"fewer_opportunities": True}, {"accessibility": tuple(Provision)}, Standing(),
            {Criterion.ACCESS: 12},
        ),
    ],
)  # fmt: skip
def test_each_criterion_counts_what_it_says(
    asked: dict[str, object], offered: dict[str, object], standing: Standing,
    expected: dict[Criterion, int],
) -> None:  # fmt: skip
    plain: dict[str, object] = {"themes": (), "places": 2}
    request, offer = a_request(**({"themes": ()} | asked)), an_offer(**(plain | offered))

    [host] = rank(a_demand(request), (offer,), WEIGHTS, Known({SOC: standing})).hosts

    assert host.contributions == {Criterion.LANGUAGES: 3} | expected


@pytest.mark.parametrize(
    ("spoken", "least", "points"),
    [
        ({"en": None}, None, 3),
        ({"en": Level.A1}, None, 4),
        ({"en": Level.C2}, None, 9),
        ({"en": Level.C2, "sv": Level.B1}, None, 12),
        ({"en": Level.C2, "sv": Level.B1}, Level.B2, 9),
    ],
)
def test_languages_count_each_and_by_the_level_of_the_one_spoken_best(
    spoken: dict[str, Level | None], least: Level | None, points: int
) -> None:
    demand = a_demand(a_request(languages=("en", "sv"), least_level=least))

    [host] = rank(demand, (an_offer(languages=spoken),), WEIGHTS).hosts

    assert host.contributions[Criterion.LANGUAGES] == points


def test_nobody_is_asked_twice_before_everybody_was_asked_once() -> None:
    offers = [an_offer(id=OfferId(f"o{n}")) for n in range(3)] + [a_second_offer()]

    hosts = rank(a_demand(), offers, WEIGHTS).hosts

    assert [(host.offer, host.turn) for host in hosts] == [
        ("o0", 1), ("o-vestland", 1), ("o1", 2), ("o2", 3),
    ]  # fmt: skip


@given(offers=some_offers, demand=some_demands, data=st.data())
def test_who_lists_more_offers_days_or_places_than_there_are_gains_nothing(
    offers: tuple[HostingOffer, ...], demand: Demand, data: st.DataObject
) -> None:
    """Others keep their points, and nobody comes before one they did not come before with one."""
    known = data.draw(anything_known)
    before = rank(demand, offers, WEIGHTS, known)
    if not before.hosts:
        return
    hoarder = data.draw(st.sampled_from(before.hosts))
    offer = next(offer for offer in offers if offer.id == hoarder.offer)
    wider = offer.model_copy(
        update={"opens": offer.opens - timedelta(400), "closes": offer.closes + timedelta(400)}
    )
    copies = tuple(wider.model_copy(update={"id": OfferId(f"z-{n}")}) for n in range(3))
    others = known.occupied_by_others(offer.id)
    alike = known._replace(occupied={**known.occupied, **{copy.id: others for copy in copies}})

    after = rank(demand, (*(o for o in offers if o is not offer), wider, *copies), WEIGHTS, alike)

    first = {host.organisation: n for n, host in reversed(list(enumerate(before.hosts)))}
    assert {h.offer: h.score for h in before.hosts}.items() <= {
        h.offer: h.score for h in after.hosts
    }.items()
    assert list(dict.fromkeys(host.organisation for host in after.hosts)) == sorted(
        first, key=lambda organisation: first[organisation]
    )


def test_places_beyond_the_first_that_is_spare_give_no_points() -> None:
    scores = {
        rank(a_demand(), (an_offer(places=places),), WEIGHTS).hosts[0].score
        for places in (3, 4, 50, 1000)
    }

    assert len(scores) == 1


def test_a_large_directory_is_told_of_by_number_and_the_closest_by_name() -> None:
    able = [an_offer(id=OfferId(f"a{n:03}"), organisation=f"org{n}") for n in range(45)]
    unable = [an_offer(id=OfferId(f"b{n:03}"), languages=()) for n in range(30)]
    far_off = [an_offer(id=OfferId(f"0{n:03}"), languages=(), activities=()) for n in range(9)]

    ranking = rank(a_demand(), (*far_off, *unable, *able), WEIGHTS)

    assert [host.offer for host in ranking.hosts] == [f"a{n:03}" for n in range(MOST_NAMED)]
    assert (ranking.more, ranking.more_excluded) == (45 - MOST_NAMED, 39 - MOST_NAMED)
    assert [out.offer for out in ranking.excluded] == [f"b{n:03}" for n in range(MOST_NAMED)]
    assert ranking.counts == {Rule.ACTIVITY: 9, Rule.LANGUAGE: 39}
    assert ranking.alone == {Rule.LANGUAGE: 30}


def test_a_newcomer_stands_between_hosts_that_answer_and_hosts_that_do_not() -> None:
    names = ("keen", "new", "silent")
    offers = [an_offer(id=OfferId(f"o-{n}"), organisation=OrganisationId(n)) for n in names]
    standings = {
        OrganisationId("keen"): Standing(asked=4096, answered=4096, days=4096),
        OrganisationId("silent"): Standing(asked=4096),
    }

    hosts = rank(a_demand(), offers, WEIGHTS, Known(standings)).hosts

    assert [host.organisation for host in hosts] == list(names)
    assert not {Criterion.ANSWERS, Criterion.QUICKNESS} & hosts[1].contributions.keys()


def test_no_offers_give_an_empty_ranking() -> None:
    assert rank(a_demand(), (), WEIGHTS) == Ranking(hosts=(), excluded=())


def test_participants_are_counted_each_of_them() -> None:
    assert a_demand().people == len((FRIDA, EMELIE))
