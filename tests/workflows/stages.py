"""The stages of a mobility, each reached by the same acts as in earnest."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

from domain.deadlines import Asked
from domain.facts import PersonId
from domain.grant import GrantDecision
from domain.people import Role
from domain.reach import FailedLetter
from starter.case_files import CaseDocument
from starter.rehearsal import Rehearsal
from starter.story import a_host_accepts, everybody_signs, holder
from workflows.mobility import MobilityWorkflow

Reach = Callable[[Rehearsal, CaseDocument], Awaitable[None]]


async def asked_for_a_place(rehearsal: Rehearsal, _case: CaseDocument) -> None:
    """A host is asked."""
    await rehearsal.asked(Asked.PLACE)


async def other_dates_on_the_table(rehearsal: Rehearsal, _case: CaseDocument) -> None:
    """The host that is asked has put forward dates a week later."""
    await rehearsal.asked(Asked.PLACE)
    request = (await rehearsal.mobility()).request
    days = [day + timedelta(days=7) for day in request.days]
    await (await holder(rehearsal, Role.RECEIVING)).propose_dates(days[0], days[-1])
    await rehearsal.asked(Asked.OTHER_DATES)


async def asked_for_signatures(rehearsal: Rehearsal, _case: CaseDocument) -> None:
    """The agreement is on the table."""
    await a_host_accepts(rehearsal)
    await rehearsal.asked(Asked.SIGNATURES)


async def in_preparation(rehearsal: Rehearsal, _case: CaseDocument) -> None:
    """The office is asked for its decision, the host for its agenda."""
    await a_host_accepts(rehearsal)
    await everybody_signs(rehearsal)
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)


async def awarded(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The grant is awarded and not paid yet."""
    await in_preparation(rehearsal, case)
    office = await holder(rehearsal, Role.OFFICE)
    await office.decide_grant(GrantDecision.AWARDED, {"organisational-support": Decimal(0)})
    await rehearsal.asked(Asked.INSTALMENT)


async def agenda_on_the_table(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The host has put forward its agenda."""
    await awarded(rehearsal, case)
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda(case.agenda or ())
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)


async def prepared(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """Everything but the payment is settled; the first day is awaited."""
    await agenda_on_the_table(rehearsal, case)
    await (await holder(rehearsal, Role.SENDING)).accept_agenda()


async def visiting(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The first day has come."""
    await prepared(rehearsal, case)
    await rehearsal.day_comes((await rehearsal.mobility()).request.first_day)
    await rehearsal.asked(Asked.ATTENDANCE)


async def looking_back(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The visit is over, everybody is asked what they say."""
    await visiting(rehearsal, case)
    days = (await rehearsal.mobility()).request.days
    await rehearsal.day_comes(days[-1])
    host = await holder(rehearsal, Role.RECEIVING)
    await host.arrive(days[0])
    for day in days:
        await host.attend(day)
    await host.depart(days[-1])
    await rehearsal.asked(Asked.EVALUATION, Asked.FOLLOW_UP)


async def out_of_reach(rehearsal: Rehearsal, *people: PersonId) -> None:
    """Letters to these people do not arrive."""
    for person in people:
        failed = FailedLetter(person=person, key=person, purpose="any", event=1, asks=True)
        await rehearsal.handle.signal(MobilityWorkflow.letter_failed, failed)
    await rehearsal.until(lambda view: view.out_of_reach.keys() >= set(people), "without them")


async def waiting_for_an_address(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """Letters to a signatory do not arrive; somebody is asked for the address."""
    await asked_for_signatures(rehearsal, case)
    await out_of_reach(rehearsal, (await rehearsal.mobility()).view.taking_part[-1])


STAGES: tuple[Reach, ...] = (
    asked_for_a_place, asked_for_signatures, in_preparation, awarded, agenda_on_the_table,
    prepared, visiting, looking_back,
)  # fmt: skip
