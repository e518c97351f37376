"""The dates of a visit move: what was planned falls, all sign anew, and the card is right."""

import asyncio
import hashlib
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.policy import default

import pytest

from domain.case_card import said_dates
from domain.deadlines import Asked
from domain.errors import AlreadyDone, NotAwaited, RequestNotAcceptable, WrongRole
from domain.events import Outcome, Phase
from domain.grant import GrantDecision
from domain.letters import Purpose
from domain.matching import DeclineReason
from domain.people import Role
from local.stack import Stack
from starter.case_files import CaseDocument, move
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import (
    everybody_looks_back,
    everybody_signs,
    holder,
    the_visit_takes_place,
)
from store.ledger import read_letters
from tests.conftest import Begin
from tests.documents.pages import text_of
from tests.journeys.reading import facts, is_sound, kinds, letters, second_run, told
from tests.post import all_settled
from tests.workflows import stages
from workflows.mobility import MobilityWorkflow

pytestmark = pytest.mark.usefixtures("working")
WEEKS = 5


async def _move(
    rehearsal: Rehearsal, role: Role = Role.SENDING, *, weeks: int = WEEKS, days: int = 3
) -> list[date]:
    """Move the visit so many weeks on, for so many days; return its new days."""
    first = (await rehearsal.mobility()).request.first_day + timedelta(weeks=weeks)
    last = first + timedelta(days=days - 1)
    await (await holder(rehearsal, role)).move(first, last, "A strike is announced.")
    return [first + timedelta(days=n) for n in range(days)]


async def _nothing_of_before_is_asked(desk: FrontDesk, rehearsal: Rehearsal) -> bool:
    """Whether nobody was reminded, after the last move, of what was asked before it."""
    moved_at = (await rehearsal.mobility()).view.moved_at
    ledger = await read_letters(desk.store.engine, rehearsal.reference)
    after = [letter.order for letter in ledger if letter.order.event > moved_at]
    return bool(after) and all(order.epoch > moved_at for order in after)


async def _last_calendar(desk: FrontDesk, rehearsal: Rehearsal, stack: Stack) -> str:
    """The calendar that went along with the letter about the agenda accepted last."""
    await all_settled(desk, rehearsal)
    *_, line = await letters(desk, rehearsal, Purpose.AGENDA_ACCEPTED)
    contents = [file.read_bytes() for file in (stack.letters / "new").iterdir()]
    sent = (message_from_bytes(content, policy=default) for content in contents)
    [message] = [one for one in sent if one["Message-ID"].strip() == line.message_id]
    [calendar] = message.iter_attachments()
    return str(calendar.get_content())


