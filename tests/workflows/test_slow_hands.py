"""What is said or stopped while an activity is under way is neither lost nor overlooked."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
import sqlalchemy as sa
from temporalio.client import Client
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.deadlines import Asked
from domain.events import Outcome
from domain.messages import Cause
from domain.people import Role
from settings import Settings
from starter.case_files import CaseDocument
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import a_host_accepts, everybody_signs, holder
from store.cases import Store
from store.tables import place
from tests.journeys.reading import facts, is_sound, kinds
from tests.workflows import stages
from worker import build_worker


class Slow(Interceptor):
    """Holds activities of one kind back until told to go on."""

    def __init__(self) -> None:
        self.kind = ""
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    def hold(self, kind: str) -> None:
        """The next activities of this kind wait."""
        self.kind = kind
        self.begun.clear()
        self.go_on.clear()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Put ourselves before every activity."""
        return _SlowActivities(next, self)


class _SlowActivities(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, slow: Slow) -> None:
        super().__init__(following)
        self._slow = slow

    async def execute_activity(self, input: ExecuteActivityInput) -> object:  # noqa: A002
        result = await super().execute_activity(input)
        if input.fn.__name__ == self._slow.kind:
            self._slow.begun.set()
            await self._slow.go_on.wait()
        return result


@pytest.fixture
def slow() -> Slow:
    """The brake."""
    return Slow()


@pytest_asyncio.fixture
async def rehearsal(
    slow: Slow, settings: Settings, client: Client, store: Store,
    desk: FrontDesk, case: CaseDocument,
) -> AsyncIterator[Rehearsal]:  # fmt: skip
    """The customer's case, its directory kept, with a worker whose hands can be slowed."""
    own = settings.model_copy(update={"mobility_task_queue": f"slow-{uuid.uuid4().hex}"})
    own_desk = FrontDesk(desk.store, desk.client, task_queue=own.mobility_task_queue)
    async with build_worker(client, store, own, [slow], are_apart=True):
        assert case.request is not None
        today = datetime.now(UTC).date()
        reference = await own_desk.request(case.request, today=today, occasion=uuid.uuid4().hex)
        yield Rehearsal(own_desk, VirtualClock(client, own), reference)
        slow.go_on.set()


Act = Callable[[Rehearsal], Awaitable[None]]


async def _asked_for_a_place(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)


async def _moved(rehearsal: Rehearsal) -> None:
    """The sending coordinator moves the visit five weeks on."""
    days = [day + timedelta(weeks=5) for day in (await rehearsal.mobility()).request.days]
    await (await holder(rehearsal, Role.SENDING)).move(days[0], days[-1])


@pytest.mark.parametrize(
    ("kind", "phase_before"),
    [
        ("find_hosts", None),
        ("draw_agreement", a_host_accepts),
        ("compute", everybody_signs),
    ],
)
async def test_an_operator_who_cancels_during_an_activity_ends_it_properly(
    slow: Slow, rehearsal: Rehearsal, desk: FrontDesk, kind: str, phase_before: object
) -> None:
    slow.hold(kind)
    if phase_before is everybody_signs:
        await a_host_accepts(rehearsal)
        await everybody_signs(rehearsal)
    elif phase_before is a_host_accepts:
        await a_host_accepts(rehearsal)
    await asyncio.wait_for(slow.begun.wait(), 20)

    await desk.handle(rehearsal.reference).cancel()
    slow.go_on.set()

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.CANCELLED, Cause.OPERATOR)
    assert (await kinds(desk, rehearsal))[-1] == "MobilityEnded"
    assert await _has_no_places(desk, rehearsal)
    assert await is_sound(desk, rehearsal)


async def _has_no_places(desk: FrontDesk, rehearsal: Rehearsal) -> bool:
    async with desk.store.engine.connect() as connection:
        its_own = place.c.reference == rehearsal.reference
        found = sa.select(sa.func.count()).select_from(place).where(its_own)
        return await connection.scalar(found) == 0


async def _asked_for_signatures(rehearsal: Rehearsal) -> None:
    await a_host_accepts(rehearsal)
    await rehearsal.asked(Asked.SIGNATURES)


@pytest.mark.parametrize(
    ("before", "sets_going", "kind", "event"),
    [
        (_asked_for_a_place, _moved, "find_hosts", "HostsRanked"),
        (_asked_for_a_place, a_host_accepts, "draw_agreement", "AgreementDrawnUp"),
        (_asked_for_signatures, _moved, "look_up_days", "AgreementDrawnUp"),
        (_asked_for_signatures, everybody_signs, "compute", "GrantComputed"),
    ],
)
async def test_what_was_under_way_for_other_dates_is_not_used(
    slow: Slow, rehearsal: Rehearsal, desk: FrontDesk,
    before: Act, sets_going: Act, kind: str, event: str,
) -> None:  # fmt: skip
    await before(rehearsal)
    so_far = (await kinds(desk, rehearsal)).count(event)
    slow.hold(kind)
    await sets_going(rehearsal)
    await asyncio.wait_for(slow.begun.wait(), 20)

    await _moved(rehearsal)
    slow.go_on.set()

    view = await rehearsal.until(lambda view: bool(view.questions), "asked anew")
    if kind == "compute":
        await everybody_signs(rehearsal)
        view = await rehearsal.asked(Asked.GRANT_DECISION)
    happened = await kinds(desk, rehearsal)
    assert happened[: view.moved_at].count(event) == so_far
    assert happened[view.moved_at :].count(event) == 1
    assert await is_sound(desk, rehearsal)


async def test_a_correction_during_the_drawing_of_the_card_is_in_the_card(
    slow: Slow, rehearsal: Rehearsal, desk: FrontDesk, case: CaseDocument
) -> None:
    await stages.looking_back(rehearsal, case)
    for entry in case.evaluations or ():
        await (await rehearsal.acts(entry.who)).evaluate(entry)
    assert case.follow_up is not None
    slow.hold("publish_card")
    await (await holder(rehearsal, Role.SENDING)).report_follow_up(case.follow_up)
    await asyncio.wait_for(slow.begun.wait(), 20)

    wrong = case.follow_up.model_copy(update={"stated_days": 2})
    await (await holder(rehearsal, Role.SENDING)).report_follow_up(wrong)
    slow.go_on.set()

    await rehearsal.asked(Asked.CARD_FACTS)
    assert "CardPublished" not in await kinds(desk, rehearsal)
    assert "card.html" not in await desk.store.documents(rehearsal.reference)


async def test_whoever_withdraws_during_the_drawing_is_not_in_the_agreement(
    slow: Slow, rehearsal: Rehearsal, desk: FrontDesk
) -> None:
    slow.hold("draw_agreement")
    await a_host_accepts(rehearsal)
    await asyncio.wait_for(slow.begun.wait(), 20)
    leaving, staying = (await rehearsal.mobility()).view.taking_part

    await (await rehearsal.acts(leaving)).withdraw("", Cause.FAMILY)
    slow.go_on.set()

    await rehearsal.asked(Asked.SIGNATURES)
    [drawn_up] = await facts(desk, rehearsal, "AgreementDrawnUp")
    assert staying in drawn_up["signatories"]
    assert leaving not in drawn_up["signatories"]
