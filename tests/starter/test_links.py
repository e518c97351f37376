"""``mobility link``: everybody gets their own, and nobody who has no part gets one."""

import pytest

from activities.links import holder_of, token_of
from domain.deadlines import Asked
from domain.facts import PersonId
from domain.people import Person
from store.cases import Store
from tests.conftest import Begin
from tests.starter.conftest import ANA, Command

pytestmark = pytest.mark.usefixtures("working")
FRIDA = "frida.augustsson@boras.example"


async def test_everybody_who_has_a_part_gets_a_link_of_their_own(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)

    links = [await command("link", rehearsal.reference, "--as", who) for who in (FRIDA, ANA)]

    people = await rehearsal.desk.people(rehearsal.reference)
    holders = [
        await holder_of(store.keys, rehearsal.reference, said.out.strip()[-24:], people.values())
        for said in links
    ]
    assert [said.code for said in links] == [0, 0]
    assert [people[holder].email for holder in holders if holder] == [FRIDA, ANA]
    assert f"/m/{rehearsal.reference}/" in links[0].out


async def test_who_has_no_part_gets_none(command: Command, begin: Begin) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)

    said = await command("link", rehearsal.reference, "--as", "nobody@boras.example")

    assert (said.code, said.out) == (2, "")
    assert "nobody@boras.example has no part in" in said.complaint


async def test_a_link_is_dead_once_another_address_is_on_file(begin: Begin, store: Store) -> None:
    rehearsal = await begin()
    people = await rehearsal.desk.people(rehearsal.reference)
    frida = next(person for person in people.values() if person.email == FRIDA)
    moved = frida.model_copy(update={"email": "frida@elsewhere.example"})

    async def holder(person: Person, *known: Person) -> PersonId | None:
        token = await token_of(store.keys, rehearsal.reference, person)
        return await holder_of(store.keys, rehearsal.reference, token, known)

    assert await holder(frida, frida) == frida.id
    assert await holder(frida, moved) is None
    assert await holder(moved, moved) == frida.id
