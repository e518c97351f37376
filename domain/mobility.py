"""The mobility itself: what is known of it, what it waits for, and what time does to it.

People's messages are heard in ``hearing.py``; here is what the story does by itself. Every change
ends in an entry of the journal, kept in ``unrecorded`` until the workflow has it written down.
"""

from datetime import date, datetime
from decimal import Decimal

from domain import events as e
from domain.agenda import Agenda, Session, is_same_agenda
from domain.agreement import Agreement
from domain.almanac import Almanac
from domain.deadlines import Asked, Tell
from domain.evaluation import Evaluation
from domain.events import Entry, Event, Outcome, Phase
from domain.facts import PersonId, Reference, State, Writing
from domain.grant import Grant, GrantLine, first_instalment, instalment_due
from domain.matching import Matching
from domain.messages import Cause
from domain.people import SYSTEM, Role
from domain.reach import OutOfReach, Reach
from domain.request import MobilityRequest
from domain.visit import Visit
from domain.waits import NO_LIMITS, Asking, Limits, Reminded, Wait, plan_wait

HEARD = 200
"""How many message ids are remembered, so that a repeated click is one act in a later run too."""


class Mobility(State):
    """One exchange, from request to closing.

    ``request`` has the dates that hold. ``moved_at`` is the entry by which the visit was last
    moved, 0 before; until the ``almanac`` is looked up for those dates, it serves to ask for
    addresses only. ``taken_in`` holds the heads of the journals of mobilities merged with this one.
    """

    request: MobilityRequest
    phase: Phase = Phase.MATCHING
    n: int = 0
    recorded: int = 0
    moved_at: int = 0
    journal_head: str = ""
    almanac: Almanac = Almanac()
    matching: Matching = Matching()
    agreement: Agreement = Agreement()
    grant: Grant = Grant()
    agenda: Agenda = Agenda()
    visit: Visit = Visit()
    evaluation: Evaluation = Evaluation()
    withdrawn: tuple[PersonId, ...] = ()
    certificates: dict[PersonId, str] = {}
    card: dict[str, str] = {}
    contradictions: tuple[str, ...] = ()
    waits: dict[str, Wait] = {}
    reach: Reach = Reach()
    outcome: Outcome | None = None
    cause: Cause | None = None
    merged_into: Reference | None = None
    taken_in: dict[Reference, str] = {}
    heard: dict[str, int] = {}
    unrecorded: list[Entry] = []

    # Who is who.

    @property
    def taking_part(self) -> tuple[PersonId, ...]:
        """The participants who have not withdrawn."""
        return tuple(p for p in self.request.participants if p not in self.withdrawn)

    @property
    def host(self) -> PersonId | None:
        """The receiving coordinator: of the match, or of the proposal that is open."""
        ranked = self.matching.host or self.matching.pending
        return ranked.coordinator if ranked else None

    def roles_of(self, person: PersonId) -> tuple[Role, ...]:
        """In what capacities somebody may speak here."""
        holders = (
            (Role.SENDING, (self.request.coordinator,)),
            (Role.RECEIVING, (self.host,)),
            (Role.OFFICE, (self.request.office,)),
            (Role.PARTICIPANT, self.taking_part),
        )
        return tuple(role for role, people in holders if person in people)

    @property
    def signatories(self) -> tuple[PersonId, ...]:
        """Sending organisation, receiving organisation and every participant, each person once."""
        host = (self.host,) if self.host else ()
        return tuple(dict.fromkeys((self.request.coordinator, *host, *self.taking_part)))

    @property
    def attended(self) -> tuple[PersonId, ...]:
        """Those taking part who were there on some day."""
        return tuple(p for p in self.taking_part if self.visit.days_of(p))

    @property
    def concerned(self) -> tuple[PersonId, ...]:
        """Everybody who has had a part in it so far, each person once."""
        host = (self.host,) if self.host else ()
        office = (self.request.office,) if self.grant.lines else ()
        return tuple(dict.fromkeys((self.request.coordinator, *host, *office, *self.taking_part)))

    @property
    def first_morning(self) -> datetime:
        """The moment at which the visit begins, where the host is."""
        calendar = self.almanac.calendar_of(self.host or self.request.coordinator)
        return calendar.morning(self.request.first_day, self.request.reference)

    # Writing down and waiting.

    def happened(self, event: Event, *, at: datetime, by: PersonId = SYSTEM) -> None:
        """Add an entry to what must be written down; no clock stands still longer than need be."""
        self.n += 1
        self.unrecorded.append(
            Entry(
                reference=self.request.reference, n=self.n, kind=type(event).__name__,
                phase=self.phase, by=by, at=at, facts=event.model_dump(mode="json"),
            )
        )  # fmt: skip
        self.forget_addresses_of_strangers()
        self.reach.end_pauses(self.waits.values(), at, self.almanac, self.request.reference)

    def ask(
        self, asked: Asked, people: tuple[PersonId, ...], *, at: datetime,
        limits: Limits = NO_LIMITS,
    ) -> Wait:  # fmt: skip
        """Open a question with its reminders and its deadline; the next entry says so.

        Whoever is out of reach is asked all the same, their clock standing still.
        """
        asking = Asking(asked, people, at, self.n + 1, limits)
        wait = plan_wait(asking, self.almanac, self.request.reference)
        self.waits[asked.value] = wait
        for person in [p for p in people if self.reach.stands_still(p)]:
            wait.pause(person, at)
        return wait

    def answered(self, asked: Asked, person: PersonId | None = None) -> None:
        """Close a question, or one person's part in it: reminders stop with it."""
        wait = self.waits.get(asked.value)
        if wait is None:
            return
        wait.awaited = [p for p in wait.awaited if person is not None and p != person]
        if not wait.awaited:
            del self.waits[asked.value]

    def forget_addresses_of_strangers(self) -> None:
        """Nobody has to be reached who has no part in it any more."""
        for person in [p for p in self.reach.people if not self.has_to_be_reached(p)]:
            self.forget_address_of(person)

    def has_to_be_reached(self, person: PersonId) -> bool:
        """Whoever has a part in it, and whoever withdrew and has to pay an instalment back."""
        return bool(self.roles_of(person) or person in self._owed_by(self.withdrawn))

    def forget_address_of(self, person: PersonId) -> OutOfReach | None:
        """Nobody is asked for this address any more; what there was to say of it, if anything."""
        found = self.reach.people.pop(person, None)
        if found is not None and found.asked is not None and found.asked not in self.reach.asked:
            self.answered(Asked.ADDRESS, found.asked)
        return found

    def pass_time(self, asked: Asked, *, at: datetime) -> bool:
        """Do what time does to an open question now; false when it has nothing to do yet.

        Silence counts first: who is out of time is not reminded any more.
        """
        wait = self.waits[asked.value]
        ends, others_hear = wait.silence_counts_at, wait.others_hear_at
        if ends is not None and at >= ends:
            self.fall_silent(asked, at=at)
        elif others_hear is not None and at >= others_hear:
            self.tell_others(wait, at=at)
        elif taken := wait.take_reminders(at):
            self._remind(wait, taken, at=at)
        else:
            return False
        return True

    def _remind(self, wait: Wait, taken: dict[PersonId, Reminded], *, at: datetime) -> None:
        ordinals = {person: reminded.ordinal for person, reminded in taken.items()}
        missed = tuple(person for person, reminded in taken.items() if reminded.is_missed)
        reminded = e.PersonReminded(
            asked=wait.asked, ordinals=ordinals, epoch=wait.epoch, missed=missed
        )
        self.happened(reminded, at=at)

    def tell_others(self, wait: Wait, *, at: datetime) -> None:
        """Tell those who may help that an answer is overdue; nobody, if only they are silent."""
        wait.tell_at = None
        told = (self._who_may_help(person, wait) for person in wait.awaited)
        if people := tuple(dict.fromkeys(p for p in told if p is not None)):
            silent = tuple(wait.awaited)
            self.happened(e.AnswerOverdue(asked=wait.asked, silent=silent, told=people), at=at)

    def _who_may_help(self, silent: PersonId, wait: Wait) -> PersonId | None:
        tell, request = self.almanac.plans[wait.asked].tell, self.request
        candidates = [request.coordinator, request.office]
        if tell is Tell.OFFICE:
            candidates.reverse()
        if tell is Tell.COLLEAGUE and (colleague := self.almanac.colleagues.get(silent)):
            candidates.insert(0, colleague)
        unfit = {*wait.awaited, *self.reach.people}
        return next((p for p in candidates if p not in unfit), None)

    def enter(self, phase: Phase, *, at: datetime) -> None:
        """Go on to the next phase."""
        self.phase = phase
        self.happened(e.PhaseEntered(phase=phase), at=at)

    def end(
        self, outcome: Outcome, cause: Cause | None, *, at: datetime, by: PersonId = SYSTEM,
        note: Writing | None = None,
    ) -> None:  # fmt: skip
        """Close the mobility: every question falls, money paid for nothing is asked back."""
        self.waits.clear()
        self.reach.people.clear()
        self.matching.other_dates = self.matching.awaited = self.matching.assigned = None
        self.reclaim(self.taking_part, at=at)
        self.outcome, self.cause = outcome, cause
        self.happened(e.MobilityEnded(outcome=outcome, cause=cause, note=note), at=at, by=by)
        self.phase = Phase.CLOSED

    def reclaim(self, people: tuple[PersonId, ...], *, at: datetime) -> None:
        """Ask back a first instalment paid to people who then did not travel."""
        if amounts := self._owed_by(people):
            self.happened(e.InstalmentReclaimed(amounts=amounts), at=at)

    def _owed_by(self, people: tuple[PersonId, ...]) -> dict[PersonId, Decimal]:
        if self.grant.instalment_paid_on is None:
            return {}
        paid = self.grant.instalments
        return {p: paid[p] for p in people if p in paid and p not in self.visit.arrived}

    # The story, phase by phase.

    def open(self, *, at: datetime) -> None:
        """The request is in."""
        self.happened(e.MobilityRequested(request=self.request), at=at, by=self.request.coordinator)

    def draw_up_agreement(self, document: str, *, at: datetime) -> None:
        """Put the document before everybody who has to sign it, a week before the visit at last."""
        wait = self.ask(
            Asked.SIGNATURES, self.signatories, at=at, limits=Limits(self.before_visit(7))
        )
        self.agreement = Agreement(
            version=self.agreement.version + 1, document=document, signatories=self.signatories
        )
        self.happened(
            e.AgreementDrawnUp(
                version=self.agreement.version, document=document,
                signatories=self.signatories, sign_by=wait.due,
            ),
            at=at,
        )  # fmt: skip

    def take_back_agreement(self) -> None:
        """The document names somebody who no longer takes part: it is drawn up anew for the rest.

        Signatures stand under what was signed, so those under the old version do not count.
        """
        if self.agreement.document and self.agreement.in_force_on is None:
            self.answered(Asked.SIGNATURES)
            self.agreement = Agreement(version=self.agreement.version)

    def settle_agreement(self, *, at: datetime) -> None:
        """Bring the agreement into force once nobody is awaited any more."""
        if self.agreement.document and not self.agreement.awaited:
            self.agreement.in_force_on = at.date()
            self.answered(Asked.SIGNATURES)
            self.happened(e.AgreementInForce(version=self.agreement.version, on=at.date()), at=at)

    def take_up_grant(self, lines: tuple[GrantLine, ...], *, at: datetime) -> None:
        """Have a computed grant decided, unless it comes to the sums that are awarded already.

        An instalment that was not paid before the visit was moved is asked for anew.
        """
        if not self.grant.is_upheld_by(lines):
            self.ask_for_decision(lines, at=at)
            return
        self.grant.is_for_other_dates = False
        self.happened(e.AwardUpheld(total=self.grant.total), at=at)
        self.ask_for_instalment(at=at)

    def ask_for_decision(self, lines: tuple[GrantLine, ...], *, at: datetime) -> None:
        """Put the computed grant before the programme office, two days before the visit at last."""
        self.grant = self.grant.put_anew(lines)
        wait = self.ask(
            Asked.GRANT_DECISION, (self.request.office,), at=at,
            limits=Limits(self.before_visit(2)),
        )  # fmt: skip
        self.happened(e.GrantComputed(lines=lines, decide_by=wait.due), at=at)

    def leave_out_of_grant(self, person: PersonId, *, at: datetime) -> None:
        """Put an undecided grant before the office anew, for those who are left.

        Of an awarded one the amounts for this person fall, if they did not travel; what was awarded
        to the organisations stays until the office settles it with the final report.
        """
        if wait := self.waits.get(Asked.GRANT_DECISION.value):
            self.grant.leave_out(person)
            self.happened(e.GrantComputed(lines=self.grant.lines, decide_by=wait.due), at=at)
        elif self.grant.amounts and person not in self.visit.arrived:
            fallen = self.grant.withdraw_award(person)
            self.happened(
                e.GrantReduced(participant=person, fallen=fallen, total=self.grant.total), at=at
            )

    def ask_for_instalment(self, *, at: datetime) -> None:
        """The first instalment falls due: 30 days after signature, or on the first day if sooner.

        Awarded later than that, it is due on the day after the award: before, there is nothing to
        pay. Paid before the visit was moved, it is not asked for again.
        """
        if self.grant.instalment_paid_on is not None:
            return
        signed_on = self.agreement.in_force_on or at.date()
        due = instalment_due(signed_on=signed_on, first_day=self.request.first_day)
        due = max(due, date.fromordinal(at.toordinal() + 1))
        self.grant.instalment_due = due
        percent = self.request.funding.first_instalment_percent
        # The question closes with the eve of the visit, so that nobody is overdue while travelling.
        eve = self.before_visit(1)
        limits = Limits(eve, due=min(due, eve))
        self.ask(Asked.INSTALMENT, (self.request.coordinator,), at=at, limits=limits)
        amounts = {p: first_instalment(self.grant, p, percent) for p in self.taking_part}
        self.grant.instalments = amounts
        self.happened(e.InstalmentFellDue(due=due, amounts=amounts), at=at)

    def ask_for_agenda(self, *, at: datetime) -> None:
        """Ask the host for its sessions, a week before the visit at last."""
        if self.host is None:
            return
        limits = Limits(self.before_visit(7))
        wait = self.ask(Asked.AGENDA, (self.host,), at=at, limits=limits)
        self.happened(e.AgendaAsked(put_by=wait.due), at=at)

    def put_agenda(self, sessions: tuple[Session, ...], *, at: datetime, by: PersonId) -> None:
        """The host puts forward an agenda, or a change to the one that is accepted.

        Whoever puts forward what is accepted already takes a change back: nobody is asked again.
        """
        agenda, accepted = self.agenda, self.agenda.accepted
        takes_back = accepted is not None and is_same_agenda(sessions, accepted.sessions)
        agenda.put(sessions, self.matching.host.zone if self.matching.host else "UTC")
        self.answered(Asked.AGENDA)
        if accepted is None:
            limits = Limits(self.request.first_day)
            self.ask(Asked.AGENDA_ACCEPTANCE, (self.request.coordinator,), at=at, limits=limits)
        elif not takes_back:
            limits = Limits(falls_by=self.first_morning)
            self.ask(Asked.AGENDA_CHANGE, (self.request.coordinator,), at=at, limits=limits)
        put = e.AgendaPut(version=agenda.version, sessions=sessions, zone=agenda.zone)
        self.happened(put, at=at, by=by)
        if takes_back:
            self.accept_agenda(at=at, by=by)

    def accept_agenda(self, *, at: datetime, by: PersonId) -> None:
        """Both sides have accepted the version on the table."""
        replaced = self.agenda.accept()
        self.answered(Asked.AGENDA_ACCEPTANCE)
        self.answered(Asked.AGENDA_CHANGE)
        accepted = e.AgendaAccepted(version=self.agenda.version, replaces=replaced)
        self.happened(accepted, at=at, by=by)

    def begin_visit(self, *, at: datetime) -> None:
        """The first day has come: the host confirms who comes, who is there, who leaves.

        A change to the agenda that nobody has answered falls.
        """
        if Asked.AGENDA_CHANGE.value in self.waits:
            self.fall_silent(Asked.AGENDA_CHANGE, at=at)
        self.enter(Phase.VISIT, at=at)
        if self.host is not None:
            last, days = self.request.last_day, self.almanac.plans[Asked.ATTENDANCE].days
            due = date.fromordinal(last.toordinal() + days)
            # Nobody is reminded of days still to come.
            limits = Limits(due=due, counted_from=last)
            self.ask(Asked.ATTENDANCE, (self.host,), at=at, limits=limits)
        self.happened(e.VisitBegun(first_day=self.request.first_day), at=at)

    def issue_certificates(self, documents: dict[PersonId, str], *, at: datetime) -> None:
        """Everybody who attended gets a certificate of attendance."""
        self.certificates = documents
        self.happened(e.CertificatesIssued(documents=documents), at=at)

    def ask_for_evaluation(self, *, at: datetime) -> None:
        """Ask everybody who attended, the host, and the sending coordinator for the follow-up."""
        attended = self.attended
        people = (*attended, self.host) if self.host else attended
        wait = self.ask(Asked.EVALUATION, people, at=at)
        self.ask(Asked.FOLLOW_UP, (self.request.coordinator,), at=at)
        self.happened(e.EvaluationAsked(people=people, answer_by=wait.due), at=at)

    def publish_card(self, documents: dict[str, str], *, at: datetime) -> None:
        """The card is out; the mobility is completed."""
        self.card = documents
        self.happened(e.CardPublished(documents=documents), at=at)
        self.end(Outcome.COMPLETED, None, at=at)

    def stop_card(self, contradictions: tuple[str, ...], *, at: datetime) -> None:
        """Two facts cannot both be true: ask the sending coordinator which one to correct."""
        self.contradictions = contradictions
        wait = self.ask(Asked.CARD_FACTS, (self.request.coordinator,), at=at)
        self.happened(e.CardStopped(contradictions=contradictions, correct_by=wait.due), at=at)

    def fall_silent(self, asked: Asked, *, at: datetime) -> None:
        """The deadline has passed without an answer; what that means stands in the plan."""
        silent = tuple(self.waits.pop(asked.value).awaited)
        match asked:
            case Asked.PLACE if self.matching.pending:
                self.happened(e.ProposalLapsed(offer=self.matching.pending.offer), at=at)
                self.matching.stop_asking()
            case Asked.OTHER_DATES if dates := self.matching.other_dates:
                self.matching.stop_asking()
                lapsed = e.OtherDatesLapsed(
                    offer=dates.offer, coordinator=dates.coordinator, first_day=dates.first_day,
                    last_day=dates.last_day,
                )  # fmt: skip
                self.happened(lapsed, at=at)
            case Asked.INSTALMENT if self.grant.instalment_due:
                self.happened(e.InstalmentOverdue(due=self.grant.instalment_due), at=at)
            case Asked.AGENDA_CHANGE if self.agenda.accepted:
                stays = self.agenda.accepted.version
                self.happened(e.AgendaChangeLapsed(version=self.agenda.version, stays=stays), at=at)
            case Asked.ATTENDANCE if any(self.visit.present.values()):
                open_days = tuple(d for d in self.request.days if d not in self.visit.present)
                self.happened(e.AttendanceLapsed(unconfirmed=open_days), at=at)
            case Asked.EVALUATION:
                self.happened(e.EvaluationLapsed(silent=silent), at=at)
            case Asked.FOLLOW_UP:
                self.happened(e.FollowUpLapsed(), at=at)
            case Asked.CARD_FACTS:
                self.happened(e.CardLapsed(contradictions=self.contradictions), at=at)
                self.end(Outcome.COMPLETED, None, at=at)
            case Asked.ADDRESS:
                self.happened(e.AddressLapsed(people=self.reach.give_up()), at=at)
            case _:
                self.end(Outcome.LAPSED, LAPSES[asked], at=at)

    def before_visit(self, days: int) -> date:
        """The day that so many days come before the first one."""
        return date.fromordinal(self.request.first_day.toordinal() - days)


LAPSES = {
    Asked.FREE_PLACE: Cause.NO_HOST,
    Asked.SIGNATURES: Cause.NOT_SIGNED,
    Asked.GRANT_DECISION: Cause.GRANT_UNDECIDED,
    Asked.AGENDA: Cause.NO_AGENDA,
    Asked.AGENDA_ACCEPTANCE: Cause.NO_AGENDA,
    Asked.ATTENDANCE: Cause.VISIT_UNCONFIRMED,
}
"""Why a mobility lapses when this question stays open."""
