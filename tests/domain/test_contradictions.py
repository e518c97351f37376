"""What texts may say of a visit of two people from 5 to 7 May 2026, and what stops the card."""

from datetime import date

import pytest

from domain import messages as m
from domain.case_card import read_card_facts
from domain.contradictions import find_contradictions
from domain.evaluation import Consent
from domain.facts import PersonId
from tests.builders import EMELIE, FRIDA, HOST, TEXTS, an_answer, completed, day_of, in_evaluation

TRUTH = "the attendance confirmed by the host says 3 days (5-7 May 2026)"


def untrue(says: str, *, attended: tuple[int, ...] = (1, 2, 3)) -> list[str]:
    """What the card is stopped for when the account of the visit says this."""
    facts = read_card_facts(completed().journal)
    there = {day_of(n): (FRIDA, EMELIE) if n in attended else () for n in (1, 2, 3)}
    left = dict.fromkeys((FRIDA, EMELIE), day_of(attended[-1]))
    facts = facts.model_copy(update={"attendance": there, "departed": left, "follow_up": None})
    texts = TEXTS | {"context": says}
    found = find_contradictions(facts, texts)
    assert all(sentence.startswith('The context says "') for sentence in found)
    return [sentence.split('"')[1] for sentence in found]


@pytest.mark.parametrize(
    "says",
    [
        "Everybody who is out of work gets a plan within 10 days of registering.",
        "They have a two-day induction.",
        "They offer a two-day, unpaid induction to newcomers.",
        "During the visit we heard of a five-day course for advisers.",
        "The visit included a two-day induction at the training centre.",
        "Their programme gives young people 10 days to answer.",
        "A plan is made after 2 days and looked at again every 30 days.",
        "Registration takes one day in Barcelona and ten days in Borås.",
        "The programme has a waiting period of 14 days.",
        "Jobseekers wait for 30 days, and employers for 5 days.",
        "We saw how an adviser spends two days with each newcomer.",
        "The first two days of the visit were busy.",
        "On one day of the visit we went to Girona.",
        "One day we will have such a programme too.",
        "Two days before the visit we read their annual report.",
        "We met again two days after the visit.",
        "The stay lasted more than two days.",
        "A two-day visit would have been too short.",
        "This was not a two-day visit.",
        "An earlier two-day visit had prepared the ground.",
        "A three-day exchange programme, a 3-day visit, 3 days in all.",
        "The visit lasted three days.",
        "a twenty-one-day wait for a place",
        "3.5-day weeks at the office",
        "a day by day account",
        "open two days a week",
        "two days later",
        "From day 2 on, and at 2 o'clock every day",
        "Two-dayish, with the 2days app",
    ],
)
def test_days_of_something_else_and_the_true_length_are_published(says: str) -> None:
    assert untrue(says) == []


@pytest.mark.parametrize(
    ("says", "quoted"),
    [
        ("2 -days", "2 -days"),
        ("2 -days\n5-7 May 2026", "2 -days"),
        ("2 days, 5-7 May 2026", "2 days"),
        ("Duration: two days.", "two days"),
        ("The institutions prepared a two-day exchange programme.", "two-day"),
        ("An intensive, two-day job shadowing at SOC", "two-day"),
        ("an eleven-day programme", "eleven-day"),
        ("a two day visit", "two day"),
        ("a one-day visit", "one-day"),
        ("2 day job shadowing", "2 day"),
        ("four days' programme", "four days"),
        ("a two-day study trip", "two-day"),
        ("a two-day staff mobility", "two-day"),
        ("The visit lasted one day.", "one day"),
        ("The visit to SOC in Barcelona lasted two days.", "two days"),
        ("The job shadowing was a four-day affair.", "four-day"),
        ("Our stay was of two days.", "two days"),
        ("a visit of two intensive days", "two intensive days"),
        ("An exchange in Barcelona over ten days", "ten days"),
        ("the visit took 4 days", "4 days"),
        ("2 days in Barcelona", "2 days"),
        ("it lasted two days.", "two days"),
        ("we spent 2 days there", "2 days"),
        ("They stayed for four days with SOC.", "four days"),
        ("during two intensive days", "two intensive days"),
        ("a 2\u2013day visit", "2\u2013day"),
    ],
)
def test_another_length_of_the_visit_stops_the_card(says: str, quoted: str) -> None:
    assert untrue(says) == [quoted]


