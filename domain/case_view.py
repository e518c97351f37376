"""A mobility on one page, for reading: what ``show``, ``why`` and the letters go by."""

from datetime import date, datetime
from decimal import Decimal

from domain.deadlines import MEANINGS, Asked
from domain.events import Outcome, Phase
from domain.facts import OfferId, OrganisationId, PersonId, Reference, State
from domain.grant import GrantDecision
from domain.holding import PassedOver
from domain.matching import AwaitedEvent, Ranked
from domain.messages import Cause
from domain.mobility import Mobility
from domain.people import Role
from domain.reach import OutOfReach
from domain.request import MobilityRequest
from domain.waits import Wait


class OpenQuestion(State):
    """What is waited for, on whom, until when, and what happens then."""

    asked: Asked
    people: tuple[PersonId, ...]
    since: datetime
    due: datetime
    falls: datetime  #: from when silence counts
    next_reminder: datetime | None
    epoch: int = 0  #: the entry that asked
    paused: dict[PersonId, datetime] = {}  #: whose clock stands still, since when

    @property
    def act(self) -> str:
        """What is asked, as a verb phrase."""
        return MEANINGS[self.asked].act

    @property
    def silence(self) -> str:
        """What happens if nobody answers."""
        return MEANINGS[self.asked].silence

    @classmethod
    def of(cls, wait: Wait) -> "OpenQuestion":
        """A question as it stands now."""
        return cls(
            asked=wait.asked, people=tuple(wait.awaited), since=wait.since, due=wait.due,
            falls=wait.falls, next_reminder=wait.next_reminder(), epoch=wait.epoch,
            paused=dict(wait.paused),
        )  # fmt: skip


class CaseView(State):
    """The state of a mobility as of its last entry. References only, no names."""

    reference: Reference
    n: int
    phase: Phase
    moved_at: int = 0  #: the entry by which the visit was last moved, 0 before
    moved_to: tuple[date, date] | None = None  #: its first and last day since then
    outcome: Outcome | None
    cause: Cause | None
    host: Ranked | None
    pending_offer: OfferId | None
    other_dates: tuple[date, date] | None = None  #: that the host has put forward, not answered yet
    passed_over: tuple[PassedOver, ...] = ()  #: hosts that could not be asked when last looked
    taking_part: tuple[PersonId, ...]
    questions: tuple[OpenQuestion, ...]
    awaited: AwaitedEvent | None = None  #: the matchmaking event that says whom to ask
    out_of_reach: dict[PersonId, OutOfReach] = {}
    agreement_version: int
    agreement_document: str
    signed: tuple[PersonId, ...]
    in_force_on: date | None
    grant_decision: GrantDecision | None
    grant_total: Decimal
    instalment_due: date | None
    instalment_paid_on: date | None
    agenda_version: int
    agenda_accepted_version: int
    agenda_fell: bool = False  #: its versions so far were for days that the visit has left
    days_confirmed: tuple[date, ...]
    evaluated: tuple[PersonId, ...]
    certificates: dict[PersonId, str]
    card: dict[str, str]
    contradictions: tuple[str, ...]
    merged_into: Reference | None = None  #: the mobility that goes on in its place
    taken_in: tuple[Reference, ...] = ()  #: those that were merged with this one

    @property
    def receiving(self) -> OrganisationId | None:
        """The host of the match, or the one being asked."""
        return self.host.organisation if self.host else None

    @property
    def is_matched(self) -> bool:
        """Whether the host has given a place; until then it has only been asked for one."""
        return self.host is not None and self.pending_offer is None

    @property
    def agenda_accepted(self) -> bool:
        """Whether both sides have accepted an agenda."""
        return self.agenda_accepted_version > 0

    @property
    def next_due(self) -> datetime | None:
        """The deadline that comes first."""
        awaited = (self.awaited.until,) if self.awaited else ()
        return min((*(question.due for question in self.questions), *awaited), default=None)

    def question(self, asked: Asked) -> OpenQuestion | None:
        """The open question of that kind."""
        return next((q for q in self.questions if q.asked is asked), None)

    def as_it_stands(self, request: MobilityRequest) -> MobilityRequest:
        """The request as it was made, with the dates that the visit has been moved to since."""
        return request.moved_to(*self.moved_to) if self.moved_to else request


def view_of(mobility: Mobility) -> CaseView:
    """The page as it stands now."""
    request, moved_at = mobility.request, mobility.moved_at
    pending, dates = mobility.matching.pending, mobility.matching.other_dates
    return CaseView(
        reference=request.reference,
        n=mobility.n,
        phase=mobility.phase,
        moved_at=moved_at,
        moved_to=(request.first_day, request.last_day) if moved_at else None,
        outcome=mobility.outcome,
        cause=mobility.cause,
        host=mobility.matching.host or pending,
        pending_offer=pending.offer if pending else None,
        other_dates=(dates.first_day, dates.last_day) if dates else None,
        passed_over=mobility.matching.passed_over,
        taking_part=mobility.taking_part,
        questions=tuple(OpenQuestion.of(wait) for wait in mobility.waits.values()),
        awaited=mobility.matching.awaited if mobility.matching.listens_to_event else None,
        out_of_reach={p: o.model_copy(deep=True) for p, o in mobility.reach.people.items()},
        agreement_version=mobility.agreement.version,
        agreement_document=mobility.agreement.document,
        signed=tuple(signature.signatory for signature in mobility.agreement.signatures),
        in_force_on=mobility.agreement.in_force_on,
        grant_decision=mobility.grant.decision,
        grant_total=mobility.grant.total,
        instalment_due=mobility.grant.instalment_due,
        instalment_paid_on=mobility.grant.instalment_paid_on,
        agenda_version=mobility.agenda.version,
        agenda_accepted_version=mobility.agenda.accepted.version if mobility.agenda.accepted else 0,
        agenda_fell=mobility.agenda.fell,
        days_confirmed=tuple(sorted(mobility.visit.present)),
        evaluated=tuple(mobility.evaluation.answers),
        certificates=mobility.certificates,
        card=mobility.card,
        contradictions=mobility.contradictions,
        merged_into=mobility.merged_into,
        taken_in=tuple(mobility.taken_in),
    )


def roles_in(request: MobilityRequest, view: CaseView, person: PersonId) -> tuple[Role, ...]:
    """In what capacities a person takes part, for showing."""
    holders = (
        (Role.SENDING, (request.coordinator,)),
        (Role.RECEIVING, (view.host.coordinator if view.host else None,)),
        (Role.OFFICE, (request.office,)),
        (Role.PARTICIPANT, request.participants),
    )
    return tuple(role for role, people in holders if person in people)
