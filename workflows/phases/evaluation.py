"""Evaluation: both sides answer, the sending side tells what it will adapt, the card is out."""

import asyncio
from collections.abc import Awaitable

from temporalio import workflow

from activities.names import CardResult, PaperOrder
from activities.papers import PaperMaker
from domain.deadlines import Asked
from domain.events import Phase
from workflows.case_file import CaseFile
from workflows.effort import drawing
from workflows.patience import answered


async def evaluate_and_publish(file: CaseFile) -> None:
    """Collect what people say, then publish the card; contradictions are corrected first."""
    mobility = file.mobility
    if mobility.phase is Phase.VISIT:
        mobility.enter(Phase.EVALUATION, at=file.now)
        mobility.ask_for_evaluation(at=file.now)
        await file.written()
    await asyncio.gather(answered(file, Asked.EVALUATION), answered(file, Asked.FOLLOW_UP))
    await answered(file, Asked.CARD_FACTS)
    while not file.must_stop:
        await _publish(file)
        await answered(file, Asked.CARD_FACTS)


async def _publish(file: CaseFile) -> None:
    def draw() -> Awaitable[CardResult]:
        order = PaperOrder(reference=file.mobility.request.reference, at=file.now)
        return workflow.execute_activity_method(PaperMaker.publish_card, order, **drawing())

    result = await file.drawn(draw)
    if result is None:
        return
    if result.contradictions:
        file.mobility.stop_card(result.contradictions, at=file.now)
    else:
        file.mobility.publish_card(result.documents, at=file.now)
    await file.written()
