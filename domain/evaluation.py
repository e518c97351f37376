"""What both sides say afterwards."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.errors import AlreadyDone, EvaluationNotAcceptable
from domain.facts import Fact, PersonId, State, Writing

Mark = Annotated[int, Field(ge=1, le=5)]
"""The participant report's own scale."""


class Consent(StrEnum):
    """Whether a testimonial may be published. Three values, as in the participant report."""

    WITH_NAME = "with name"
    ANONYMOUS = "anonymous"
    NO = "no"


class Answer(Fact):
    """One person's evaluation: marks per objective, lessons learnt, a testimonial."""

    marks: dict[str, Mark]
    lessons: tuple[Writing, ...] = ()
    testimonial: Writing | None = None
    consent: Consent = Consent.NO


class FollowUp(Fact):
    """What the visit showed and what the sending organisation will adapt.

    ``stated_days`` is the length of the programme as the writer states it: the card holds it
    against the dates, the agenda and the attendance. ``title`` and ``context`` replace those of the
    request on the card, where the visit turned out otherwise than asked.
    """

    seen: Writing
    adapted: Writing
    stated_days: int
    title: Writing | None = None
    context: Writing | None = None


class Evaluation(State):
    """The answers given so far."""

    answers: dict[PersonId, Answer] = {}
    follow_up: FollowUp | None = None

    def check_may_answer(
        self, person: PersonId, answer: Answer, objectives: list[str], *, may_correct: bool = False
    ) -> None:
        """Each person answers once and marks the objectives of the request, nothing else.

        Where an answer holds up the card, they ``may_correct`` it.

        Raises:
            AlreadyDone: on a second answer, or the same one as before.
            EvaluationNotAcceptable: when an objective is unknown or has no mark.
        """
        if person in self.answers and (not may_correct or self.answers[person] == answer):
            raise AlreadyDone("You have answered the evaluation already; it cannot be changed.")
        if unknown := sorted(set(answer.marks) - set(objectives)):
            raise EvaluationNotAcceptable(
                f"{unknown[0]} is not an objective of this mobility: mark {', '.join(objectives)}."
            )
        if missing := [o for o in objectives if o not in answer.marks]:
            raise EvaluationNotAcceptable(
                f"Objective {missing[0]} has no mark: give it one from 1 to 5."
            )
