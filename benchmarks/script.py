"""People answered by a script: the straight journey, everybody at once and without thinking."""

import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal

from domain.deadlines import Asked
from domain.facts import Reference
from domain.grant import GrantDecision
from domain.people import Role
from domain.request import MobilityRequest
from starter.case_files import CaseDocument
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.errand import Errand
from starter.rehearsal import Rehearsal, holds


class Script:
    """One mobility and the people in it, read no oftener than somebody would."""

    def __init__(self, desk: FrontDesk, clock: VirtualClock, case: CaseDocument) -> None:
        self._desk = desk
        self.clock = clock
        self._case = case

    async def play(self) -> Reference:
        """From request to published card."""
        rehearsal = await self.begin()
        await self._agree(rehearsal)
        await self._prepare(rehearsal)
        await self._visit(rehearsal)
        await self._look_back(rehearsal)
        return rehearsal.reference

    async def begin(self) -> Rehearsal:
        """Request the mobility."""
        if self._case.request is None:
            raise ValueError("The case has no request.")
        today = datetime.now(UTC).date()
        occasion = uuid.uuid4().hex
        reference = await self._desk.request(self._case.request, today=today, occasion=occasion)
        self._people = await self._desk.people(reference)
        return Rehearsal(self._desk, self.clock, reference)

    async def signatories(self, rehearsal: Rehearsal) -> list[Errand]:
        """Everybody who is to sign, once a host has accepted."""
        await rehearsal.asked(Asked.PLACE)
        await (await self._by_role(rehearsal))(Role.RECEIVING).accept()
        view = await rehearsal.asked(Asked.SIGNATURES)
        mobility = await rehearsal.mobility()
        question = view.question(Asked.SIGNATURES)
        people = question.people if question else ()
        return [Errand(self._desk, mobility, self._people, person) for person in people]

    async def _agree(self, rehearsal: Rehearsal) -> None:
        for errand in await self.signatories(rehearsal):
            await errand.sign()

    async def _prepare(self, rehearsal: Rehearsal) -> None:
        await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
        who = await self._by_role(rehearsal)
        nothing = {"organisational-support": Decimal(0)}
        await who(Role.OFFICE).decide_grant(GrantDecision.AWARDED, nothing)
        await who(Role.SENDING).confirm_instalment(await rehearsal.today())
        await who(Role.RECEIVING).put_agenda(self._case.agenda or ())
        await (await self._by_role(rehearsal))(Role.SENDING).accept_agenda()

    async def _visit(self, rehearsal: Rehearsal) -> None:
        request: MobilityRequest = (await rehearsal.mobility()).request
        await rehearsal.day_comes(request.last_day)
        await rehearsal.asked(Asked.ATTENDANCE)
        host = (await self._by_role(rehearsal))(Role.RECEIVING)
        await host.arrive(request.first_day)
        for day in request.days:
            await host.attend(day)
        await host.depart(request.last_day)

    async def _look_back(self, rehearsal: Rehearsal) -> None:
        await rehearsal.asked(Asked.EVALUATION, Asked.FOLLOW_UP)
        mobility = await rehearsal.mobility()
        for entry in self._case.evaluations or ():
            await Errand(self._desk, mobility, self._people, entry.who).evaluate(entry)
        if self._case.follow_up is not None:
            who = await self._by_role(rehearsal)
            await who(Role.SENDING).report_follow_up(self._case.follow_up)
        await rehearsal.closed()

    async def _by_role(self, rehearsal: Rehearsal) -> Callable[[Role], Errand]:
        mobility = await rehearsal.mobility()
        return lambda role: Errand(self._desk, mobility, self._people, holds(mobility, role))


async def seconds_to_sign(script: Script, mobilities: int = 10) -> list[float]:
    """Seconds until a signature is answered, which is when PostgreSQL has it."""
    return [
        await timed(errand.sign())
        for _ in range(mobilities)
        for errand in await script.signatories(await script.begin())
    ]


async def timed(act: Awaitable[object]) -> float:
    """How many seconds something takes."""
    began = time.perf_counter()
    await act
    return time.perf_counter() - began
