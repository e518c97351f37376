"""One mobility rehearsed on the real server under its own clock, people acting as in earnest."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic as time_now

from domain.case_view import CaseView
from domain.deadlines import Asked
from domain.facts import Reference
from domain.people import Role
from starter.client import Unreachable
from starter.clock import VirtualClock
from starter.desk import FrontDesk, OpenMobility
from starter.errand import Errand, errand
from store.ledger import read_letters

PATIENCE_SECONDS = 30
LOOK_SECONDS, MOST_SECONDS = 0.02, 0.3
"""How long between two looks, at first and at most."""


class NotComing(Unreachable):
    """What the rehearsal waits for does not come about."""


class Rehearsal:
    """Steps through a mobility: wait for a question, let days pass, act.

    ``patience`` is for how many seconds it waits for what has to come by itself.
    """

    def __init__(
        self, desk: FrontDesk, clock: VirtualClock, reference: Reference, *, with_post: bool = False
    ) -> None:
        self.reference = reference
        self.patience: float = PATIENCE_SECONDS
        self._with_post = with_post
        self.desk = desk
        self._clock = clock
        self.handle = desk.handle(reference)

    async def mobility(self) -> OpenMobility:
        """How it stands."""
        return await self.desk.mobility(self.reference)

    async def acts(self, email: str) -> Errand:
        """Somebody steps up to the desk, with the letters so far in their hands."""
        await self.post_comes()
        return await errand(self.desk, self.reference, email)

    async def asked(self, *questions: Asked) -> CaseView:
        """Wait until these questions are open."""
        wanted = set(questions)
        return await self.until(
            lambda view: wanted <= {q.asked for q in view.questions}, f"asked: {questions}"
        )

    async def closed(self) -> CaseView:
        """Wait until the mobility is closed."""
        return await self.until(lambda view: view.outcome is not None, "closed")

    async def until(self, is_so: Callable[[CaseView], bool], what: str) -> CaseView:
        """Wait, without the clock moving, until the mobility has caught up.

        Raises:
            NotComing: when our patience is at its end.
        """
        view, pause = await self._look(), LOOK_SECONDS
        try:
            async with asyncio.timeout(self.patience):
                while view is None or not is_so(view):
                    await asyncio.sleep(pause)
                    view, pause = await self._look() or view, min(2 * pause, MOST_SECONDS)
        except TimeoutError:
            stands = f"{view.phase}, {[q.asked for q in view.questions]}" if view else "not begun"
            raise NotComing(f"{self.reference} is not {what}: it stands at {stands}.") from None
        return view

    async def at_rest(self) -> CaseView:
        """Wait until nothing is left to it but to wait, for people or for time.

        Raises:
            NotComing: when our patience is at its end.
        """
        try:
            async with asyncio.timeout(self.patience):
                while await self._is_busy():  # noqa: ASYNC110 - none tells
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise NotComing(f"{self.reference} does not come to rest.") from None
        return (await self.mobility()).view

    async def _is_busy(self) -> bool:
        """Whether Temporal still has a step of it in hand: an activity, or a task of the story."""
        found = (await self.handle.describe()).raw_description
        return bool(found.pending_activities) or found.HasField("pending_workflow_task")

    async def _look(self) -> CaseView | None:
        try:
            return (await self.mobility()).view
        except Unreachable:
            return None

    async def post_comes(self) -> None:
        """Wait until every letter so far is settled: the clock does not outrun the post."""
        limit = time_now() + (self.patience if self._with_post else 0)
        while time_now() < limit and not await self.post_has_come():  # noqa: ASYNC110 - none tells
            await asyncio.sleep(LOOK_SECONDS)

    async def post_has_come(self) -> bool:
        """Whether every letter so far is settled."""
        letters = await read_letters(self.desk.store.engine, self.reference)
        return all(letter.settled_at for letter in letters)

    async def now(self) -> datetime:
        """The mobility's own time."""
        return await self._clock.now(self.handle)

    async def today(self) -> date:
        """The mobility's own day."""
        return (await self.now()).date()

    async def days_pass(self, days: float) -> None:
        """Let days pass."""
        await self.post_comes()
        await self._clock.forward(self.handle, timedelta(days=days))

    async def day_comes(self, day: date, hour: int = 18) -> None:
        """Let the time pass until that day, by default its evening (UTC)."""
        await self.moment_comes(datetime.combine(day, time(hour), UTC))

    async def moment_comes(self, moment: datetime) -> None:
        """Let the time pass until that moment."""
        await self.post_comes()
        await self._clock.forward(self.handle, moment - await self.now())


def holds(mobility: OpenMobility, role: Role) -> str:
    """The id of whoever has this capacity in a mobility, participants aside."""
    holders = {
        Role.SENDING: mobility.request.coordinator,
        Role.OFFICE: mobility.request.office,
        Role.RECEIVING: mobility.view.host.coordinator if mobility.view.host else "",
    }
    return holders[role]
