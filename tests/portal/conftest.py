"""The portal, served in the tests' own loop on the real parts, and visitors with their links."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from activities.case_reader import open_case
from activities.links import link_to, token_of
from domain.facts import PersonId
from portal.door import server
from starter.case_files import CaseDocument, SessionEntry
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from tests.portal.visitor import Fields, Visitor

ANA, BORAS, BERGEN = "soc-coordinator", "boras-coordinator", "vestland-coordinator"
OFFICE, FRIDA, EMELIE = "office-1", "p1", "p2"
Link = Callable[[Rehearsal, str], Awaitable[str]]


@asynccontextmanager
async def opened(desk: FrontDesk) -> AsyncIterator[Visitor]:
    """Somebody at a portal that is open, on a port that is free."""
    portal = server(desk, "127.0.0.1:0")
    serving = asyncio.create_task(portal._serve())
    while not portal.started:
        await asyncio.sleep(0.02)
    yield Visitor(portal.servers[0].sockets[0].getsockname()[1])
    portal.should_exit = True
    await serving


@pytest_asyncio.fixture(scope="session")
async def visitor(desk: FrontDesk) -> AsyncIterator[Visitor]:
    """Somebody at the portal."""
    async with opened(desk) as visitor:
        yield visitor


@pytest.fixture
def link(desk: FrontDesk) -> Link:
    """Somebody's link as their letters hold it, without the portal's own address."""

    async def link(rehearsal: Rehearsal, who: str) -> str:
        reference = rehearsal.reference
        case = await open_case(desk.store, reference)
        person = case.people.get(PersonId(who)) or case.people[PersonId(f"{reference}-{who}")]
        token = await token_of(desk.store.keys, reference, person, case.renewals)
        return link_to("", reference, token)

    return link


def as_rows(case: CaseDocument, rehearsal: Rehearsal) -> Fields:
    """The agenda of the case as a host would fill it into the form."""
    fields: Fields = {}
    for n, entry in enumerate(case.agenda or (), start=1):
        fields |= _row(f"s{n}", entry, rehearsal)
    return fields


def _row(row: str, entry: SessionEntry, rehearsal: Rehearsal) -> Fields:
    everybody = [f"{rehearsal.reference}-{one}" for one in (FRIDA, EMELIE)]
    mine = {"frida": everybody[:1], "emelie": everybody[1:]}
    names = entry.participants
    who = everybody if names == "all" else mine[names[0].partition(".")[0]]
    return {
        f"{row}-day": entry.day.isoformat(), f"{row}-from": f"{entry.starts:%H:%M}",
        f"{row}-to": f"{entry.ends:%H:%M}", f"{row}-title": entry.title,
        f"{row}-place": entry.place, f"{row}-kind": entry.kind.value, f"{row}-who": who,
        f"{row}-serves": [str(n) for n in entry.objectives],
    }  # fmt: skip
