"""What the sending organisation asks for, and the rules a request has to keep."""

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.errors import RequestNotAcceptable
from domain.facts import Fact, OrganisationId, PersonId, Reference, Writing
from domain.isced import odd_field
from domain.people import Level

LONGEST_AHEAD_DAYS = 730
"""Days a request may come before the visit: about two years. Our own policy as well."""
FIRST_CALL = 2021
"""The first call of Erasmus+ 2021 to 2027, under which a visit to come can be paid."""
LEAD_DAYS = 42
"""Days a request must come before the visit: ten for a host to answer, thirty at the most for
signatures would already be forty. Our own policy, not a rule of the programme."""


THEME = re.compile(r"[^\W_](?:[^\W_]|[ -]){0,39}")
MOST_THEMES = 10
LANGUAGE = re.compile(r"[a-z]{2,3}")
AGENCY = re.compile(r"[A-Z]{2}[0-9]{0,2}")
"""These words stay in the journal in clear for ever, so there is no room in them for a story."""


class Activity(StrEnum):
    """What the participants go for."""

    JOB_SHADOWING = "job shadowing"
    TEACHING = "teaching"
    COURSE = "course"
    TRAINEESHIP = "traineeship"  #: of VET learners, the short one
    LONG_TRAINEESHIP = "long traineeship"  #: of VET learners (ErasmusPro)
    ADULT_STAY = "stay of adult learners"  #: the short one
    LONG_ADULT_STAY = "long stay of adult learners"
    INVITED_EXPERT = "invited expert"  #: comes to the organisation that requests


DURATION_LIMITS = {
    # Days without travel. Hungarian National Agency pages for KA121-VET and KA121-ADU
    # (erasmusplusz.hu, undated); 10-89 for short learner mobility also in Irish material.
    Activity.JOB_SHADOWING: (2, 60),
    Activity.TEACHING: (2, 365),
    Activity.COURSE: (2, 30),
    Activity.TRAINEESHIP: (10, 89),
    Activity.LONG_TRAINEESHIP: (90, 365),
    Activity.ADULT_STAY: (2, 30),
    Activity.INVITED_EXPERT: (2, 60),
}
"""No length of a long stay of adult learners has been read anywhere, so none is on file."""


class Sector(StrEnum):
    """The field of Erasmus+ that pays."""

    VET = "VET"
    ADULT = "ADU"
    SCHOOL = "SCH"


SECTORS = {
    Activity.TRAINEESHIP: (Sector.VET, Sector.ADULT, Sector.SCHOOL),
    Activity.LONG_TRAINEESHIP: (Sector.VET,),
    Activity.ADULT_STAY: (Sector.ADULT,),
    Activity.LONG_ADULT_STAY: (Sector.ADULT,),
}
"""Which fields pay for an activity, where not all of them do (table of durations, as above)."""


class Objective(Fact):
    """One thing the visit is for. Followed through agenda, evaluation and card."""

    id: str
    text: Writing


class Funding(Fact):
    """What decides the grant: call, distance and travel.

    ``distance_km`` is the one-way figure a person read in the Commission's distance calculator,
    which is the evidence; ``distance_read_on`` is the day it was read.
    """

    call_year: int
    sector: Sector
    national_agency: str
    distance_km: int = Field(ge=0)
    distance_read_on: date
    green_travel: bool = False
    travel_days: int = Field(ge=0, le=6)
    first_instalment_percent: int = Field(ge=70, le=100)


