"""Everything that can have happened to a mobility. One page; the journal holds nothing else."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from domain.agenda import Session
from domain.deadlines import Asked
from domain.evaluation import Answer, FollowUp
from domain.facts import Fact, OfferId, OrganisationId, PersonId, Reference, Writing
from domain.grant import GrantDecision, GrantLine
from domain.holding import PassedOver
from domain.matching import DeclineReason, Ranking
from domain.messages import Cause
from domain.reach import FailedLetter
from domain.request import MobilityRequest


class Phase(StrEnum):
    """Where the mobility is."""

    MATCHING = "matching"
    AGREEMENT = "agreement"
    PREPARATION = "preparation"
    VISIT = "visit"
    EVALUATION = "evaluation"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How it ended."""

    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"  #: by the participants
    DECLINED = "declined"  #: an organisation or the office said no
    LAPSED = "lapsed"  #: somebody did not answer in time
    CANCELLED = "cancelled"  #: stopped by the sending side, the office or an operator


class Event(Fact):
    """Something that has happened."""


class MobilityRequested(Event):
    request: MobilityRequest


class HostsRanked(Event):
    ranking: Ranking


class MatchmakingAwaited(Event):
    """The request takes part in a matchmaking event, which says whom to ask."""

    event: str
    until: datetime


class HostAssigned(Event):
    """A matchmaking event says in one of its rounds which host is to be asked next."""

    event: str
    round: int
    offer: OfferId


class AssignedHostCannot(Event):
    """The host that an event says has no room; it is waited for while that may pass by itself."""

    event: str
    passed_over: tuple[PassedOver, ...]


class MatchmakingOver(Event):
    """From now on hosts are asked in the request's own order."""

    event: str
    was_silent: bool  #: nothing was heard of it in time


class ProposalMade(Event):
    offer: OfferId
    organisation: OrganisationId
    coordinator: PersonId
    answer_by: datetime
    passed_over: tuple[PassedOver, ...] = ()  #: hosts before it that could not be asked


class PlaceAwaited(Event):
    """Every host that is left is full: it is asked as soon as a place comes free."""

    passed_over: tuple[PassedOver, ...]
    until: datetime


class HostPaused(Event):
    """A host has left several requests in a row unanswered, and is not asked until it is back."""

    organisation: OrganisationId
    since: datetime
    told: tuple[PersonId, ...]


class ProposalDeclined(Event):
    offer: OfferId
    reason: DeclineReason
    note: Writing | None


class ProposalLapsed(Event):
    offer: OfferId


class OtherDatesProposed(Event):
    offer: OfferId
    organisation: OrganisationId
    coordinator: PersonId
    first_day: date
    last_day: date
    note: Writing | None
    answer_by: datetime


class OtherDatesAccepted(Event):
    """The visit moves to the dates of this host, which has thereby accepted."""

    offer: OfferId
    first_day: date
    last_day: date


class OtherDatesDeclined(Event):
    offer: OfferId
    coordinator: PersonId  #: who had put them forward
    first_day: date
    last_day: date
    note: Writing | None


class OtherDatesLapsed(Event):
    offer: OfferId
    coordinator: PersonId  #: who had put them forward
    first_day: date
    last_day: date


class PlaceAccepted(Event):
    offer: OfferId
    organisation: OrganisationId
    coordinator: PersonId
    instead_of: tuple[date, date] | None = None  #: the dates it was asked for, if it gave others


class AgreementDrawnUp(Event):
    version: int
    document: str
    signatories: tuple[PersonId, ...]
    sign_by: datetime


class AgreementSigned(Event):
    version: int
    document: str


class AgreementInForce(Event):
    version: int
    on: date


class AwardUpheld(Event):
    """Computed for the new dates, the grant comes to the same sums: what was decided stands."""

    total: Decimal  #: in euro


class GrantComputed(Event):
    lines: tuple[GrantLine, ...]
    decide_by: datetime


class GrantDecided(Event):
    decision: GrantDecision
    amounts: dict[str, Decimal]
    total: Decimal
    reason: Writing | None


