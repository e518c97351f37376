"""Who takes part in a mobility, and in what capacity."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

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
SUBDIVISION = r"^[A-Z]{2}-[A-Z0-9]{1,3}$"
Subdivision = Annotated[str, Field(pattern=SUBDIVISION)]
"""A part of a country by ISO 3166-2, such as ``ES-CT``."""
OID, PIC = r"^E[0-9]{8}$", r"^[0-9]{9}$"
NUTS = r"^[A-Z]{2}[A-Z0-9]{0,3}$"
LANGUAGE = r"^[a-z]{2,3}$"
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
Email = Annotated[str, Field(pattern=EMAIL)]
"""An address a letter can be sent to, as far as its form tells."""


class Level(StrEnum):
    """How well a language is spoken, by the Common European Framework of Reference."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"

    @property
    def rank(self) -> int:
        """1 for A1 up to 6 for C2."""
        return LEVELS.index(self) + 1


LEVELS = tuple(Level)


def _by_language(given: object) -> object:
    """Languages may be listed without their levels: how well they are spoken is not known then."""
    return dict.fromkeys(given) if isinstance(given, list | tuple) else given


Languages = Annotated[
    dict[Annotated[str, Field(pattern=LANGUAGE)], Level | None],
    BeforeValidator(_by_language),
]
"""Languages as two or three small letters (ISO 639), and how well they are spoken, if known."""


class OrganisationKind(StrEnum):
    """What an organisation is, in the words of the partnership."""

    REGIONAL_AUTHORITY = "regional authority"
    MUNICIPALITY = "municipality"
    EMPLOYMENT_SERVICE = "public employment service"
    VET_PROVIDER = "provider of vocational education and training"
    ADULT_EDUCATION = "provider of adult education"
    SCHOOL = "school"
    HIGHER_EDUCATION = "higher education institution"
    COMPANY = "company"
    ASSOCIATION = "association"
    OTHER = "other"


class Organisation(Fact):
    """A member of the partnership. ``zone`` and ``country`` decide its dates and its rates.

    ``holiday_region`` decides its days off where they are not those of the whole country, such as
    ``ES-CT`` for Catalonia (ISO 3166-2). ``subdivision`` (ISO 3166-2) and ``nuts`` say where it is,
    ``oid`` is its number in the Organisation Registration System and ``pic`` its participant
    identification code. ``promoters`` are people of the directory who speak for lifelong-learning
    mobility there. ``logo`` is the hash of its picture, which the store keeps.
    """

    id: OrganisationId
    name: str
    city: str
    region: str
    country: Country
    zone: str
    oid: Annotated[str, Field(pattern=OID)] | None = None
    holiday_region: Subdivision | None = None
    pic: Annotated[str, Field(pattern=PIC)] | None = None
    subdivision: Subdivision | None = None
    nuts: Annotated[str, Field(pattern=NUTS)] | None = None
    kind: OrganisationKind | None = None
    languages: Languages = {}
    promoters: tuple[PersonId, ...] = ()
    logo: str | None = None


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

    def is_called(self, email_or_id: str) -> bool:
        """Whether somebody goes by this address or id, in whatever case it is written."""
        return email_or_id.casefold() in (self.email.casefold(), self.id.casefold())


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
