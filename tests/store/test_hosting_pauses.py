"""Hosts that do not answer are not asked until they are back."""

import pytest
import sqlalchemy as sa

from domain.holding import Hindrance
from store.cases import Store
from store.hosting_pauses import resume_hosting
from store.places import hold_first
from store.tables import hosting_pause
from tests.builders import (
    SECOND_HOST,
    SOC_OFFER,
    VESTLAND,
    VESTLAND_OFFER,
    a_second_offer,
    an_offer,
)
from tests.store.holds import a_hold, answers, held, hosts


async def pauses(store: Store) -> set[str]:
    async with store.engine.connect() as connection:
        return set((await connection.execute(sa.select(hosting_pause.c.organisation))).scalars())


@pytest.mark.parametrize(
    ("given", "is_paused"),
    [
        (("silent", "silent"), False),
        (("silent", "silent", "silent"), True),
        (("accepted", "silent", "silent", "silent"), True),
        (("silent", "silent", "declined", "silent"), False),
        (("silent", "silent", "silent", "other dates"), False),
        (("silent", "silent", "silent", None), True),
        (("silent", "silent", None), False),
    ],
)
async def test_a_host_is_paused_after_three_requests_in_a_row_that_nobody_answered(
    store: Store, given: tuple[str | None, ...], *, is_paused: bool
) -> None:
    await hosts(store, an_offer(), a_second_offer())
    await answers(store, *given)

    found = await held(store, "M-1", offers=(VESTLAND_OFFER, SOC_OFFER))

    assert found.held == (SOC_OFFER if is_paused else VESTLAND_OFFER)
    assert await pauses(store) == ({VESTLAND} if is_paused else set())
    assert [(one.organisation, one.coordinator) for one in found.paused] == (
        [(VESTLAND, SECOND_HOST)] if is_paused else []
    )


async def test_only_the_mobility_that_found_a_host_silent_tells_it_and_says_so_again_if_repeated(
    store: Store,
) -> None:
    await hosts(store, a_second_offer())
    await answers(store, "silent", "silent", "silent")
    first = await held(store, "M-1", offers=(VESTLAND_OFFER,))

    again = await hold_first(store.engine, a_hold("M-1", offers=(VESTLAND_OFFER,)))
    other = await held(store, "M-2", offers=(VESTLAND_OFFER,))

    assert again == first
    assert first.paused
    assert not other.paused
    assert [one.why for one in other.passed_over] == [Hindrance.PAUSED]
    assert not other.comes_free


async def test_silences_before_a_return_do_not_count_and_new_ones_do(store: Store) -> None:
    await hosts(store, a_second_offer())
    await answers(store, "silent", "silent", "silent")
    await held(store, "M-1", offers=(VESTLAND_OFFER,))

    assert await resume_hosting(store.engine, VESTLAND)
    assert not await resume_hosting(store.engine, VESTLAND)
    back = await held(store, "M-2", offers=(VESTLAND_OFFER,))
    await answers(store, "silent", "silent", "silent", reference="M-asked-anew")
    again = await held(store, "M-3", offers=(VESTLAND_OFFER,))

    assert back.held == VESTLAND_OFFER
    assert [one.organisation for one in again.paused] == [VESTLAND]
