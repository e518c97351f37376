import pytest
from pydantic import ValidationError

from domain import messages as m
from domain.deadlines import Asked
from domain.errors import AlreadyDone, EvaluationNotAcceptable, NotAwaited, WrongRole
from domain.evaluation import Answer, Consent
from domain.events import EvaluationLapsed, Outcome, Phase
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    a_follow_up,
    an_answer,
    in_evaluation,
    in_visit,
)
from tests.domain.scenarios import nobody_evaluates


def test_everybody_who_attended_the_host_and_for_the_follow_up_the_coordinator_are_asked() -> None:
    waits = in_evaluation().mobility.waits

    assert waits["evaluation"].awaited == [FRIDA, EMELIE, HOST]
    assert waits["follow-up"].awaited == [COORDINATOR]


def test_nobody_answers_twice() -> None:
    journey = in_evaluation()
    journey.answer(FRIDA)

    with pytest.raises(AlreadyDone, match="answered the evaluation already"):
        journey.answer(FRIDA)


def test_whoever_was_not_there_is_not_asked() -> None:
    journey = in_visit()
    journey.attend(FRIDA)

    with pytest.raises(NotAwaited, match="not asked for an evaluation"):
        journey.answer(EMELIE)


def test_an_answer_after_the_deadline_is_not_taken() -> None:
    journey = in_evaluation()
    journey.report(stated_days=2)
    journey.wait_out(Asked.EVALUATION)

    assert journey.mobility.phase is Phase.EVALUATION
    with pytest.raises(NotAwaited, match="its deadline has passed"):
        journey.answer(FRIDA)


@pytest.mark.parametrize("person", [COORDINATOR, OFFICE])
def test_evaluating_is_for_those_who_were_there(person: str) -> None:
    with pytest.raises(WrongRole):
        in_evaluation().say(
            m.AnswerEvaluation.model_validate({"by": person, "answer": an_answer()})
        )


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        ({"o1": 5}, "Objective o2 has no mark"),
        ({}, "Objective o1 has no mark"),
        ({"o1": 5, "o2": 5, "o3": 5}, "o3 is not an objective of this mobility: mark o1, o2"),
    ],
)
def test_each_objective_is_marked_and_nothing_else(marks: dict[str, int], sentence: str) -> None:
    with pytest.raises(EvaluationNotAcceptable, match=sentence):
        in_evaluation().say(m.AnswerEvaluation(by=FRIDA, answer=Answer(marks=marks)))


@pytest.mark.parametrize("mark", [0, 6])
def test_a_mark_outside_one_to_five_is_never_written_down(mark: int) -> None:
    with pytest.raises(ValidationError):
        Answer(marks={"o1": mark})


def test_consent_has_three_values_and_is_no_unless_given() -> None:
    assert set(Consent) == {Consent.WITH_NAME, Consent.ANONYMOUS, Consent.NO}
    assert Answer(marks={}).consent is Consent.NO


def test_the_follow_up_may_be_corrected_while_the_evaluation_is_open() -> None:
    journey = in_evaluation()
    journey.report(stated_days=2)

    journey.report(stated_days=3)

    assert journey.mobility.evaluation.follow_up == a_follow_up(3)


def test_the_same_follow_up_is_not_reported_again() -> None:
    journey = in_evaluation()
    journey.report()

    with pytest.raises(AlreadyDone, match="reported exactly this already"):
        journey.report()


def test_silence_does_not_hold_up_the_card_and_is_recorded_by_name() -> None:
    journey = nobody_evaluates()

    assert journey.mobility.outcome is Outcome.COMPLETED
    assert EvaluationLapsed(silent=(FRIDA, EMELIE, HOST)) in journey.events
    assert "FollowUpLapsed" in journey.kinds()
    assert "CardPublished" in journey.kinds()


def test_only_those_who_are_still_silent_lapse() -> None:
    journey = in_evaluation()
    journey.answer(EMELIE)

    journey.wait_out(Asked.EVALUATION)

    assert EvaluationLapsed(silent=(FRIDA, HOST)) in journey.events


def test_a_contradiction_can_be_corrected_after_the_evaluation_has_lapsed() -> None:
    journey = in_evaluation()
    journey.report(stated_days=2)
    journey.wait_out(Asked.EVALUATION)

    assert journey.mobility.waits["card-facts"].awaited == [COORDINATOR]

    journey.report(stated_days=3)

    assert journey.mobility.card == {"card.md": "digest-of-card"}


def test_an_answer_that_holds_up_the_card_can_be_given_anew_by_whoever_gave_it() -> None:
    journey = in_evaluation()
    journey.answer(FRIDA, EMELIE, HOST)
    journey.report(stated_days=2)
    corrected = an_answer(lesson="adapted")

    journey.tell(m.AnswerEvaluation(by=FRIDA, answer=corrected))

    assert journey.mobility.evaluation.answers[FRIDA] == corrected
    assert "card-facts" not in journey.mobility.waits


def test_the_same_answer_again_corrects_nothing() -> None:
    journey = in_evaluation()
    journey.answer(FRIDA, EMELIE, HOST)
    journey.report(stated_days=2)

    with pytest.raises(AlreadyDone):
        journey.answer(FRIDA)