class MobilityRequest(Fact):
    """One request for a mobility, as references and figures: names and texts stay in the store.

    ``least_level`` is how well the host has to speak one of ``languages``. A mobility is for people
    with ``fewer_opportunities`` or not; what they need is nobody's but theirs, and is not kept.
    It may take part in a matchmaking ``event``.
    """

    reference: Reference
    sending: OrganisationId
    coordinator: PersonId
    office: PersonId
    participants: Annotated[tuple[PersonId, ...], Field(min_length=1)]
    activity: Activity
    title: Writing
    context: Writing
    objectives: Annotated[tuple[Objective, ...], Field(min_length=1)]
    themes: tuple[str, ...]
    languages: tuple[str, ...]
    first_day: date
    last_day: date
    funding: Funding
    fields: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    least_level: Level | None = None
    fewer_opportunities: bool = False
    event: str | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """Every calendar day of the visit, first and last included, travel excluded."""
        return tuple(self.first_day + timedelta(days=n) for n in range(self.length))

    @property
    def length(self) -> int:
        """How many calendar days the visit has, travel excluded."""
        return (self.last_day - self.first_day).days + 1

    def moved_to(self, first_day: date, last_day: date) -> "MobilityRequest":
        """The request as it stands once the visit has been moved: everything else is as it was."""
        return self.model_copy(update={"first_day": first_day, "last_day": last_day})

    def check(self, *, today: date) -> None:
        """Hold the request against the rules of dates, durations, travel and people.

        Raises:
            RequestNotAcceptable: naming the field and what to change.
        """
        if self.last_day < self.first_day:
            raise RequestNotAcceptable(
                f"last_day {self.last_day} lies before first_day {self.first_day}: "
                "swap the two or correct one of them."
            )
        if self.first_day < today:
            raise RequestNotAcceptable(
                f"first_day {self.first_day} lies in the past (today is {today}): "
                "give the dates of a visit still to come."
            )
        if (self.first_day - today).days < LEAD_DAYS:
            raise RequestNotAcceptable(
                f"first_day {self.first_day} is less than {LEAD_DAYS} days away: hosts and "
                f"signatories need that time, so choose {today + timedelta(days=LEAD_DAYS)} "
                "or later."
            )
        if (self.first_day - today).days > LONGEST_AHEAD_DAYS:
            raise RequestNotAcceptable(
                f"first_day {self.first_day} is more than two years away: choose "
                f"{today + timedelta(days=LONGEST_AHEAD_DAYS)} or earlier, or ask again later."
            )
        self._check_funding(today)
        self._check_sector()
        self._check_duration()
        self._check_travel_days()
        self._check_people()
        self._check_words()

    def _check_funding(self, today: date) -> None:
        funding = self.funding
        if not FIRST_CALL <= funding.call_year <= self.first_day.year:
            raise RequestNotAcceptable(
                f"call_year {funding.call_year} is not a call that pays for this visit: give one "
                f"of {FIRST_CALL} to {self.first_day.year}."
            )
        if funding.distance_read_on > today:
            raise RequestNotAcceptable(
                f"distance_read_on {funding.distance_read_on} is still to come (today is {today}): "
                "give the day on which the distance was read."
            )

    def _check_sector(self) -> None:
        sectors = SECTORS.get(self.activity, tuple(Sector))
        if self.funding.sector not in sectors:
            raise RequestNotAcceptable(
                f"A {self.activity} is not paid for by sector {self.funding.sector}: give "
                f"{' or '.join(sectors)}, or choose another activity."
            )

    def _check_duration(self) -> None:
        if self.activity not in DURATION_LIMITS:
            raise RequestNotAcceptable(
                f"How long a {self.activity} may last is not on file: choose another activity."
            )
        shortest, longest = DURATION_LIMITS[self.activity]
        if not shortest <= len(self.days) <= longest:
            raise RequestNotAcceptable(
                f"A {self.activity} lasts {shortest} to {longest} days without travel, and "
                f"first_day to last_day is {len(self.days)}: change one of the two dates."
            )

    def _check_travel_days(self) -> None:
        # At most 2 travel days, 6 when travelling green: OeAD (call 2024), INDIRE (2022).
        most = 6 if self.funding.green_travel else 2
        if self.funding.travel_days > most:
            raise RequestNotAcceptable(
                f"travel_days is {self.funding.travel_days}, and at most {most} are paid "
                f"{'with' if self.funding.green_travel else 'without'} green travel: lower it."
            )

    def _check_people(self) -> None:
        twice = [p for n, p in enumerate(self.participants) if p in self.participants[:n]]
        if twice:
            raise RequestNotAcceptable(
                f"Participant {twice[0]} is named more than once: name each participant once."
            )

    def _check_words(self) -> None:
        if len(self.themes) > MOST_THEMES:
            raise RequestNotAcceptable(
                f"There are {len(self.themes)} themes: keep the {MOST_THEMES} that matter most."
            )
        check_themes(self.themes)
        if about := odd_field(self.fields):
            raise RequestNotAcceptable(f"{about}.")
        if odd := [language for language in self.languages if not LANGUAGE.fullmatch(language)]:
            raise RequestNotAcceptable(
                f"'{odd[0]}' is not a language: write it as two or three small letters, such as en."
            )
        if not AGENCY.fullmatch(self.funding.national_agency):
            raise RequestNotAcceptable(
                f"national_agency '{self.funding.national_agency}' is not an agency: write it as "
                "its country and number, such as SE or SE01."
            )


def check_themes(themes: tuple[str, ...]) -> None:
    """Hold themes against their form: a theme is a short name for a field of work.

    Raises:
        RequestNotAcceptable: naming the first that is none.
    """
    if odd := [theme for theme in themes if not THEME.fullmatch(theme)]:
        raise RequestNotAcceptable(
            f"'{odd[0]}' is not a theme: give at most 40 letters, digits, spaces and hyphens."
        )
