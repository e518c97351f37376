"""Evaluation: both sides answer, the sending side tells what it will adapt, the card is out."""

import asyncio

from temporalio import workflow

from activities.names import PaperOrder
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
    # The card is drawn up from the journal: what was said last has to be in it.
    await file.written()
    read = file.mobility.n
    order = PaperOrder(reference=file.mobility.request.reference, at=file.now)
    result = await workflow.execute_activity_method(PaperMaker.publish_card, order, **drawing())
    if file.must_stop or file.mobility.n != read:
        # Somebody has said something meanwhile that this card does not know.
        return
    if result.contradictions:
        file.mobility.stop_card(result.contradictions, at=file.now)
    else:
        file.mobility.publish_card(result.documents, at=file.now)
    await file.written()
