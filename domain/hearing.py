"""What people say, heard one message at a time: first whether they may, then the change itself.

``check_may`` asks and changes nothing; ``hear`` does. Both go by the kind of message, one short
pair each, in the order of the journey.
"""

from datetime import date, datetime, timedelta
from functools import singledispatch

from domain import events as e
from domain import messages as m
from domain.addresses import address_corrected, check_may_correct
from domain.agenda import check_agenda, is_same_agenda
from domain.agreement import Signature
from domain.deadlines import Asked
from domain.errors import (
    AgendaNotAcceptable,
    AlreadyDone,
    AttendanceNotAcceptable,
    CauseNotAcceptable,
    GrantNotAcceptable,
    NotAwaited,
    OutOfPhase,
    RequestNotAcceptable,
    WrongRole,
)
from domain.facts import OfferId, PersonId
from domain.grant import GrantDecision
from domain.lifecycle import check_permission
from domain.matching import WHATEVER_THE_DATES
from domain.merging import check_may_merge, check_may_take_in, merge, take_in
from domain.mobility import HEARD, Mobility
from domain.moving import check_may_move, move
from domain.other_dates import (
    accept_dates,
    check_dates_are_on_the_table,
    check_may_propose_dates,
    decline_dates,
    propose_dates,
)
from domain.people import Role


def check_may(mobility: Mobility, message: m.Message, *, at: datetime) -> None:
    """Ask whether this may be said now, by this person, in these words.

    Raises:
        Refusal: one of its kinds, with the sentence for the person who asked.
    """
    roles = mobility.roles_of(message.by)
    if not roles and message.by in mobility.matching.asked_before:
        raise NotAwaited(
            "The request for a place is no longer open to you: its deadline has passed, you have "
            "declined it, or the visit has been moved."
        )
    check_permission(type(message), mobility.phase, roles)
    _check(message, mobility, at)


def hear(mobility: Mobility, message: m.Message, *, at: datetime, message_id: str) -> int:
    """Take a message in, once: the same id again changes nothing and gets the same answer.

    Returns the number of the entry that says so: the first one in the speaker's name, not what
    follows from it.

    Raises:
        Refusal: when it may not be said (any more).
    """
    if message_id in mobility.heard:
        return mobility.heard[message_id]
    check_may(mobility, message, at=at)
    before = mobility.n
    _act(message, mobility, at)
    said = (entry.n for entry in mobility.unrecorded if entry.n > before and entry.by == message.by)
    mobility.heard[message_id] = number = next(said)
    while len(mobility.heard) > HEARD:
        del mobility.heard[next(iter(mobility.heard))]
    return number


@singledispatch
def _check(_message: m.Message, _mobility: Mobility, _at: datetime) -> None:
    """Most messages have no rule beyond phase and role."""


@singledispatch
def _act(message: m.Message, _mobility: Mobility, _at: datetime) -> None:
    raise NotImplementedError(type(message).__name__)


# Matching.


def _check_pending(mobility: Mobility, offer: OfferId) -> None:
    """Whoever has put forward other dates may still say yes or no, until they are answered."""
    pending = mobility.matching.pending
    is_asked = {Asked.PLACE.value, Asked.OTHER_DATES.value} & mobility.waits.keys()
    if pending is None or pending.offer != offer or not is_asked:
        raise NotAwaited(f"No request for a place is open with offer {offer}: it may have lapsed.")


@_check.register
def _(message: m.AcceptProposal, mobility: Mobility, _at: datetime) -> None:
    _check_pending(mobility, message.offer)


@_act.register
def _(message: m.AcceptProposal, mobility: Mobility, at: datetime) -> None:
    host = mobility.matching.pending
    if host is None:
        return
    mobility.matching.give_place(host)
    mobility.answered(Asked.PLACE)
    mobility.answered(Asked.OTHER_DATES)
    mobility.happened(
        e.PlaceAccepted(
            offer=host.offer, organisation=host.organisation, coordinator=host.coordinator
        ),
        at=at, by=message.by,
    )  # fmt: skip


@_check.register
def _(message: m.DeclineProposal, mobility: Mobility, _at: datetime) -> None:
    _check_pending(mobility, message.offer)


