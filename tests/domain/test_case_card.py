import re
from datetime import date

import pytest

from domain import events as e
from domain import messages as m
from domain.case_card import (
    CardFacts,
    CaseCard,
    build_card,
    read_card_facts,
    said_dates,
)
from domain.contradictions import find_contradictions
from domain.deadlines import Asked
from domain.errors import AttendanceNotAcceptable
from domain.evaluation import Consent
from domain.events import Outcome
from domain.facts import PersonId
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    HOST,
    LAST_DAY,
    ORGANISATIONS,
    PEOPLE,
    TEXTS,
    Journey,
    a_follow_up,
    a_session,
    an_answer,
    completed,
    day_of,
    in_evaluation,
    in_visit,
    noon,
    writing,
)
from tests.domain.scenarios import nobody_evaluates

TRUTH_OF_TWO = "the attendance confirmed by the host says 2 days (5-6 May 2026)"
TRUTH = "the attendance confirmed by the host says 3 days (5-7 May 2026)"


def facts_with(**changes: object) -> CardFacts:
    facts = read_card_facts(completed().journal)
    return CardFacts.model_validate(facts.model_dump() | changes)


def contradictions_when(name: str, says: str, **changes: object) -> tuple[str, ...]:
    return find_contradictions(facts_with(**changes), TEXTS | {name: says})


def attended(*numbers: int) -> dict[date, tuple[PersonId, ...]]:
    return {day_of(n): (FRIDA, EMELIE) if n in numbers else () for n in (1, 2, 3)}


def card_of(journey: Journey, **texts: str) -> CaseCard:
    return build_card(
        read_card_facts(journey.journal), texts=TEXTS | texts, people=PEOPLE,
        organisations=ORGANISATIONS, journal_head="head",
    )  # fmt: skip


# Facts that contradict each other.


def test_facts_that_agree_are_published() -> None:
    assert find_contradictions(facts_with(), TEXTS) == ()


def test_a_stated_length_that_was_not_attended_stops_the_card_and_names_both_facts() -> None:
    found = find_contradictions(facts_with(follow_up=a_follow_up(2)), TEXTS)

    assert found == (f"The follow-up states 2 days; {TRUTH}.",)


@pytest.mark.parametrize(
    "says",
    [
        "2-day", "2 -days", "2 - days", "2-days", "two-day", "Two-Day", "TWO-DAY", "14-day",
        "4 days in", "four days at", "1 days of", "ten days with",
        "2\u2013day", "two\u2011day", "2 \u2010 days", "02-day",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("title", "title"),
        ("context", "context"),
        ("seen", "account of the visit"),
        ("adapted", "account of what will be adapted"),
    ],
)
def test_a_text_that_says_another_length_stops_the_card_and_is_quoted(
    name: str, called: str, says: str
) -> None:
    quoted = re.sub(r" (in|at|of|with)$", "", says)

    [found] = contradictions_when(name, f"A {says} Barcelona, in short.")

    assert found.startswith(f'The {called} says "{quoted}')
    assert found.endswith(f'"; {TRUTH}.')


@pytest.mark.parametrize(
    "says",
    [
        "A three-day exchange programme",
        "A 3-day visit, 3 days in all",
        "3 -days",
        "5-7 May 2026",
        "From day 2 on, and two days later",
        "A daily 2 o'clock meeting",
        "Two-dayish",
        "The 2days app",
        "",
    ],
)
def test_a_text_that_says_the_same_length_or_none_is_published(says: str) -> None:
    assert contradictions_when("title", says) == ()


def test_three_days_are_as_wrong_as_two_when_two_were_attended() -> None:
    found = contradictions_when(
        "context", "A three-day programme.", attendance=attended(1, 2), follow_up=None,
        departed={FRIDA: day_of(2), EMELIE: day_of(2)},
    )  # fmt: skip

    assert found == (f'The context says "three-day"; {TRUTH_OF_TWO}.',)


def test_every_contradiction_is_named_and_not_only_the_first() -> None:
    found = find_contradictions(
        facts_with(follow_up=a_follow_up(2)), TEXTS | {"title": "2 -days", "seen": "four-day"}
    )

    assert [sentence.split(";")[0] for sentence in found] == [
        "The follow-up states 2 days",
        'The title says "2 -days"',
        'The account of the visit says "four-day"',
    ]


def test_two_lengths_in_one_text_are_two_contradictions() -> None:
    found = contradictions_when("title", "From a 2-day to a 4-day visit, never 3-day")

    assert [sentence.split(";")[0] for sentence in found] == [
        'The title says "2-day"', 'The title says "4-day"',
    ]  # fmt: skip


