from datetime import timedelta

import pytest

from domain import messages as m
from domain.agreement import Agreement, Signature
from domain.errors import AlreadyDone, OutOfPhase, StaleVersion, WrongRole
from domain.events import Outcome, Phase
from domain.messages import Cause
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    OPENED,
    SECOND_HOST,
    SOC_OFFER,
    STRANGER,
    Journey,
    a_request,
    in_agreement,
    in_matching,
    in_preparation,
)

SIGNATORIES = (COORDINATOR, HOST, FRIDA, EMELIE)


def withdraw(journey: Journey) -> None:
    journey.tell(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))


def test_both_organisations_and_every_participant_are_asked_to_sign() -> None:
    journey = in_agreement()

    assert journey.mobility.agreement.signatories == SIGNATORIES
    assert tuple(journey.mobility.waits["signatures"].awaited) == SIGNATORIES


def test_a_document_that_has_been_replaced_cannot_be_signed() -> None:
    with pytest.raises(StaleVersion, match="read version 1 first"):
        in_agreement().say(m.SignAgreement(by=FRIDA, document="document-0"))


def test_nobody_signs_twice() -> None:
    journey = in_agreement()
    journey.sign(FRIDA)

    with pytest.raises(AlreadyDone, match="signed this agreement already"):
        journey.sign(FRIDA)


@pytest.mark.parametrize("person", [STRANGER, OFFICE, SECOND_HOST])
def test_whoever_is_no_party_cannot_sign(person: str) -> None:
    journey = in_agreement()

    with pytest.raises(WrongRole):
        journey.say(m.SignAgreement.model_validate({"by": person, "document": "document-1"}))

    assert journey.mobility.agreement.signatures == ()


def test_the_agreement_itself_knows_a_stranger() -> None:
    agreement = Agreement(version=1, document="d", signatories=(FRIDA,))

    with pytest.raises(WrongRole, match="not asked to sign"):
        agreement.check_may_sign(STRANGER, "d")


def test_a_stranger_with_the_wrong_document_is_told_that_they_are_a_stranger() -> None:
    agreement = Agreement(version=1, document="d", signatories=(FRIDA,))

    with pytest.raises(WrongRole):
        agreement.check_may_sign(STRANGER, "another")


def test_nothing_can_be_signed_before_it_is_drawn_up() -> None:
    journey = in_matching()
    journey.tell(m.AcceptProposal(by=HOST, offer=SOC_OFFER))
    journey.mobility.enter(Phase.AGREEMENT, at=journey.now)

    with pytest.raises(OutOfPhase, match="still being drawn up"):
        journey.tell(m.SignAgreement(by=FRIDA, document=""))


@pytest.mark.parametrize("last", SIGNATORIES)
def test_it_is_in_force_once_the_last_party_has_signed_and_not_before(last: str) -> None:
    journey = in_agreement()
    journey.sign(*[person for person in SIGNATORIES if person != last])

    assert journey.mobility.agreement.in_force_on is None
    assert journey.mobility.waits["signatures"].awaited == [last]

    journey.sign(*[person for person in SIGNATORIES if person == last])

    assert journey.mobility.agreement.in_force_on == OPENED.date()
    assert journey.mobility.phase is Phase.PREPARATION


def test_a_signature_keeps_what_was_signed_and_when() -> None:
    journey = in_agreement()
    journey.wait(2)

    journey.sign(FRIDA)

    assert journey.mobility.agreement.signatures == (
        Signature(
            signatory=FRIDA, document="document-1", on=OPENED.date() + timedelta(days=2)
        ),
    )  # fmt: skip


