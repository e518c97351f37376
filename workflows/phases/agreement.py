"""Agreement: the document is drawn up and signed by all parties."""

from collections.abc import Awaitable

from temporalio import workflow

from activities.names import PaperOrder
from activities.papers import PaperMaker
from domain.deadlines import Asked
from domain.events import Phase
from workflows.case_file import CaseFile
from workflows.effort import drawing
from workflows.patience import answered


async def reach_agreement(file: CaseFile) -> None:
    """Draw up the agreement and collect the signatures, again when somebody named withdraws.

    Signatures missing at last lapse it.
    """
    mobility = file.mobility
    if mobility.phase is Phase.MATCHING:
        mobility.enter(Phase.AGREEMENT, at=file.now)
        await file.written()
    while mobility.agreement.in_force_on is None and not file.must_stop:
        if not mobility.agreement.document:
            document = await file.drawn(lambda: _draw_up(file))
            if document is not None:
                mobility.draw_up_agreement(document, at=file.now)
                await file.written()
        await answered(file, Asked.SIGNATURES)


def _draw_up(file: CaseFile) -> Awaitable[str]:
    order = PaperOrder(reference=file.mobility.request.reference, at=file.now)
    return workflow.execute_activity_method(PaperMaker.draw_agreement, order, **drawing())