@pytest.mark.parametrize(
    "says",
    [
        "The visit of 5-7 May 2026",
        "5-7 May",
        "from 5 to 7 May 2026",
        "May 5-7, 2026",
        "from May 5th to 7th",
        "5 May - 7 May 2026",
        "The visit took place in Barcelona in May 2026.",
        "a fair on 3-4 March",
        "During the visit we heard of the fair of 12-14 May 2026.",
        "Their programme was launched in June 2019.",
        "A law of May 2019 made the programme possible.",
        "The next visit on 8-9 May 2027 will go the other way.",
        "Chapters 5-7 may help.",
    ],
)
def test_the_true_dates_and_those_of_something_else_are_published(says: str) -> None:
    assert untrue(says) == []


@pytest.mark.parametrize(
    ("says", "quoted"),
    [
        ("The visit of 5-7 May 2019", "5-7 May 2019"),
        ("5-7 June 2026", "5-7 June 2026"),
        ("The visit of 5-7 June", "5-7 June"),
        ("from 6 to 9 May 2026", "6 to 9 May 2026"),
        ("We were in Barcelona from 6 to 9 May 2026.", "6 to 9 May 2026"),
        ("May 6-9", "May 6-9"),
        ("The visit, May 6-9, 2026", "May 6-9, 2026"),
        ("the visit of 4-8 May 2026", "4-8 May 2026"),
        ("The exchange took place from 5 May to 2 June 2026.", "5 May to 2 June 2026"),
        ("the stay from April 29 to May 2", "April 29 to May 2"),
        ("a job shadowing between 5th and 8th May", "5th and 8th May"),
        ("The 5-6 May visit", "5-6 May"),
        ("5\u20138 May 2026", "5\u20138 May 2026"),
        ("Borås at SOC, Barcelona, 8-9 May 2026", "8-9 May 2026"),
        ("The visit of May 2019", "May 2019"),
        ("The exchange in Barcelona in June 2026", "June 2026"),
    ],
)
def test_other_dates_of_the_visit_stop_the_card(says: str, quoted: str) -> None:
    assert untrue(says) == [quoted]


def test_the_three_figures_of_the_customer_are_held_against_each_other() -> None:
    card = "2 -days\n5-7 May 2026\nThe institutions prepared a three-day exchange programme."

    assert untrue(card) == ["2 -days"]
    assert untrue(card, attended=(1, 2)) == ["three-day", "5-7 May 2026"]


def test_a_visit_over_the_turn_of_a_month_may_say_so() -> None:
    facts = read_card_facts(completed().journal)
    days = (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 2))
    facts = facts.model_copy(
        update={
            "attendance": dict.fromkeys(days, (FRIDA,)), "planned": days, "arrived": {},
            "departed": {},
        }
    )  # fmt: skip
    said = TEXTS | {"context": "The visit of 30 April - 2 May 2026, April 30 to May 2."}

    assert find_contradictions(facts, said) == ()


# Every text that is printed.

SAYS = "It was a two-day visit, 8-9 May 2026."


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("title", "title"),
        ("context", "context"),
        ("objective-2", "objective 2"),
        ("seen", "account of the visit"),
        ("adapted", "account of what will be adapted"),
    ],
)
def test_a_text_of_the_coordinator_is_held_against_the_attendance(name: str, called: str) -> None:
    found = find_contradictions(read_card_facts(completed().journal), TEXTS | {name: SAYS})

    assert found == (
        f'The {called} says "two-day"; {TRUTH}.',
        f'The {called} says "8-9 May 2026"; {TRUTH}.',
    )


@pytest.mark.parametrize(
    ("person", "whose"), [(FRIDA, "a participant"), (HOST, "the host")]
)  # fmt: skip
@pytest.mark.parametrize("consent", [Consent.WITH_NAME, Consent.ANONYMOUS])
def test_lessons_and_testimonials_are_held_against_the_attendance(
    person: PersonId, whose: str, consent: Consent
) -> None:
    journey = in_evaluation()
    answer = an_answer(consent, testimonial="quotation", lesson="lesson")
    journey.say(m.AnswerEvaluation(by=person, answer=answer))

    found = find_contradictions(
        read_card_facts(journey.journal), TEXTS | {"lesson": SAYS, "quotation": SAYS}
    )

    assert [sentence.split(";")[0] for sentence in found] == [
        f'The lesson of {whose} says "two-day"',
        f'The lesson of {whose} says "8-9 May 2026"',
        f'The testimonial of {whose} says "two-day"',
        f'The testimonial of {whose} says "8-9 May 2026"',
    ]


def test_a_testimonial_that_is_not_printed_stops_nothing() -> None:
    journey = in_evaluation()
    answer = an_answer(Consent.NO, testimonial="quotation")
    journey.say(m.AnswerEvaluation(by=FRIDA, answer=answer))

    assert find_contradictions(read_card_facts(journey.journal), TEXTS | {"quotation": SAYS}) == ()
