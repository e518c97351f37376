"""A mobility or an application by its reference, for what is done with either."""

from typing import NamedTuple

from domain.facts import Reference
from domain.joining import is_application
from starter.desk import FrontDesk
from starter.joining import find_application
from starter.names import names_in
from starter.pages import Names
from store.directory import read_directory


class AnyCase(NamedTuple):
    """What an auditor needs to know of a case, whatever it is about."""

    reference: Reference
    is_closed: bool
    is_erased: bool
    names: Names


async def case_of_any(desk: FrontDesk, reference: str) -> AnyCase:
    """Find a mobility or an application.

    Raises:
        NotKnown: when there is none of that reference.
    """
    if not is_application(reference):
        mobility = await desk.mobility(reference)
        names = await names_in(desk, mobility)
        is_closed = mobility.view.outcome is not None
        return AnyCase(mobility.reference, is_closed, mobility.is_erased, names)
    found = await find_application(desk, reference)
    directory = await read_directory(desk.store.engine)
    people = {person.id: person for person in directory.people}
    if found.told is not None:
        people[found.told.coordinator.id] = found.told.coordinator
    names = Names(people, directory.organisations)
    return AnyCase(found.reference, found.view.outcome is not None, found.is_erased, names)
