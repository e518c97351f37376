import pytest

from domain import messages as m
from domain.errors import AlreadyDone, OutOfPhase, RequestNotAcceptable, WrongRole
from domain.events import Outcome, Phase
from domain.facts import PersonId
from domain.hearing import check_may, hear
from domain.lifecycle import BEFORE_VISIT, UNTIL_EVALUATION
from domain.messages import Cause
from domain.mobility import HEARD, Mobility
from domain.people import SYSTEM, Role
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    SOC_OFFER,
    STRANGER,
    a_message,
    a_request,
    completed,
    in_agreement,
    in_matching,
    in_phase,
    in_preparation,
    in_visit,
)
from tests.domain.scenarios import everybody_withdraws


def test_a_message_heard_again_changes_nothing_and_gets_the_same_answer() -> None:
    journey = in_matching()
    message = m.AcceptProposal(by=HOST, offer=SOC_OFFER)
    first = journey.tell(message, message_id="click")
    journey.carry_on()
    before = journey.mobility.model_dump()

    again = journey.tell(message, message_id="click")

    assert again == first
    assert journey.mobility.model_dump() == before


def test_the_receipt_names_the_entry_that_says_so_and_not_what_follows_from_it() -> None:
    journey = in_agreement()
    document = journey.mobility.agreement.document
    for person in (COORDINATOR, HOST, FRIDA):
        journey.say(m.SignAgreement(by=person, document=document))

    last = journey.tell(m.SignAgreement(by=EMELIE, document=document))

    told = {entry.n: entry.kind for entry in journey.journal}
    assert told[last] == "AgreementSigned"
    assert journey.mobility.n > last


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (m.CancelMobility(by=COORDINATOR, cause=Cause.WORK), "MobilityEnded"),
        (
            m.WithdrawParticipant(by=FRIDA, participant=FRIDA, cause=Cause.ILLNESS),
            "ParticipantWithdrew",
        ),
    ],
)
def test_the_receipt_does_not_name_what_is_asked_back(message: m.Message, kind: str) -> None:
    journey = in_visit()
    journey.mobility.grant.instalment_paid_on = journey.now.date()

    number = journey.tell(message)

    [entry] = [entry for entry in journey.journal if entry.n == number]
    assert (entry.kind, entry.by) == (kind, message.by)


def test_a_repeated_click_is_answered_even_after_the_mobility_has_closed() -> None:
    journey = in_matching()
    message = m.CancelMobility(by=COORDINATOR, cause=Cause.WORK)
    first = journey.say(message, message_id="click")

    assert journey.mobility.phase is Phase.CLOSED
    assert journey.say(message, message_id="click") == first
    with pytest.raises(OutOfPhase):
        journey.say(message, message_id="another click")


def test_a_refused_message_is_not_remembered_and_may_be_heard_later() -> None:
    journey = in_agreement()
    message = m.DecideGrant.model_validate({"by": OFFICE, "decision": "awarded"})
    with pytest.raises(OutOfPhase):
        journey.say(message, message_id="early")

    journey.sign(*journey.mobility.signatories)
    journey.say(message, message_id="early")

    assert journey.mobility.grant.total == 3018


def test_a_message_is_remembered_over_many_others_and_at_last_forgotten() -> None:
    journey = in_preparation()
    journey.award()
    journey.pay()
    oldest = next(iter(journey.mobility.heard))

    for _again in range(HEARD - len(journey.mobility.heard)):
        journey.put_agenda()

    assert len(journey.mobility.heard) == HEARD
    assert oldest in journey.mobility.heard

    journey.put_agenda()

    assert len(journey.mobility.heard) == HEARD
    assert oldest not in journey.mobility.heard


@pytest.mark.parametrize("phase", Phase)
def test_everybody_acts_in_their_own_capacity_and_a_stranger_in_none(phase: Phase) -> None:
    mobility = in_phase(phase).mobility

    assert mobility.roles_of(COORDINATOR) == (Role.SENDING,)
    assert mobility.roles_of(HOST) == (Role.RECEIVING,)
    assert mobility.roles_of(OFFICE) == (Role.OFFICE,)
    assert mobility.roles_of(FRIDA) == (Role.PARTICIPANT,)
    assert mobility.roles_of(STRANGER) == ()
    assert mobility.roles_of(SYSTEM) == ()


def test_one_person_may_act_in_several_capacities() -> None:
    mobility = Mobility(request=a_request(office=COORDINATOR, participants=(COORDINATOR, FRIDA)))

    assert mobility.roles_of(COORDINATOR) == (Role.SENDING, Role.OFFICE, Role.PARTICIPANT)


