"""Everybody says yes: from the request to the published card."""

import pytest

from domain.events import Outcome
from starter import auditing
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from starter.story import tell_the_story
from store.ledger import read_letters
from tests.conftest import Begin

pytestmark = pytest.mark.usefixtures("working")


async def test_a_mobility_reaches_its_published_card(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin(with_post=True)

    await tell_the_story(rehearsal, case)

    view = (await rehearsal.mobility()).view
    assert view.outcome is Outcome.COMPLETED
    assert view.cause is None
    papers = await desk.store.documents(rehearsal.reference)
    assert set(papers) >= {"agreement.pdf", "card.html", "card.md", "card.pdf"}
    verdict = await auditing.verify(desk.client, desk.store, rehearsal.reference)
    assert verdict.is_sound
    assert verdict.compared == verdict.strokes
    letters = await read_letters(desk.store.engine, rehearsal.reference)
    assert {letter.state for letter in letters} == {"handed over"}
