"""The straight journey as a story: everybody says yes, and takes their time about it."""

from decimal import Decimal
from pathlib import Path

from domain.deadlines import Asked
from domain.grant import GrantDecision
from domain.people import Role
from starter.case_files import CaseDocument, section
from starter.errand import Errand
from starter.rehearsal import Rehearsal, holds


async def tell_the_story(rehearsal: Rehearsal, document: CaseDocument) -> None:
    """The straight journey, with people who take their time."""
    await a_host_accepts(rehearsal)
    await everybody_signs(rehearsal)
    await grant_and_agenda_are_settled(rehearsal, document)
    await the_visit_takes_place(rehearsal)
    await everybody_looks_back(rehearsal, document)


async def a_host_accepts(rehearsal: Rehearsal) -> None:
    """The first host on the list takes its time and has a place."""
    await rehearsal.asked(Asked.PLACE)
    await rehearsal.days_pass(4)
    await (await holder(rehearsal, Role.RECEIVING)).accept()


async def everybody_signs(rehearsal: Rehearsal) -> None:
    """Everybody signs, the last one after a reminder."""
    view = await rehearsal.asked(Asked.SIGNATURES)
    await (await holder(rehearsal, Role.SENDING)).sign()
    await rehearsal.days_pass(1)
    await (await holder(rehearsal, Role.RECEIVING)).sign()
    for person in view.taking_part:
        await rehearsal.days_pass(2.5)
        await (await rehearsal.acts(person)).sign()


async def grant_and_agenda_are_settled(rehearsal: Rehearsal, document: CaseDocument) -> None:
    """The grant is awarded and paid, the agenda put forward and accepted."""
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    await rehearsal.days_pass(6)
    office = await holder(rehearsal, Role.OFFICE)
    # No rate is on file for organisational support: this office gives nothing for it.
    await office.decide_grant(GrantDecision.AWARDED, {"organisational-support": Decimal(0)})
    await rehearsal.asked(Asked.INSTALMENT)
    await rehearsal.days_pass(3)
    await (await holder(rehearsal, Role.SENDING)).confirm_instalment(await rehearsal.today())
    await rehearsal.days_pass(6)
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda(document.agenda or ())
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    await rehearsal.days_pass(4)
    await (await holder(rehearsal, Role.SENDING)).accept_agenda()


async def the_visit_takes_place(rehearsal: Rehearsal) -> None:
    """The host confirms arrival, every day and departure."""
    days = (await rehearsal.mobility()).request.days
    for day in days:
        await rehearsal.day_comes(day)
        await rehearsal.asked(Asked.ATTENDANCE)
        host = await holder(rehearsal, Role.RECEIVING)
        if day == days[0]:
            await host.arrive(day)
        await host.attend(day)
    await (await holder(rehearsal, Role.RECEIVING)).depart(days[-1])


async def everybody_looks_back(rehearsal: Rehearsal, document: CaseDocument) -> None:
    """Everybody evaluates, the sending side tells what it will adapt; the card is out."""
    await rehearsal.asked(Asked.EVALUATION, Asked.FOLLOW_UP)
    for entry in document.evaluations or ():
        await rehearsal.days_pass(2)
        await (await rehearsal.acts(entry.who)).evaluate(entry)
    await rehearsal.days_pass(1)
    await (await holder(rehearsal, Role.SENDING)).report_follow_up(
        section(document.follow_up, "follow_up", Path("the case"))
    )
    await rehearsal.closed()
    await rehearsal.post_comes()


async def holder(rehearsal: Rehearsal, role: Role) -> Errand:
    """Whoever has this capacity steps up to the desk."""
    return await rehearsal.acts(holds(await rehearsal.mobility(), role))