def test_a_title_in_the_follow_up_takes_the_place_of_the_one_in_the_request() -> None:
    corrected = a_follow_up(3, title=writing("better-title"), context=writing("better-context"))
    texts = TEXTS | {
        "title": "2-day", "context": "2-day", "better-title": "3-day", "better-context": "fine",
    }  # fmt: skip

    assert find_contradictions(facts_with(follow_up=corrected), texts) == ()


def test_an_attended_day_that_was_never_planned_stops_the_card() -> None:
    found = find_contradictions(facts_with(planned=(day_of(1), day_of(3))), TEXTS)

    assert found == (f"The agenda has nothing on 6 May 2026; {TRUTH}.",)


def test_a_day_planned_and_not_attended_is_no_contradiction() -> None:
    facts = facts_with(
        attendance=attended(1, 2), follow_up=a_follow_up(2),
        departed={FRIDA: day_of(2), EMELIE: day_of(2)},
    )  # fmt: skip

    assert find_contradictions(facts, TEXTS) == ()


def test_whoever_was_present_before_arriving_or_after_leaving_stops_the_card() -> None:
    facts = facts_with(
        arrived={FRIDA: day_of(2), EMELIE: FIRST_DAY},
        departed={FRIDA: LAST_DAY, EMELIE: day_of(2)},
    )

    assert find_contradictions(facts, TEXTS) == (
        "The host confirms that p-frida arrived on 6 May 2026 and was present on 5 May 2026.",
        "The host confirms that p-emelie left on 6 May 2026 and was present on 7 May 2026.",
    )


def test_what_the_host_confirms_in_order_never_contradicts_itself() -> None:
    journey = in_visit()
    journey.wait_until(noon(LAST_DAY))
    journey.say(m.ConfirmArrival(by=HOST, participants=(FRIDA,), on=day_of(2)))
    journey.say(m.ConfirmDeparture(by=HOST, participants=(FRIDA,), on=day_of(2)))

    with pytest.raises(AttendanceNotAcceptable):
        journey.say(m.ConfirmAttendance(by=HOST, day=day_of(3), present=(FRIDA,)))


def test_a_contradiction_asks_the_sending_coordinator_and_closes_without_a_card_at_last() -> None:
    journey = in_evaluation()
    journey.answer(FRIDA, EMELIE, HOST)
    journey.report(stated_days=2)

    assert journey.mobility.waits[Asked.CARD_FACTS].awaited == [COORDINATOR]
    assert journey.mobility.contradictions == (f"The follow-up states 2 days; {TRUTH}.",)

    journey.wait_out(Asked.CARD_FACTS)

    assert journey.kinds()[-2:] == ["CardLapsed", "MobilityEnded"]
    assert journey.mobility.outcome is Outcome.COMPLETED
    assert journey.mobility.card == {}


def test_a_correction_that_corrects_nothing_stops_the_card_again() -> None:
    journey = in_evaluation()
    journey.answer(FRIDA, EMELIE, HOST)
    journey.report(stated_days=2)

    journey.report(stated_days=4)

    assert journey.kinds().count("CardStopped") == 2
    assert Asked.CARD_FACTS in journey.mobility.waits


# What the card says.


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ((2026, 5, 5), (2026, 5, 5), "5 May 2026"),
        ((2026, 5, 5), (2026, 5, 7), "5-7 May 2026"),
        ((2026, 4, 29), (2026, 5, 2), "29 April - 2 May 2026"),
        ((2026, 12, 30), (2027, 1, 2), "30 December 2026 - 2 January 2027"),
        ((2025, 5, 5), (2026, 5, 7), "5 May 2025 - 7 May 2026"),
    ],
)
def test_dates_are_said_as_people_write_them(
    first: tuple[int, int, int], last: tuple[int, int, int], said: str
) -> None:
    assert said_dates((date(*first), date(*last))) == said


def test_no_days_are_said_as_such() -> None:
    assert said_dates(()) == "no day"


def test_the_days_of_the_card_are_those_on_which_somebody_was_there() -> None:
    facts = facts_with(attendance={day_of(3): (EMELIE,), day_of(1): (FRIDA,), day_of(2): ()})

    assert facts.days == (day_of(1), day_of(3))


def test_duration_and_dates_are_always_said_together() -> None:
    assert card_of(completed()).duration == "3 days, 5-7 May 2026"


def test_one_day_is_said_in_the_singular() -> None:
    journey = in_visit()
    journey.wait_until(noon(LAST_DAY))
    journey.say(m.ConfirmArrival(by=HOST, participants=(FRIDA,), on=day_of(2)))
    for number in (1, 2, 3):
        present = (FRIDA,) if number == 2 else ()
        journey.say(m.ConfirmAttendance(by=HOST, day=day_of(number), present=present))
    journey.say(m.ConfirmDeparture(by=HOST, participants=(FRIDA,), on=day_of(2)))

    assert card_of(journey).duration == "1 day, 6 May 2026"


