from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from domain import messages as m
from domain.case_view import view_of
from domain.deadlines import Asked
from domain.events import Outcome
from domain.facts import PersonId
from domain.grant import GrantDecision
from domain.letters import (
    ASKING,
    LETTER_OF,
    OUTLAST_THE_END,
    AnyPurpose,
    LetterOrder,
    Purpose,
    letters_after,
    reason_stands,
)
from domain.messages import Cause
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    SECOND_HOST,
    Journey,
    a_request,
    completed,
    in_agreement,
    in_matching,
    in_preparation,
    in_visit,
    ready_to_go,
    writing,
)
from tests.domain.scenarios import (
    ENDINGS,
    EVERY_SCENARIO,
    OTHERS,
    STEPS_DRIVEN,
    agenda_changes,
    card_is_corrected,
    card_stays_in_contradiction,
    change_stays_unanswered,
    everybody_withdraws,
    first_host_declines,
    grant_is_rejected,
    instalment_is_late,
    one_does_not_come,
    other_dates_are_accepted,
    other_dates_are_declined,
    other_dates_stay_unanswered,
    visit_begins,
)


def sent(orders: list[LetterOrder]) -> set[tuple[AnyPurpose, PersonId]]:
    return {(order.purpose, order.to) for order in orders}


def last_letters(journey: Journey) -> list[LetterOrder]:
    return letters_after(journey.journal[-1], journey.mobility)


def told(journey: Journey, kind: str) -> set[tuple[AnyPurpose, PersonId]]:
    return sent(
        [
            order
            for entry in journey.journal
            if entry.kind == kind
            for order in letters_after(entry, journey.mobility)
        ]
    )


# Tables.


def test_every_question_has_a_letter_of_its_own() -> None:
    assert set(LETTER_OF) == set(Asked) - {Asked.APPLICATION}
    assert len(set(LETTER_OF.values())) == len(LETTER_OF)


def test_every_question_is_put_by_exactly_one_event() -> None:
    asked = Counter(asked for questions in ASKING.values() for asked in questions)

    assert asked == Counter(set(Asked) - {Asked.APPLICATION})


def test_every_purpose_is_served_on_some_journey() -> None:
    served: set[AnyPurpose] = set()
    for drive in (
        in_matching, in_agreement, in_preparation, visit_begins, completed,
        *ENDINGS.values(), *OTHERS,
    ):  # fmt: skip
        journey = drive()
        served |= {order.purpose for order in journey.letters()}
    for asking in (
        in_matching(), in_agreement(), in_preparation(), in_visit(), agenda_on_the_table(),
        change_on_the_table(), instalment_asked(), evaluation_asked(), card_stopped(),
        address_wanted(),
    ):  # fmt: skip
        served |= {order.purpose for order in asking.letters()}

    assert served == set(Purpose)


def agenda_on_the_table() -> Journey:
    journey = in_preparation()
    journey.put_agenda()
    return journey


def change_on_the_table() -> Journey:
    journey = ready_to_go()
    journey.put_agenda()
    return journey


def instalment_asked() -> Journey:
    journey = in_preparation()
    journey.award()
    return journey


def evaluation_asked() -> Journey:
    journey = in_visit()
    journey.attend(FRIDA, EMELIE)
    return journey


def other_dates_on_the_table() -> Journey:
    journey = in_matching()
    journey.put_forward_dates()
    return journey


def address_wanted() -> Journey:
    journey = in_matching()
    journey.lose(HOST)
    return journey


def card_stopped() -> Journey:
    journey = evaluation_asked()
    journey.report(stated_days=2)
    journey.answer(FRIDA, EMELIE, HOST)
    return journey


# Every letter.


@pytest.mark.parametrize("drive", EVERY_SCENARIO)
def test_nobody_gets_two_letters_of_one_purpose_from_one_entry(
    drive: Callable[[], Journey],
) -> None:
    journey = drive()

    for entry in journey.journal:
        orders = letters_after(entry, journey.mobility)
        assert len(sent(orders)) == len(orders)
        assert {order.event for order in orders} <= {entry.n}


