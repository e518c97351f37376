"""``mobility link``: everybody gets their own, and nobody who has no part gets one."""

import pytest

from activities.case_reader import OpenCase, open_case
from activities.links import holder_of, token_of
from domain.deadlines import Asked
from domain.facts import PersonId
from domain.people import Person
from starter.desk import FrontDesk
from store.applications import read_whole_application
from store.cases import Store
from tests.applying import OFFICE, an_organisation, applied
from tests.conftest import Begin
from tests.starter.conftest import ANA, Command

pytestmark = pytest.mark.usefixtures("working")
FRIDA = "frida.augustsson@boras.example"


async def holder(store: Store, case: OpenCase, token: str) -> PersonId | None:
    people = case.people.values()
    return await holder_of(store.keys, case.reference, token, people, case.renewals)


async def test_everybody_who_has_a_part_gets_a_link_of_their_own(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)

    links = [await command("link", rehearsal.reference, "--as", who) for who in (FRIDA, ANA)]

    case = await open_case(store, rehearsal.reference)
    holders = [await holder(store, case, said.out.strip()[-24:]) for said in links]
    assert [said.code for said in links] == [0, 0]
    assert [case.people[holder].email for holder in holders if holder] == [FRIDA, ANA]
    assert f"/m/{rehearsal.reference}/" in links[0].out


async def test_who_has_no_part_gets_none(command: Command, begin: Begin) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)

    said = await command("link", rehearsal.reference, "--as", "nobody@boras.example")

    assert (said.code, said.out) == (2, "")
    assert "nobody@boras.example has no part in" in said.complaint


async def test_a_link_is_dead_once_another_address_is_on_file(begin: Begin, store: Store) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    case = await open_case(store, rehearsal.reference)
    frida = next(person for person in case.people.values() if person.email == FRIDA)
    moved = frida.model_copy(update={"email": "frida@elsewhere.example"})

    async def found(person: Person, known: Person) -> PersonId | None:
        token = await token_of(store.keys, case.reference, person, {})
        return await holder_of(store.keys, case.reference, token, [known], {})

    assert await found(frida, frida) == frida.id
    assert await found(frida, moved) is None
    assert await found(moved, moved) == frida.id


async def test_a_link_made_anew_has_all_links_before_it_be_dead(
    command: Command, begin: Begin, store: Store
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    ask = ("link", rehearsal.reference, "--as", FRIDA)
    said = [await command(*ask), await command(*ask, "--anew"), await command(*ask)]

    case = await open_case(store, rehearsal.reference)
    before, anew, after = [await holder(store, case, one.out.strip()[-24:]) for one in said]

    assert before is None
    assert anew == after
    assert anew is not None
    assert said[1].out == said[2].out


async def test_applicant_and_office_of_an_application_have_links_too(
    command: Command, desk: FrontDesk, store: Store
) -> None:
    section = an_organisation()
    reference = await applied(desk, section)
    who = (section.coordinator.email, OFFICE)

    links = [(await command("link", reference, "--as", one)).out.strip() for one in who]

    case = await read_whole_application(store, reference)
    found = [
        await holder_of(store.keys, reference, link[-24:], case.people.values(), {})
        for link in links
    ]
    assert [case.people[one].email for one in found if one] == list(who)
