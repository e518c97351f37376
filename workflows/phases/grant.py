"""Grant: computed from dated rates, decided by the programme office, first instalment paid."""

from temporalio import workflow

from activities.grants import GrantClerk
from activities.names import GrantQuestion
from domain.deadlines import Asked
from workflows.case_file import CaseFile
from workflows.effort import quick
from workflows.patience import answered


async def settle_grant(file: CaseFile) -> None:
    """Have the grant decided. An instalment that is late is reported and stops nobody."""
    mobility = file.mobility
    if not mobility.grant.lines and mobility.matching.host and not file.must_stop:
        question = GrantQuestion(
            request=mobility.request, participants=mobility.taking_part,
            receiving_country=mobility.matching.host.country,
        )  # fmt: skip
        lines = await workflow.execute_activity_method(GrantClerk.compute, question, **quick())
        if not file.must_stop:
            mobility.ask_for_decision(lines, at=file.now)
            await file.written()
    await answered(file, Asked.GRANT_DECISION)
    await answered(file, Asked.INSTALMENT)