def test_nobody_gets_two_letters_even_when_they_act_in_several_capacities() -> None:
    request = a_request(office=COORDINATOR, participants=(COORDINATOR, FRIDA))

    journey = in_agreement(request)
    asked = journey.letters()
    journey.sign(*journey.mobility.signatories)
    journey.say(m.CancelMobility(by=COORDINATOR, cause=Cause.WORK))

    for orders in (asked, last_letters(journey)):
        assert len({order.key for order in orders}) == len(orders)
    assert Counter(order.to for order in last_letters(journey)) == Counter(
        [COORDINATOR, HOST, FRIDA]
    )


def test_every_letter_has_a_name_of_its_own_for_ever() -> None:
    for drive in EVERY_SCENARIO:
        keys = [order.key for order in drive().letters()]
        assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("asked", LETTER_OF)
def test_whoever_is_asked_gets_the_letter_that_asks(asked: Asked) -> None:
    journey = {
        Asked.PLACE: in_matching,
        Asked.OTHER_DATES: other_dates_on_the_table,
        Asked.SIGNATURES: in_agreement,
        Asked.GRANT_DECISION: in_preparation,
        Asked.INSTALMENT: instalment_asked,
        Asked.AGENDA: in_preparation,
        Asked.AGENDA_ACCEPTANCE: agenda_on_the_table,
        Asked.AGENDA_CHANGE: change_on_the_table,
        Asked.ATTENDANCE: in_visit,
        Asked.EVALUATION: evaluation_asked,
        Asked.FOLLOW_UP: evaluation_asked,
        Asked.CARD_FACTS: card_stopped,
        Asked.ADDRESS: address_wanted,
    }[asked]()

    wait = journey.mobility.waits[asked]
    letters = [o for o in journey.letters(wait.epoch - 1) if o.while_asked is asked]

    assert [order.to for order in letters] == wait.awaited
    assert {order.purpose for order in letters} == {LETTER_OF[asked]}
    assert {order.ordinal for order in letters} == {0}


@pytest.mark.parametrize("asked", LETTER_OF)
def test_a_reminder_is_the_same_letter_with_a_number_and_the_question_as_its_reason(
    asked: Asked,
) -> None:
    journey = in_agreement()
    mobility = journey.mobility
    mobility.ask(asked, (HOST, FRIDA), at=journey.now)
    asked_by = mobility.n + 1
    for ordinal in (1, 2):
        journey.now = mobility.waits[asked].next_reminder() or journey.now
        mobility.pass_time(asked, at=journey.now)

        assert last_letters(journey) == [
            LetterOrder(
                reference=mobility.request.reference, purpose=LETTER_OF[asked], to=person,
                event=mobility.n, epoch=asked_by, ordinal=ordinal, while_asked=asked,
            )
            for person in (HOST, FRIDA)
        ]  # fmt: skip


def test_a_letter_that_only_tells_has_no_question_as_its_reason() -> None:
    asking = set(LETTER_OF.values())

    for drive in EVERY_SCENARIO:
        for order in drive().letters():
            assert (order.while_asked is not None) is (order.purpose in asking)


def test_whoever_has_answered_before_the_letter_is_written_is_not_asked_any_more() -> None:
    journey = in_agreement()
    journey.sign(FRIDA)

    to = [order.to for order in journey.letters() if order.purpose is Purpose.AGREEMENT_TO_SIGN]

    assert to == [COORDINATOR, HOST, EMELIE]


# Who is told of what.


