"""The follow-up says two days, the host confirmed three: the card waits until one is corrected."""

import pytest

from domain.deadlines import Asked
from domain.events import Outcome
from domain.people import Role
from starter.case_files import CaseDocument, FollowUpEntry
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import holder
from tests.conftest import Begin
from tests.journeys.reading import is_sound, kinds
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")


async def _two_days_are_stated(rehearsal: Rehearsal, case: CaseDocument) -> FollowUpEntry:
    await stages.looking_back(rehearsal, case)
    for entry in case.evaluations or ():
        await (await rehearsal.acts(entry.who)).evaluate(entry)
    assert case.follow_up is not None
    wrong = case.follow_up.model_copy(update={"stated_days": 2})
    await (await holder(rehearsal, Role.SENDING)).report_follow_up(wrong)
    return case.follow_up


async def test_the_card_waits_for_the_correction(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    right = await _two_days_are_stated(rehearsal, case)

    view = await rehearsal.asked(Asked.CARD_FACTS)
    [contradiction] = view.contradictions
    assert "states 2 days" in contradiction
    assert "confirmed by the host says 3 days" in contradiction
    assert "card.html" not in await desk.store.documents(rehearsal.reference)
    await (await holder(rehearsal, Role.SENDING)).report_follow_up(right)

    await rehearsal.closed()
    happened = await kinds(desk, rehearsal)
    assert happened.index("CardStopped") < happened.index("CardPublished")
    assert "3 days" in (await desk.store.documents(rehearsal.reference))["card.md"].decode()
    assert await is_sound(desk, rehearsal)


async def test_without_a_correction_it_closes_without_a_card(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await _two_days_are_stated(rehearsal, case)
    await rehearsal.asked(Asked.CARD_FACTS)

    await rehearsal.days_pass(40)

    view = await rehearsal.closed()
    assert view.outcome is Outcome.COMPLETED
    assert view.card == {}
    assert "CardLapsed" in await kinds(desk, rehearsal)
    assert "card.html" not in await desk.store.documents(rehearsal.reference)
