"""Letters that cannot arrive: whose clock stands still, who is asked, and how it goes on."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain import messages as m
from domain.addresses import address_corrected, letter_failed
from domain.case_view import view_of
from domain.deadlines import Asked
from domain.errors import NotAwaited, WrongRole
from domain.events import AddressCorrected, AddressFailed, Outcome
from domain.facts import PersonId
from domain.letters import SAID_ONCE, LetterOrder, Purpose, letters_after, reason_stands
from domain.messages import Cause
from domain.mobility import Mobility
from domain.reach import FailedLetter
from starter.earlier import last_failure
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    OPENED,
    REFERENCE,
    SECOND_HOST,
    STRANGER,
    Journey,
    in_agreement,
    in_evaluation,
    in_matching,
    in_preparation,
    in_visit,
    ready_to_go,
)


def corrected(journey: Journey, person: PersonId, by: PersonId = COORDINATOR) -> None:
    journey.say(m.CorrectAddress(by=by, person=person))


def asked_for(journey: Journey) -> dict[PersonId, PersonId | None]:
    """For whose address whom, as it stands."""
    return {person: found.asked for person, found in journey.mobility.reach.people.items()}


def told(person: PersonId, event: int, **changes: object) -> FailedLetter:
    """A letter that told somebody of the match."""
    facts: dict[str, object] = {
        "person": person, "key": f"told-{event}", "purpose": Purpose.MATCH_MADE, "event": event,
        "asks": False,
    }  # fmt: skip
    return FailedLetter.model_validate(facts | changes)


# Who is asked.


@pytest.mark.parametrize(
    ("reach", "lost", "asked"),
    [
        (in_matching, HOST, COORDINATOR),
        (in_matching, COORDINATOR, OFFICE),
        (in_agreement, HOST, COORDINATOR),
        (in_agreement, COORDINATOR, HOST),
        (in_agreement, FRIDA, COORDINATOR),
        (in_preparation, OFFICE, COORDINATOR),
        (in_evaluation, EMELIE, COORDINATOR),
    ],
)
def test_the_other_side_is_asked_for_the_address(
    reach: Callable[[], Journey], lost: PersonId, asked: PersonId
) -> None:
    journey = reach()

    journey.lose(lost)

    assert journey.kinds()[-1] == "AddressFailed"
    [letter] = letters_after(journey.journal[-1], journey.mobility)
    assert (letter.purpose, letter.to) == (Purpose.ADDRESS_WANTED, asked)
    assert asked_for(journey) == {lost: asked}


def test_whoever_is_out_of_reach_is_asked_for_nobodys_address() -> None:
    journey = in_agreement()
    journey.lose(FRIDA)
    journey.lose(COORDINATOR)

    assert asked_for(journey) == {FRIDA: OFFICE, COORDINATOR: HOST}
    last = journey.journal[-1]
    event = last.event()
    assert isinstance(event, AddressFailed)
    assert event.asked == {COORDINATOR: HOST, FRIDA: OFFICE}
    assert {order.to for order in letters_after(last, journey.mobility)} == {HOST, OFFICE}
    journey.lose(HOST)
    assert asked_for(journey) == {FRIDA: OFFICE, COORDINATOR: OFFICE, HOST: OFFICE}


def test_where_nobody_is_left_to_ask_the_clock_runs_on() -> None:
    journey = in_agreement()
    for person in (OFFICE, HOST, COORDINATOR):
        journey.lose(person)

    assert set(asked_for(journey).values()) == {None}
    assert "address" not in journey.mobility.waits
    assert journey.mobility.waits["signatures"].paused == {}
    journey.wait(60)
    assert journey.mobility.outcome is Outcome.LAPSED


def test_whoever_is_within_reach_again_is_asked_for_all_for_whom_nobody_was_left() -> None:
    journey = in_agreement()
    for person in (OFFICE, HOST, COORDINATOR):
        journey.lose(person)
    journey.wait(2)
    n = journey.mobility.n

    # The directory has another address of theirs.
    address_corrected(journey.mobility, COORDINATOR, at=journey.now)

    assert asked_for(journey) == {OFFICE: COORDINATOR, HOST: COORDINATOR}
    assert journey.mobility.waits["address"].awaited == [COORDINATOR]
    assert journey.mobility.waits["signatures"].paused == {HOST: journey.now}
    wanted = [o for o in journey.letters(n) if o.purpose is Purpose.ADDRESS_WANTED]
    assert [order.to for order in wanted] == [COORDINATOR]
    for person, found in journey.mobility.reach.people.items():
        assert found.epoch == last_failure(journey.journal, person), "said twice, it counts once"
    corrected(journey, HOST)
    corrected(journey, OFFICE)
    assert journey.mobility.reach.people == {}


def test_nobody_is_asked_twice_for_an_address_that_nobody_knew() -> None:
    journey = in_agreement()
    journey.lose(FRIDA)
    journey.lose(COORDINATOR)
    corrected(journey, COORDINATOR, by=HOST)
    journey.wait(12)
    assert "AddressLapsed" in journey.kinds()
    journey.lose(EMELIE)

    corrected(journey, EMELIE)

    assert asked_for(journey) == {FRIDA: None}
    assert "address" not in journey.mobility.waits


def test_an_answer_closes_that_persons_part_and_no_other() -> None:
    journey = in_agreement()
    journey.lose(FRIDA)
    journey.lose(EMELIE)
    assert journey.mobility.waits["address"].awaited == [COORDINATOR]

    corrected(journey, FRIDA)

    assert asked_for(journey) == {EMELIE: COORDINATOR}
    assert journey.mobility.waits["address"].awaited == [COORDINATOR]
    corrected(journey, EMELIE)
    assert "address" not in journey.mobility.waits


@pytest.mark.parametrize("lost", [STRANGER, SECOND_HOST])
def test_whoever_has_no_part_need_not_be_reached(lost: PersonId) -> None:
    journey = in_agreement()
    before = journey.mobility.model_dump()

    journey.lose(lost)

    assert journey.mobility.model_dump() == before


def test_a_host_gives_the_sending_coordinators_address_and_no_other() -> None:
    journey = in_agreement()
    journey.lose(FRIDA)
    journey.lose(COORDINATOR)

    with pytest.raises(WrongRole, match="tell them what you know"):
        corrected(journey, FRIDA, by=HOST)
    with pytest.raises(NotAwaited, match="letters to them arrive"):
        corrected(journey, EMELIE, by=OFFICE)
    corrected(journey, COORDINATOR, by=HOST)
    corrected(journey, FRIDA, by=OFFICE)

    assert asked_for(journey) == {}


def test_a_host_that_was_only_asked_for_a_place_gives_no_address() -> None:
    journey = in_matching()
    journey.lose(COORDINATOR)

    with pytest.raises(WrongRole, match="programme office to correct"):
        corrected(journey, COORDINATOR, by=HOST)

    assert asked_for(journey) == {COORDINATOR: OFFICE}


# The pause in the story.


def test_the_one_out_of_reach_is_not_reminded_and_the_others_are() -> None:
    journey = in_agreement()
    journey.lose(FRIDA)
    n = journey.mobility.n

    journey.wait(9)

    reminded = [o for o in journey.letters(n) if o.purpose is Purpose.AGREEMENT_TO_SIGN]
    assert {order.to for order in reminded} == {COORDINATOR, HOST, EMELIE}
    question = view_of(journey.mobility).question(Asked.SIGNATURES)
    assert question is not None
    assert question.paused == {FRIDA: OPENED}


def test_a_deadline_moves_by_the_pause() -> None:
    journey = in_evaluation()
    before = journey.mobility.waits["evaluation"].due
    journey.lose(FRIDA)
    journey.wait(4)

    corrected(journey, FRIDA)

    wait = journey.mobility.waits["evaluation"]
    assert timedelta(days=4) <= wait.due - before <= timedelta(days=6)
    assert wait.paused == {}


def test_silence_of_somebody_out_of_reach_does_not_count_until_nobody_knows_where_they_are() -> (
    None
):
    journey = in_matching()
    journey.wait(9)
    journey.lose(HOST)

    journey.wait(9)
    assert journey.mobility.host == HOST
    journey.wait(6)

    said = journey.kinds()
    assert said.index("AddressFailed") < said.index("AddressLapsed") < said.index("ProposalLapsed")
    assert journey.mobility.host == SECOND_HOST
    assert asked_for(journey) == {}


def test_the_office_hears_before_the_clock_runs_on() -> None:
    journey = in_matching()
    journey.lose(HOST)

    journey.wait(9)

    told_of = [o for o in journey.letters() if o.while_open is Asked.ADDRESS]
    assert [(o.purpose, o.to) for o in told_of] == [(Purpose.ANSWER_OVERDUE, OFFICE)]


def test_what_is_asked_later_stands_still_from_the_start() -> None:
    journey = in_agreement()
    journey.lose(OFFICE)
    journey.sign(*journey.mobility.signatories)

    assert journey.mobility.waits["grant-decision"].paused == {OFFICE: journey.now}
    journey.wait(12)
    assert journey.mobility.waits["grant-decision"].paused == {}


def test_who_answers_all_the_same_is_paused_no_more_nor_are_the_others() -> None:
    journey = in_agreement()
    journey.lose(FRIDA)
    due = journey.mobility.waits["signatures"].due
    journey.wait(3)

    journey.sign(FRIDA)

    wait = journey.mobility.waits["signatures"]
    assert (wait.paused, wait.stands_since) == ({}, None)
    assert wait.due - due >= timedelta(days=3)
    assert asked_for(journey) == {FRIDA: COORDINATOR}


def test_whoever_withdraws_need_not_be_reached_any_more() -> None:
    journey = in_agreement()
    journey.lose(EMELIE)

    journey.say(m.WithdrawParticipant(by=COORDINATOR, participant=EMELIE, cause=Cause.WORK))

    assert asked_for(journey) == {}
    assert "address" not in journey.mobility.waits


def test_whoever_has_to_pay_an_instalment_back_is_still_looked_for() -> None:
    journey = ready_to_go()
    journey.say(m.WithdrawParticipant(by=COORDINATOR, participant=EMELIE, cause=Cause.WORK))
    reclaimed = next(e for e in journey.journal if e.kind == "InstalmentReclaimed")
    lost = told(EMELIE, reclaimed.n, purpose=Purpose.INSTALMENT_RECLAIMED)

    letter_failed(journey.mobility, lost, at=journey.now)
    assert asked_for(journey) == {EMELIE: COORDINATOR}
    corrected(journey, EMELIE)

    again = letters_after(journey.journal[-1], journey.mobility)
    assert [(o.purpose, o.to, o.tells_of) for o in again] == [
        (Purpose.INSTALMENT_RECLAIMED, EMELIE, reclaimed.n)
    ]


# Sending again.


def after(journey: Journey, n: int) -> list[LetterOrder]:
    return [order for order in journey.letters(n) if order.event > n]


def test_what_is_still_asked_leaves_again_under_a_new_key() -> None:
    journey = in_agreement()
    first = next(o for o in journey.letters() if o.to == FRIDA and o.while_asked)
    journey.lose(FRIDA, first.key)
    n = journey.mobility.n

    corrected(journey, FRIDA)

    [again] = after(journey, n)
    assert (again.purpose, again.to, again.while_asked) == (
        first.purpose, FRIDA, Asked.SIGNATURES,
    )  # fmt: skip
    assert again.key != first.key
    assert (again.epoch, again.ordinal) == (journey.mobility.n, 0)


def test_what_was_told_leaves_again_once_each_and_tells_of_the_same() -> None:
    journey = ready_to_go()
    mobility = journey.mobility
    for event in (3, 9, 9):
        letter_failed(mobility, told(FRIDA, event), at=journey.now)
    n = mobility.n

    corrected(journey, FRIDA)

    again = after(journey, n)
    assert [(o.purpose, o.event, o.tells_of) for o in again] == [
        (Purpose.MATCH_MADE, n + 1, 3), (Purpose.MATCH_MADE, n + 1, 9),
    ]  # fmt: skip
    assert len({order.key for order in again}) == 2


@pytest.mark.parametrize("arriving", [(3, 9), (9, 3)], ids=["in order", "the later first"])
@pytest.mark.parametrize("purpose", SAID_ONCE)
def test_of_news_that_was_said_anew_only_the_newest_goes_again(
    purpose: Purpose, arriving: tuple[int, int]
) -> None:
    journey = ready_to_go()
    for event in arriving:
        letter_failed(journey.mobility, told(FRIDA, event, purpose=purpose), at=journey.now)
    n = journey.mobility.n

    corrected(journey, FRIDA)

    assert [(o.purpose, o.tells_of) for o in after(journey, n)] == [(purpose, 9)]


def test_a_word_about_the_silence_of_others_goes_again_while_they_are_silent() -> None:
    journey = in_agreement()
    letter_failed(
        journey.mobility, told(COORDINATOR, 4, purpose=Purpose.ANSWER_OVERDUE,
                               while_open=Asked.SIGNATURES), at=journey.now,
    )  # fmt: skip

    corrected(journey, COORDINATOR, by=HOST)

    again = letters_after(journey.journal[-1], journey.mobility)
    assert [(o.purpose, o.while_open) for o in again if o.tells_of] == [
        (Purpose.ANSWER_OVERDUE, Asked.SIGNATURES)
    ]


# Nothing twice, nothing too late.


def test_the_second_letter_that_fails_is_no_event() -> None:
    journey = in_agreement()
    journey.lose(FRIDA, "first")
    n = journey.mobility.n

    journey.lose(FRIDA, "first")
    journey.lose(FRIDA, "second")

    assert journey.mobility.n == n


def test_a_letter_heard_of_before_the_correction_changes_nothing_after_it() -> None:
    journey = in_agreement()
    journey.lose(FRIDA, "first")
    corrected(journey, FRIDA)
    before = journey.mobility.model_dump()

    journey.lose(FRIDA, "first")

    assert journey.mobility.model_dump() == before


def test_the_new_address_may_fail_as_well() -> None:
    journey = in_agreement()
    for letter in ("first", "second"):
        journey.lose(FRIDA, letter)
        journey.wait(1)
        corrected(journey, FRIDA)

    assert journey.kinds().count("AddressFailed") == journey.kinds().count("AddressCorrected") == 2


def test_after_the_end_nothing_is_heard() -> None:
    journey = in_agreement()
    journey.lose(FRIDA)
    journey.say(m.CancelMobility(by=COORDINATOR, cause=Cause.WORK))
    before = journey.mobility.model_dump()

    journey.lose(EMELIE)
    address_corrected(journey.mobility, FRIDA, at=journey.now)

    assert asked_for(journey) == {}
    assert journey.mobility.model_dump() == before


def test_another_address_in_the_directory_is_an_event_of_nobody_in_particular() -> None:
    journey = in_visit()
    journey.lose(HOST)

    address_corrected(journey.mobility, HOST, at=journey.now)
    address_corrected(journey.mobility, HOST, at=journey.now)

    corrections = [e for e in journey.journal if isinstance(e.event(), AddressCorrected)]
    assert [entry.by for entry in corrections] == ["system"]


def test_a_move_of_the_visit_leaves_the_question_for_an_address_as_it_is() -> None:
    journey = in_preparation()
    journey.lose(HOST)
    before = journey.mobility.waits["address"].model_copy(deep=True)
    dates = (date(2026, 6, 9), date(2026, 6, 11))

    journey.tell(m.MoveVisit(by=COORDINATOR, first_day=dates[0], last_day=dates[1]))
    # Before the days around the new dates are looked up, another letter comes back.
    journey.lose(FRIDA)
    journey.carry_on()

    address = journey.mobility.waits["address"]
    assert (address.epoch, address.due) == (before.epoch, before.due)
    assert asked_for(journey) == {HOST: COORDINATOR, FRIDA: COORDINATOR}
    assert journey.mobility.waits["signatures"].paused.keys() == {HOST, FRIDA}
    journey.wait(12)
    assert "AddressLapsed" in journey.kinds()


def test_news_of_the_old_dates_is_not_told_again_after_a_move() -> None:
    journey = ready_to_go()
    accepted = next(e for e in journey.journal if e.kind == "AgendaAccepted")
    lost = told(FRIDA, accepted.n, purpose=Purpose.AGENDA_ACCEPTED)
    letter_failed(journey.mobility, lost, at=journey.now)
    journey.say(m.MoveVisit(by=COORDINATOR, first_day=date(2026, 6, 9), last_day=date(2026, 6, 11)))
    corrected(journey, FRIDA)

    again = next(o for o in journey.letters() if o.tells_of == accepted.n)

    assert not reason_stands(again, view_of(journey.mobility))


def test_who_is_asked_for_two_addresses_one_after_the_other_has_one_question() -> None:
    journey = in_agreement()
    journey.lose(FRIDA)
    journey.wait(3)
    before = journey.mobility.waits["address"].model_copy(deep=True)
    assert before.reminders[COORDINATOR].sent == 1

    journey.lose(EMELIE)

    wait = journey.mobility.waits["address"]
    assert (wait.epoch, wait.since) == (before.epoch, before.since)
    assert wait.due > before.due
    n = journey.mobility.n
    journey.wait(6)
    reminded = [o for o in journey.letters(n) if o.while_asked is Asked.ADDRESS]
    assert [(o.to, o.ordinal) for o in reminded] == [(COORDINATOR, 2), (COORDINATOR, 3)]
    assert len({o.key for o in journey.letters()}) == len(journey.letters())


def test_a_pause_is_carried_to_a_new_run() -> None:
    journey = in_agreement()
    journey.lose(FRIDA)

    carried = Mobility.model_validate_json(journey.mobility.model_dump_json())

    assert carried == journey.mobility
    assert carried.waits["signatures"].paused == {FRIDA: OPENED}
    assert carried.request.reference == REFERENCE
