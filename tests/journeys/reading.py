"""What journeys look at afterwards: kinds of entries, letters, the verdict of the auditor."""

import asyncio
from collections import Counter
from typing import Any

from temporalio.client import WorkflowExecutionStatus

from domain.facts import PersonId
from domain.letters import Purpose
from starter import auditing
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.journal import read_journal
from store.ledger import LedgerLine, read_letters


async def kinds(desk: FrontDesk, rehearsal: Rehearsal) -> list[str]:
    """The kinds of all entries, in order."""
    lines = await read_journal(desk.store.engine, rehearsal.reference)
    return [line.entry.kind for line in lines]


async def facts(desk: FrontDesk, rehearsal: Rehearsal, kind: str) -> list[dict[str, Any]]:
    """The facts of every entry of one kind."""
    lines = await read_journal(desk.store.engine, rehearsal.reference)
    return [line.entry.facts for line in lines if line.entry.kind == kind]


async def letters(desk: FrontDesk, rehearsal: Rehearsal, purpose: Purpose) -> list[LedgerLine]:
    """Every letter of one purpose."""
    ledger = await read_letters(desk.store.engine, rehearsal.reference)
    return [letter for letter in ledger if letter.order.purpose is purpose]


async def told(desk: FrontDesk, rehearsal: Rehearsal, purpose: Purpose) -> Counter[PersonId]:
    """How many letters of one purpose each person was meant to get."""
    return Counter(letter.order.to for letter in await letters(desk, rehearsal, purpose))


async def is_sound(desk: FrontDesk, rehearsal: Rehearsal) -> bool:
    """Whether journal and history agree, every stroke compared."""
    if (await rehearsal.mobility()).view.outcome is not None:
        await _closed_in_temporal(desk, rehearsal)
    verdict = await auditing.verify(desk.client, desk.store, rehearsal.reference)
    return verdict.is_sound and verdict.compared == verdict.strokes


async def _closed_in_temporal(desk: FrontDesk, rehearsal: Rehearsal) -> None:
    """The journal says that it is closed a moment before Temporal has heard so."""
    handle = desk.handle(rehearsal.reference)
    async with asyncio.timeout(30):
        while (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
            await asyncio.sleep(0.05)


async def second_run(desk: FrontDesk, rehearsal: Rehearsal) -> None:
    """Wait until the workflow goes on in another run."""
    handle = desk.handle(rehearsal.reference)
    query = f"WorkflowId = '{handle.id}'"
    async with asyncio.timeout(10):
        while len([run async for run in desk.client.list_workflows(query)]) == 1:
            await asyncio.sleep(0.02)