def test_when_somebody_named_withdraws_the_document_is_taken_back() -> None:
    journey = in_agreement()
    journey.sign(COORDINATOR, HOST, FRIDA)

    journey.tell(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    assert journey.mobility.agreement == Agreement(version=1)
    assert "signatures" not in journey.mobility.waits
    with pytest.raises(OutOfPhase, match="still being drawn up"):
        journey.tell(m.SignAgreement(by=HOST, document="document-1"))


def test_those_who_are_left_sign_the_next_version_and_no_other() -> None:
    journey = in_agreement()
    journey.sign(COORDINATOR, HOST, FRIDA)

    withdraw(journey)
    journey.carry_on()

    assert journey.mobility.agreement.version == 2
    assert journey.mobility.waits["signatures"].awaited == [COORDINATOR, HOST, FRIDA]
    with pytest.raises(StaleVersion):
        journey.tell(m.SignAgreement(by=HOST, document="document-1"))
    journey.sign(COORDINATOR, HOST, FRIDA)
    assert journey.mobility.agreement.in_force_on == OPENED.date()
    assert journey.mobility.phase is Phase.PREPARATION


def test_an_agreement_in_force_stays_so_when_somebody_withdraws() -> None:
    journey = in_preparation()
    agreement = journey.mobility.agreement.model_copy(deep=True)

    withdraw(journey)

    assert journey.mobility.agreement == agreement


def test_whoever_has_withdrawn_cannot_sign() -> None:
    journey = in_agreement()
    withdraw(journey)

    with pytest.raises(WrongRole):
        journey.sign(EMELIE)


def test_a_withdrawal_before_the_agreement_is_drawn_up_leaves_the_person_out_of_it() -> None:
    journey = in_matching()
    withdraw(journey)

    journey.accept_place()

    assert journey.mobility.agreement.signatories == (COORDINATOR, HOST, FRIDA)


def test_an_agreement_comes_into_force_once_even_if_somebody_withdraws_in_the_same_moment() -> None:
    journey = in_agreement()
    for person in SIGNATORIES:
        journey.tell(m.SignAgreement(by=person, document="document-1"))

    withdraw(journey)
    journey.carry_on()

    assert journey.kinds().count("AgreementInForce") == 1


def test_a_coordinator_who_travels_signs_once_and_still_signs_after_withdrawing() -> None:
    journey = in_agreement(a_request(participants=(COORDINATOR, FRIDA)))

    assert journey.mobility.waits["signatures"].awaited == [COORDINATOR, HOST, FRIDA]

    withdrawal = m.WithdrawParticipant(by=COORDINATOR, participant=COORDINATOR, cause=Cause.WORK)
    journey.say(withdrawal)

    assert journey.mobility.waits["signatures"].awaited == [COORDINATOR, HOST, FRIDA]


@pytest.mark.parametrize("person", SIGNATORIES)
def test_one_refusal_ends_the_mobility(person: str) -> None:
    journey = in_agreement()

    journey.say(m.RefuseToSign.model_validate({"by": person}))

    assert journey.mobility.outcome is Outcome.DECLINED
    assert journey.mobility.cause is Cause.SIGNATURE_REFUSED
    assert journey.journal[-1].by == person


@pytest.mark.parametrize(
    ("days_ahead", "due_in"), [(42, 30), (37, 30), (36, 29), (20, 13), (15, 8)]
)
def test_signatures_are_due_a_week_before_the_visit_at_last(days_ahead: int, due_in: int) -> None:
    first_day = OPENED.date() + timedelta(days=days_ahead)

    journey = in_agreement(a_request(first_day=first_day, last_day=first_day + timedelta(2)))

    due = journey.mobility.waits["signatures"].due.date()
    assert due == OPENED.date() + timedelta(days=due_in)


def test_missing_signatures_lapse_the_mobility() -> None:
    journey = in_agreement()
    journey.sign(FRIDA)

    journey.wait(31)

    assert journey.mobility.outcome is Outcome.LAPSED
    assert journey.mobility.cause is Cause.NOT_SIGNED


def test_the_grant_is_put_before_the_office_only_once_the_agreement_is_in_force() -> None:
    assert "grant-decision" not in in_agreement().mobility.waits
    assert "grant-decision" in in_preparation().mobility.waits