@_act.register
def _(message: m.DeclineProposal, mobility: Mobility, at: datetime) -> None:
    mobility.answered(Asked.PLACE)
    mobility.answered(Asked.OTHER_DATES)
    mobility.happened(
        e.ProposalDeclined(offer=message.offer, reason=message.reason, note=message.note),
        at=at, by=message.by,
    )  # fmt: skip
    mobility.matching.stop_asking()
    if message.reason in WHATEVER_THE_DATES:
        mobility.matching.declined_for_good[message.offer] = message.reason


@_check.register
def _(message: m.ProposeOtherDates, mobility: Mobility, at: datetime) -> None:
    _check_pending(mobility, message.offer)
    check_may_propose_dates(mobility, message, at=at)


@_act.register
def _(message: m.ProposeOtherDates, mobility: Mobility, at: datetime) -> None:
    propose_dates(mobility, message, at=at)


@_check.register
def _(message: m.AcceptOtherDates, mobility: Mobility, _at: datetime) -> None:
    check_dates_are_on_the_table(mobility, message.offer)


@_act.register
def _(message: m.AcceptOtherDates, mobility: Mobility, at: datetime) -> None:
    accept_dates(mobility, at=at, by=message.by)


@_check.register
def _(message: m.DeclineOtherDates, mobility: Mobility, _at: datetime) -> None:
    check_dates_are_on_the_table(mobility, message.offer)


@_act.register
def _(message: m.DeclineOtherDates, mobility: Mobility, at: datetime) -> None:
    decline_dates(mobility, at=at, by=message.by, note=message.note)


# Agreement.


@_check.register
def _(message: m.SignAgreement, mobility: Mobility, _at: datetime) -> None:
    if not mobility.agreement.document:
        raise OutOfPhase("The agreement is still being drawn up: you will get it in a letter.")
    mobility.agreement.check_may_sign(message.by, message.document)


@_act.register
def _(message: m.SignAgreement, mobility: Mobility, at: datetime) -> None:
    agreement = mobility.agreement
    signature = Signature(signatory=message.by, document=message.document, on=at.date())
    agreement.signatures = (*agreement.signatures, signature)
    mobility.answered(Asked.SIGNATURES, message.by)
    mobility.happened(
        e.AgreementSigned(version=agreement.version, document=message.document),
        at=at, by=message.by,
    )  # fmt: skip
    mobility.settle_agreement(at=at)


@_act.register
def _(message: m.RefuseToSign, mobility: Mobility, at: datetime) -> None:
    mobility.end(
        e.Outcome.DECLINED, m.Cause.SIGNATURE_REFUSED, at=at, by=message.by, note=message.note
    )


# Grant.


@_check.register
def _(message: m.DecideGrant, mobility: Mobility, _at: datetime) -> None:
    if mobility.grant.decision is not None:
        raise AlreadyDone(f"The grant is {mobility.grant.decision} already.")
    if mobility.grant.must_be_computed:
        raise OutOfPhase("The grant is still being computed: you will get it in a letter.")
    mobility.grant.decide(message.decision, message.amounts)
    if message.decision is not GrantDecision.AWARDED and message.reason is None:
        raise GrantNotAcceptable(
            f"A grant {message.decision} needs a reason, for the people concerned: give one."
        )


@_act.register
def _(message: m.DecideGrant, mobility: Mobility, at: datetime) -> None:
    grant = mobility.grant
    grant.amounts = grant.decide(message.decision, message.amounts)
    grant.decision, grant.decided_on = message.decision, grant.decided_on or at.date()
    mobility.answered(Asked.GRANT_DECISION)
    mobility.happened(
        e.GrantDecided(
            decision=message.decision, amounts=grant.amounts, total=grant.total,
            reason=message.reason,
        ),
        at=at, by=message.by,
    )  # fmt: skip
    if message.decision is GrantDecision.REJECTED:
        mobility.end(
            e.Outcome.DECLINED, m.Cause.GRANT_REJECTED, at=at, by=message.by, note=message.reason
        )
    else:
        mobility.ask_for_instalment(at=at)


