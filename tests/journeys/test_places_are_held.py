"""Hosts have only so many places: they are held, waited for, taken and given back."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
import sqlalchemy as sa

from domain.deadlines import Asked
from domain.errors import AlreadyDone, WrongRole
from domain.events import Outcome
from domain.facts import OfferId, PersonId
from domain.holding import Hindrance
from domain.letters import Purpose
from domain.matching import DeclineReason
from domain.matchmaking import EventWord, MatchmakingEvent
from domain.messages import Cause
from domain.people import Role
from settings import Settings
from starter.case_files import CaseDocument
from starter.client import connect, open_store
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.directory import NotKnown
from starter.hosting import bring_back
from starter.rehearsal import Rehearsal
from starter.story import a_host_accepts, holder
from store.directory import Directory, keep_directory
from store.tables import host_answer, hosting_offer, hosting_pause, mobility, place
from tests.journeys.reading import facts, is_sound, letters
from tests.store.fresh import migrated_database
from worker import build_worker

SOC = OfferId("soc-inclusion")
ANA = "ana.caceres@soc.example"
BORAS, OFFICE = "coordinator@boras.example", "office@erasmus.example"
OTHERS_END = 7000
"""Numbers from here on: those before are for the mobilities of other tests."""
Ask = Callable[..., Awaitable[Rehearsal]]


@pytest_asyncio.fixture(scope="module")
async def town(settings: Settings, case: CaseDocument) -> AsyncIterator[FrontDesk]:
    """A desk and a worker with a directory of their own, where mobilities share the hosts."""
    own = (await asyncio.to_thread(migrated_database, settings)).model_copy(
        update={"mobility_task_queue": f"town-{uuid.uuid4().hex}"}
    )
    store = open_store(own)
    client = await connect(own, store, identity="test")
    desk = FrontDesk(store, client, task_queue=own.mobility_task_queue)
    assert case.directory is not None
    await desk.keep_directory(case.directory)
    last = f"M-{datetime.now(UTC).year}-{OTHERS_END}"
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(mobility).values(reference=last, request_key=last))
    async with build_worker(client, store, own):
        yield desk
    await store.engine.dispose()


@pytest_asyncio.fixture
async def ask(town: FrontDesk, settings: Settings, case: CaseDocument) -> Ask:
    """Requests the customer's case anew, its two people for the places of one host."""

    async def ask(event: str | None = None) -> Rehearsal:
        assert case.request is not None
        request = case.request.model_copy(update={"event": event})
        reference = await town.request(
            request, today=datetime.now(UTC).date(), occasion=uuid.uuid4().hex
        )
        return Rehearsal(town, VirtualClock(town.client, settings), reference)

    return ask


async def one_host(town: FrontDesk, case: CaseDocument, *, places: int) -> None:
    """Nobody has asked the one host there is for anything."""
    assert case.directory is not None
    [soc, *_] = case.directory.offers
    async with town.store.engine.begin() as tx:
        for table in (place, host_answer, hosting_pause, hosting_offer):
            await tx.execute(sa.delete(table))
    offer = soc.model_copy(update={"places": places})
    only = Directory(organisations=(), people=(), offers=(offer,))
    await keep_directory(town.store.engine, only)


async def places_of(town: FrontDesk) -> Counter[tuple[str, int, bool]]:
    """Whose places are held or taken, how many guests, and on how many days."""
    async with town.store.engine.connect() as connection:
        rows = await connection.execute(
            sa.select(place.c.reference, place.c.guests, place.c.is_taken)
        )
        return Counter((row[0], row[1], row[2]) for row in rows)


async def answers_of(town: FrontDesk, rehearsal: Rehearsal) -> list[str | None]:
    async with town.store.engine.connect() as connection:
        found = sa.select(host_answer.c.answer).order_by(host_answer.c.asked_n)
        return list(
            (
                await connection.execute(
                    found.where(host_answer.c.reference == rehearsal.reference)
                )
            ).scalars()
        )


