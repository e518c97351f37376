"""Hosts for many mobilities at once: one takes few guests, and few requests at a time."""

from domain.facts import OfferId, OrganisationId, PersonId
from starter.case_files import DirectorySection

TIMES = 8
"""With five requests before each, that is enough for those under way at one moment."""
ROOM = 1000


def with_many_hosts(directory: DirectorySection) -> DirectorySection:
    """The directory with its first host several times over, each with room for everybody."""
    [offer, *_] = directory.offers
    home = next(o for o in directory.organisations if o.id == offer.organisation)
    person = next(p for p in directory.people if p.id == offer.coordinator)
    names = [f"{n}" for n in range(TIMES)]
    return directory.model_copy(
        update={
            "organisations": directory.organisations + tuple(
                home.model_copy(update={"id": OrganisationId(f"{home.id}-{n}")}) for n in names
            ),
            "people": directory.people + tuple(
                person.model_copy(
                    update={
                        "id": PersonId(f"{person.id}-{n}"), "email": f"{n}.{person.email}",
                        "organisation": OrganisationId(f"{home.id}-{n}"),
                    }
                )
                for n in names
            ),
            "offers": tuple(
                offer.model_copy(
                    update={
                        "id": OfferId(f"{offer.id}-{n}"), "places": ROOM,
                        "organisation": OrganisationId(f"{home.id}-{n}"),
                        "coordinator": PersonId(f"{person.id}-{n}"),
                    }
                )
                for n in names
            ),
        }
    )  # fmt: skip
