"""The names that a page about one mobility needs."""

from starter.desk import FrontDesk, OpenMobility
from starter.pages import Names
from store.directory import read_directory
from store.sealing import KeyDestroyed


async def names_in(desk: FrontDesk, mobility: OpenMobility) -> Names:
    """Names of everybody who has a part; of an erased mobility, those of the directory."""
    directory = await read_directory(desk.store.engine)
    try:
        people = await desk.people(mobility.reference, directory)
    except KeyDestroyed:
        people = {person.id: person for person in directory.people}
    return Names(people, directory.organisations, mobility)
