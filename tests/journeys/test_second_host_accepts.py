"""The first host declines with a reason, the second accepts."""

import pytest

from domain.deadlines import Asked
from domain.letters import Purpose
from domain.matching import DeclineReason
from starter.desk import FrontDesk
from tests.conftest import Begin
from tests.journeys.reading import facts, letters

pytestmark = pytest.mark.usefixtures("working")


async def test_the_next_host_is_asked_when_the_first_declines(
    begin: Begin, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    first = await rehearsal.asked(Asked.PLACE)
    assert first.host is not None

    host = await rehearsal.acts(first.host.coordinator)
    await host.decline(DeclineReason.NO_CAPACITY, "Both advisers are away in May.")
    second = await rehearsal.until(
        lambda view: view.host is not None and view.host != first.host, "asked of another host"
    )
    assert second.host is not None
    await (await rehearsal.acts(second.host.coordinator)).accept()

    view = await rehearsal.asked(Asked.SIGNATURES)
    assert view.receiving == second.host.organisation != first.host.organisation
    [declined] = await facts(desk, rehearsal, "ProposalDeclined")
    assert declined["reason"] == "no capacity"
    asked = await letters(desk, rehearsal, Purpose.HOST_ASKED_FOR_A_PLACE)
    assert [x.order.to for x in asked] == [first.host.coordinator, second.host.coordinator]
    [not_given] = await letters(desk, rehearsal, Purpose.PLACE_NOT_GIVEN)
    assert not_given.order.to == (await rehearsal.mobility()).request.coordinator
