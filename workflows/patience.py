"""All waiting: ask, remind on a plan, give up at a deadline that means something."""

from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

from domain.deadlines import Asked
from domain.waits import Wait
from workflows.case_file import CaseFile


async def answered(file: CaseFile, asked: Asked) -> None:
    """Wait until a question is closed: by an answer, by silence, or because the journey stops."""
    waits = file.mobility.waits
    while asked.value in waits and not file.must_stop:
        wait = waits[asked.value]
        if file.mobility.pass_time(asked, at=file.now):
            await file.written()
        else:
            await _until(file, wait.next_moment(), _is_closed(file, wait))


async def opened(file: CaseFile, asked: Asked) -> bool:
    """Wait until a question is put; false when the journey stops first."""
    waits = file.mobility.waits
    await workflow.wait_condition(lambda: asked.value in waits or file.must_stop)
    return not file.must_stop


async def until(file: CaseFile, moment: datetime) -> None:
    """Wait for a moment to come, or for the journey to stop."""
    while file.now < moment and not file.must_stop:
        await _until(file, moment, lambda: False)


def _is_closed(file: CaseFile, wait: Wait) -> Callable[[], bool]:
    return lambda: file.mobility.waits.get(wait.asked.value) is not wait


async def _until(file: CaseFile, moment: datetime, done: Callable[[], bool]) -> None:
    try:
        await workflow.wait_condition(lambda: done() or file.must_stop, timeout=moment - file.now)
    except TimeoutError:
        return
