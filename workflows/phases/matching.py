"""Matching: hosts are asked one after another, until one has a place."""

from datetime import datetime

from temporalio import workflow

from activities.directory import HostFinder
from activities.names import HostQuestion, HostsFound
from domain.deadlines import Asked
from domain.events import Outcome
from domain.holding import Hold, Holding
from domain.messages import Cause
from workflows.case_file import CaseFile
from workflows.effort import quick
from workflows.patience import answered, event_said


async def find_a_host(file: CaseFile) -> None:
    """Rank the offers and ask down the list. A host that says nothing has said no.

    A host is asked once places are held there; one that puts forward other dates waits for the
    sending coordinator's answer to them. Where all that are left are full, it is looked again
    every working morning.
    """
    mobility, holding = file.mobility, None
    if mobility.matching.ranking is None:
        found = await _find(file)
        if not file.must_stop:
            mobility.almanac, holding = found.almanac, found.holding
            mobility.rank_hosts(found.ranking, at=file.now)
            if found.event_until is not None:
                mobility.await_event(found.event_until, at=file.now)
    while mobility.matching.host is None and not file.must_stop:
        asking = {Asked.PLACE.value, Asked.OTHER_DATES.value} & mobility.waits.keys()
        if mobility.matching.waits_for_event and not asking:
            await event_said(file)
            continue
        if not asking:
            await _ask_next(file, holding)
            holding = None
        await file.written()
        await answered(file, Asked.PLACE)
        await answered(file, Asked.OTHER_DATES)
        await answered(file, Asked.FREE_PLACE, look_at=_next_look(file))


async def _ask_next(file: CaseFile, holding: Holding | None) -> None:
    """Ask the host that has room, or wait for one; with neither, the mobility lapses."""
    mobility = file.mobility
    mobility.stop_listening(at=file.now)
    if holding is None:
        holding = await _hold(file) if mobility.can_ask(at=file.now) else Holding()
    if not file.must_stop and not mobility.ask_next_host(holding, at=file.now):
        mobility.end(Outcome.LAPSED, Cause.NO_HOST, at=file.now)


def _next_look(file: CaseFile) -> datetime | None:
    """The next working morning of the sending coordinator, while a host can still be asked."""
    mobility, now = file.mobility, file.now
    if not mobility.can_ask(at=now):
        return None
    calendar = mobility.almanac.calendar_of(mobility.request.coordinator)
    return calendar.next_morning(now, mobility.request.reference)


async def _find(file: CaseFile) -> HostsFound:
    mobility = file.mobility
    if mobility.moved_at:
        await file.written()
    question = HostQuestion(
        request=mobility.request, at=file.now, guests=len(mobility.taking_part),
        declined=mobility.matching.declined_for_good,
    )  # fmt: skip
    return await workflow.execute_activity_method(HostFinder.find_hosts, question, **quick())


async def _hold(file: CaseFile) -> Holding:
    """Hold places at the next host, once what was held at another is given back in the journal."""
    await file.written()
    request = file.mobility.request
    hold = Hold(
        reference=request.reference, offers=file.mobility.matching.to_be_asked,
        first_day=request.first_day, last_day=request.last_day,
        guests=len(file.mobility.taking_part),
    )  # fmt: skip
    return await workflow.execute_activity_method(HostFinder.hold_a_place, hold, **quick())