@pytest.mark.parametrize(
    ("drive", "kind", "letters"),
    [
        (first_host_declines, "ProposalDeclined", {(Purpose.PLACE_NOT_GIVEN, COORDINATOR)}),
        (other_dates_are_declined, "OtherDatesDeclined", {(Purpose.OTHER_DATES_DECLINED, HOST)}),
        (
            other_dates_stay_unanswered,
            "OtherDatesLapsed",
            {(Purpose.OTHER_DATES_DECLINED, p) for p in (HOST, SECOND_HOST)},
        ),
        (other_dates_are_accepted, "VisitMoved", set()),
        (
            other_dates_are_accepted,
            "PlaceAccepted",
            {(Purpose.MATCH_MADE, p) for p in (COORDINATOR, HOST, FRIDA, EMELIE)},
        ),
        (
            in_agreement,
            "PlaceAccepted",
            {(Purpose.MATCH_MADE, p) for p in (COORDINATOR, FRIDA, EMELIE)},
        ),
        (
            STEPS_DRIVEN["no host is left: lapsed"],
            "MobilityEnded",
            {(Purpose.NO_HOST_FOUND, COORDINATOR)}
            | {(Purpose.MOBILITY_ENDED, p) for p in (FRIDA, EMELIE)},
        ),
        (
            in_preparation,
            "AgreementInForce",
            {(Purpose.AGREEMENT_IN_FORCE, p) for p in (COORDINATOR, HOST, FRIDA, EMELIE)},
        ),
        (
            ready_to_go,
            "GrantDecided",
            {(Purpose.GRANT_DECIDED, p) for p in (COORDINATOR, FRIDA, EMELIE)},
        ),
        (grant_is_rejected, "GrantDecided", set()),
        (instalment_is_late, "InstalmentOverdue", {(Purpose.INSTALMENT_OVERDUE, OFFICE)}),
        (visit_begins, "AgendaReturned", {(Purpose.AGENDA_RETURNED, HOST)}),
        (
            ready_to_go,
            "AgendaAccepted",
            {(Purpose.AGENDA_ACCEPTED, p) for p in (COORDINATOR, HOST, FRIDA, EMELIE)},
        ),
        (
            agenda_changes,
            "AgendaAccepted",
            {(Purpose.AGENDA_ACCEPTED, p) for p in (COORDINATOR, HOST, FRIDA, EMELIE)},
        ),
        (
            change_stays_unanswered,
            "AgendaChangeLapsed",
            {(Purpose.AGENDA_UNCHANGED, p) for p in (COORDINATOR, HOST)},
        ),
        (
            one_does_not_come,
            "CertificatesIssued",
            {(Purpose.CERTIFICATE_ISSUED, FRIDA)},
        ),
        (
            one_does_not_come,
            "InstalmentReclaimed",
            {(Purpose.INSTALMENT_RECLAIMED, p) for p in (COORDINATOR, OFFICE, EMELIE)},
        ),
        (
            completed,
            "CardPublished",
            {(Purpose.CARD_PUBLISHED, p) for p in (COORDINATOR, HOST, OFFICE, FRIDA, EMELIE)},
        ),
    ],
)
def test_those_concerned_are_told(
    drive: Callable[[], Journey], kind: str, letters: set[tuple[AnyPurpose, PersonId]]
) -> None:
    assert told(drive(), kind) == letters


def test_a_host_that_keeps_silent_is_reported_to_the_sending_coordinator() -> None:
    journey = in_matching()
    journey.wait(11)

    assert told(journey, "ProposalLapsed") == {(Purpose.PLACE_NOT_GIVEN, COORDINATOR)}


def test_a_grant_of_nothing_is_told_as_well() -> None:
    journey = in_preparation()
    amounts = {line.id: Decimal(0) for line in journey.mobility.grant.lines}
    journey.say(
        m.DecideGrant(
            by=OFFICE, decision=GrantDecision.AWARDED_IN_PART, amounts=amounts,
            reason=writing("reason"),
        )
    )  # fmt: skip

    assert {to for _purpose, to in told(journey, "GrantDecided")} == {COORDINATOR, FRIDA, EMELIE}