def test_days_with_a_gap_between_them_are_never_said_as_one_run() -> None:
    journey = in_visit()
    journey.wait_until(noon(LAST_DAY))
    journey.say(m.ConfirmArrival(by=HOST, participants=(FRIDA,), on=FIRST_DAY))
    for number in (1, 2, 3):
        present = () if number == 2 else (FRIDA,)
        journey.say(m.ConfirmAttendance(by=HOST, day=day_of(number), present=present))

    card = card_of(journey)

    assert card.duration == "2 days, 5 May 2026 and 7 May 2026"
    assert card.caption.endswith("Barcelona, 5 May 2026 and 7 May 2026")


def test_only_those_who_attended_are_on_the_card() -> None:
    journey = in_visit()
    journey.attend(EMELIE)

    assert card_of(journey).shadowed == ("guidance",)


def test_later_facts_replace_earlier_ones() -> None:
    journey = in_evaluation()
    journey.report(stated_days=2)
    journey.report(stated_days=3)

    facts = read_card_facts(journey.journal)

    assert facts.follow_up == a_follow_up(3)
    assert facts.entries == journey.mobility.n


def test_the_plan_of_the_card_is_the_agenda_accepted_last() -> None:
    journey = completed()
    put = e.AgendaPut(version=2, zone="UTC", sessions=(a_session(day=day_of(2)),))
    accepted = e.AgendaAccepted(version=2, replaces=1)
    moved, agreed = (
        journey.journal[-1].model_copy(
            update={"kind": type(event).__name__, "facts": event.model_dump(mode="json")}
        )
        for event in (put, accepted)
    )

    before = read_card_facts(journey.journal).planned
    assert read_card_facts([*journey.journal, moved]).planned == before
    assert read_card_facts([*journey.journal, moved, agreed]).planned == (day_of(2),)


# Consent.


@pytest.mark.parametrize(
    ("consent", "person", "published"),
    [
        (Consent.WITH_NAME, FRIDA, [("It was rewarding.", "Frida, participant")]),
        (Consent.WITH_NAME, HOST, [("It was rewarding.", "Ana, host")]),
        (Consent.ANONYMOUS, FRIDA, [("It was rewarding.", "A participant")]),
        (Consent.ANONYMOUS, HOST, [("It was rewarding.", "A host")]),
        (Consent.NO, FRIDA, []),
        (Consent.NO, HOST, []),
    ],
)
def test_a_testimonial_is_published_as_its_author_agreed(
    consent: Consent, person: PersonId, published: list[tuple[str, str]]
) -> None:
    journey = in_evaluation()
    answer = an_answer(consent, testimonial="quotation")
    journey.say(m.AnswerEvaluation(by=person, answer=answer))

    card = card_of(journey, quotation="It was rewarding.")

    assert [(t.text, t.said_by) for t in card.testimonials] == published
    everything = card.model_dump_json()
    named, said = PEOPLE[person].name, "It was rewarding."
    assert (said in everything) is (consent is not Consent.NO)
    assert (f'"{named},' in everything) is (consent is Consent.WITH_NAME)


def test_consent_without_a_testimonial_publishes_nothing() -> None:
    journey = in_evaluation()
    journey.say(m.AnswerEvaluation(by=FRIDA, answer=an_answer(Consent.WITH_NAME)))

    card = card_of(journey)

    assert card.testimonials == ()
    assert "Frida" not in card.model_dump_json()


@pytest.mark.parametrize("consent", Consent)
def test_nobody_has_an_address_or_a_reference_on_the_card(consent: Consent) -> None:
    journey = in_evaluation()
    for person in (FRIDA, EMELIE, HOST):
        answer = an_answer(consent, testimonial="quotation")
        journey.say(m.AnswerEvaluation(by=person, answer=answer))

    card = card_of(journey, quotation="Good.").model_dump_json()

    assert "@" not in card
    assert "p-frida" not in card


def test_participants_speak_before_the_host() -> None:
    journey = in_evaluation()
    for person in (HOST, EMELIE, FRIDA):
        answer = an_answer(Consent.WITH_NAME, testimonial="quotation")
        journey.say(m.AnswerEvaluation(by=person, answer=answer))

    card = card_of(journey, quotation="Good.")

    assert [t.said_by for t in card.testimonials] == [
        "Emelie, participant", "Frida, participant", "Ana, host",
    ]  # fmt: skip


def test_the_card_says_who_kept_silent_without_naming_them() -> None:
    card = card_of(nobody_evaluates())

    assert card.silent == (
        "a participant", "a participant", "the receiving organisation",
    )  # fmt: skip
    assert (card.seen, card.adapted) == ("", "")
