"""Journeys that one mobility makes by itself, whatever others do: their histories are saved."""

from collections.abc import Awaitable, Callable
from datetime import time, timedelta

from domain.deadlines import Asked
from domain.messages import Cause
from domain.people import Role
from starter.case_files import EXAMPLE, CaseDocument, section
from starter.rehearsal import Rehearsal
from starter.story import everybody_signs, holder, tell_the_story
from tests.workflows import stages

Journey = Callable[[Rehearsal, CaseDocument], Awaitable[None]]


async def nobody_signs(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The agreement lapses."""
    await stages.asked_for_signatures(rehearsal, case)
    await rehearsal.days_pass(60)
    await rehearsal.closed()


async def second_host(rehearsal: Rehearsal, _case: CaseDocument) -> None:
    """The first host is silent, the second accepts, and the sending side cancels."""
    await rehearsal.asked(Asked.PLACE)
    await rehearsal.days_pass(11)
    await (await holder(rehearsal, Role.RECEIVING)).accept()
    await rehearsal.asked(Asked.SIGNATURES)
    await (await holder(rehearsal, Role.SENDING)).cancel(Cause.OTHER)
    await rehearsal.closed()


async def withdrawal(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """Both participants withdraw during the preparation."""
    await stages.agenda_on_the_table(rehearsal, case)
    for person in (await rehearsal.mobility()).view.taking_part:
        await (await rehearsal.acts(person)).withdraw("", Cause.ILLNESS)
    await rehearsal.closed()


async def agenda_changes(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The accepted agenda is changed; another change stays unanswered, and the visit begins."""
    await stages.prepared(rehearsal, case)
    first, *rest = case.agenda or ()
    sooner = first.model_copy(update={"starts": time(8, 30), "ends": time(11, 30)})
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda((sooner, *rest))
    await rehearsal.asked(Asked.AGENDA_CHANGE)
    await (await holder(rehearsal, Role.SENDING)).accept_agenda()
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda((first, *rest))
    await rehearsal.asked(Asked.AGENDA_CHANGE)
    await rehearsal.day_comes((await rehearsal.mobility()).request.first_day)
    await rehearsal.asked(Asked.ATTENDANCE)


async def still_open(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The visit has begun, and the journey is under way."""
    await stages.visiting(rehearsal, case)


async def contradiction(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The card is stopped, corrected, published."""
    await stages.looking_back(rehearsal, case)
    right = section(case.follow_up, "follow_up", EXAMPLE)
    wrong = right.model_copy(update={"stated_days": 2})
    for entry in case.evaluations or ():
        await (await rehearsal.acts(entry.who)).evaluate(entry)
    await (await holder(rehearsal, Role.SENDING)).report_follow_up(wrong)
    await rehearsal.asked(Asked.CARD_FACTS)
    await (await holder(rehearsal, Role.SENDING)).report_follow_up(right)
    await rehearsal.closed()


async def address_corrected(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """A signatory is out of reach until their address is corrected, the other for good."""
    await stages.asked_for_signatures(rehearsal, case)
    mobility = await rehearsal.mobility()
    lost, too = mobility.view.taking_part[-1], mobility.view.host
    assert too is not None
    await stages.out_of_reach(rehearsal, lost, too.coordinator)
    await rehearsal.days_pass(3)
    await (await holder(rehearsal, Role.SENDING)).correct_address(lost, "found@boras.example")
    await rehearsal.days_pass(80)
    await rehearsal.closed()


async def moved(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The visit is moved while a host is asked, and again when the grant is awarded."""
    await stages.asked_for_a_place(rehearsal, case)
    await _move(rehearsal, Role.SENDING)
    await rehearsal.until(lambda view: view.pending_offer is not None, "asked anew")
    await stages.awarded(rehearsal, case)
    await _move(rehearsal, Role.RECEIVING)
    await everybody_signs(rehearsal)
    await rehearsal.asked(Asked.INSTALMENT, Asked.AGENDA)
    await (await holder(rehearsal, Role.SENDING)).cancel(Cause.OTHER)
    await rehearsal.closed()


async def _move(rehearsal: Rehearsal, role: Role) -> None:
    days = [day + timedelta(weeks=5) for day in (await rehearsal.mobility()).request.days]
    await (await holder(rehearsal, role)).move(days[0], days[-1])


async def other_dates(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The first host's dates do not suit, the second host's are accepted and signed for."""
    await stages.other_dates_on_the_table(rehearsal, case)
    await (await holder(rehearsal, Role.SENDING)).decline_dates("Our schools are closed then.")
    await rehearsal.asked(Asked.PLACE)
    days = [day + timedelta(weeks=5) for day in (await rehearsal.mobility()).request.days]
    host = await holder(rehearsal, Role.RECEIVING)
    await host.propose_dates(days[0], days[-1], "A fair that week.")
    await rehearsal.asked(Asked.OTHER_DATES)
    await (await holder(rehearsal, Role.SENDING)).accept_dates()
    await rehearsal.asked(Asked.SIGNATURES)
    await everybody_signs(rehearsal)
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)


JOURNEYS: dict[str, Journey] = {
    "straight-through": tell_the_story,
    "nobody-signs": nobody_signs,
    "second-host": second_host,
    "withdrawal": withdrawal,
    "agenda-changes": agenda_changes,
    "still-open": still_open,
    "contradiction": contradiction,
    "address-corrected": address_corrected,
    "moved": moved,
    "other-dates": other_dates,
}
