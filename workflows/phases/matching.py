"""Matching: hosts are asked one after another, until one has a place."""

from datetime import datetime

from temporalio import workflow

from activities.directory import HostFinder
from activities.names import HostQuestion, HostsFound
from domain.asking import (
    ask_next_host,
    await_event,
    can_ask,
    can_rank_further,
    rank_further,
    rank_hosts,
    stop_listening,
)
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
    sending coordinator's answer to them. Where all that are left are full, or the one that an event
    says, it is looked again every working morning.
    """
    mobility, holding = file.mobility, None
    if mobility.matching.ranking is None:
        found = await _find(file)
        if not file.must_stop:
            mobility.almanac, holding = found.almanac, found.holding
            rank_hosts(mobility, found.ranking, at=file.now)
            if found.event_until is not None:
                await_event(mobility, found.event_until, at=file.now)
    while mobility.matching.host is None and not file.must_stop:
        if mobility.matching.waits_for_event:
            await event_said(file, look_at=_next_look(file))
        if not mobility.matching.is_asking and not file.must_stop:
            holding = await _ask_next(file, holding)
        await file.written()
        await answered(file, Asked.PLACE)
        await answered(file, Asked.OTHER_DATES)
        await answered(file, Asked.FREE_PLACE, look_at=_next_look(file))


async def _ask_next(file: CaseFile, holding: Holding | None) -> Holding | None:
    """Ask the host that has room, or wait for one; with neither, rank the next hosts.

    Where there are none, the mobility lapses. Returns what is held at one that was just ranked.
    """
    mobility = file.mobility
    stop_listening(mobility, at=file.now)
    if holding is None:
        holding = await _hold(file) if can_ask(mobility, at=file.now) else Holding()
    if file.must_stop or ask_next_host(mobility, holding, at=file.now):
        return None
    if not can_rank_further(mobility, at=file.now):
        mobility.end(Outcome.LAPSED, Cause.NO_HOST, at=file.now)
        return None
    found = await _find(file)
    if not file.must_stop:
        mobility.almanac = found.almanac
        rank_further(mobility, found.ranking, at=file.now)
    # Of those kept in mind only another look says whether they have room by now.
    return found.holding if found.holding and found.holding.held else None


def _next_look(file: CaseFile) -> datetime | None:
    """The next working morning of the sending coordinator, while a host can still be asked."""
    mobility, now = file.mobility, file.now
    if not can_ask(mobility, at=now):
        return None
    calendar = mobility.almanac.calendar_of(mobility.request.coordinator)
    return calendar.next_morning(now, mobility.request.reference)


async def _find(file: CaseFile) -> HostsFound:
    mobility = file.mobility
    if mobility.moved_at or mobility.matching.ranking is not None:
        await file.written()
    question = HostQuestion(
        request=mobility.request, at=file.now, guests=len(mobility.taking_part),
        declined=mobility.matching.declined_for_good, asked=mobility.matching.named,
    )  # fmt: skip
    return await workflow.execute_activity_method(HostFinder.find_hosts, question, **quick())


async def _hold(file: CaseFile) -> Holding:
    """Hold places at the next host; again, if an event says meanwhile that it is another one."""
    while True:
        hold = await _places_wanted(file)
        holding = await workflow.execute_activity_method(HostFinder.hold_a_place, hold, **quick())
        if file.must_stop or hold.offers == file.mobility.matching.to_be_asked:
            return holding


async def _places_wanted(file: CaseFile) -> Hold:
    """What is to be held, once what was held at another is given back in the journal."""
    await file.written()
    mobility = file.mobility
    return Hold.of(mobility.request, mobility.matching.to_be_asked, len(mobility.taking_part))
