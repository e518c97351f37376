"""A host puts forward other dates: accepted, declined, or answered by nobody."""

import asyncio
from datetime import date, timedelta

import pytest

from domain.deadlines import Asked
from domain.events import Outcome, Phase
from domain.letters import Purpose
from domain.matching import DeclineReason
from domain.messages import Cause, Receipt
from domain.people import Role
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import everybody_signs, holder
from tests.conftest import Begin
from tests.journeys.reading import facts, is_sound, kinds, letters, second_run, told
from workflows.mobility import MobilityWorkflow

pytestmark = pytest.mark.usefixtures("working")


async def _dates_are_put_forward(rehearsal: Rehearsal, weeks: int = 5) -> tuple[date, date]:
    request = (await rehearsal.mobility()).request
    first, last = (day + timedelta(weeks=weeks) for day in (request.first_day, request.last_day))
    await (await holder(rehearsal, Role.RECEIVING)).propose_dates(first, last, "A fair that week.")
    await rehearsal.asked(Asked.OTHER_DATES)
    return first, last


async def _accept(rehearsal: Rehearsal) -> Receipt:
    return await (await holder(rehearsal, Role.SENDING)).accept_dates()


async def test_accepted_dates_are_those_of_the_visit_and_everybody_signs_for_them(
    begin: Begin, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    asked = await rehearsal.mobility()
    dates = await _dates_are_put_forward(rehearsal)
    await rehearsal.handle.signal(MobilityWorkflow.renew)
    await second_run(desk, rehearsal)

    accepted = await _accept(rehearsal)
    said_again = await _accept(rehearsal)
    await rehearsal.asked(Asked.SIGNATURES)
    await everybody_signs(rehearsal)

    view = (await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)).model_copy()
    assert accepted.event == said_again.event
    assert (view.host, view.moved_to) == (asked.view.host, dates)
    happened = await kinds(desk, rehearsal)
    assert (happened.count("HostsRanked"), happened.count("ProposalMade")) == (1, 1)
    [wanted] = await letters(desk, rehearsal, Purpose.OTHER_DATES_TO_ANSWER)
    assert wanted.order.to == asked.request.coordinator
    assert asked.view.host is not None
    match = await told(desk, rehearsal, Purpose.MATCH_MADE)
    assert set(match) == {
        asked.request.coordinator, asked.view.host.coordinator, *asked.request.participants
    }  # fmt: skip
    assert set(match.values()) == {1}
    assert await told(desk, rehearsal, Purpose.VISIT_MOVED) == {}
    assert await is_sound(desk, rehearsal)


async def test_declined_dates_bring_the_next_host_and_unanswered_ones_the_end(
    begin: Begin, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    first = (await rehearsal.asked(Asked.PLACE)).host
    await _dates_are_put_forward(rehearsal)

    await (await holder(rehearsal, Role.SENDING)).decline_dates("Our schools are closed then.")

    second = (await rehearsal.asked(Asked.PLACE)).host
    assert first is not None
    assert second is not None
    assert first != second
    await _dates_are_put_forward(rehearsal, weeks=6)
    await rehearsal.days_pass(14)
    view = await rehearsal.closed()
    assert (view.outcome, view.cause) == (Outcome.LAPSED, Cause.NO_HOST)
    assert await told(desk, rehearsal, Purpose.OTHER_DATES_DECLINED) == {
        first.coordinator: 1, second.coordinator: 1,
    }  # fmt: skip
    sender = (await rehearsal.mobility()).request.coordinator
    assert await told(desk, rehearsal, Purpose.NO_HOST_FOUND) == {sender: 1}
    assert sender not in await told(desk, rehearsal, Purpose.MOBILITY_ENDED)
    assert await is_sound(desk, rehearsal)


SCRIPTS = (
    ("nothing", "nothing"), ("nothing", "accept"), ("no", "dates", "accept"),
    ("dates", "nothing", "no"), ("dates", "decline", "dates", "nothing"),
)  # fmt: skip
"""What is said to one question after the other: to a place by the host, to dates by the sender."""


async def test_every_request_comes_to_an_agreement_or_to_no_host_found(
    begin: Begin, desk: FrontDesk
) -> None:
    """A few of the hundreds of requests that ``test_few_hosts_answer`` plays, on the server."""
    searches = [await begin() for _ in SCRIPTS]

    await asyncio.gather(*map(_search, searches, SCRIPTS))

    for rehearsal, script in zip(searches, SCRIPTS, strict=True):
        view = await rehearsal.until(lambda view: view.phase is not Phase.MATCHING, "answered")
        is_matched = script[-1] == "accept"
        assert is_matched is (view.phase is Phase.AGREEMENT)
        assert is_matched is (view.cause is not Cause.NO_HOST)
        made = await facts(desk, rehearsal, "ProposalMade")
        assert len({one["offer"] for one in made}) == len(made)


async def _search(rehearsal: Rehearsal, script: tuple[str, ...]) -> None:
    asked = Asked.PLACE
    for said in script:
        await rehearsal.asked(asked)
        await _says(said, asked, rehearsal)
        asked = Asked.OTHER_DATES if said == "dates" else Asked.PLACE


async def _says(said: str, asked: Asked, rehearsal: Rehearsal) -> None:
    role = Role.RECEIVING if asked is Asked.PLACE else Role.SENDING
    match said, asked:
        case "nothing", _:
            await _nobody_says_anything(rehearsal, asked)
        case "dates", _:
            await _dates_are_put_forward(rehearsal)
        case "no", _:
            await (await holder(rehearsal, role)).decline(DeclineReason.NO_CAPACITY)
        case "decline", _:
            await (await holder(rehearsal, role)).decline_dates()
        case _, Asked.PLACE:
            await (await holder(rehearsal, role)).accept()
        case _:
            await _accept(rehearsal)


async def _nobody_says_anything(rehearsal: Rehearsal, asked: Asked) -> None:
    question = (await rehearsal.mobility()).view.question(asked)
    assert question is not None
    await rehearsal.moment_comes(question.falls)
    await rehearsal.until(
        lambda view: all(one.epoch != question.epoch for one in view.questions), "fallen silent"
    )
