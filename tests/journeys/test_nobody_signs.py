"""Nobody signs: reminders on their plan, then the agreement lapses and everybody is told once."""

from collections import Counter

import pytest

from domain.deadlines import Asked
from domain.events import Outcome
from domain.letters import Purpose
from domain.messages import Cause
from starter.desk import FrontDesk
from starter.story import a_host_accepts
from tests.builders import PLANS
from tests.conftest import Begin
from tests.journeys.reading import facts, is_sound, told

pytestmark = pytest.mark.usefixtures("working")


async def test_an_agreement_that_nobody_signs_lapses(begin: Begin, desk: FrontDesk) -> None:
    rehearsal = await begin()
    await a_host_accepts(rehearsal)
    asked = await rehearsal.asked(Asked.SIGNATURES)
    signatories = next(q.people for q in asked.questions if q.asked is Asked.SIGNATURES)

    await rehearsal.days_pass(365)

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.LAPSED, Cause.NOT_SIGNED)
    assert view.questions == ()
    reminded: dict[str, list[int]] = {person: [] for person in signatories}
    for entry in await facts(desk, rehearsal, "PersonReminded"):
        if entry["asked"] == Asked.SIGNATURES:
            for person, time in entry["ordinals"].items():
                reminded[person].append(time)
    # Everybody by their own calendar; two that fall on one weekend are one.
    for times in reminded.values():
        assert times == list(range(1, len(times) + 1))
        assert 1 < len(times) <= PLANS[Asked.SIGNATURES].most
    once_each = Counter(dict.fromkeys(signatories, 1))
    assert await told(desk, rehearsal, Purpose.MOBILITY_ENDED) == once_each
    assert await is_sound(desk, rehearsal)
