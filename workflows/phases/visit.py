"""Visit: the host confirms arrival, attendance of each day and departure."""

from collections.abc import Awaitable

from temporalio import workflow

from activities.names import PaperOrder
from activities.papers import PaperMaker
from domain.deadlines import Asked
from domain.events import Phase
from domain.facts import PersonId
from workflows.case_file import CaseFile
from workflows.effort import drawing
from workflows.patience import answered, until


async def accompany_visit(file: CaseFile) -> None:
    """Wait for the first day, then for the host's word on it, and issue the certificates."""
    mobility = file.mobility
    if mobility.phase is Phase.PREPARATION:
        await until(file, mobility.first_morning)
        if file.must_stop:
            return
        mobility.begin_visit(at=file.now)
        await file.written()
    await answered(file, Asked.ATTENDANCE)
    if mobility.attended and not mobility.certificates:
        certificates = await file.drawn(lambda: _issue(file))
        if certificates is not None:
            mobility.issue_certificates(certificates, at=file.now)


def _issue(file: CaseFile) -> Awaitable[dict[PersonId, str]]:
    order = PaperOrder(reference=file.mobility.request.reference, at=file.now)
    return workflow.execute_activity_method(PaperMaker.issue_certificates, order, **drawing())