@_check.register
def _(message: m.ConfirmInstalment, mobility: Mobility, at: datetime) -> None:
    grant = mobility.grant
    if grant.decided_on is None or grant.instalment_due is None:
        raise NotAwaited("No instalment is due: the grant has not been awarded.")
    if grant.instalment_paid_on is not None:
        raise AlreadyDone(f"The first instalment was paid on {grant.instalment_paid_on} already.")
    if not grant.decided_on <= message.paid_on <= (at + EASTERNMOST).date():
        raise GrantNotAcceptable(
            f"Paid on {message.paid_on} is not between the award on {grant.decided_on} and today: "
            "correct the date."
        )


@_act.register
def _(message: m.ConfirmInstalment, mobility: Mobility, at: datetime) -> None:
    mobility.grant.instalment_paid_on = message.paid_on
    mobility.answered(Asked.INSTALMENT)
    mobility.happened(e.InstalmentPaid(paid_on=message.paid_on), at=at, by=message.by)


# Agenda.


@_check.register
def _(message: m.PutAgenda, mobility: Mobility, at: datetime) -> None:
    if at.date() >= mobility.request.first_day:
        raise AgendaNotAcceptable(
            f"The visit was to begin on {mobility.request.first_day}: it is too late for an agenda."
        )
    agenda = mobility.agenda
    if _is_on_the_table(mobility):
        if is_same_agenda(message.sessions, agenda.sessions):
            raise AlreadyDone(f"This agenda is on the table already, as version {agenda.version}.")
    elif agenda.accepted and is_same_agenda(message.sessions, agenda.accepted.sessions):
        raise AlreadyDone(
            f"This agenda is accepted already, as version {agenda.accepted.version}: change "
            "something in it."
        )
    check_agenda(message.sessions, mobility.request, mobility.taking_part)


@_act.register
def _(message: m.PutAgenda, mobility: Mobility, at: datetime) -> None:
    mobility.put_agenda(message.sessions, at=at, by=message.by)


def _is_on_the_table(mobility: Mobility) -> bool:
    return bool({Asked.AGENDA_ACCEPTANCE.value, Asked.AGENDA_CHANGE.value} & mobility.waits.keys())


def _check_on_the_table(mobility: Mobility, version: int) -> None:
    agenda = mobility.agenda
    agenda.check_version(version)
    if _is_on_the_table(mobility):
        return
    if agenda.accepted is None:
        raise NotAwaited("No agenda is on the table: the host has been asked for one.")
    if agenda.accepted.version == version:
        raise AlreadyDone(f"Version {version} of the agenda is accepted already.")
    raise NotAwaited(
        f"Version {version} of the agenda is off the table, and version {agenda.accepted.version} "
        "stays accepted."
    )


@_check.register
def _(message: m.AcceptAgenda, mobility: Mobility, _at: datetime) -> None:
    _check_on_the_table(mobility, message.version)


@_act.register
def _(message: m.AcceptAgenda, mobility: Mobility, at: datetime) -> None:
    mobility.accept_agenda(at=at, by=message.by)


@_check.register
def _(message: m.ReturnAgenda, mobility: Mobility, at: datetime) -> None:
    if at.date() >= mobility.request.first_day and not mobility.agenda.is_accepted:
        raise AgendaNotAcceptable(
            f"The visit was to begin on {mobility.request.first_day}: it is too late to return the "
            "agenda, so accept it or cancel the mobility."
        )
    _check_on_the_table(mobility, message.version)


@_act.register
def _(message: m.ReturnAgenda, mobility: Mobility, at: datetime) -> None:
    mobility.answered(Asked.AGENDA_ACCEPTANCE)
    mobility.answered(Asked.AGENDA_CHANGE)
    mobility.happened(
        e.AgendaReturned(version=message.version, note=message.note), at=at, by=message.by
    )
    # While an agenda is accepted the host owes none.
    if not mobility.agenda.is_accepted:
        mobility.ask_for_agenda(at=at)


# Visit.


def _check_taking_part(mobility: Mobility, people: tuple[PersonId, ...]) -> None:
    if strangers := [p for p in people if p not in mobility.taking_part]:
        raise AttendanceNotAcceptable(
            f"{strangers[0]} does not take part: name {', '.join(mobility.taking_part)}."
        )


