"""One person's errand with one mobility: everything they may say, in the words of the desk."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain import messages as m
from domain.agenda import Session, named_alike
from domain.errors import (
    AgendaNotAcceptable,
    EvaluationNotAcceptable,
    NotAwaited,
    OutOfPhase,
    Refusal,
)
from domain.evaluation import Answer, FollowUp
from domain.events import Entry
from domain.facts import OfferId, PersonId, Writing
from domain.grant import GrantDecision
from domain.matching import DeclineReason
from domain.messages import Cause, Receipt
from domain.people import Person
from domain.visit import came_and_left
from mail.returned import canonical
from starter.addresses import put_on_file
from starter.case_files import EvaluationEntry, FollowUpEntry, SessionEntry
from starter.desk import FrontDesk, OpenMobility
from starter.directory import NotKnown
from starter.earlier import last_failure, move_before, versions, what_was_signed
from starter.names import in_names
from store.directory import read_directory
from store.journal import read_journal


class Errand:
    """Somebody at the desk, with the mobility they come about."""

    def __init__(
        self, desk: FrontDesk, mobility: OpenMobility, people: dict[PersonId, Person], who: str
    ) -> None:
        self._desk = desk
        self._mobility = mobility
        self._people = people
        self._texts: list[str] = []
        self.zone = "UTC"
        self.by = self._person(who)

    # Matching.

    async def accept(self) -> Receipt:
        """The host has a place."""
        return await self._say(m.AcceptProposal(by=self.by, offer=self._offer()))

    async def decline(
        self, reason: DeclineReason, note: str = "", *, offer: OfferId | None = None
    ) -> Receipt:
        """The host has none, for the offer it was asked for: by now another may be asked."""
        return await self._say(
            m.DeclineProposal(
                by=self.by, offer=offer or self._offer(), reason=reason,
                note=await self._note(note),
            )
        )  # fmt: skip

    async def propose_dates(self, first_day: date, last_day: date, note: str = "") -> Receipt:
        """The host has a place on other dates."""
        return await self._say(
            m.ProposeOtherDates(
                by=self.by, offer=self._offer(), first_day=first_day, last_day=last_day,
                note=await self._note(note),
            )
        )  # fmt: skip

    async def accept_dates(self) -> Receipt:
        """The visit is to take place on the dates of the host."""
        offer = self._offer()
        # The visit is moved by it: said again, it is the same message, and gets the same receipt.
        return await self._say(m.AcceptOtherDates(by=self.by, offer=offer), occasion=str(offer))

    async def decline_dates(self, note: str = "") -> Receipt:
        """They do not suit."""
        return await self._say(
            m.DeclineOtherDates(by=self.by, offer=self._offer(), note=await self._note(note))
        )

    def _offer(self) -> OfferId:
        # Said again after the match, it is the same message, and gets the same receipt.
        view = self._mobility.view
        offer = view.pending_offer or (view.host.offer if view.host else None)
        if offer is None:
            raise NotAwaited("No request for a place is open in this mobility.")
        return offer

    # Agreement.

    async def sign(self, document: str = "") -> Receipt:
        """Sign the agreement on the table, or the one of this hash."""
        document = document or self._mobility.view.agreement_document
        return await self._say(m.SignAgreement(by=self.by, document=document))

    async def signed(self, receipt: Receipt) -> tuple[int, tuple[date, ...]]:
        """Which version of the agreement was signed by that, and for which days."""
        return what_was_signed(await self._journal(), receipt.event)

    async def refuse(self, note: str = "") -> Receipt:
        """Refuse to sign."""
        return await self._say(m.RefuseToSign(by=self.by, note=await self._note(note)))

    # Grant.

    async def decide_grant(
        self, decision: GrantDecision, amounts: dict[str, Decimal], reason: str = ""
    ) -> Receipt:
        """Award, award in part or reject."""
        return await self._say(
            m.DecideGrant(
                by=self.by, decision=decision, amounts=amounts, reason=await self._note(reason)
            )
        )

    async def confirm_instalment(self, paid_on: date) -> Receipt:
        """The first instalment has been paid."""
        return await self._say(m.ConfirmInstalment(by=self.by, paid_on=paid_on))

    # Agenda.

    async def put_agenda(self, entries: Sequence[SessionEntry]) -> Receipt:
        """Put forward an agenda."""
        # Everybody is found before the first text is kept.
        people = [self._in_session(entry) for entry in entries]
        sessions = tuple(
            [
                await self._session(n, entry, who)
                for n, (entry, who) in enumerate(zip(entries, people, strict=True), start=1)
            ]
        )
        put = versions(entry.event() for entry in await self._journal())
        # The same sessions may come again after a return, as a version of their own.
        return await self._say(
            m.PutAgenda(by=self.by, sessions=named_alike(sessions, put)),
            occasion=str(self._mobility.view.n),
        )

    def _in_session(self, entry: SessionEntry) -> tuple[PersonId, ...]:
        return self._participants(() if entry.participants == "all" else entry.participants)

    async def _session(self, n: int, entry: SessionEntry, who: tuple[PersonId, ...]) -> Session:
        return Session(
            id=f"S{n}", day=entry.day, starts=entry.starts, ends=entry.ends, kind=entry.kind,
            participants=who, objectives=tuple(f"O{number}" for number in entry.objectives),
            title=await self._text(entry.title), place=await self._text(entry.place),
        )  # fmt: skip

    async def accept_agenda(self) -> Receipt:
        """Accept the agenda on the table."""
        version = self._mobility.view.agenda_version
        return await self._say(m.AcceptAgenda(by=self.by, version=version))

    async def return_agenda(self, note: str) -> Receipt:
        """Ask for changes."""
        if not note.strip():
            raise AgendaNotAcceptable(
                "An agenda is returned with what should change: say it in the note."
            )
        version = self._mobility.view.agenda_version
        return await self._say(
            m.ReturnAgenda(by=self.by, version=version, note=await self._text(note))
        )

    # Visit.

    async def arrive(self, on: date, who: Sequence[str] = ()) -> Receipt:
        """Participants have arrived; everybody unless named."""
        people = self._participants(who)
        return await self._say(m.ConfirmArrival(by=self.by, participants=people, on=on))

    async def attend(self, day: date, who: Sequence[str] = (), *, nobody: bool = False) -> Receipt:
        """Who was present on one day; unless named, everybody who was there by then."""
        people = () if nobody else await self._there_on(day, who)
        return await self._say(m.ConfirmAttendance(by=self.by, day=day, present=people))

    async def depart(self, on: date, who: Sequence[str] = ()) -> Receipt:
        """Participants have left; unless named, everybody who was still there."""
        people = await self._there_on(on, who)
        return await self._say(m.ConfirmDeparture(by=self.by, participants=people, on=on))

    async def _there_on(self, day: date, who: Sequence[str]) -> tuple[PersonId, ...]:
        """Those named; else whoever has arrived by that day and not left before it."""
        if who:
            return self._participants(who)
        visit = came_and_left(entry.event() for entry in await self._journal())
        arrived, left = visit.arrived, visit.departed
        everybody = self._mobility.view.taking_part
        there = [p for p in everybody if p in arrived and arrived[p] <= day <= left.get(p, day)]
        # Of nobody at all it is asked in everybody's name: the rule then says what is missing.
        return tuple(there) or everybody

    # Evaluation.

    async def evaluate(self, entry: EvaluationEntry) -> Receipt:
        """Answer the evaluation."""
        objectives = [objective.id for objective in self._mobility.request.objectives]
        if len(entry.marks) != len(objectives):
            raise EvaluationNotAcceptable(
                f"There are {len(objectives)} objectives and {len(entry.marks)} marks: give one "
                "mark from 1 to 5 for each."
            )
        answer = Answer(
            marks=dict(zip(objectives, entry.marks, strict=True)),
            lessons=tuple([await self._text(lesson) for lesson in entry.lessons]),
            testimonial=await self._note(entry.testimonial),
            consent=entry.consent,
        )
        return await self._say(m.AnswerEvaluation(by=self.by, answer=answer))

    async def report_follow_up(self, entry: FollowUpEntry) -> Receipt:
        """Tell what was seen and what will be adapted; or correct it."""
        follow_up = FollowUp(
            seen=await self._text(entry.seen),
            adapted=await self._text(entry.adapted),
            stated_days=entry.stated_days,
            title=await self._note(entry.title or ""),
            context=await self._note(entry.context or ""),
        )
        return await self._say(
            m.ReportFollowUp(by=self.by, follow_up=follow_up), occasion=str(self._mobility.view.n)
        )

    # Addresses.

    async def correct_address(
        self, person: str, address: str, *, works_again: bool = False
    ) -> Receipt:
        """Give another address of somebody whom letters do not reach."""
        message = m.CorrectAddress(by=self.by, person=await self._whose(person, address))
        failed = self._mobility.view.out_of_reach.get(message.person)
        epoch = failed.epoch if failed else await self._mended_with(address, message.person)
        if failed or epoch is None:
            await self._put_on_file(message, address, works_again=works_again)
        # An address may fail and be corrected more than once.
        return await self._say(message, occasion=str(epoch))

    async def _whose(self, person: str, address: str) -> PersonId:
        try:
            return self._person(person)
        except NotKnown:
            # Once it is corrected, the address that failed is nobody's any more.
            for who in self._people:
                if await self._mended_with(address, who) is not None:
                    return who
            raise

    async def _mended_with(self, address: str, person: PersonId) -> int | None:
        """Which failure was mended with the address that is on file now, if this is it.

        Said again, it is the same message, and gets the same receipt.
        """
        if canonical(self._people[person].email) != canonical(address):
            return None
        return last_failure(await self._journal(), person)

    async def _put_on_file(
        self, message: m.CorrectAddress, address: str, *, works_again: bool
    ) -> None:
        try:
            await put_on_file(
                self._desk.store, self._mobility, message, address, self._people.values(),
                works_again=works_again,
            )  # fmt: skip
        except Refusal as refusal:
            raise self._with_names(refusal, message) from None

    # Dates.

    async def move(self, first_day: date, last_day: date, note: str = "") -> Receipt:
        """The visit is to take place on other days."""
        message = m.MoveVisit(
            by=self.by, first_day=first_day, last_day=last_day, note=await self._note(note)
        )
        view, occasion = self._mobility.view, ""
        if view.moved_to == (first_day, last_day):
            # Said again once it is done, it is the same message, and gets the same receipt.
            occasion = str(move_before(await self._journal(), view.moved_at))
        return await self._say(message, occasion=occasion)

    # Endings.

    async def withdraw(self, participant: str, cause: Cause, note: str = "") -> Receipt:
        """A participant stops."""
        return await self._say(
            m.WithdrawParticipant(
                by=self.by, participant=self._person(participant or "", self.by), cause=cause,
                note=await self._note(note),
            )
        )  # fmt: skip

    async def decline_mobility(self, cause: Cause, note: str = "") -> Receipt:
        """The host can no longer take anybody."""
        return await self._say(
            m.DeclineMobility(by=self.by, cause=cause, note=await self._note(note))
        )

    async def cancel(self, cause: Cause, note: str = "") -> Receipt:
        """The sending side or the office stops the mobility."""
        return await self._say(
            m.CancelMobility(by=self.by, cause=cause, note=await self._note(note))
        )

    # People and texts.

    async def _journal(self) -> list[Entry]:
        lines = await read_journal(self._desk.store.engine, self._mobility.reference)
        return [line.entry for line in lines]

    def _person(self, email: str, otherwise: PersonId | None = None) -> PersonId:
        if not email and otherwise is not None:
            return otherwise
        for person in reversed(self._people.values()):
            if person.is_called(email):
                return person.id
        raise NotKnown(f"{email} has no part in {self._mobility.reference}: check the address.")

    def _participants(self, emails: Sequence[str]) -> tuple[PersonId, ...]:
        if not emails:
            return self._mobility.view.taking_part
        return tuple(self._person(email) for email in emails)

    async def _note(self, text: str) -> Writing | None:
        return await self._text(text) if text.strip() else None

    async def _text(self, text: str) -> Writing:
        self._texts.append(text)
        return await self._desk.store.stands_for(self._mobility.reference, text)

    async def _say(self, message: m.Message, *, occasion: str = "") -> Receipt:
        """Say it; what was written for a message that is refused is not kept.

        Once the visit has been moved, the same words answer another question, and are said anew.

        Raises:
            Refusal: as the desk says it, with names where it has ids.
            Unreachable: when no worker answers.
        """
        reference, store = self._mobility.reference, self._desk.store
        occasion = occasion or str(self._mobility.view.moved_at)
        new = await store.keep_texts(reference, self._texts)
        try:
            return await self._desk.say(reference, message, occasion=occasion)
        except Refusal as refusal:
            await store.forget_texts(reference, new)
            raise self._with_names(refusal, message) from None
        finally:
            self._texts.clear()

    def _with_names(self, refusal: Refusal, message: m.Message) -> Refusal:
        return type(refusal)(in_names(str(refusal), self._names(message)))

    def _names(self, message: m.Message) -> dict[str, str]:
        """What people call those who have a part in this mobility, and its sessions."""
        request, host = self._mobility.request, self._mobility.view.host
        involved = (*request.participants, request.coordinator, request.office)
        if host:
            involved = (*involved, host.coordinator)
        names = {str(p): self._people[p].name for p in involved if p in self._people}
        if isinstance(message, m.PutAgenda):
            names |= {
                s.id: f"{n} ({s.day:%-d %B}, {s.starts:%H:%M})"
                for n, s in enumerate(message.sessions, start=1)
            }
        return names


async def errand(desk: FrontDesk, reference: str, who: str) -> Errand:
    """Somebody steps up to the desk.

    Raises:
        NotKnown: when there is no such mobility, or this person has no part in it.
        OutOfPhase: when it was erased.
    """
    mobility = await desk.mobility(reference)
    if mobility.is_erased:
        raise OutOfPhase(
            f"{mobility.reference} was erased: nothing about it can be changed any more."
        )
    directory = await read_directory(desk.store.engine)
    people = await desk.people(mobility.reference, directory)
    found = Errand(desk, mobility, people, who)
    home = directory.organisation(people[found.by].organisation)
    found.zone = home.zone if home else found.zone
    return found
