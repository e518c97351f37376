"""A journey goes on in a new run, at any stage, as if nothing had been."""

import pytest

from domain.deadlines import Asked
from domain.people import Role
from starter import auditing
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import holder
from tests.conftest import Begin
from tests.journeys.reading import facts, is_sound, second_run
from tests.workflows import stages
from tests.workflows.stages import STAGES, Reach
from workflows.mobility import MobilityWorkflow

pytestmark = pytest.mark.usefixtures("working")


@pytest.mark.parametrize(
    "reach", [*STAGES, stages.waiting_for_an_address], ids=lambda reach: reach.__name__
)
async def test_a_renewed_run_waits_for_the_same_people_until_the_same_moment(
    begin: Begin, case: CaseDocument, desk: FrontDesk, reach: Reach
) -> None:
    rehearsal = await begin()
    await reach(rehearsal, case)
    handle = desk.handle(rehearsal.reference)
    before = await handle.query(MobilityWorkflow.view)

    await handle.signal(MobilityWorkflow.renew)

    await second_run(desk, rehearsal)
    assert await handle.query(MobilityWorkflow.view) == before
    assert await is_sound(desk, rehearsal)


async def test_reminders_are_not_repeated_by_a_new_run(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.asked_for_a_place(rehearsal, case)
    await _reminded(desk, rehearsal, times=1)
    await desk.handle(rehearsal.reference).signal(MobilityWorkflow.renew)
    await second_run(desk, rehearsal)

    await _reminded(desk, rehearsal, times=2)

    reminded = await facts(desk, rehearsal, "PersonReminded")
    assert [list(entry["ordinals"].values()) for entry in reminded] == [[1], [2]]


async def test_a_clock_that_stands_still_goes_on_in_a_new_run(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.waiting_for_an_address(rehearsal, case)
    await rehearsal.handle.signal(MobilityWorkflow.renew)
    await second_run(desk, rehearsal)

    await rehearsal.days_pass(30)

    [lapsed] = await facts(desk, rehearsal, "AddressLapsed")
    view = await rehearsal.asked(Asked.SIGNATURES)
    assert lapsed["people"] == list(view.out_of_reach)
    assert await is_sound(desk, rehearsal)


async def _reminded(desk: FrontDesk, rehearsal: Rehearsal, *, times: int) -> None:
    """Let days pass until there were so many reminders: they wait for working days."""
    while len(await facts(desk, rehearsal, "PersonReminded")) < times:
        await rehearsal.days_pass(1)


async def test_a_click_repeated_in_a_new_run_is_one_act(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    first = await (await holder(rehearsal, Role.SENDING)).sign()
    await desk.handle(rehearsal.reference).signal(MobilityWorkflow.renew)
    await second_run(desk, rehearsal)

    again = await (await holder(rehearsal, Role.SENDING)).sign()

    assert again.event == first.event
    assert len(await facts(desk, rehearsal, "AgreementSigned")) == 1


async def test_the_timeline_shows_both_runs(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.asked_for_a_place(rehearsal, case)
    await desk.handle(rehearsal.reference).signal(MobilityWorkflow.renew)
    await second_run(desk, rehearsal)
    await (await holder(rehearsal, Role.RECEIVING)).accept()
    await rehearsal.asked(Asked.SIGNATURES)

    moments = await auditing.timeline(desk.client, desk.store, rehearsal.reference)

    runs = {moment.temporal.partition("#")[0] for moment in moments if moment.temporal}
    assert runs == {"1", "2"}
    assert not [moment for moment in moments if "not in Temporal" in moment.source]
