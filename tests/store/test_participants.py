"""Who takes part in which mobility on its way, found without opening anything."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.facts import PersonId
from domain.messages import Cause, WithdrawParticipant
from store.cases import Store
from store.participants import Wanted, keep_addresses, live_cases
from store.tables import participant_address
from tests.builders import (
    BORAS,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    LAST_DAY,
    REFERENCE,
    SOC,
    Journey,
    completed,
    in_agreement,
)
from tests.store.kept import keep_all_of, take_in

OURS = Wanted(sending=BORAS, earliest=FIRST_DAY, latest=LAST_DAY)
DAY = timedelta(days=1)
BOTH = {FRIDA: "digest-of-frida", EMELIE: "digest-of-emelie"}


async def kept(store: Store, journey: Journey | None = None) -> None:
    await keep_all_of(store, journey or in_agreement())
    await keep_addresses(store.engine, REFERENCE, BOTH)


async def found(store: Store, wanted: Wanted = OURS, *people: str) -> list[set[PersonId]]:
    """Of each mobility that is found, who of these people takes part in it."""
    return [set(case.participants) for case in await live_cases(store.engine, wanted, people)]


@pytest.mark.parametrize(
    ("people", "take_part"),
    [
        ((), set()),
        (("digest-of-frida",), {FRIDA}),
        ((EMELIE,), {EMELIE}),
        (("digest-of-frida", EMELIE, "digest-of-nobody"), {FRIDA, EMELIE}),
    ],
)
async def test_people_are_found_by_digest_or_by_id(
    store: Store, people: tuple[str, ...], take_part: set[PersonId]
) -> None:
    await kept(store)

    assert await found(store, OURS, *people) == [take_part]


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({"earliest": LAST_DAY, "latest": LAST_DAY + DAY}, True),
        ({"earliest": LAST_DAY + DAY, "latest": LAST_DAY + DAY}, False),
        ({"earliest": FIRST_DAY - DAY, "latest": FIRST_DAY}, True),
        ({"earliest": FIRST_DAY - DAY, "latest": FIRST_DAY - DAY}, False),
        ({"sending": SOC}, False),
    ],
)
async def test_only_the_organisation_and_the_days_that_were_asked_for_are_found(
    store: Store, changes: dict[str, object], is_found: bool
) -> None:
    await kept(store)

    assert len(await found(store, OURS.model_copy(update=changes))) == is_found


async def test_a_visit_that_was_moved_is_found_on_its_new_days(store: Store) -> None:
    journey = in_agreement()
    journey.move(days=35)
    await kept(store, journey)
    later = Wanted(sending=BORAS, earliest=FIRST_DAY + 35 * DAY, latest=LAST_DAY + 35 * DAY)

    assert await found(store, OURS) == []
    [case] = await live_cases(store.engine, later, ())
    assert (case.request.first_day, case.request.last_day) == (later.earliest, later.latest)


async def test_a_closed_mobility_is_not_found(store: Store) -> None:
    await kept(store, completed())

    assert await found(store) == []


async def test_one_that_nobody_has_taken_up_yet_is_found(store: Store) -> None:
    await take_in(store, in_agreement())

    assert await found(store) == [set()]


async def test_whoever_has_withdrawn_does_not_take_part(store: Store) -> None:
    journey = in_agreement()
    journey.say(WithdrawParticipant(by=FRIDA, participant=FRIDA, cause=Cause.ILLNESS))
    await kept(store, journey)

    assert await found(store, OURS, FRIDA, EMELIE) == [{EMELIE}]


async def test_another_address_replaces_the_first_and_erasing_removes_all(store: Store) -> None:
    await kept(store)

    await keep_addresses(store.engine, REFERENCE, {FRIDA: "another"})

    assert await found(store, OURS, "digest-of-frida") == [set()]
    assert await found(store, OURS, "another") == [{FRIDA}]
    await store.erase(REFERENCE)
    async with store.engine.connect() as connection:
        assert (await connection.execute(sa.select(participant_address))).all() == []
