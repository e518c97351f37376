"""Withdrawn, declined or cancelled: at every stage a named outcome, told once, and then silence."""

import pytest

from domain.deadlines import Asked
from domain.errors import GrantNotAcceptable, OutOfPhase, WrongRole
from domain.events import Outcome
from domain.grant import GrantDecision
from domain.letters import Purpose
from domain.messages import Cause
from domain.people import Role
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import holder
from tests.conftest import Begin
from tests.journeys.reading import is_sound, kinds, told
from tests.workflows import stages
from tests.workflows.stages import STAGES, Reach

pytestmark = pytest.mark.usefixtures("working")

BEFORE_EVALUATION = [stage for stage in STAGES if stage is not stages.looking_back]
WITH_A_HOST = [stage for stage in BEFORE_EVALUATION if stage is not stages.asked_for_a_place]


def _name(reach: Reach) -> str:
    return reach.__name__


async def _is_told_once_and_left_alone(desk: FrontDesk, rehearsal: Rehearsal) -> None:
    written = await kinds(desk, rehearsal)
    ended = await told(desk, rehearsal, Purpose.MOBILITY_ENDED)
    assert ended
    assert set(ended.values()) == {1}
    assert written[-1] == "MobilityEnded"
    assert (await rehearsal.mobility()).view.questions == ()
    assert await is_sound(desk, rehearsal)


@pytest.mark.parametrize("reach", BEFORE_EVALUATION, ids=_name)
async def test_the_sending_side_can_cancel(
    begin: Begin, case: CaseDocument, desk: FrontDesk, reach: Reach
) -> None:
    rehearsal = await begin()
    await reach(rehearsal, case)

    await (await holder(rehearsal, Role.SENDING)).cancel(Cause.FORCE_MAJEURE, "The airport burns.")

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.CANCELLED, Cause.FORCE_MAJEURE)
    await _is_told_once_and_left_alone(desk, rehearsal)


@pytest.mark.parametrize("reach", WITH_A_HOST, ids=_name)
async def test_the_host_can_give_up_the_place(
    begin: Begin, case: CaseDocument, desk: FrontDesk, reach: Reach
) -> None:
    rehearsal = await begin()
    await reach(rehearsal, case)

    await (await holder(rehearsal, Role.RECEIVING)).decline_mobility(Cause.HOST_UNABLE)

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.DECLINED, Cause.HOST_UNABLE)
    await _is_told_once_and_left_alone(desk, rehearsal)


@pytest.mark.parametrize("reach", BEFORE_EVALUATION, ids=_name)
async def test_the_last_participant_can_withdraw(
    begin: Begin, case: CaseDocument, desk: FrontDesk, reach: Reach
) -> None:
    assert case.request is not None
    rehearsal = await begin()
    await reach(rehearsal, case)

    for participant in (await rehearsal.mobility()).view.taking_part:
        await (await rehearsal.acts(participant)).withdraw("", Cause.ILLNESS)

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.WITHDRAWN, Cause.ILLNESS)
    await _is_told_once_and_left_alone(desk, rehearsal)


async def test_one_refused_signature_ends_it(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)

    await (await holder(rehearsal, Role.RECEIVING)).refuse("The dates do not suit us any more.")

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.DECLINED, Cause.SIGNATURE_REFUSED)
    await _is_told_once_and_left_alone(desk, rehearsal)


async def test_a_rejected_grant_ends_it_with_the_reason(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.in_preparation(rehearsal, case)
    office = await holder(rehearsal, Role.OFFICE)

    with pytest.raises(GrantNotAcceptable, match="needs a reason"):
        await office.decide_grant(GrantDecision.REJECTED, {})
    await office.decide_grant(GrantDecision.REJECTED, {}, "The call is exhausted.")

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.DECLINED, Cause.GRANT_REJECTED)
    await _is_told_once_and_left_alone(desk, rehearsal)


async def test_a_visit_that_nobody_attended_ends_it(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.visiting(rehearsal, case)
    days = (await rehearsal.mobility()).request.days
    await rehearsal.day_comes(days[-1])

    host = await holder(rehearsal, Role.RECEIVING)
    for day in days:
        await host.attend(day, nobody=True)

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.CANCELLED, Cause.NOBODY_CAME)
    await _is_told_once_and_left_alone(desk, rehearsal)


async def test_an_operator_who_cancels_the_workflow_ends_it_properly(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)

    await desk.handle(rehearsal.reference).cancel()

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.CANCELLED, Cause.OPERATOR)
    await _is_told_once_and_left_alone(desk, rehearsal)


async def test_after_the_visit_nothing_can_be_cancelled(begin: Begin, case: CaseDocument) -> None:
    rehearsal = await begin()
    await stages.looking_back(rehearsal, case)

    with pytest.raises(OutOfPhase, match="one can only cancel the mobility in phase"):
        await (await holder(rehearsal, Role.SENDING)).cancel(Cause.OTHER)


async def test_a_participant_cannot_cancel_for_everybody(begin: Begin, case: CaseDocument) -> None:
    rehearsal = await begin()
    await stages.asked_for_a_place(rehearsal, case)
    participant = (await rehearsal.mobility()).view.taking_part[0]

    with pytest.raises(WrongRole, match="sending coordinator or the programme office"):
        await (await rehearsal.acts(participant)).cancel(Cause.OTHER)


async def test_reminders_stop_with_the_answer(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.asked_for_a_place(rehearsal, case)
    await (await holder(rehearsal, Role.RECEIVING)).accept()
    await rehearsal.asked(Asked.SIGNATURES)

    await rehearsal.days_pass(4)

    assert "PersonReminded" not in await kinds(desk, rehearsal)
