"""Matching: hosts are asked one after another, until one has a place."""

from temporalio import workflow

from activities.directory import HostFinder
from activities.names import HostQuestion, HostsFound
from domain.deadlines import Asked
from domain.events import Outcome
from domain.messages import Cause
from workflows.case_file import CaseFile
from workflows.effort import quick
from workflows.patience import answered


async def find_a_host(file: CaseFile) -> None:
    """Rank the offers and ask down the list. A host that says nothing has said no."""
    mobility = file.mobility
    if mobility.matching.ranking is None:
        found = await _find(file)
        if not file.must_stop:
            mobility.almanac = found.almanac
            mobility.rank_hosts(found.ranking, at=file.now)
    while mobility.matching.host is None and not file.must_stop:
        asking = Asked.PLACE.value in mobility.waits
        if not asking and not mobility.ask_next_host(at=file.now):
            mobility.end(Outcome.LAPSED, Cause.NO_HOST, at=file.now)
        await file.written()
        await answered(file, Asked.PLACE)


async def _find(file: CaseFile) -> HostsFound:
    mobility = file.mobility
    question = HostQuestion(
        request=mobility.request, at=file.now, declined=mobility.matching.declined_for_good
    )
    return await workflow.execute_activity_method(HostFinder.find_hosts, question, **quick())