class InstalmentFellDue(Event):
    due: date
    amounts: dict[PersonId, Decimal]


class InstalmentPaid(Event):
    paid_on: date


class InstalmentOverdue(Event):
    due: date


class AgendaAsked(Event):
    put_by: datetime


class AgendaPut(Event):
    version: int
    sessions: tuple[Session, ...]
    zone: str


class AgendaReturned(Event):
    version: int
    note: Writing


class AgendaAccepted(Event):
    version: int
    replaces: int | None = None  #: the version that was accepted before


class AgendaChangeLapsed(Event):
    version: int  #: what nobody answered
    stays: int  #: the version that stays accepted


class VisitBegun(Event):
    first_day: date


class ArrivalConfirmed(Event):
    participants: tuple[PersonId, ...]
    on: date


class AttendanceConfirmed(Event):
    day: date
    present: tuple[PersonId, ...]
    absent: tuple[PersonId, ...]


class AttendanceLapsed(Event):
    unconfirmed: tuple[date, ...]


class DepartureConfirmed(Event):
    participants: tuple[PersonId, ...]
    on: date


class CertificatesIssued(Event):
    documents: dict[PersonId, str]


class EvaluationAsked(Event):
    people: tuple[PersonId, ...]
    answer_by: datetime


class EvaluationAnswered(Event):
    answer: Answer


class EvaluationLapsed(Event):
    silent: tuple[PersonId, ...]


class FollowUpReported(Event):
    follow_up: FollowUp


class FollowUpLapsed(Event):
    pass


class CardStopped(Event):
    contradictions: tuple[str, ...]
    correct_by: datetime


class CardPublished(Event):
    documents: dict[str, str]


class CardLapsed(Event):
    contradictions: tuple[str, ...]


class PersonReminded(Event):
    asked: Asked
    ordinals: dict[PersonId, int]  #: for which time each of them is reminded
    epoch: int  #: the entry that asked
    missed: tuple[PersonId, ...] = ()  #: who should have been reminded more than an hour ago


class AnswerOverdue(Event):
    asked: Asked
    silent: tuple[PersonId, ...]
    told: tuple[PersonId, ...]


class AddressFailed(Event):
    """Letters to this person do not arrive: their clock stands still while others are asked."""

    person: PersonId
    asked: dict[PersonId, PersonId]  #: for whose address whom, from now on
    answer_by: datetime | None


class AddressCorrected(Event):
    person: PersonId
    missed: tuple[FailedLetter, ...]  #: what told them something, sent again


class AddressLapsed(Event):
    people: tuple[PersonId, ...]  #: whose clock runs on, though no letter reaches them


class VisitMoved(Event):
    from_first: date
    from_last: date
    first_day: date
    last_day: date
    note: Writing | None
    told: tuple[PersonId, ...]  #: who had a part in it by then, a host just asked included


class ParticipantWithdrew(Event):
    participant: PersonId
    cause: Cause
    note: Writing | None


class InstalmentReclaimed(Event):
    amounts: dict[PersonId, Decimal]  #: in euro


class GrantReduced(Event):
    participant: PersonId
    fallen: Decimal  #: in euro
    total: Decimal  #: what is left of the award


class MobilityMerged(Event):
    """It was a duplicate of another mobility, which goes on."""

    into: Reference
    people: dict[PersonId, PersonId]  #: of those who travel, who they are there


class MobilityTakenIn(Event):
    """Another mobility was merged with this one: its history stays, and is tied to this one."""

    reference: Reference
    head: str  #: the last hash in the chain of its journal


class PhaseEntered(Event):
    phase: Phase


class MobilityEnded(Event):
    outcome: Outcome
    cause: Cause | None
    note: Writing | None


EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}
"""Every kind of event by its name in the journal."""


class Entry(Fact):
    """One line of the journal: what happened, to which mobility, when and through whom."""

    reference: Reference
    n: int
    kind: str
    phase: Phase
    by: PersonId
    at: datetime
    facts: dict[str, object]

    def event(self) -> Event:
        """The event as the domain knows it."""
        return EVENTS[self.kind].model_validate(self.facts)
