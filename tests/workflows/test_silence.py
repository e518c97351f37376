"""What silence means in every phase: a year passes, and nobody says a word."""

import pytest

from domain.deadlines import Asked
from domain.events import Outcome
from domain.messages import Cause
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from tests.builders import PLANS
from tests.conftest import Begin
from tests.journeys.reading import facts, is_sound, kinds
from tests.workflows import stages
from tests.workflows.stages import Reach

pytestmark = pytest.mark.usefixtures("working")


@pytest.mark.parametrize(
    ("reach", "outcome", "cause"),
    [
        (stages.asked_for_a_place, Outcome.LAPSED, Cause.NO_HOST),
        (stages.asked_for_signatures, Outcome.LAPSED, Cause.NOT_SIGNED),
        (stages.in_preparation, Outcome.LAPSED, Cause.GRANT_UNDECIDED),
        (stages.awarded, Outcome.LAPSED, Cause.NO_AGENDA),
        (stages.agenda_on_the_table, Outcome.LAPSED, Cause.NO_AGENDA),
        (stages.visiting, Outcome.LAPSED, Cause.VISIT_UNCONFIRMED),
        (stages.looking_back, Outcome.COMPLETED, None),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value),
)
async def test_a_year_of_silence_ends_the_mobility(
    begin: Begin, case: CaseDocument, desk: FrontDesk,
    reach: Reach, outcome: Outcome, cause: Cause | None,
) -> None:  # fmt: skip
    rehearsal = await begin()
    await reach(rehearsal, case)

    await rehearsal.days_pass(366)

    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (outcome, cause)
    assert view.questions == ()
    assert await is_sound(desk, rehearsal)


async def test_every_host_is_asked_before_the_request_lapses(begin: Begin, desk: FrontDesk) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)

    await rehearsal.days_pass(60)

    await rehearsal.closed()
    made = await facts(desk, rehearsal, "ProposalMade")
    lapsed = await facts(desk, rehearsal, "ProposalLapsed")
    assert [entry["offer"] for entry in made] == [entry["offer"] for entry in lapsed]
    assert len(made) == 2
    reminded = await facts(desk, rehearsal, "PersonReminded")
    assert 2 <= len(reminded) <= 2 * PLANS[Asked.PLACE].most
    assert len({str(entry) for entry in reminded}) == len(reminded)


async def test_a_late_instalment_is_reported_and_stops_nobody(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.prepared(rehearsal, case)

    await rehearsal.day_comes((await rehearsal.mobility()).request.first_day)

    view = await rehearsal.asked(Asked.ATTENDANCE)
    assert view.instalment_paid_on is None
    happened = await kinds(desk, rehearsal)
    assert happened.index("InstalmentOverdue") < happened.index("VisitBegun")


async def test_a_card_without_answers_says_who_was_silent(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.looking_back(rehearsal, case)

    await rehearsal.days_pass(40)

    await rehearsal.closed()
    papers = await desk.store.documents(rehearsal.reference)
    assert "receiving organisation" in papers["card.md"].decode()
    assert "CardPublished" in await kinds(desk, rehearsal)
