"""Everybody who has a part in a rehearsal: they answer in time, or leave questions unanswered."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from domain.agenda import SessionKind
from domain.case_view import CaseView, OpenQuestion
from domain.deadlines import Asked
from domain.events import GrantComputed
from domain.grant import GrantDecision
from domain.people import Role
from domain.request import Activity, MobilityRequest
from starter.case_files import EvaluationEntry, FollowUpEntry, SessionEntry
from starter.desk import FrontDesk
from starter.errand import Errand
from starter.rehearsal import Rehearsal
from starter.story import holder
from store.journal import read_journal

SATURDAY = 5
NOON = time(12)
A_MOMENT = timedelta(minutes=1)
TEXT = "Only for the rehearsal."
"""What people write here, wherever they have to write something."""


class Cast:
    """The people of one mobility, who answer as late as they can without being reminded.

    That is the last weekday before the first reminder would leave. The questions in ``silent``
    nobody answers.
    """

    def __init__(
        self, desk: FrontDesk, rehearsal: Rehearsal, silent: tuple[Asked, ...] = ()
    ) -> None:
        self.questions: list[OpenQuestion] = []
        self.answered: dict[tuple[Asked, datetime], datetime] = {}
        self._desk = desk
        self._rehearsal = rehearsal
        self._silent = silent
        self._has_corrected = False
        self._answers: dict[Asked, Callable[[OpenQuestion], Awaitable[None]]] = {
            Asked.PLACE: self._accept,
            Asked.OTHER_DATES: self._accept_dates,
            Asked.SIGNATURES: self._sign,
            Asked.GRANT_DECISION: self._award,
            Asked.INSTALMENT: self._pay,
            Asked.AGENDA: self._put_agenda,
            Asked.AGENDA_ACCEPTANCE: self._accept_agenda,
            Asked.AGENDA_CHANGE: self._accept_agenda,
            Asked.ATTENDANCE: self._confirm_visit,
            Asked.EVALUATION: self._evaluate,
            Asked.FOLLOW_UP: self._report,
            Asked.CARD_FACTS: self._correct,
        }

    async def play(self, tell: Callable[[CaseView], None]) -> None:
        """From the first question to the end of the mobility."""
        while (view := await self._rehearsal.at_rest()).outcome is None:
            tell(view)
            self._note(view)
            await self._next_turn(view)
        tell(view)

    def _note(self, view: CaseView) -> None:
        known = {(q.asked, q.since) for q in self.questions}
        self.questions += [q for q in view.questions if (q.asked, q.since) not in known]

    async def _next_turn(self, view: CaseView) -> None:
        request = (await self._rehearsal.mobility()).request
        if not view.questions:
            await self._rehearsal.day_comes(request.first_day)
            return
        turns = {question.asked: self._turn(question, request) for question in view.questions}
        asked = min(turns, key=lambda one: turns[one])
        await self._rehearsal.moment_comes(turns[asked])
        still_asked = (await self._rehearsal.at_rest()).question(asked)
        if still_asked and not self._leaves_open(asked):
            await self._answers[asked](still_asked)
            self.answered[asked, still_asked.since] = await self._rehearsal.now()

    def _leaves_open(self, asked: Asked) -> bool:
        is_beyond_correction = asked is Asked.CARD_FACTS and self._has_corrected
        return asked in self._silent or asked not in self._answers or is_beyond_correction

    def _turn(self, question: OpenQuestion, request: MobilityRequest) -> datetime:
        """When something is to be done about a question: answer it, or let its time run out."""
        if self._leaves_open(question.asked):
            return question.falls + A_MOMENT
        if question.asked is Asked.ATTENDANCE:
            return datetime.combine(request.last_day, time(18), UTC)
        return eve_of_first_reminder(question)

    # The answers, in the order of the journey.

    async def _accept(self, _question: OpenQuestion) -> None:
        await (await self._holder(Role.RECEIVING)).accept()

    async def _accept_dates(self, _question: OpenQuestion) -> None:
        await (await self._holder(Role.SENDING)).accept_dates()

    async def _sign(self, question: OpenQuestion) -> None:
        for person in question.people:
            await (await self._rehearsal.acts(person)).sign()

    async def _award(self, _question: OpenQuestion) -> None:
        lines = await read_journal(self._desk.store.engine, self._rehearsal.reference)
        computed = [e for e in (n.entry.event() for n in lines) if isinstance(e, GrantComputed)]
        # What no rate on file decides is the office's; here it gives nothing for it.
        nothing = {line.id: Decimal(0) for line in computed[-1].lines if line.amount is None}
        await (await self._holder(Role.OFFICE)).decide_grant(GrantDecision.AWARDED, nothing)

    async def _pay(self, _question: OpenQuestion) -> None:
        sending = await self._holder(Role.SENDING)
        await sending.confirm_instalment(await self._rehearsal.today())

    async def _put_agenda(self, _question: OpenQuestion) -> None:
        mobility = await self._rehearsal.mobility()
        sessions = agenda_for(mobility.request, mobility.view)
        await (await self._holder(Role.RECEIVING)).put_agenda(sessions)

    async def _accept_agenda(self, _question: OpenQuestion) -> None:
        await (await self._holder(Role.SENDING)).accept_agenda()

    async def _confirm_visit(self, _question: OpenQuestion) -> None:
        days = (await self._rehearsal.mobility()).request.days
        host = await self._holder(Role.RECEIVING)
        await host.arrive(days[0])
        for day in days:
            await host.attend(day)
        await host.depart(days[-1])

    async def _evaluate(self, question: OpenQuestion) -> None:
        marks = tuple(5 for _ in (await self._rehearsal.mobility()).request.objectives)
        for person in question.people:
            entry = EvaluationEntry(who=person, marks=marks)
            await (await self._rehearsal.acts(person)).evaluate(entry)

    async def _report(self, _question: OpenQuestion) -> None:
        days = len((await self._rehearsal.mobility()).request.days)
        # A length that the attendance does not bear out stops the card, if that is to be played.
        stated = days + 1 if Asked.CARD_FACTS in self._silent else days
        entry = FollowUpEntry(stated_days=stated, seen=TEXT, adapted=TEXT)
        await (await self._holder(Role.SENDING)).report_follow_up(entry)

    async def _correct(self, _question: OpenQuestion) -> None:
        """Title and context can be corrected for the card; an objective cannot."""
        days = len((await self._rehearsal.mobility()).request.days)
        entry = FollowUpEntry(
            stated_days=days, seen=TEXT, adapted=TEXT, title=TEXT, context=TEXT
        )  # fmt: skip
        self._has_corrected = True
        await (await self._holder(Role.SENDING)).report_follow_up(entry)

    async def _holder(self, role: Role) -> Errand:
        return await holder(self._rehearsal, role)


def eve_of_first_reminder(question: OpenQuestion) -> datetime:
    """The last weekday before the first reminder, or before the deadline where there is none."""
    day = (question.next_reminder or question.due).date() - timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return max(datetime.combine(day, NOON, UTC), question.since)


def agenda_for(request: MobilityRequest, view: CaseView) -> tuple[SessionEntry, ...]:
    """An agenda that keeps every rule: one shared session a day, and each one shadows once."""
    objectives = tuple(range(1, len(request.objectives) + 1))
    shared = [
        SessionEntry(
            day=day, starts=time(9), ends=time(12), objectives=objectives, title=TEXT, place=TEXT
        )
        for day in request.days
    ]
    shadowing = [
        SessionEntry(
            day=request.first_day, starts=time(13), ends=time(16), kind=SessionKind.SHADOWING,
            participants=(person,), objectives=objectives, title=TEXT, place=TEXT,
        )
        for person in view.taking_part
        if request.activity is Activity.JOB_SHADOWING
    ]  # fmt: skip
    return (*shared, *shadowing)
