"""What is read of the directory when a case is opened: those whom the case names, and no others."""

import sqlalchemy as sa

from domain.facts import OrganisationId, PersonId
from domain.people import Person
from store.cases import Store
from store.directory import Directory, keep_directory
from store.tables import letter
from store.whole import read_whole
from tests.builders import (
    BORAS,
    COORDINATOR,
    HOST,
    OFFICE,
    ORGANISATIONS,
    REFERENCE,
    SECOND_HOST,
    SOC,
    VESTLAND,
    completed,
    in_matching,
)
from tests.store.kept import keep_all_of

HOME = OrganisationId("home-of-a-colleague")
COLLEAGUE, STRANGER = PersonId("p-colleague"), PersonId("p-stranger")


async def with_others_in_the_directory(store: Store) -> None:
    elsewhere = ORGANISATIONS[SOC].model_copy(update={"id": HOME})
    nowhere = elsewhere.model_copy(update={"id": OrganisationId("nowhere")})
    others = tuple(
        Person(id=who, name="N. N.", email=f"{who}@d.example", organisation=home)
        for who, home in ((COLLEAGUE, HOME), (STRANGER, nowhere.id))
    )
    directory = Directory(organisations=(elsewhere, nowhere), people=others, offers=())
    await keep_directory(store.engine, directory)


async def test_a_case_knows_everybody_with_a_part_in_it_and_their_organisations(
    store: Store,
) -> None:
    await keep_all_of(store, completed())
    await with_others_in_the_directory(store)

    whole = await read_whole(store, REFERENCE)

    assert set(whole.people) == {COORDINATOR, OFFICE, HOST, SECOND_HOST}
    assert set(whole.organisations) == {BORAS, SOC, VESTLAND}


async def test_hosts_that_may_still_be_asked_are_known(store: Store) -> None:
    journey = in_matching()
    await keep_all_of(store, journey)

    ranked = journey.mobility.matching.ranking
    assert ranked is not None
    whole = await read_whole(store, REFERENCE)

    assert {host.coordinator for host in ranked.hosts} <= set(whole.people)
    assert {host.organisation for host in ranked.hosts} <= set(whole.organisations)
    assert SECOND_HOST in {host.coordinator for host in ranked.hosts}


async def test_whoever_only_gets_a_letter_is_known_with_their_organisation(store: Store) -> None:
    await keep_all_of(store, in_matching())
    await with_others_in_the_directory(store)
    async with store.engine.begin() as tx:
        told = sa.func.jsonb_set(
            letter.c.order, ["to"], sa.func.to_jsonb(sa.cast(COLLEAGUE, sa.Text))
        )
        await tx.execute(sa.update(letter).values({"order": told}))

    whole = await read_whole(store, REFERENCE)

    assert COLLEAGUE in whole.people
    assert HOME in whole.organisations
    assert STRANGER not in whole.people
