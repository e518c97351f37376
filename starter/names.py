"""Names for ids: those that a page about one mobility needs, and sentences told in them."""

import re
from collections.abc import Mapping

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


def in_names(sentence: str, names: Mapping[str, str]) -> str:
    """A sentence with names for ids; those within the name of a grant line stay, to be typed."""
    if not names:
        return sentence
    longest_first = sorted(names, key=len, reverse=True)
    ids = re.compile(rf"(?<![\w/-])({'|'.join(map(re.escape, longest_first))})(?![\w-])")
    return ids.sub(lambda found: names[found[0]], sentence)
