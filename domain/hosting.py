"""What a host says it can take: hosting offers, in words that can be compared."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from domain.facts import Fact, OfferId, OrganisationId, PersonId
from domain.isced import odd_field
from domain.people import Country, Languages
from domain.request import Activity


def _a_field(given: str) -> str:
    if about := odd_field((given,)):
        raise ValueError(about)
    return given


IscedField = Annotated[str, AfterValidator(_a_field)]
"""A narrow field of ISCED-F 2013: three digits, such as 092 for welfare (UNESCO UIS)."""
TAG = re.compile(r"[^\W_](?:[^\W_]|[ .+#-]){0,39}")
MOST_TAGS = 20


class Provision(StrEnum):
    """What a host has for people who need it to take part."""

    STEP_FREE = "step-free access"
    SIGN_LANGUAGE = "sign language"
    EASY_LANGUAGE = "easy language"
    QUIET_ROOM = "quiet room"
    ASSISTANT = "room for a personal assistant"
    LODGING = "accessible lodging"


class Period(Fact):
    """Days from one to another, both included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _runs_forwards(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"ends {self.last}, before it begins {self.first}: swap the two")
        return self

    def meets(self, first: date, last: date) -> bool:
        """Whether a single day is in both."""
        return self.first <= last and first <= self.last


def _one_or_many(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Words = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


class HostingOffer(Fact):
    """What a host says it can take, and when: open from one day to another, for somebody.

    ``places`` is how many guests it can have on any one day, ``per_week`` how many in any one
    calendar week, Monday to Sunday. A group has as many as ``smallest_group`` to ``largest_group``
    people. A visit lasts from ``shortest_days`` to ``longest_days``, travel excluded. On the days
    of ``blackouts`` nobody can come.
    """

    id: OfferId
    organisation: OrganisationId
    coordinator: PersonId
    country: Country
    zone: str
    activities: tuple[Activity, ...]
    themes: Words
    fields: tuple[IscedField, ...] = ()
    tags: Words = ()
    languages: Languages
    opens: date
    closes: date
    blackouts: tuple[Period, ...] = ()
    places: int = Field(ge=1, le=1000)
    per_week: int | None = Field(default=None, ge=1, le=7000)
    smallest_group: int = Field(default=1, ge=1)
    largest_group: int | None = Field(default=None, ge=1)
    shortest_days: int = Field(default=1, ge=1)
    longest_days: int | None = Field(default=None, ge=1)
    accessibility: tuple[Provision, ...] = ()

    @property
    def largest(self) -> int:
        """The most people that can come together."""
        return min(self.places, self.largest_group or self.places)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.closes < self.opens:
            raise ValueError(
                f"closes {self.closes}, before it opens {self.opens}: swap the two or correct one"
            )
        if self.smallest_group > self.largest:
            raise ValueError(
                f"takes groups of {self.smallest_group} at the least and {self.largest} at the "
                "most: correct smallest_group, largest_group or places"
            )
        if self.longest_days is not None and self.longest_days < self.shortest_days:
            raise ValueError(
                f"takes visits of {self.shortest_days} days at the least and {self.longest_days} "
                "at the most: swap the two or correct one"
            )
        return self


def first_odd_tag(tags: Iterable[str]) -> str | None:
    """The first that is no tag: a tag is a short word of one's own, kept in clear."""
    return next((tag for tag in tags if not TAG.fullmatch(tag)), None)
