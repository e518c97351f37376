"""Visit: the host confirms arrival, attendance of each day and departure."""

from temporalio import workflow

from activities.names import PaperOrder
from activities.papers import PaperMaker
from domain.deadlines import Asked, morning_of
from domain.events import Phase
from workflows.case_file import CaseFile
from workflows.effort import drawing
from workflows.patience import answered, until


async def accompany_visit(file: CaseFile) -> None:
    """Wait for the first day, then for the host's word on it, and issue the certificates."""
    mobility = file.mobility
    if mobility.phase is Phase.PREPARATION:
        morning = morning_of(mobility.request.first_day, mobility.request.reference)
        await until(file, morning)
        if file.must_stop:
            return
        mobility.begin_visit(at=file.now)
        await file.written()
    await answered(file, Asked.ATTENDANCE)
    if not mobility.certificates and not file.must_stop:
        # Certificates are drawn up from the journal: the last day has to be in it.
        await file.written()
        order = PaperOrder(reference=mobility.request.reference, at=file.now)
        certificates = await workflow.execute_activity_method(
            PaperMaker.issue_certificates, order, **drawing()
        )
        if not file.must_stop:
            mobility.issue_certificates(certificates, at=file.now)