@pytest.mark.parametrize("kind", m.Message.__subclasses__())
def test_time_itself_never_speaks(kind: type[m.Message]) -> None:
    journey = in_phase(Phase.PREPARATION)

    with pytest.raises(WrongRole):
        check_may(journey.mobility, a_message(kind, SYSTEM, journey), at=journey.now)


@pytest.mark.parametrize("kind", m.Message.__subclasses__())
def test_nothing_is_heard_once_the_mobility_is_closed(kind: type[m.Message]) -> None:
    journey = completed()
    before = journey.mobility.model_dump()

    for person in (COORDINATOR, HOST, OFFICE, FRIDA):
        message = a_message(kind, person, journey)
        with pytest.raises((OutOfPhase, WrongRole)):
            hear(journey.mobility, message, at=journey.now, message_id="late")

    assert journey.mobility.model_dump() == before


# Endings.


@pytest.mark.parametrize("phase", UNTIL_EVALUATION)
def test_a_participant_may_withdraw_until_the_visit_is_over(phase: Phase) -> None:
    journey = in_phase(phase)

    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.FAMILY))

    assert journey.mobility.taking_part == (FRIDA,)
    assert journey.mobility.outcome is None


def test_a_participant_withdraws_nobody_but_themselves() -> None:
    withdrawal = m.WithdrawParticipant(by=FRIDA, participant=EMELIE, cause=Cause.FAMILY)

    with pytest.raises(WrongRole, match="withdraw yourself only"):
        in_matching().say(withdrawal)


def test_the_sending_coordinator_may_withdraw_any_participant_once() -> None:
    journey = in_matching()
    withdrawal = m.WithdrawParticipant(by=COORDINATOR, participant=EMELIE, cause=Cause.WORK)
    journey.say(withdrawal)

    with pytest.raises(AlreadyDone, match="p-emelie has withdrawn already"):
        journey.say(withdrawal)


@pytest.mark.parametrize("person", [STRANGER, HOST, COORDINATOR])
def test_whoever_does_not_take_part_cannot_be_withdrawn(person: PersonId) -> None:
    withdrawal = m.WithdrawParticipant(by=COORDINATOR, participant=person, cause=Cause.WORK)

    with pytest.raises(RequestNotAcceptable, match="does not take part: name p-frida, p-emelie"):
        in_matching().say(withdrawal)


def test_whoever_has_withdrawn_has_nothing_more_to_say() -> None:
    journey = in_visit()
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.FAMILY))

    assert journey.mobility.roles_of(EMELIE) == ()
    with pytest.raises(WrongRole, match="you act as nobody in this mobility"):
        journey.say(m.WithdrawParticipant(by=EMELIE, participant=FRIDA, cause=Cause.FAMILY))


def test_when_the_last_participant_withdraws_the_mobility_is_withdrawn_for_their_cause() -> None:
    journey = everybody_withdraws()

    assert journey.mobility.outcome is Outcome.WITHDRAWN
    assert journey.mobility.cause is Cause.WORK
    assert journey.journal[-1].by == COORDINATOR


@pytest.mark.parametrize("phase", [Phase.AGREEMENT, Phase.PREPARATION, Phase.VISIT])
def test_a_host_that_had_said_yes_may_still_decline(phase: Phase) -> None:
    journey = in_phase(phase)

    journey.say(m.DeclineMobility(by=HOST, cause=Cause.HOST_UNABLE))

    assert journey.mobility.outcome is Outcome.DECLINED
    assert journey.mobility.cause is Cause.HOST_UNABLE


@pytest.mark.parametrize("phase", UNTIL_EVALUATION)
@pytest.mark.parametrize("person", [COORDINATOR, OFFICE])
def test_sending_side_and_office_may_cancel_until_the_visit_is_over(
    person: PersonId, phase: Phase
) -> None:
    journey = in_phase(phase)

    journey.say(m.CancelMobility(by=person, cause=Cause.FORCE_MAJEURE))

    assert journey.mobility.outcome is Outcome.CANCELLED
    assert journey.mobility.cause is Cause.FORCE_MAJEURE
    assert journey.mobility.waits == {}


def test_the_visit_itself_does_not_count_as_before_the_visit() -> None:
    assert {*BEFORE_VISIT, Phase.VISIT} == set(UNTIL_EVALUATION)
    assert Phase.VISIT not in BEFORE_VISIT
