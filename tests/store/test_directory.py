"""The partnership's directory: added to and replaced whole, found by name or address."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from domain.facts import OfferId, OrganisationId, PersonId
from domain.people import Organisation, Person
from store.cases import Store
from store.directory import Directory, keep_directory, read_directory, withdraw_offer
from store.tables import hosting_offer
from tests.builders import COORDINATOR, HOST, ORGANISATIONS, SOC, SOC_OFFER, an_offer
from tests.store.kept import DIRECTORY


def only(*people: Person) -> Directory:
    return Directory(organisations=(), people=people, offers=())


def by_id(organisations: tuple[Organisation, ...]) -> dict[OrganisationId, Organisation]:
    return {one.id: one for one in organisations}


async def test_the_directory_is_read_back_as_it_was_kept(store: Store) -> None:
    await keep_directory(store.engine, DIRECTORY)

    found = await read_directory(store.engine)

    assert by_id(found.organisations) == by_id(DIRECTORY.organisations)
    assert set(found.people) == set(DIRECTORY.people)
    assert found.offers == DIRECTORY.offers


async def test_the_directory_of_a_new_store_is_empty(store: Store) -> None:
    assert await read_directory(store.engine) == only()


async def test_keeping_again_replaces_what_is_given_and_leaves_the_rest(store: Store) -> None:
    await keep_directory(store.engine, DIRECTORY)
    host = DIRECTORY.person(HOST)
    assert host is not None
    moved = host.model_copy(update={"email": "ana@new.example"})
    fuller = an_offer(places=9)

    changes = Directory(organisations=(), people=(moved,), offers=(fuller,))
    await keep_directory(store.engine, changes)

    found = await read_directory(store.engine)
    assert found.person(HOST) == found.person("ana@new.example") == moved
    assert found.person(host.email) is None
    assert found.offers == (fuller,)
    assert len(found.people) == len(DIRECTORY.people)
    assert by_id(found.organisations) == by_id(DIRECTORY.organisations)


async def test_of_a_directory_with_one_mistake_nothing_is_kept(store: Store) -> None:
    await keep_directory(store.engine, DIRECTORY)
    before = await read_directory(store.engine)
    taken = DIRECTORY.people[0].email
    newcomer = Person(id=PersonId("p-new"), name="New", email="new@a.example", organisation=SOC)
    same_address = newcomer.model_copy(update={"id": "p-newer", "email": taken})
    renamed = ORGANISATIONS[SOC].model_copy(update={"name": "Another name"})

    with pytest.raises(IntegrityError):
        await keep_directory(
            store.engine,
            Directory(organisations=(renamed,), people=(newcomer, same_address), offers=()),
        )

    assert await read_directory(store.engine) == before


@pytest.mark.parametrize("who", ["karin@a.example", "Karin@A.Example", "p-coordinator"])
def test_somebody_is_found_by_address_or_id_however_it_is_written(who: str) -> None:
    found = DIRECTORY.person(who)

    assert found is not None
    assert found.id == COORDINATOR


def test_an_address_kept_in_capitals_is_found_in_small_letters() -> None:
    person = Person(id=PersonId("P-1"), name="Åsa", email="ASA@A.example", organisation=SOC)

    assert only(person).person("asa@a.example") == person
    assert only(person).person("P-1") == person


@pytest.mark.parametrize("who", ["", "karin", "karin@a.example ", "p-nobody", "@a.example"])
def test_nobody_is_found_by_half_an_address(who: str) -> None:
    assert DIRECTORY.person(who) is None


@pytest.mark.parametrize("name", ["soc", "SOC", "Soc"])
def test_an_organisation_is_found_by_id_or_name(name: str) -> None:
    found = DIRECTORY.organisation(name)

    assert found is not None
    assert found.id == SOC


def test_an_organisation_with_capitals_in_its_id_is_found_by_it() -> None:
    upper = ORGANISATIONS[SOC].model_copy(update={"id": OrganisationId("SOC-1"), "name": "X"})
    directory = Directory(organisations=(upper,), people=(), offers=())

    assert directory.organisation("SOC-1") == upper


def test_an_organisation_is_not_found_by_half_its_name() -> None:
    name = Organisation.model_validate(ORGANISATIONS[SOC]).name

    assert DIRECTORY.organisation(name[:2]) is None


async def changes_of(store: Store) -> dict[str, tuple[int, bool]]:
    columns = hosting_offer.c.id, hosting_offer.c.change, hosting_offer.c.withdrawn_at
    async with store.engine.connect() as connection:
        rows = await connection.execute(sa.select(*columns))
        return {row.id: (row.change, row.withdrawn_at is not None) for row in rows}


async def test_an_offer_withdrawn_is_read_no_more_and_stays_on_record(store: Store) -> None:
    kept = an_offer(id=OfferId("kept"))
    await keep_directory(store.engine, DIRECTORY.model_copy(update={"offers": (kept, an_offer())}))
    before = await changes_of(store)

    done = [await withdraw_offer(store.engine, SOC_OFFER) for _ in range(2)]

    after = await changes_of(store)
    assert done == [True, False]
    assert (await read_directory(store.engine)).offers == (kept,)
    assert after["kept"] == before["kept"]
    assert after[SOC_OFFER][1]
    assert after[SOC_OFFER][0] > max(change for change, _ in before.values())
    assert not await withdraw_offer(store.engine, OfferId("unheard of"))


async def test_an_offer_given_again_is_back_and_seen_as_changed(store: Store) -> None:
    await keep_directory(store.engine, DIRECTORY)
    await withdraw_offer(store.engine, SOC_OFFER)
    before = await changes_of(store)

    await keep_directory(store.engine, DIRECTORY)

    after = await changes_of(store)
    assert (await read_directory(store.engine)).offers == DIRECTORY.offers
    assert not after[SOC_OFFER][1]
    assert after[SOC_OFFER][0] > before[SOC_OFFER][0]
