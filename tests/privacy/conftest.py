"""Journeys full of secrets, and what is logged meanwhile."""

import io
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
import sqlalchemy as sa
import structlog

import logs
from domain.facts import Reference
from settings import Settings
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from store.tables import hosting_offer, organisation, person
from tests.privacy.people import (
    SECTION,
    Beginning,
    cancelled,
    carried_through,
    given_up_by_the_host,
    refused_to_sign,
)


@pytest.fixture(scope="module")
def said() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, as in production."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", written)
        logs.configure(json=True)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest_asyncio.fixture(scope="module")
async def begin_anew(
    desk: FrontDesk, settings: Settings, case: CaseDocument
) -> AsyncIterator[Beginning]:
    """Requests the same thing again and again, among people of its own."""
    await desk.keep_directory(SECTION)
    yield Beginning(desk, settings, case)
    async with desk.store.engine.begin() as tx:
        for table in (hosting_offer, person, organisation):
            await tx.execute(sa.delete(table).where(table.c.id.startswith("leaks-")))


@pytest_asyncio.fixture(scope="module")
async def journeys(begin_anew: Beginning, said: io.StringIO) -> list[Reference]:
    """One mobility carried through with everything people can write, and three that end early."""
    assert not said.closed
    rehearsals = [await begin_anew() for _ in range(4)]
    await carried_through(rehearsals[0])
    await refused_to_sign(rehearsals[1])
    await given_up_by_the_host(rehearsals[2])
    await cancelled(rehearsals[3])
    for rehearsal in rehearsals:
        await rehearsal.post_comes()
    return [rehearsal.reference for rehearsal in rehearsals]


@pytest_asyncio.fixture(scope="module")
async def finished(journeys: list[Reference], begin_anew: Beginning) -> Reference:
    """One more mobility, carried through, with nothing erased yet."""
    assert len(journeys) == 4
    rehearsal = await begin_anew()
    await carried_through(rehearsal)
    await rehearsal.post_comes()
    return rehearsal.reference
