"""Whatever happens to whom and when, engine and post failing: which letters leave.

``Lives`` steps through lives of a few mobilities of the same people and holds every letter that
leaves against what must be true of it. The post is either our own courier on a real ledger, or
``PostOnPaper``, written by hand, which does the same a hundred times faster.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from domain import messages as m
from domain.addresses import address_corrected, letter_failed
from domain.case_view import view_of
from domain.deadlines import Asked
from domain.errors import Refusal
from domain.events import PersonReminded
from domain.facts import PersonId, Reference
from domain.hearing import check_may
from domain.letters import SAID_ANEW, LetterOrder, reason_stands
from domain.mobility import Mobility
from domain.reach import FailedLetter
from domain.reminders import Caps, Gone, Nudge, Way, decide
from domain.waits import MISSED_AFTER
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    Journey,
    a_follow_up,
    a_message,
    an_answer,
)
from tests.store.kept import stroke

CAPS = Caps(per_day=2, per_week=6)
HOUR = timedelta(hours=1)
OF_THE_END = {
    "MobilityEnded", "CardPublished", "CertificatesIssued", "InstalmentReclaimed",
    "ParticipantWithdrew",
}  # fmt: skip
"""What may still be told of a mobility that is closed."""


class Letter(NamedTuple):
    """One letter as it arrives: everything it says, and when."""

    orders: tuple[LetterOrder, ...]
    at: datetime

    @property
    def is_reminder(self) -> bool:
        """Whether it only reminds."""
        return all(order.ordinal for order in self.orders)


class Post(Protocol):
    """Takes letters in and delivers them."""

    async def take_in(self, journey: Journey) -> None:
        """Queue the letters that follow from what has happened since the last time."""

    async def deliver(self, journeys: Sequence[Journey], now: datetime) -> list[Letter]:
        """Deliver what may leave now."""

    async def is_shut_for(self, time: timedelta) -> None:
        """Letters wait for so long without anybody trying."""

    def withheld(self) -> list[LetterOrder]:
        """The letters that were not sent since, because their reader is out of reach."""


@dataclass
class Waiting:
    """A letter that has not left."""

    order: LetterOrder
    at: datetime
    held_until: datetime | None = None
    kept: timedelta = timedelta()

    @property
    def nudge(self) -> Nudge | None:
        """The letter as the caps know it; none where it asks nothing."""
        order = self.order
        if order.while_asked is None:
            return None
        return Nudge(
            key=order.key, reference=order.reference, asked=order.while_asked,
            ordinal=order.ordinal, at=self.at, held_until=self.held_until,
            is_missed=order.is_missed or self.kept > MISSED_AFTER,
        )  # fmt: skip


@dataclass
class PostOnPaper:
    """The courier and its ledger in a few lines, on the same rules of the domain."""

    waiting: list[Waiting] = field(default_factory=list)
    gone: dict[PersonId, list[Gone]] = field(default_factory=lambda: defaultdict(list))
    _withheld: list[LetterOrder] = field(default_factory=list)

    def withheld(self) -> list[LetterOrder]:
        withheld, self._withheld = self._withheld, []
        return withheld

    async def take_in(self, journey: Journey) -> None:
        record = stroke(journey, journey.mobility.recorded)
        journey.mobility.recorded = journey.mobility.n
        at = {entry.n: entry.at for entry in record.entries}
        for order in record.letters:
            anew = (order.reference, order.purpose, order.to)
            if order.purpose in SAID_ANEW:
                self.waiting = [w for w in self.waiting if _says(w.order) != anew]
            self.waiting.append(Waiting(order, at[order.event]))

    async def is_shut_for(self, time: timedelta) -> None:
        for waiting in self.waiting:
            waiting.kept += time

    async def deliver(self, journeys: Sequence[Journey], now: datetime) -> list[Letter]:
        views = {j.mobility.request.reference: view_of(j.mobility) for j in journeys}
        self.waiting = [w for w in self.waiting if reason_stands(w.order, views[w.order.reference])]
        dead = {person for j in journeys for person in j.mobility.reach.people}
        self._withheld += [w.order for w in self.waiting if w.order.to in dead]
        self.waiting = [w for w in self.waiting if w.order.to not in dead]
        left: list[Letter] = []
        for waiting in list(self.waiting):
            if waiting in self.waiting and (waiting.held_until or now) <= now:
                left += self._decide(waiting, now)
        return left

    def _decide(self, waiting: Waiting, now: datetime) -> list[Letter]:
        nudge, person = waiting.nudge, waiting.order.to
        if nudge is None:
            return [self._leaves([waiting], now)]
        others = [n for w in self.waiting if w.order.to == person and (n := w.nudge)]
        decision = decide(nudge, others, self.gone[person], CAPS)
        match decision.way:
            case Way.MERGES:
                self.waiting.remove(waiting)
                return []
            case Way.WAITS:
                waiting.held_until = decision.at
                return []
        if nudge.ordinal:
            self.gone[person].append(Gone(at=decision.at, above_cap=decision.above_cap))
        with_it = [w for w in self.waiting if w.order.key in decision.others]
        return [self._leaves([waiting, *with_it], now)]

    def _leaves(self, together: list[Waiting], now: datetime) -> Letter:
        for waiting in together:
            self.waiting.remove(waiting)
        return Letter(tuple(w.order for w in together), now)


def _says(order: LetterOrder) -> tuple[Reference, str, PersonId]:
    return order.reference, order.purpose, order.to


class Step(StrEnum):
    """What can happen next."""

    ANSWER = "somebody does what is asked"
    SAY_NO = "somebody stops it"
    WITHDRAW = "a participant withdraws"
    MOVE = "the visit is moved"
    BOUNCE = "a letter comes back"
    CORRECT = "an address is corrected"
    RESTART = "the worker is restarted, or goes on in a new run"
    OUTAGE = "the engine is out for 72 hours"
    POST_OUT = "the mail server is out for 72 hours"
    DAY = "a day passes"
    WEEK = "a week passes"


OUT = timedelta(hours=72)


class Lives:
    """A few mobilities of the same people, one clock, one post."""

    def __init__(self, journeys: list[Journey], post: Post) -> None:
        self.journeys, self.post = journeys, post
        self.now = max(journey.now for journey in journeys)
        self.arrived: list[Letter] = []
        self._post_is_out = False

    async def take(self, steps: Sequence[tuple[Step, int]]) -> list[Letter]:
        """Go through the steps; every letter that arrived on the way."""
        await self._settle()
        for step, which in steps:
            await self._do(step, self.journeys[which % len(self.journeys)], which)
        return self.arrived

    async def _do(self, step: Step, journey: Journey, which: int) -> None:
        match step:
            case Step.DAY | Step.WEEK:
                await self._passes(timedelta(days=1 if step is Step.DAY else 7))
            case Step.OUTAGE:
                await self._engine_is_out()
            case Step.POST_OUT:
                await self._post_is_shut()
            case Step.RESTART:
                _restart(journey)
            case Step.BOUNCE:
                self._bounce((HOST, COORDINATOR, FRIDA)[which % 3])
            case Step.CORRECT:
                self._correct()
            case _:
                self._say(step, journey, which)
        await self._settle()

    # People.

    def _say(self, step: Step, journey: Journey, which: int) -> None:
        message = self._message(step, journey, which)
        if message is None:
            return
        try:
            check_may(journey.mobility, message, at=self.now)
        except Refusal:
            return
        journey.say(message)

    def _message(self, step: Step, journey: Journey, which: int) -> m.Message | None:
        coordinator = journey.mobility.request.coordinator
        match step:
            case Step.ANSWER:
                return what_is_asked(journey, which)
            case Step.WITHDRAW:
                participant = (FRIDA, EMELIE)[which % 2]
                return m.WithdrawParticipant(
                    by=participant, participant=participant, cause=m.Cause.ILLNESS
                )
            case Step.MOVE:
                first = self.now.date() + timedelta(days=45 + which)
                last = first + timedelta(days=2)
                return m.MoveVisit(by=coordinator, first_day=first, last_day=last)
        return m.CancelMobility(by=coordinator, cause=m.Cause.WORK)

    def _bounce(self, person: PersonId) -> None:
        """Letters to this person do not arrive: whichever mobility has sent one hears of it."""
        for journey in self.journeys:
            mobility = journey.mobility
            mine = [
                order for letter in self.arrived for order in letter.orders
                if (order.reference, order.to) == (mobility.request.reference, person)
            ]  # fmt: skip
            for order in mine[-1:]:
                letter_failed(mobility, _failed(order), at=self.now)

    def _correct(self) -> None:
        for journey in self.journeys:
            for person in tuple(journey.mobility.reach.people):
                address_corrected(journey.mobility, person, at=self.now)

    # Time.

    async def _passes(self, time: timedelta) -> None:
        """Let time pass in the order of what it brings."""
        until = self.now + time
        while (moment := self._soonest()) is not None and moment <= until:
            self.now = max(self.now, moment)
            await self._settle()
        self.now = until
        await self._settle()

    def _soonest(self) -> datetime | None:
        moments = [moment for j in self.journeys if (moment := j.next_moment()) is not None]
        return min(moments, default=None)

    async def _post_is_shut(self) -> None:
        self._post_is_out = True
        for _hour in range(int(OUT / HOUR)):
            await self._passes(HOUR)
            await self.post.is_shut_for(HOUR)
        self._post_is_out = False

    async def _engine_is_out(self) -> None:
        """Nothing happens for 72 hours; afterwards one letter says what each person has missed."""
        before, seen = [j.mobility.n for j in self.journeys], len(self.arrived)
        for time in (OUT, HOUR):
            self.now += time
            await self._settle()
        missed = _missed(self.journeys, before)
        said = Counter(
            letter.orders[0].to
            for letter in self.arrived[seen:]
            if any(order.is_missed for order in letter.orders)
        )
        for person, questions in missed.items():
            if any(_still_asks(j, asked, person) for j, asked in questions):
                assert said[person] == 1, (person, questions)

    async def _settle(self) -> None:
        """Have the story and the post catch up with the clock."""
        for journey in self.journeys:
            journey.now = self.now
            journey.wait_until(self.now)
            if journey.mobility.recorded < journey.mobility.n:
                await self.post.take_in(journey)
        if not self._post_is_out:
            letters = await self.post.deliver(self.journeys, self.now)
            self.arrived += letters
            for letter in letters:
                self._hold(letter)
            await self._tell_of(self.post.withheld())

    async def _tell_of(self, withheld: Sequence[LetterOrder]) -> None:
        for order in withheld:
            letter_failed(self._journey(order).mobility, _failed(order), at=self.now)
        if withheld:
            await self._settle()

    def _journey(self, order: LetterOrder) -> Journey:
        [found] = [j for j in self.journeys if j.mobility.request.reference == order.reference]
        return found

    # What is true of every letter.

    def _hold(self, letter: Letter) -> None:
        for order in letter.orders:
            _hold_against_its_mobility(order, self._journey(order))
        assert len({order.to for order in letter.orders}) == 1
        keys = [order.key for one in self.arrived for order in one.orders]
        assert len(keys) == len(set(keys))
        self._hold_against_caps(letter)

    def _hold_against_caps(self, letter: Letter) -> None:
        mine = [
            one
            for one in self.arrived
            if one.is_reminder and one.orders[0].to == letter.orders[0].to
        ]
        week = timedelta(days=7)
        days = Counter(one.at.date() for one in mine)
        assert max(days.values(), default=0) <= CAPS.per_day + 1
        assert sum(self.now - week < one.at for one in mine) <= CAPS.per_week + 8


def _hold_against_its_mobility(order: LetterOrder, journey: Journey) -> None:
    mobility = journey.mobility
    if mobility.outcome is not None:
        cause = journey.journal[(order.tells_of or order.event) - 1]
        assert cause.kind in OF_THE_END
    if order.while_asked is not None:
        wait = mobility.waits[order.while_asked]
        assert order.to in wait.awaited
        assert wait.epoch <= order.event
        if order.ordinal:
            assert order.to not in wait.paused


def _failed(order: LetterOrder) -> FailedLetter:
    return FailedLetter(
        person=order.to, key=order.key, purpose=order.purpose, event=order.event,
        asks=order.while_asked is not None, while_open=order.while_open,
    )  # fmt: skip


def _restart(journey: Journey) -> None:
    before = journey.mobility
    journey.mobility = Mobility.model_validate_json(before.model_dump_json())
    assert journey.mobility.waits == before.waits


def _missed(
    journeys: Sequence[Journey], before: Sequence[int]
) -> dict[PersonId, list[tuple[Journey, Asked]]]:
    """Who was to be reminded while the engine was out, of what."""
    missed: dict[PersonId, list[tuple[Journey, Asked]]] = defaultdict(list)
    for journey, n in zip(journeys, before, strict=True):
        for entry in journey.journal[n:]:
            event = entry.event()
            if isinstance(event, PersonReminded):
                for person in event.missed:
                    missed[person].append((journey, event.asked))
    return missed


def _still_asks(journey: Journey, asked: Asked, person: PersonId) -> bool:
    wait = journey.mobility.waits.get(asked.value)
    is_within_reach = person not in journey.mobility.reach.people
    return wait is not None and person in wait.awaited and is_within_reach


def what_is_asked(journey: Journey, which: int) -> m.Message | None:
    """What somebody who is asked would say."""
    waits = list(journey.mobility.waits.values())
    if not waits:
        return None
    wait = waits[which % len(waits)]
    person = wait.awaited[which % len(wait.awaited)]
    kinds: dict[Asked, type[m.Message]] = {
        Asked.PLACE: m.AcceptProposal, Asked.SIGNATURES: m.SignAgreement,
        Asked.GRANT_DECISION: m.DecideGrant, Asked.INSTALMENT: m.ConfirmInstalment,
        Asked.AGENDA: m.PutAgenda, Asked.AGENDA_ACCEPTANCE: m.AcceptAgenda,
        Asked.OTHER_DATES: m.AcceptOtherDates,
        Asked.AGENDA_CHANGE: m.AcceptAgenda,
    }  # fmt: skip
    match wait.asked:
        case Asked.ADDRESS:
            return None
        case Asked.ATTENDANCE:
            return _what_is_confirmed(journey, person)
        case Asked.EVALUATION:
            return m.AnswerEvaluation(by=person, answer=an_answer())
        case Asked.FOLLOW_UP | Asked.CARD_FACTS:
            return m.ReportFollowUp(by=person, follow_up=a_follow_up(3))
        case asked:
            return a_message(kinds[asked], person, journey)


def _what_is_confirmed(journey: Journey, host: PersonId) -> m.Message:
    mobility = journey.mobility
    visit, request, here = mobility.visit, mobility.request, tuple(mobility.taking_part)
    if missing := tuple(p for p in here if p not in visit.arrived):
        return m.ConfirmArrival(by=host, participants=missing, on=request.first_day)
    open_days: list[date] = [day for day in request.days if day not in visit.present]
    if open_days:
        return m.ConfirmAttendance(by=host, day=open_days[0], present=here)
    return m.ConfirmDeparture(by=host, participants=here, on=request.last_day)
