"""Who takes part in a mobility, and in what capacity."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.facts import Fact, OrganisationId, PersonId


class Role(StrEnum):
    """In what capacity somebody acts on this mobility."""

    PARTICIPANT = "participant"  #: the one who travels
    SENDING = "sending coordinator"  #: answers for the sending organisation
    RECEIVING = "receiving coordinator"  #: answers for the receiving organisation, the host
    OFFICE = "programme office"  #: runs the scheme and decides on the grant
    SYSTEM = "system"  #: the passing of time, never a person


class Language(StrEnum):
    """The language in which somebody reads their letters."""

    ENGLISH = "en"
    CATALAN = "ca"
    SPANISH = "es"
    SWEDISH = "sv"


SYSTEM = PersonId("system")
COUNTRY = r"^[A-Z]{2}$"
Country = Annotated[str, Field(pattern=COUNTRY)]
"""A country as the rates know it: two capital letters (ISO 3166-1)."""
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
"""An address a letter can be sent to, as far as its form tells."""


class Organisation(Fact):
    """A member of the partnership. ``zone`` and ``country`` decide its dates and its rates.

    ``holiday_region`` decides its days off where they are not those of the whole country, such as
    ``ES-CT`` for Catalonia (ISO 3166-2).
    """

    id: OrganisationId
    name: str
    city: str
    region: str
    country: Country
    zone: str
    oid: str | None = None
    holiday_region: Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")] | None = None


class Person(Fact):
    """Somebody we write to. Lives in the store only, never in a history.

    Whoever was kept before languages were asked for reads English, as they did then.
    """

    id: PersonId
    name: str
    email: Email
    organisation: OrganisationId
    profile: str = ""
    roles: tuple[Role, ...] = ()
    language: Language = Language.ENGLISH


def in_one_list(
    directory: Mapping[PersonId, Person], travelling: Mapping[PersonId, Person]
) -> dict[PersonId, Person]:
    """The directory and those who travel; whoever is in both travels at the directory's address.

    What else is said of them is what they gave to travel with. An address is corrected in one
    place, for all their mobilities.
    """
    both = {p: known for p, known in directory.items() if p in travelling}
    moved = {p: travelling[p].model_copy(update={"email": k.email}) for p, k in both.items()}
    return {**directory, **travelling, **moved}
