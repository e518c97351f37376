"""Hosts for many mobilities at once: one takes few guests, and few requests at a time."""

from domain.facts import OfferId, OrganisationId
from starter.case_files import DirectorySection

TIMES = 8
"""With five requests before each, that is enough for those under way at one moment."""
ROOM = 1000


def with_many_hosts(directory: DirectorySection) -> DirectorySection:
    """The directory with its first host several times over, each with room for everybody.

    One person answers for all of them, as in the case that is played.
    """
    [offer, *_] = directory.offers
    home = next(one for one in directory.organisations if one.id == offer.organisation)
    names = [OrganisationId(f"{home.id}-{n}") for n in range(TIMES)]
    homes = tuple(home.model_copy(update={"id": name}) for name in names)
    offers = tuple(
        offer.model_copy(
            update={"id": OfferId(f"offer-of-{name}"), "organisation": name, "places": ROOM}
        )
        for name in names
    )
    return directory.model_copy(
        update={"organisations": (*directory.organisations, *homes), "offers": offers}
    )