async def test_a_place_that_is_given_back_goes_to_the_mobility_that_waits_for_it(
    town: FrontDesk, ask: Ask, case: CaseDocument
) -> None:
    await one_host(town, case, places=3)
    first = await ask()
    await first.asked(Asked.PLACE)
    days = len((await first.mobility()).request.days)
    second = await ask()

    waiting = await second.asked(Asked.FREE_PLACE)
    [question] = waiting.questions
    await second.days_pass(3)

    assert [(one.why, one.day) for one in waiting.passed_over] == [
        (Hindrance.FULL, (await second.mobility()).request.first_day)
    ]
    assert await places_of(town) == {(first.reference, 2, False): days}
    [letter] = await letters(town, second, Purpose.HOSTS_ARE_FULL)
    assert (letter.order.to,) == question.people

    await (await first.acts(ANA)).decline(DeclineReason.STAFF, "")
    ended = await first.closed()
    await second.days_pass(4)
    await second.asked(Asked.PLACE)

    assert (ended.outcome, ended.cause) == (Outcome.LAPSED, Cause.NO_HOST)
    assert await answers_of(town, first) == ["declined"]
    assert await places_of(town) == {(second.reference, 2, False): days}

    await a_host_accepts(second)
    await second.asked(Asked.SIGNATURES)
    taken = await places_of(town)
    await (await holder(second, Role.SENDING)).cancel(Cause.WORK, "")
    await second.closed()

    assert taken == {(second.reference, 2, True): days}
    assert await answers_of(town, second) == ["accepted"]
    assert await places_of(town) == {}
    assert await is_sound(town, second)


async def test_of_twelve_mobilities_at_once_one_organisation_is_asked_by_five(
    town: FrontDesk, ask: Ask, case: CaseDocument
) -> None:
    await one_host(town, case, places=1000)

    asking = await asyncio.gather(*(ask() for _ in range(12)))
    views = await asyncio.gather(
        *(one.until(lambda view: bool(view.questions), "asked anything") for one in asking)
    )

    assert Counter(q.asked for view in views for q in view.questions) == {
        Asked.PLACE: 5, Asked.FREE_PLACE: 7,
    }  # fmt: skip
    assert len(await places_of(town)) == 5


async def test_of_seven_that_an_event_sends_to_one_host_all_get_their_turn(
    town: FrontDesk, ask: Ask, case: CaseDocument
) -> None:
    await one_host(town, case, places=1000)
    today = datetime.now(UTC).date()
    event = MatchmakingEvent(
        reference="E-2027-55", name="Meeting", office=PersonId("office-1"), rounds=1,
        closes=today + timedelta(days=1),
    )  # fmt: skip
    await town.open_event(event)
    joined = await asyncio.gather(*(ask(event.reference) for _ in range(7)))
    word = EventWord(event=event.reference, round=1, offer=SOC)
    for one in joined:
        await one.until(lambda view: view.awaited is not None, "waiting for the event")
        its_own = town.client.get_workflow_handle(f"mobility-{one.reference}")
        await its_own.signal("event_decided", word)
    views = [
        await one.until(lambda view: bool(view.questions or view.passed_over), "told whom to ask")
        for one in joined
    ]

    asked = [one for one, view in zip(joined, views, strict=True) if view.questions]
    turned_away = [one for one, view in zip(joined, views, strict=True) if view.passed_over]
    assert (len(asked), len(turned_away)) == (5, 2)
    for one in asked[:2]:
        await (await one.acts(ANA)).decline(DeclineReason.STAFF, "")
    for one in turned_away:
        await one.days_pass(4)
        await one.asked(Asked.PLACE)


async def test_a_host_that_lets_three_requests_pass_is_paused_until_it_says_it_is_back(
    town: FrontDesk, ask: Ask, case: CaseDocument
) -> None:
    await one_host(town, case, places=1000)
    for _ in range(3):
        silent = await ask()
        view = await silent.asked(Asked.PLACE)
        await silent.moment_comes(view.questions[0].falls)
        await silent.closed()

    noticing = await ask()
    view = await noticing.closed()

    assert await answers_of(town, silent) == ["silent"]
    assert view.cause is Cause.NO_HOST
    [paused] = await facts(town, noticing, "HostPaused")
    assert paused["organisation"] == "soc"
    told = await letters(town, noticing, Purpose.HOSTING_PAUSED)
    assert [letter.order.to for letter in told] == ["soc-coordinator"]

    with pytest.raises(WrongRole, match="does not work at"):
        await bring_back(town, "soc", BORAS)
    with pytest.raises(NotKnown, match="no organisation nowhere"):
        await bring_back(town, "nowhere", ANA)
    await bring_back(town, "soc", ANA)
    with pytest.raises(AlreadyDone, match="is not paused"):
        await bring_back(town, "soc", OFFICE)

    anew = await ask()
    await anew.asked(Asked.PLACE)
