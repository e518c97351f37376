"""All waiting: ask, remind on a plan, give up at a deadline that means something."""

from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

from domain.asking import stop_listening
from domain.deadlines import Asked
from domain.waits import Wait
from workflows.case_file import CaseFile


async def answered(file: CaseFile, asked: Asked, *, look_at: datetime | None = None) -> None:
    """Wait until a question is closed: by an answer, by silence, or because the journey stops.

    Also until the moment to ``look_at`` something, if one is given.
    """
    waits = file.mobility.waits
    while asked.value in waits and not file.must_stop:
        wait = waits[asked.value]
        if look_at is not None and file.now >= look_at:
            return
        if file.mobility.pass_time(asked, at=file.now):
            await file.written()
        else:
            moment = wait.next_moment()
            soonest = min((m for m in (moment, look_at) if m is not None), default=None)
            await _until(file, soonest, _is_closed_or_moved(file, wait, moment))


async def opened(file: CaseFile, asked: Asked) -> bool:
    """Wait until a question is put; false when the journey stops first."""
    waits = file.mobility.waits
    await workflow.wait_condition(lambda: asked.value in waits or file.must_stop)
    return not file.must_stop


async def until(file: CaseFile, moment: datetime) -> None:
    """Wait for a moment to come, or for the journey to stop."""
    while file.now < moment and not file.must_stop:
        await _until(file, moment, lambda: False)


async def event_said(file: CaseFile, *, look_at: datetime | None = None) -> None:
    """Wait until a matchmaking event says whom to ask; one that is silent is waited for no more.

    Where the host that it has said has no room, also until the moment to look there again.
    """
    matching = file.mobility.matching
    awaited, assigned = matching.awaited, matching.assigned

    def has_said() -> bool:
        return matching.awaited is None or matching.assigned != assigned

    await file.written()
    if awaited is not None:
        again = look_at if assigned is not None and look_at is not None else awaited.until
        await _until(file, min(again, awaited.until), has_said)
        if not has_said() and not file.must_stop:
            stop_listening(file.mobility, at=file.now)
    await file.written()


async def addresses_corrected(file: CaseFile) -> None:
    """Wait for every address that is asked for, beside the journey and for as long as it goes.

    No other question outlasts a move of the visit: this one does not hang on its dates.
    """
    waits = file.mobility.waits
    while not file.is_over:
        await workflow.wait_condition(
            lambda: file.is_over or (Asked.ADDRESS.value in waits and not file.must_start_over)
        )
        await answered(file, Asked.ADDRESS)


def _is_closed_or_moved(file: CaseFile, wait: Wait, moment: datetime | None) -> Callable[[], bool]:
    def is_so() -> bool:
        still_open = file.mobility.waits.get(wait.asked.value) is wait
        return not still_open or wait.next_moment() != moment

    return is_so


async def _until(file: CaseFile, moment: datetime | None, done: Callable[[], bool]) -> None:
    """Wait until it is done or the moment has come; where there is none, people's word counts."""
    timeout = moment - file.now if moment is not None else None
    try:
        await workflow.wait_condition(lambda: done() or file.must_stop, timeout=timeout)
    except TimeoutError:
        return
