"""The page of hosts can be read in a narrow terminal and in a wide one, and leaves nothing out."""

from io import StringIO

import pytest
from rich.console import Console

from domain import messages as m
from domain.events import Event, HostsRanked
from domain.facts import OfferId, OrganisationId
from domain.matching import DeclineReason
from domain.ranking import rank
from domain.request import Activity
from domain.standing import Known, Occupied, Standing
from starter.matches_page import matches_page, offers_named
from starter.pages import Names
from tests.builders import (
    COORDINATOR,
    HOST,
    ORGANISATIONS,
    PEOPLE,
    SECOND_HOST,
    SOC,
    SOC_OFFER,
    VESTLAND_OFFER,
    WEIGHTS,
    Journey,
    a_demand,
    a_request,
    a_second_offer,
    an_offer,
    in_matching,
)

WIDTHS = (60, 80, 120)
NAMES = Names(PEOPLE, ORGANISATIONS.values())


def printed(events: list[Event], width: int) -> list[str]:
    out = StringIO()
    homes = dict.fromkeys(offers_named(events), SOC)
    page = matches_page(events, NAMES, homes)
    Console(file=out, width=width, markup=False, emoji=False).print(page)
    return out.getvalue().splitlines()


def as_one(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def something_of_everything() -> list[Event]:
    everything = {
        "fields": ("092",), "tags": ("mix",), "least_level": "B1", "fewer_opportunities": True,
    }  # fmt: skip
    offer = an_offer(
        **{k: v for k, v in everything.items() if k in {"fields", "tags"}},
        languages={"en": "C1"}, accessibility=("quiet room",),
    )  # fmt: skip
    full = a_second_offer(languages={"en": "B2"})
    unable = [
        an_offer(
            id=OfferId(f"u{n:02}"),
            languages={"en": "A1"},
            activities=(Activity.COURSE if n % 5 == 4 else Activity.JOB_SHADOWING,),
        )
        for n in range(25)
    ]
    known = Known(
        {SOC: Standing(asked=4096, answered=4096, days=2048, sent=2)},
        {VESTLAND_OFFER: Occupied(on_a_day=4)},
    )
    ranking = rank(a_demand(a_request(**everything)), [offer, full, *unable], WEIGHTS, known)
    return [HostsRanked(ranking=ranking)]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_criterion_and_every_reason_can_be_read(width: int) -> None:
    lines = printed(something_of_everything(), width)
    told = as_one(lines)

    assert max(map(len, lines)) <= width
    assert "…" not in told
    for head in (
        "themes", "fields", "tags", "languages", "room", "answers", "soon", "balance", "access"
    ):  # fmt: skip
        assert head in told
    assert "FULL ON THESE DAYS" in told
    assert "does not speak en at B1 or better (en: A1)" in told
    assert "6 more cannot be asked." in told
    assert "1 host has promised its places on these days to others" in told
    assert "20 hosts could be asked if another language or a lower level were enough" in told


@pytest.mark.parametrize("width", WIDTHS)
def test_what_came_of_asking_stands_beside_each_host(width: int) -> None:
    journey = in_matching()
    assert "asked, has until" in as_one(printed(journey.events, width))

    journey.say(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.STAFF))
    told = as_one(printed(journey.events, width))
    assert "declined: no colleague available" in told
    assert "asked, has until" in told

    journey.say(m.AcceptProposal(by=SECOND_HOST, offer=VESTLAND_OFFER))
    assert "accepted" in as_one(printed(journey.events, width))


def test_where_no_host_can_be_asked_it_says_so_and_why() -> None:
    told = as_one(printed(Journey(offers=(an_offer(places=1),)).events, 80))

    assert "No host can be asked." in told
    assert "1 host takes groups of another size" in told
    assert "1 host could be asked if more or fewer people travelled together" in told


def test_many_offers_of_one_organisation_say_which_they_are() -> None:
    offers = (an_offer(), an_offer(id=OfferId("o-2"), organisation=OrganisationId(SOC)))

    told = as_one(printed(Journey(offers=offers).events, 120))

    assert "offer o-soc, number 2 of this organisation" in told


def test_of_a_host_that_breaks_several_rules_all_are_named() -> None:
    offer = an_offer(languages={}, activities=(Activity.COURSE,))

    told = as_one(printed(Journey(offers=(offer,)).events, 80))

    assert "does not offer job shadowing; also: language" in told


def test_before_hosts_are_ranked_it_says_so() -> None:
    assert printed([], 80) == ["Its hosts are not ranked yet: ask again in a moment."]


def test_once_a_mobility_has_ended_no_host_is_still_asked() -> None:
    journey = in_matching()
    assert "asked, has until" in as_one(printed(journey.events, 80))

    journey.say(m.CancelMobility(by=COORDINATOR, cause=m.Cause.OTHER))

    told = as_one(printed(journey.events, 80))
    assert "asked, and the mobility ended first" in told
    assert "has until" not in told
