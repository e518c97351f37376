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
    await _match(rehearsal)
    await _sign(rehearsal)
    await _prepare(rehearsal, document)
    await _visit(rehearsal)
    await _evaluate(rehearsal, document)


async def _match(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)
    await rehearsal.days_pass(4)
    await (await _as(rehearsal, Role.RECEIVING)).accept()


async def _sign(rehearsal: Rehearsal) -> None:
    view = await rehearsal.asked(Asked.SIGNATURES)
    await (await _as(rehearsal, Role.SENDING)).sign()
    await rehearsal.days_pass(1)
    await (await _as(rehearsal, Role.RECEIVING)).sign()
    for person in view.taking_part:
        await rehearsal.days_pass(2.5)
        await (await rehearsal.acts(person)).sign()


async def _prepare(rehearsal: Rehearsal, document: CaseDocument) -> None:
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    await rehearsal.days_pass(6)
    office = await _as(rehearsal, Role.OFFICE)
    # No rate is on file for organisational support: this office gives nothing for it.
    await office.decide_grant(GrantDecision.AWARDED, {"organisational-support": Decimal(0)})
    await rehearsal.asked(Asked.INSTALMENT)
    await rehearsal.days_pass(3)
    await (await _as(rehearsal, Role.SENDING)).confirm_instalment(await rehearsal.today())
    await rehearsal.days_pass(6)
    await (await _as(rehearsal, Role.RECEIVING)).put_agenda(document.agenda or ())
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    await rehearsal.days_pass(4)
    await (await _as(rehearsal, Role.SENDING)).accept_agenda()


async def _visit(rehearsal: Rehearsal) -> None:
    days = (await rehearsal.mobility()).request.days
    for day in days:
        await rehearsal.day_comes(day)
        await rehearsal.asked(Asked.ATTENDANCE)
        host = await _as(rehearsal, Role.RECEIVING)
        if day == days[0]:
            await host.arrive(day)
        await host.attend(day)
    await (await _as(rehearsal, Role.RECEIVING)).depart(days[-1])


async def _evaluate(rehearsal: Rehearsal, document: CaseDocument) -> None:
    await rehearsal.asked(Asked.EVALUATION, Asked.FOLLOW_UP)
    for entry in document.evaluations or ():
        await rehearsal.days_pass(2)
        await (await rehearsal.acts(entry.who)).evaluate(entry)
    await rehearsal.days_pass(1)
    await (await _as(rehearsal, Role.SENDING)).report_follow_up(
        section(document.follow_up, "follow_up", Path("the case"))
    )
    await rehearsal.closed()
    await rehearsal.post_comes()


async def _as(rehearsal: Rehearsal, role: Role) -> Errand:
    return await rehearsal.acts(holds(await rehearsal.mobility(), role))
