"""Rehearsals move the clock of one mobility, and never in production."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.enums.v1 import EventType

from domain.deadlines import Asked
from domain.messages import Cause
from settings import Settings
from starter.clock import ClockIsReal, VirtualClock
from starter.desk import FrontDesk
from starter.rehearsal import NotComing
from tests.conftest import Begin
from tests.starter.conftest import BORAS, Command


def test_the_clock_is_not_moved_in_production(desk: FrontDesk, settings: Settings) -> None:
    production = settings.model_copy(update={"mobility_environment": "production"})

    with pytest.raises(ClockIsReal, match="not moved in production: rehearse on another machine"):
        VirtualClock(desk.client, production)


@pytest.mark.usefixtures("working")
async def test_days_pass_for_one_mobility_and_for_no_other(begin: Begin) -> None:
    one, other = await begin(), await begin()
    for rehearsal in (one, other):
        await rehearsal.asked(Asked.PLACE)

    await one.days_pass(2)

    here = datetime.now(UTC)
    assert timedelta(days=1, hours=23) < await one.now() - here < timedelta(days=2, hours=1)
    assert abs(await other.now() - here) < timedelta(minutes=1)


@pytest.mark.usefixtures("working")
async def test_a_day_that_has_come_does_not_come_again(begin: Begin) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    before = await rehearsal.now()

    await rehearsal.day_comes(before.date() - timedelta(days=1))

    assert await rehearsal.now() - before < timedelta(minutes=1)


@pytest.mark.usefixtures("working")
async def test_a_moment_close_by_comes_by_itself_and_is_not_skipped_to(begin: Begin) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    moment = await rehearsal.now() + timedelta(milliseconds=100)

    await rehearsal.moment_comes(moment)

    assert await rehearsal.now() >= moment
    happened = {event.event_type async for event in rehearsal.handle.fetch_history_events()}
    skipped = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED
    assert skipped not in happened
    await rehearsal.days_pass(1)
    happened = {event.event_type async for event in rehearsal.handle.fetch_history_events()}
    assert skipped in happened


@pytest.mark.usefixtures("working")
async def test_what_does_not_come_is_told_with_how_it_stands(begin: Begin) -> None:
    rehearsal = await begin()
    rehearsal.patience = 1
    await rehearsal.asked(Asked.PLACE)

    with pytest.raises(NotComing, match=r"M-\d+-\d+ is not closed: it stands at matching"):
        await rehearsal.closed()


@pytest.mark.usefixtures("working")
async def test_days_pass_for_one_mobility_by_command(begin: Begin, command: Command) -> None:
    rehearsal = await begin()
    asked = await rehearsal.asked(Asked.PLACE)

    [place] = asked.questions
    days = (place.falls - await rehearsal.now()).days + 1
    said = await command("forward", rehearsal.reference, "--days", str(days))

    assert said.code == 0
    assert f"for {rehearsal.reference} now; for everything else no time has passed." in said.out
    await rehearsal.until(lambda view: view.pending_offer != asked.pending_offer, "the next host")


@pytest.mark.usefixtures("working")
async def test_no_days_pass_for_what_is_not_there_or_over(begin: Begin, command: Command) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    await (await rehearsal.acts(BORAS)).cancel(Cause.OTHER)
    await rehearsal.closed()

    for case, sentence in (
        (rehearsal.reference, f"{rehearsal.reference} is over, and nothing waits there"),
        ("E-2099-01", "There is no event E-2099-01: 'mobility events' shows all of them."),
        ("A-2099-0001", "There is no application A-2099-0001"),
    ):
        said = await command("forward", case)
        assert said.code == 2
        assert sentence in said.complaint