@_check.register
def _(message: m.ConfirmArrival, mobility: Mobility, at: datetime) -> None:
    _check_taking_part(mobility, message.participants)
    _check_not_ahead(message.on, at)
    mobility.visit.check_may_arrive(message.participants, message.on, mobility.request)


@_act.register
def _(message: m.ConfirmArrival, mobility: Mobility, at: datetime) -> None:
    mobility.visit.arrived |= dict.fromkeys(message.participants, message.on)
    mobility.happened(
        e.ArrivalConfirmed(participants=message.participants, on=message.on), at=at, by=message.by
    )


EASTERNMOST = timedelta(hours=3)
"""How far ahead of UTC people of the partnership live: their day begins that much earlier."""


def _check_not_ahead(day: date, at: datetime) -> None:
    if day > (at + EASTERNMOST).date():
        raise AttendanceNotAcceptable(f"{day} is still to come: confirm it when it has come.")


@_check.register
def _(message: m.ConfirmAttendance, mobility: Mobility, at: datetime) -> None:
    _check_taking_part(mobility, message.present)
    mobility.visit.check_may_attend(
        message.day, message.present, mobility.request, (at + EASTERNMOST).date()
    )


@_act.register
def _(message: m.ConfirmAttendance, mobility: Mobility, at: datetime) -> None:
    mobility.visit.present[message.day] = message.present
    absent = tuple(p for p in mobility.taking_part if p not in message.present)
    mobility.happened(
        e.AttendanceConfirmed(day=message.day, present=message.present, absent=absent),
        at=at, by=message.by,
    )  # fmt: skip
    _settle_visit(mobility, at, message.by)


@_check.register
def _(message: m.ConfirmDeparture, mobility: Mobility, at: datetime) -> None:
    _check_taking_part(mobility, message.participants)
    _check_not_ahead(message.on, at)
    mobility.visit.check_may_depart(message.participants, message.on)


@_act.register
def _(message: m.ConfirmDeparture, mobility: Mobility, at: datetime) -> None:
    mobility.visit.departed |= dict.fromkeys(message.participants, message.on)
    mobility.happened(
        e.DepartureConfirmed(participants=message.participants, on=message.on),
        at=at, by=message.by,
    )  # fmt: skip
    _settle_visit(mobility, at, message.by)


def _settle_visit(mobility: Mobility, at: datetime, by: PersonId) -> None:
    """Close the question of attendance; a visit that nobody attended ends the mobility."""
    if not mobility.visit.is_over(mobility.request, mobility.taking_part):
        return
    mobility.answered(Asked.ATTENDANCE)
    if not any(mobility.visit.present.values()):
        mobility.end(e.Outcome.CANCELLED, m.Cause.NOBODY_CAME, at=at, by=by)


# Evaluation.


@_check.register
def _(message: m.AnswerEvaluation, mobility: Mobility, _at: datetime) -> None:
    if message.by not in mobility.evaluation.answers:
        wait = mobility.waits.get(Asked.EVALUATION.value)
        if wait is None or message.by not in wait.awaited:
            raise NotAwaited("You are not asked for an evaluation, or its deadline has passed.")
    objectives = [objective.id for objective in mobility.request.objectives]
    mobility.evaluation.check_may_answer(
        message.by, message.answer, objectives,
        may_correct=Asked.CARD_FACTS.value in mobility.waits,
    )  # fmt: skip


@_act.register
def _(message: m.AnswerEvaluation, mobility: Mobility, at: datetime) -> None:
    mobility.evaluation.answers[message.by] = message.answer
    mobility.answered(Asked.EVALUATION, message.by)
    mobility.answered(Asked.CARD_FACTS)
    mobility.happened(e.EvaluationAnswered(answer=message.answer), at=at, by=message.by)


@_check.register
def _(message: m.ReportFollowUp, mobility: Mobility, _at: datetime) -> None:
    if message.follow_up == mobility.evaluation.follow_up:
        raise AlreadyDone("You have reported exactly this already.")


