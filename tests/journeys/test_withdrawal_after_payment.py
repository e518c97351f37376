"""Participants withdraw after the first instalment was paid: it is asked back, once each."""

from decimal import Decimal

import pytest

from domain.deadlines import Asked
from domain.errors import OutOfPhase
from domain.events import Outcome
from domain.grant import GrantDecision
from domain.letters import Purpose
from domain.messages import Cause
from domain.people import Role
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import a_host_accepts, everybody_signs, holder
from tests.conftest import Begin
from tests.journeys.reading import facts, is_sound, told

pytestmark = pytest.mark.usefixtures("working")


async def _paid(begin: Begin) -> Rehearsal:
    rehearsal = await begin()
    await a_host_accepts(rehearsal)
    await everybody_signs(rehearsal)
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    office = await holder(rehearsal, Role.OFFICE)
    await office.decide_grant(GrantDecision.AWARDED, {"organisational-support": Decimal(0)})
    await rehearsal.asked(Asked.INSTALMENT)
    sending = await holder(rehearsal, Role.SENDING)
    await sending.confirm_instalment(await rehearsal.today())
    return rehearsal


async def test_one_withdraws_and_the_other_goes_on(begin: Begin, desk: FrontDesk) -> None:
    rehearsal = await _paid(begin)
    leaving, staying = (await rehearsal.mobility()).view.taking_part

    await (await rehearsal.acts(leaving)).withdraw("", Cause.ILLNESS, "A broken leg.")

    view = (await rehearsal.mobility()).view
    assert view.outcome is None
    assert view.taking_part == (staying,)
    [reclaimed] = await facts(desk, rehearsal, "InstalmentReclaimed")
    assert list(reclaimed["amounts"]) == [leaving]


async def test_when_the_last_one_withdraws_the_mobility_ends(begin: Begin, desk: FrontDesk) -> None:
    rehearsal = await _paid(begin)
    first, last = (await rehearsal.mobility()).view.taking_part

    await (await rehearsal.acts(first)).withdraw("", Cause.ILLNESS)
    sending = await holder(rehearsal, Role.SENDING)
    await sending.withdraw(last, Cause.WORK, "No stand-in was found.")

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.WITHDRAWN, Cause.WORK)
    reclaimed = await facts(desk, rehearsal, "InstalmentReclaimed")
    assert [list(entry["amounts"]) for entry in reclaimed] == [[first], [last]]
    ended = await told(desk, rehearsal, Purpose.MOBILITY_ENDED)
    assert set(ended.values()) == {1}
    assert await is_sound(desk, rehearsal)


async def test_nothing_is_heard_after_the_end(begin: Begin) -> None:
    rehearsal = await _paid(begin)
    for person in (await rehearsal.mobility()).view.taking_part:
        await (await rehearsal.acts(person)).withdraw("", Cause.FAMILY)
    await rehearsal.closed()

    with pytest.raises(OutOfPhase, match="closed"):
        await (await holder(rehearsal, Role.OFFICE)).cancel(Cause.OTHER)
