"""Grant: computed from dated rates, decided by the programme office, first instalment paid."""

from temporalio import workflow

from activities.grants import GrantClerk
from activities.names import GrantQuestion
from domain.deadlines import Asked
from domain.grant import GrantLine
from workflows.case_file import CaseFile
from workflows.effort import quick
from workflows.patience import answered


async def settle_grant(file: CaseFile) -> None:
    """Have the grant decided, anew when the visit is moved.

    An instalment that is late is reported and stops nobody.
    """
    mobility = file.mobility
    while mobility.grant.must_be_computed and not file.must_stop:
        travelling = mobility.taking_part
        lines = await _compute(file)
        # Somebody may have withdrawn meanwhile: then it is computed for those who are left.
        if travelling == mobility.taking_part and not file.must_stop:
            mobility.take_up_grant(lines, at=file.now)
            await file.written()
    await answered(file, Asked.GRANT_DECISION)
    await answered(file, Asked.INSTALMENT)


async def _compute(file: CaseFile) -> tuple[GrantLine, ...]:
    mobility, host = file.mobility, file.mobility.matching.host
    question = GrantQuestion(
        request=mobility.request, participants=mobility.taking_part,
        receiving_country=host.country if host else "",
    )  # fmt: skip
    return await workflow.execute_activity_method(GrantClerk.compute, question, **quick())
