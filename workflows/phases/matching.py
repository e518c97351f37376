"""Matching: hosts are asked one after another, until one has a place."""

from temporalio import workflow

from activities.directory import HostFinder
from activities.names import HostQuestion, HostsFound
from domain.deadlines import Asked
from domain.events import Outcome
from domain.messages import Cause
from workflows.case_file import CaseFile
from workflows.effort import quick
from workflows.patience import answered, event_said


async def find_a_host(file: CaseFile) -> None:
    """Rank the offers and ask down the list. A host that says nothing has said no.

    One that puts forward other dates waits for the sending coordinator's answer to them.
    """
    mobility = file.mobility
    if mobility.matching.ranking is None:
        found = await _find(file)
        if not file.must_stop:
            mobility.almanac = found.almanac
            mobility.rank_hosts(found.ranking, at=file.now)
            if found.event_until is not None:
                mobility.await_event(found.event_until, at=file.now)
    while mobility.matching.host is None and not file.must_stop:
        asking = {Asked.PLACE.value, Asked.OTHER_DATES.value} & mobility.waits.keys()
        if mobility.matching.waits_for_event and not asking:
            await event_said(file)
            continue
        if not asking and not mobility.ask_next_host(at=file.now):
            mobility.end(Outcome.LAPSED, Cause.NO_HOST, at=file.now)
        await file.written()
        await answered(file, Asked.PLACE)
        await answered(file, Asked.OTHER_DATES)


async def _find(file: CaseFile) -> HostsFound:
    question = HostQuestion(request=file.mobility.request, at=file.now)
    return await workflow.execute_activity_method(HostFinder.find_hosts, question, **quick())
