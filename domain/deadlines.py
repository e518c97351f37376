"""What somebody can be asked, what silence means, and on which plan they are reminded.

What silence means is code, since the story acts on it. When people are reminded is data: the files
in ``plans/`` and the programme office's own.
"""

import tomllib
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from domain.facts import Fact


class Asked(StrEnum):
    """What somebody can be waited for."""

    PLACE = "place"  #: a host is asked to take the participants
    OTHER_DATES = "other-dates"  #: the host that is asked has put forward other dates
    SIGNATURES = "signatures"
    GRANT_DECISION = "grant-decision"
    INSTALMENT = "instalment"
    AGENDA = "agenda"
    AGENDA_ACCEPTANCE = "agenda-acceptance"
    AGENDA_CHANGE = "agenda-change"  #: an accepted agenda is to be replaced by another
    ATTENDANCE = "attendance"
    EVALUATION = "evaluation"
    FOLLOW_UP = "follow-up"
    CARD_FACTS = "card-facts"
    ADDRESS = "address"  #: of somebody whom our letters do not reach
    APPLICATION = "application"  #: to join the partnership; asked by an application, no mobility


class Tell(StrEnum):
    """Who hears of it when an answer is overdue."""

    COLLEAGUE = "colleague"  #: of the one who is silent, else the sending coordinator
    SENDING = "sending coordinator"
    OFFICE = "programme office"


Days = Annotated[int, Field(ge=1, le=365)]


class Plan(Fact):
    """Days after the asking on which somebody silent is reminded, and when their time ends.

    ``tell`` hears of it ``tell_before`` days before the deadline.
    """

    first: Days
    every: Days
    most: Annotated[int, Field(ge=0, le=10)]
    days: Days
    tell: Tell | None = None
    tell_before: Days | None = None

    @property
    def reminders(self) -> tuple[int, ...]:
        """The days after the asking on which reminders are planned."""
        return tuple(self.first + n * self.every for n in range(self.most))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.reminders and self.reminders[-1] >= self.days:
            raise ValueError(
                f"reminder {self.most} comes {self.reminders[-1]} days after the asking, and the "
                f"time for an answer ends after {self.days}"
            )
        if (self.tell is None) != (self.tell_before is None):
            raise ValueError("tell and tell_before go together: give both or neither")
        if self.tell_before is not None and self.tell_before >= self.days:
            raise ValueError("tell_before must be less than days")
        return self


class Meaning(NamedTuple):
    """What is asked, as a verb phrase, and what happens if nobody answers."""

    act: str
    silence: str


MEANINGS = {
    Asked.PLACE: Meaning(
        "accept or decline the request for a place",
        "the next host is asked",
    ),
    Asked.OTHER_DATES: Meaning(
        "accept or decline the dates that the host has put forward",
        "the next host is asked",
    ),
    Asked.SIGNATURES: Meaning(
        "sign the agreement",
        "the mobility lapses",
    ),
    Asked.GRANT_DECISION: Meaning(
        "decide on the grant",
        "the mobility lapses",
    ),
    Asked.INSTALMENT: Meaning(
        "pay the first instalment and confirm it",
        "the programme office is told, and the visit goes ahead",
    ),
    Asked.AGENDA: Meaning(
        "put forward the agenda",
        "the mobility lapses",
    ),
    Asked.AGENDA_ACCEPTANCE: Meaning(
        "accept the agenda or return it",
        "the mobility lapses",
    ),
    Asked.AGENDA_CHANGE: Meaning(
        "accept the change to the agenda or return it",
        "the agenda stays as it was accepted",
    ),
    Asked.ATTENDANCE: Meaning(
        "confirm arrival, attendance of each day and departure",
        "only the days confirmed by then count, and without any the mobility lapses",
    ),
    Asked.EVALUATION: Meaning(
        "answer the evaluation",
        "the card is published without that answer and says so",
    ),
    Asked.FOLLOW_UP: Meaning(
        "tell what the visit showed and what will be adapted at home",
        "the card is published without it and says so",
    ),
    Asked.CARD_FACTS: Meaning(
        "correct one of the two facts that contradict each other",
        "the mobility is closed without a published card",
    ),
    Asked.ADDRESS: Meaning(
        "give another address of somebody whom our letters do not reach",
        "the time of whoever cannot be reached runs on",
    ),
    Asked.APPLICATION: Meaning(
        "accept the application or decline it",
        "the application lapses",
    ),
}
"""What every question asks, and what silence means."""


class PlansNotAcceptable(Exception):  # noqa: N818 - told to whoever edits the file
    """A file of reminder plans does not make sense: one sentence saying where."""


_FILE: TypeAdapter[dict[Asked, Plan]] = TypeAdapter(dict[Asked, Plan])


def read_plans(*texts: str) -> dict[Asked, Plan]:
    """Read files of plans, the later over the earlier; together they cover every question.

    Raises:
        PlansNotAcceptable: naming the question and what is wrong with its plan.
    """
    plans: dict[Asked, Plan] = {}
    for text in texts:
        try:
            plans |= _FILE.validate_python(tomllib.loads(text))
        except tomllib.TOMLDecodeError as mistake:
            raise PlansNotAcceptable(f"The reminder plans are not TOML: {mistake}.") from None
        except ValidationError as trouble:
            raise PlansNotAcceptable(_where(trouble)) from None
    if missing := [asked.value for asked in Asked if asked not in plans]:
        raise PlansNotAcceptable(f"The reminder plans leave out {', '.join(missing)}: add them.")
    return plans


def _where(trouble: ValidationError) -> str:
    mistake = trouble.errors(include_url=False, include_context=False)[0]
    place = " > ".join(str(part) for part in mistake["loc"] if part != "[key]")
    what = mistake["msg"].removeprefix("Value error, ")
    return f"The reminder plans at '{place}': {what}."