@_act.register
def _(message: m.ReportFollowUp, mobility: Mobility, at: datetime) -> None:
    mobility.evaluation.follow_up = message.follow_up
    mobility.answered(Asked.FOLLOW_UP)
    mobility.answered(Asked.CARD_FACTS)
    mobility.happened(e.FollowUpReported(follow_up=message.follow_up), at=at, by=message.by)


# Addresses.


@_check.register
def _(message: m.CorrectAddress, mobility: Mobility, _at: datetime) -> None:
    check_may_correct(
        message, mobility.reach.people, mobility.request, mobility.roles_of(message.by),
        is_matched=mobility.matching.host is not None,
    )  # fmt: skip


@_act.register
def _(message: m.CorrectAddress, mobility: Mobility, at: datetime) -> None:
    address_corrected(mobility, message.person, at=at, by=message.by)


# Dates.


@_check.register
def _(message: m.MoveVisit, mobility: Mobility, at: datetime) -> None:
    check_may_move(mobility, message, at=at)


@_act.register
def _(message: m.MoveVisit, mobility: Mobility, at: datetime) -> None:
    move(mobility, message, at=at)


# Endings.


def _check_cause(cause: m.Cause) -> None:
    if cause not in m.CAUSES_OF_PEOPLE:
        raise CauseNotAcceptable(
            f"'{cause}' is for the engine to find: give {', '.join(m.CAUSES_OF_PEOPLE)}."
        )


@_check.register
def _(message: m.WithdrawParticipant, mobility: Mobility, _at: datetime) -> None:
    _check_cause(message.cause)
    if message.participant in mobility.withdrawn:
        raise AlreadyDone(f"Participant {message.participant} has withdrawn already.")
    if message.participant not in mobility.taking_part:
        raise RequestNotAcceptable(
            f"{message.participant} does not take part: name {', '.join(mobility.taking_part)}."
        )
    own_or_sending = (message.participant == message.by) or (
        Role.SENDING in mobility.roles_of(message.by)
    )
    if not own_or_sending:
        raise WrongRole("You can withdraw yourself only; your coordinator can withdraw others.")


@_act.register
def _(message: m.WithdrawParticipant, mobility: Mobility, at: datetime) -> None:
    person = message.participant
    mobility.withdrawn = (*mobility.withdrawn, person)
    mobility.happened(
        e.ParticipantWithdrew(participant=person, cause=message.cause, note=message.note),
        at=at, by=message.by,
    )  # fmt: skip
    mobility.reclaim((person,), at=at)
    if not mobility.taking_part:
        mobility.end(e.Outcome.WITHDRAWN, message.cause, at=at, by=message.by, note=message.note)
        return
    mobility.take_back_agreement()
    mobility.leave_out_of_grant(person, at=at)
    if mobility.phase is e.Phase.VISIT:
        _settle_visit(mobility, at, message.by)


@_check.register
def _(message: m.DeclineMobility, _mobility: Mobility, _at: datetime) -> None:
    _check_cause(message.cause)


@_act.register
def _(message: m.DeclineMobility, mobility: Mobility, at: datetime) -> None:
    mobility.end(e.Outcome.DECLINED, message.cause, at=at, by=message.by, note=message.note)


@_check.register
def _(message: m.CancelMobility, _mobility: Mobility, _at: datetime) -> None:
    _check_cause(message.cause)


@_act.register
def _(message: m.CancelMobility, mobility: Mobility, at: datetime) -> None:
    mobility.end(e.Outcome.CANCELLED, message.cause, at=at, by=message.by, note=message.note)


# Duplicates.


@_check.register
def _(message: m.MergeMobility, mobility: Mobility, _at: datetime) -> None:
    check_may_merge(mobility, message)


@_act.register
def _(message: m.MergeMobility, mobility: Mobility, at: datetime) -> None:
    merge(mobility, message, at=at)


@_check.register
def _(message: m.TakeInMobility, mobility: Mobility, _at: datetime) -> None:
    check_may_take_in(mobility, message)


@_act.register
def _(message: m.TakeInMobility, mobility: Mobility, at: datetime) -> None:
    take_in(mobility, message, at=at)