def test_one_who_withdraws_is_told_so_and_hears_nothing_of_what_comes_after() -> None:
    journey = in_preparation()
    journey.say(m.WithdrawParticipant(by=COORDINATOR, participant=EMELIE, cause=Cause.ILLNESS))

    assert told(journey, "ParticipantWithdrew") == {
        (Purpose.PARTICIPANT_WITHDREW, p) for p in (COORDINATOR, HOST, EMELIE)
    }

    n = journey.mobility.n
    journey.award()
    journey.put_agenda()
    journey.accept_agenda()
    journey.wait(365)

    assert EMELIE not in {order.to for order in journey.letters(n)}
    assert FRIDA in {order.to for order in journey.letters(n)}


# The end.


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_end_is_told_to_each_person_concerned_exactly_once(ending: str) -> None:
    journey = ENDINGS[ending]()
    mobility = journey.mobility
    concerned = {COORDINATOR, *mobility.taking_part}
    concerned |= {mobility.host} if mobility.host else set()
    concerned |= {OFFICE} if mobility.grant.lines else set()
    ends = {Purpose.MOBILITY_ENDED, Purpose.NO_HOST_FOUND, Purpose.CARD_PUBLISHED}

    letters = Counter(order.to for order in journey.letters() if order.purpose in ends)

    assert letters == Counter(concerned)


def test_the_last_one_to_withdraw_is_told_of_the_withdrawal() -> None:
    journey = everybody_withdraws()

    assert (Purpose.PARTICIPANT_WITHDREW, EMELIE) in told(journey, "ParticipantWithdrew")
    assert {to for _purpose, to in told(journey, "MobilityEnded")} == {COORDINATOR, HOST, OFFICE}


def test_a_host_that_is_being_asked_is_told_when_the_mobility_is_cancelled() -> None:
    journey = in_matching()
    journey.wait(11)
    journey.say(m.CancelMobility(by=COORDINATOR, cause=Cause.WORK))

    assert told(journey, "MobilityEnded") == {
        (Purpose.MOBILITY_ENDED, p) for p in (COORDINATOR, SECOND_HOST, FRIDA, EMELIE)
    }


def test_a_mobility_completed_without_a_card_is_told_to_everybody() -> None:
    journey = card_stays_in_contradiction()

    assert journey.mobility.outcome is Outcome.COMPLETED
    assert journey.mobility.card == {}
    assert told(journey, "MobilityEnded") == {
        (Purpose.MOBILITY_ENDED, p) for p in (COORDINATOR, HOST, OFFICE, FRIDA, EMELIE)
    }


def test_a_published_card_is_the_only_letter_about_the_end() -> None:
    assert told(card_is_corrected(), "MobilityEnded") == set()
    assert len(told(card_is_corrected(), "CardPublished")) == 5


# Settling.


@pytest.mark.parametrize(
    ("hours_before", "settles"), [(24 * 30, True), (25, True), (23, False), (10, False)]
)
def test_edits_of_an_agenda_settle_unless_the_visit_is_near(
    hours_before: int, *, settles: bool
) -> None:
    journey = ready_to_go()
    journey.wait_until(journey.morning - timedelta(hours=hours_before))
    before = journey.mobility.n

    journey.put_agenda()
    journey.accept_agenda()

    assert {order.settles for order in journey.letters(before)} == {settles}


@pytest.mark.parametrize("purpose", Purpose)
def test_once_it_is_over_only_the_end_is_told(purpose: Purpose) -> None:
    journey = in_preparation()
    journey.say(m.CancelMobility(by=COORDINATOR, cause=Cause.WORK))
    end = last_letters(journey)[0]

    left_over = end.model_copy(update={"purpose": purpose, "event": 1})

    assert reason_stands(end, view_of(journey.mobility))
    assert reason_stands(left_over, view_of(journey.mobility)) == (purpose in OUTLAST_THE_END)


def test_nothing_else_settles() -> None:
    journey = visit_begins()

    settling = {order.purpose for order in journey.letters() if order.settles}

    # The first agenda that is accepted has been waited for long enough.
    assert settling <= {Purpose.AGENDA_TO_ACCEPT}
