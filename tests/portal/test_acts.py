"""Every act once, by its form, on the real stack: what is sent is in the journal afterwards."""

from datetime import date, timedelta
from typing import TypeVar

import pytest

from domain import events as e
from domain.deadlines import Asked
from domain.evaluation import Consent
from domain.matching import DeclineReason
from portal.acts import ACTS
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.journal import read_journal
from tests.conftest import Begin
from tests.portal.conftest import ANA, BORAS, EMELIE, FRIDA, OFFICE, Link, as_rows
from tests.portal.visitor import Fields, Visitor
from tests.workflows import stages

Kind = TypeVar("Kind", bound=e.Event)
pytestmark = pytest.mark.usefixtures("working")
SURE: Fields = {"sure": "yes"}
ILL: Fields = {**SURE, "cause": "illness", "note": "A broken leg."}


async def done(desk: FrontDesk, rehearsal: Rehearsal, kind: type[Kind]) -> list[Kind]:
    """What has happened of one kind, in order."""
    lines = await read_journal(desk.store.engine, rehearsal.reference)
    return [event for line in lines if isinstance(event := line.entry.event(), kind)]


async def test_straight_journey_is_answered_by_forms_alone(
    begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    frida, emelie = f"{rehearsal.reference}-p1", f"{rehearsal.reference}-p2"

    async def say(who: str, act: str, fields: Fields | None = None) -> None:
        await visitor.say(await link(rehearsal, who), act, fields)

    await rehearsal.asked(Asked.PLACE)
    await say(ANA, "accept")
    await rehearsal.asked(Asked.SIGNATURES)
    await say(BORAS, "sign", {"name": " coordinator  of BORÅS "})
    await say(ANA, "sign", {"name": "Ana Cáceres Gómez"})
    await say(FRIDA, "sign", {"name": "Frida Augustsson"})
    await say(EMELIE, "sign", {"name": "emelie persson"})
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    in_part: Fields = {
        "decision": "awarded in part", "line-0": "200,50", "line-4": "0", "reason": "Less money."
    }  # fmt: skip
    await say(OFFICE, "award", in_part)
    await rehearsal.asked(Asked.INSTALMENT)
    await say(BORAS, "pay", {"day": (await rehearsal.today()).isoformat()})
    await say(ANA, "put-agenda", as_rows(case, rehearsal))
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    await say(BORAS, "return-agenda", {"note": "Please begin later."})
    await rehearsal.until(lambda view: view.question(Asked.AGENDA) is not None, "returned")
    # The form comes back with the agenda that was returned.
    await say(ANA, "put-agenda", {"s1-from": "10:00"})
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    await say(BORAS, "accept-agenda")
    days = (await rehearsal.mobility()).request.days
    await rehearsal.day_comes(days[-1])
    await rehearsal.asked(Asked.ATTENDANCE)
    await say(ANA, "arrive")
    await say(ANA, "attend", {"day": f"{days[0]}"})
    await say(ANA, "attend", {"day": f"{days[1]}", f"there-{days[1]}": [frida]})
    await say(ANA, "attend", {"day": f"{days[2]}", f"there-{days[2]}": None})
    await say(ANA, "depart")
    await rehearsal.asked(Asked.EVALUATION, Asked.FOLLOW_UP)
    for who in (FRIDA, EMELIE, ANA):
        await say(who, "evaluate", _evaluation())
    await say(BORAS, "follow-up", {"stated_days": "3", "seen": "Much.", "adapted": "Some."})

    [decided] = await done(desk, rehearsal, e.GrantDecided)
    assert str(decided.amounts[f"travel/{frida}"]) == "200.50"
    first, again = await done(desk, rehearsal, e.AgendaPut)
    assert [f"{put.sessions[0].starts:%H:%M}" for put in (first, again)] == ["09:30", "10:00"]
    assert [s.participants for s in again.sessions][2:4] == [(frida,), (emelie,)]
    attended = await done(desk, rehearsal, e.AttendanceConfirmed)
    assert [event.present for event in attended] == [(frida, emelie), (frida,), ()]
    answers = [event.answer for event in await done(desk, rehearsal, e.EvaluationAnswered)]
    assert [(a.consent, len(a.lessons)) for a in answers] == [(Consent.ANONYMOUS, 2)] * 3


def _evaluation() -> Fields:
    return {
        "mark-O1": "5", "mark-O2": "4", "mark-O3": "3", "consent": "anonymous",
        "lessons": "Early outreach helps.\n\nSo do partnerships.", "testimonial": "Rewarding.",
    }  # fmt: skip


async def _moved(rehearsal: Rehearsal, weeks: int) -> tuple[date, date]:
    request = (await rehearsal.mobility()).request
    later = timedelta(weeks=weeks)
    return request.first_day + later, request.last_day + later


async def test_host_declines_with_a_reason(
    begin: Begin, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    ana = await link(rehearsal, ANA)

    page = await visitor.say(ana, "decline", {"reason": "dates do not suit", "note": "In May."})

    [declined] = await done(desk, rehearsal, e.ProposalDeclined)
    assert declined.reason is DeclineReason.DATES
    assert page.forms == {}
    assert "Borås" not in page.html.partition("<footer>")[0]


@pytest.mark.parametrize("answer", ["accept-dates", "decline-dates"])
async def test_host_puts_forward_dates_and_they_are_answered(
    answer: str, begin: Begin, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    first, last = await _moved(rehearsal, 1)
    dates: Fields = {"first_day": f"{first}", "last_day": f"{last}", "note": "A week later?"}

    await visitor.say(await link(rehearsal, ANA), "propose-dates", dates)
    await rehearsal.asked(Asked.OTHER_DATES)
    await visitor.say(await link(rehearsal, BORAS), answer)

    accepted = await done(desk, rehearsal, e.OtherDatesAccepted)
    declined = await done(desk, rehearsal, e.OtherDatesDeclined)
    assert (len(accepted), len(declined)) == ((1, 0) if answer == "accept-dates" else (0, 1))


ENDS: dict[str, tuple[str, str, Fields, type[e.Event]]] = {
    "refuse": (FRIDA, "refuse", {**SURE, "note": "The dates are wrong."}, e.MobilityEnded),
    "withdraw": (EMELIE, "withdraw", ILL, e.ParticipantWithdrew),
    "withdrawn by the coordinator": (BORAS, "withdraw", ILL, e.ParticipantWithdrew),
    "decline-mobility": (ANA, "decline-mobility", ILL, e.MobilityEnded),
    "cancel": (BORAS, "cancel", ILL, e.MobilityEnded),
    "cancelled by the office": (OFFICE, "cancel", ILL, e.MobilityEnded),
}


@pytest.mark.parametrize("case_of", ENDS)
async def test_something_has_come_up(
    case_of: str, begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    who, act, fields, kind = ENDS[case_of]
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    if (who, act) == (BORAS, "withdraw"):
        fields = {**fields, "participant": f"{rehearsal.reference}-p2"}

    await visitor.say(await link(rehearsal, who), act, fields)

    assert len(await done(desk, rehearsal, kind)) == 1


async def test_visit_is_moved_by_its_host(
    begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.in_preparation(rehearsal, case)
    first, last = await _moved(rehearsal, 2)

    await visitor.say(
        await link(rehearsal, ANA), "move",
        {**SURE, "first_day": f"{first}", "last_day": f"{last}", "note": ""},
    )  # fmt: skip

    [moved] = await done(desk, rehearsal, e.VisitMoved)
    assert (moved.first_day, moved.last_day) == (first, last)


async def test_every_act_is_tried_here() -> None:
    tried = {act for _, act, _, _ in ENDS.values()} | {
        "accept", "decline", "propose-dates", "accept-dates", "decline-dates", "sign", "award",
        "pay", "put-agenda", "return-agenda", "accept-agenda", "arrive", "attend", "depart",
        "evaluate", "follow-up", "move",
        "correct-address",  # with the links that die of it, in test_links
    }  # fmt: skip

    assert tried == set(ACTS)
