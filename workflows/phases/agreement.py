"""Agreement: the document is drawn up and signed by all parties."""

from collections.abc import Awaitable

from temporalio import workflow

from activities.directory import HostFinder
from activities.names import DaysQuestion, PaperOrder
from activities.papers import PaperMaker
from domain.deadlines import Asked
from domain.events import Phase
from workflows.case_file import CaseFile
from workflows.effort import drawing, quick
from workflows.patience import answered


async def reach_agreement(file: CaseFile) -> None:
    """Draw up the agreement and collect the signatures, again when it no longer holds.

    It names people and dates: somebody may withdraw, and the visit may be moved. Signatures missing
    at last lapse it.
    """
    mobility = file.mobility
    if mobility.phase is Phase.MATCHING:
        mobility.enter(Phase.AGREEMENT, at=file.now)
        await file.written()
    if Asked.SIGNATURES not in mobility.almanac.plans:
        await _look_up_days(file)
    while mobility.agreement.in_force_on is None and not file.must_stop:
        if not mobility.agreement.document:
            document = await file.drawn(lambda: _draw_up(file))
            if document is not None:
                mobility.draw_up_agreement(document, at=file.now)
                await file.written()
        await answered(file, Asked.SIGNATURES)


async def _look_up_days(file: CaseFile) -> None:
    """The visit was moved: whoever is asked now is asked by the days around its new dates."""
    mobility, host = file.mobility, file.mobility.matching.host
    if host is None:
        return
    question = DaysQuestion(
        request=mobility.request, host=host.coordinator, organisation=host.organisation,
        at=file.now,
    )  # fmt: skip
    almanac = await workflow.execute_activity_method(HostFinder.look_up_days, question, **quick())
    if not file.must_stop:
        mobility.almanac = almanac


def _draw_up(file: CaseFile) -> Awaitable[str]:
    order = PaperOrder(reference=file.mobility.request.reference, at=file.now)
    return workflow.execute_activity_method(PaperMaker.draw_agreement, order, **drawing())
