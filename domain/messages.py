"""Everything people may tell a mobility. One page; each message says who speaks (``by``)."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.agenda import Session
from domain.evaluation import Answer, FollowUp
from domain.facts import Fact, OfferId, PersonId, Reference, Writing
from domain.grant import GrantDecision
from domain.matching import DeclineReason


class Cause(StrEnum):
    """Why a mobility ended before it was completed. Mandatory: a reason is never lost."""

    NO_HOST = "no host found"
    NOT_SIGNED = "agreement not signed in time"
    SIGNATURE_REFUSED = "a party refused to sign"
    GRANT_REJECTED = "grant rejected"
    GRANT_UNDECIDED = "grant not decided in time"
    NO_AGENDA = "agenda not ready in time"
    VISIT_UNCONFIRMED = "attendance not confirmed"
    NOBODY_CAME = "nobody attended"
    ILLNESS = "illness"
    WORK = "reasons of work"
    FAMILY = "family reasons"
    HOST_UNABLE = "host no longer able"
    FORCE_MAJEURE = "force majeure"
    MERGED = "merged with another mobility"
    OPERATOR = "stopped by an operator"
    OTHER = "other"


CAUSES_OF_PEOPLE = (
    Cause.ILLNESS, Cause.WORK, Cause.FAMILY, Cause.HOST_UNABLE, Cause.FORCE_MAJEURE, Cause.OTHER,
)  # fmt: skip
"""Those that people may give; the others are what silence and decisions come to."""


class Message(Fact):
    """Something a person may tell a mobility."""

    by: PersonId


class AcceptProposal(Message):
    """The host has a place."""

    offer: OfferId


class DeclineProposal(Message):
    """The host has none, and says why."""

    offer: OfferId
    reason: DeclineReason
    note: Writing | None = None


class ProposeOtherDates(Message):
    """The host has no place on these days, and would have one on others."""

    offer: OfferId
    first_day: date
    last_day: date
    note: Writing | None = None


class AcceptOtherDates(Message):
    """The visit is to take place on the days that the host has put forward."""

    offer: OfferId


class DeclineOtherDates(Message):
    """Those days do not suit; the next host is asked."""

    offer: OfferId
    note: Writing | None = None


class SignAgreement(Message):
    """A signatory signs the document they have read."""

    document: str


class RefuseToSign(Message):
    """A signatory will not sign; the mobility ends there."""

    note: Writing | None = None


class DecideGrant(Message):
    """The programme office awards, awards in part or rejects."""

    decision: GrantDecision
    amounts: dict[str, Decimal] = {}
    reason: Writing | None = None


class ConfirmInstalment(Message):
    """The first instalment has been paid to every participant."""

    paid_on: date


class PutAgenda(Message):
    """The host puts forward an agenda, and thereby accepts it itself."""

    sessions: tuple[Session, ...]


class AcceptAgenda(Message):
    """The sending side accepts the agenda."""

    version: int


class ReturnAgenda(Message):
    """The sending side asks for changes."""

    version: int
    note: Writing


class ConfirmArrival(Message):
    """The host confirms that participants have arrived."""

    participants: tuple[PersonId, ...]
    on: date


class ConfirmAttendance(Message):
    """The host confirms who was present on one day."""

    day: date
    present: tuple[PersonId, ...]


class ConfirmDeparture(Message):
    """The host confirms that participants have left."""

    participants: tuple[PersonId, ...]
    on: date


class AnswerEvaluation(Message):
    """A participant or the host evaluates."""

    answer: Answer


class ReportFollowUp(Message):
    """The sending coordinator tells what was seen and what will be adapted; may correct it."""

    follow_up: FollowUp


class CorrectAddress(Message):
    """Another address of somebody whom our letters did not reach is on file; the store has it."""

    person: PersonId


class MoveVisit(Message):
    """The visit is to take place on other days; everything is planned anew for them."""

    first_day: date
    last_day: date
    note: Writing | None = None


class WithdrawParticipant(Message):
    """A participant stops, or the sending coordinator says so for them."""

    participant: PersonId
    cause: Cause
    note: Writing | None = None


class DeclineMobility(Message):
    """The host can no longer take anybody, after it had said yes."""

    cause: Cause
    note: Writing | None = None


class CancelMobility(Message):
    """The sending coordinator or the programme office stops the mobility."""

    cause: Cause
    note: Writing | None = None


class MergeMobility(Message):
    """This mobility is a duplicate: it goes on in another one, and ends here.

    ``people`` says of everybody who travels who they are in the other one: the desk has looked.
    """

    into: Reference
    people: dict[PersonId, PersonId]


class TakeInMobility(Message):
    """Another mobility was merged with this one; ``head`` ends the chain of its journal."""

    reference: Reference
    head: str


class Receipt(Fact):
    """What the sender of a message gets: the number of the event that recorded it."""

    event: int
    phase: str