async def test_while_a_host_is_asked_hosts_are_asked_anew_from_the_top(
    begin: Begin, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    first = (await rehearsal.asked(Asked.PLACE)).host
    with pytest.raises(WrongRole, match="decline and say so"):
        await _move(rehearsal, Role.RECEIVING)
    await (await holder(rehearsal, Role.RECEIVING)).decline(DeclineReason.DATES)
    await rehearsal.until(lambda view: view.host not in (None, first), "asked of the second host")
    second = await holder(rehearsal, Role.RECEIVING)
    await rehearsal.days_pass(5)

    days = await _move(rehearsal)

    again = await rehearsal.until(lambda view: view.host == first, "asked of the first host anew")
    assert again.phase is Phase.MATCHING
    mobility = await rehearsal.mobility()
    assert mobility.request.days == tuple(days)
    moved = await told(desk, rehearsal, Purpose.VISIT_MOVED)
    assert set(moved) == {second.by, mobility.request.coordinator, *again.taking_part}
    with pytest.raises(NotAwaited, match="has been moved"):
        await second.accept()
    # The same words answer another question now.
    await (await holder(rehearsal, Role.RECEIVING)).decline(DeclineReason.DATES)
    assert len(await facts(desk, rehearsal, "ProposalDeclined")) == 2
    assert await _nothing_of_before_is_asked(desk, rehearsal)
    assert await is_sound(desk, rehearsal)


async def test_a_host_whose_topic_it_is_not_is_not_asked_again(
    begin: Begin, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    first = (await rehearsal.asked(Asked.PLACE)).host
    await (await holder(rehearsal, Role.RECEIVING)).decline(DeclineReason.TOPIC)
    await rehearsal.until(lambda view: view.host not in (None, first), "asked of the second host")

    await _move(rehearsal)

    anew = await rehearsal.until(lambda view: view.pending_offer is not None, "asked anew")
    assert anew.host != first
    ranked = (await facts(desk, rehearsal, "HostsRanked"))[-1]["ranking"]
    assert ranked["excluded"][-1]["reason"] == "has declined: topic is not ours"


async def test_half_signed_it_is_drawn_up_and_signed_anew_by_all(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    await (await holder(rehearsal, Role.SENDING)).sign()
    await rehearsal.days_pass(2)

    days = await _move(rehearsal, Role.RECEIVING)

    view = await rehearsal.until(lambda view: view.agreement_version == 2, "drawn up anew")
    question = view.question(Asked.SIGNATURES)
    assert question is not None
    assert len(question.people) == 4
    agreement = (await desk.store.documents(rehearsal.reference))["agreement.pdf"]
    assert said_dates(tuple(days)) in text_of(agreement)
    handle = desk.handle(rehearsal.reference)
    await handle.signal(MobilityWorkflow.renew)
    await second_run(desk, rehearsal)
    assert await handle.query(MobilityWorkflow.view) == view
    await everybody_signs(rehearsal)
    assert len(await facts(desk, rehearsal, "AgreementInForce")) == 1
    assert await _nothing_of_before_is_asked(desk, rehearsal)
    assert await is_sound(desk, rehearsal)


async def test_moved_when_all_was_settled_it_is_lived_and_told_on_its_new_days(
    begin: Begin, case: CaseDocument, desk: FrontDesk, stack: Stack
) -> None:
    rehearsal = await begin()
    await stages.prepared(rehearsal, case)
    await (await holder(rehearsal, Role.SENDING)).confirm_instalment(await rehearsal.today())
    request = (await rehearsal.mobility()).request
    with pytest.raises(AlreadyDone, match="give other dates"):
        await (await holder(rehearsal, Role.SENDING)).move(request.first_day, request.last_day)

    days = await _move(rehearsal)

    view = await rehearsal.until(lambda view: view.agreement_version == 2, "drawn up anew")
    assert (view.phase, view.agenda_accepted) == (Phase.AGREEMENT, False)
    later = move(case, WEEKS)
    await everybody_signs(rehearsal)
    await rehearsal.asked(Asked.AGENDA)
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda(later.agenda or ())
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    await (await holder(rehearsal, Role.SENDING)).accept_agenda()
    await the_visit_takes_place(rehearsal)
    await everybody_looks_back(rehearsal, later)

    view = (await rehearsal.mobility()).view
    assert (view.outcome, view.agenda_version) == (Outcome.COMPLETED, 2)
    told_once = ("GrantDecided", "AwardUpheld", "InstalmentFellDue", "InstalmentPaid")
    happened = Counter(await kinds(desk, rehearsal))
    assert [happened[kind] for kind in told_once] == [1, 1, 1, 1]
    papers = await desk.store.documents(rehearsal.reference)
    drawn = [name for name in papers if name.endswith(".pdf")]
    assert len(drawn) == 5
    assert [n for n in drawn if said_dates(tuple(days)) not in text_of(papers[n])] == [
        "agreement-1.pdf"
    ]
    first, _ = await facts(desk, rehearsal, "AgreementDrawnUp")
    assert hashlib.sha256(papers["agreement-1.pdf"]).hexdigest() == first["document"]
    calendar = await _last_calendar(desk, rehearsal, stack)
    held_on = re.findall(r"DTSTART;TZID=[^:]+:(\d{8})T", calendar)
    assert set(held_on) == {f"{day:%Y%m%d}" for day in days}
    assert await _nothing_of_before_is_asked(desk, rehearsal)
    assert await is_sound(desk, rehearsal)


async def test_a_longer_visit_is_decided_anew_and_what_was_paid_stays_paid(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.awarded(rehearsal, case)
    await (await holder(rehearsal, Role.SENDING)).confirm_instalment(await rehearsal.today())

    await _move(rehearsal, days=3)
    await desk.handle(rehearsal.reference).signal(MobilityWorkflow.renew)
    await second_run(desk, rehearsal)
    await _move(rehearsal, weeks=1, days=4)
    await everybody_signs(rehearsal)

    view = await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    assert view.grant_decision is None
    office = await holder(rehearsal, Role.OFFICE)
    await office.decide_grant(GrantDecision.AWARDED, {"organisational-support": Decimal(0)})
    view = await rehearsal.until(lambda view: view.grant_decision is not None, "decided anew")
    assert view.instalment_paid_on is not None
    assert view.question(Asked.INSTALMENT) is None
    happened = Counter(await kinds(desk, rehearsal))
    assert (happened["GrantDecided"], happened["InstalmentFellDue"]) == (2, 1)
    assert (view.phase, happened["VisitMoved"]) == (Phase.PREPARATION, 2)
    assert await is_sound(desk, rehearsal)


async def test_of_two_moves_at_once_the_later_one_holds(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.in_preparation(rehearsal, case)
    both = [await holder(rehearsal, role) for role in (Role.SENDING, Role.RECEIVING)]
    day = (await rehearsal.mobility()).request.first_day
    wanted = [day + timedelta(weeks=weeks) for weeks in (5, 7)]

    await asyncio.gather(
        *(who.move(on, on + timedelta(days=2)) for who, on in zip(both, wanted, strict=True))
    )

    view = await rehearsal.asked(Asked.SIGNATURES)
    moved = await facts(desk, rehearsal, "VisitMoved")
    request = (await rehearsal.mobility()).request
    assert {entry["first_day"] for entry in moved} == {str(day) for day in wanted}
    assert str(request.first_day) == moved[-1]["first_day"]
    question = view.question(Asked.SIGNATURES)
    assert question is not None
    assert question.epoch > view.moved_at
    await everybody_signs(rehearsal)
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    assert await is_sound(desk, rehearsal)


async def test_said_twice_it_is_moved_once_and_there_and_back_it_is_moved_twice(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    mobility = await rehearsal.mobility()
    sending, request = await holder(rehearsal, Role.SENDING), mobility.request

    days = await _move(rehearsal)
    once = await sending.move(days[0], days[-1], "A strike is announced.")
    again = await holder(rehearsal, Role.SENDING)
    assert await again.move(days[0], days[-1], "A strike is announced.") == once
    with pytest.raises(AlreadyDone, match="nothing more to do"):
        await (await holder(rehearsal, Role.RECEIVING)).move(days[0], days[-1])
    await (await holder(rehearsal, Role.SENDING)).move(request.first_day, request.last_day)
    await _move(rehearsal)
    await desk.handle(rehearsal.reference).signal(MobilityWorkflow.renew)
    await second_run(desk, rehearsal)
    third = (await rehearsal.mobility()).view.moved_at
    again = await holder(rehearsal, Role.SENDING)
    assert (await again.move(days[0], days[-1], "A strike is announced.")).event == third

    moved = await facts(desk, rehearsal, "VisitMoved")
    assert [entry["first_day"] for entry in moved] == [
        str(day) for day in (days[0], request.first_day, days[0])
    ]
    with pytest.raises(RequestNotAcceptable, match="less than 42 days away"):
        await (await holder(rehearsal, Role.SENDING)).move(
            await rehearsal.today(), days[-1] + timedelta(days=1)
        )
