"""The clerk of the grants: figures made up for demonstration never reach real money."""

from decimal import Decimal

import pytest
from temporalio.testing import ActivityEnvironment

from activities.directory import HostFinder
from activities.grants import GrantClerk
from activities.names import GrantQuestion, HostQuestion
from domain.grant import Category, GrantLine, RateStatus
from store.cases import Store
from store.directory import Directory, keep_directory
from tests.builders import (
    EMELIE,
    FRIDA,
    OPENED,
    PLANS,
    SOC_OFFER,
    WEIGHTS,
    a_request,
    an_offer,
)
from tests.store.kept import DIRECTORY

QUESTION = GrantQuestion(request=a_request(), participants=(FRIDA, EMELIE), receiving_country="ES")
FOUNDED = """
[common]
call_years = [2025]
source = "the agency's annex"
status = "official"
[[rate]]
category = "travel"
amount = 309
"""
MADE_UP = """
[common]
call_years = [2025]
source = "made up"
status = "illustration"
[[rate]]
category = "travel"
amount = 1
[[rate]]
category = "individual support"
amount = 170
"""


async def computed(*, allow_illustrations: bool) -> tuple[GrantLine, ...]:
    clerk = GrantClerk([FOUNDED, MADE_UP], allow_illustrations=allow_illustrations)
    lines: tuple[GrantLine, ...] = await ActivityEnvironment().run(clerk.compute, QUESTION)
    return lines


def of(lines: tuple[GrantLine, ...], category: Category) -> list[tuple[object, object]]:
    return [(x.amount, x.status) for x in lines if x.category is category and x.participant]


async def test_illustrations_are_refused_where_they_are_not_allowed() -> None:
    lines = await computed(allow_illustrations=False)

    assert of(lines, Category.TRAVEL) == [(Decimal(309), RateStatus.OFFICIAL)] * 2
    assert of(lines, Category.INDIVIDUAL_SUPPORT) == [(None, None)] * 2


async def test_illustrations_are_computed_and_marked_where_they_are_allowed() -> None:
    lines = await computed(allow_illustrations=True)

    assert of(lines, Category.TRAVEL) == [(Decimal(1), RateStatus.ILLUSTRATION)] * 2
    [first, second] = of(lines, Category.INDIVIDUAL_SUPPORT)
    assert first == second
    assert first[0] is not None
    assert first[1] is RateStatus.ILLUSTRATION


async def test_nothing_is_guessed_where_no_rate_is_on_file() -> None:
    clerk = GrantClerk([], allow_illustrations=True)

    lines = await ActivityEnvironment().run(clerk.compute, QUESTION)

    assert {line.category for line in lines} == set(Category)
    assert {line.amount for line in lines} == {None}


@pytest.mark.parametrize(("places", "found"), [(4, [SOC_OFFER]), (1, [])])
async def test_hosts_are_found_among_the_offers_of_today(
    store: Store, places: int, found: list[str]
) -> None:
    await keep_directory(store.engine, DIRECTORY)
    offer = an_offer(places=places)
    changes = Directory(organisations=(), people=(), offers=(offer,))
    await keep_directory(store.engine, changes)

    finder, question = (
        HostFinder(store, PLANS, WEIGHTS),
        HostQuestion(request=a_request(), at=OPENED),
    )
    hosts = await ActivityEnvironment().run(finder.find_hosts, question)

    assert [host.offer for host in hosts.ranking.hosts] == found
