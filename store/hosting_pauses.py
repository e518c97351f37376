"""Hosts that are not asked for the time being, and their return."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import OrganisationId
from store.engine import single_statement
from store.tables import host_answer, hosting_pause


async def resume_hosting(engine: AsyncEngine, organisation: OrganisationId) -> bool:
    """Have a host asked again; false when it was not paused.

    The requests it has left unanswered are forgiven: only new ones can pause it again.
    """
    async with engine.begin() as tx:
        ended = await tx.execute(
            sa.delete(hosting_pause).where(hosting_pause.c.organisation == organisation)
        )
        if ended.rowcount == 0:
            return False
        await tx.execute(
            sa.update(host_answer)
            .where(host_answer.c.organisation == organisation, host_answer.c.answer.is_not(None))
            .values(is_forgiven=True)
        )
        return True


async def read_paused(engine: AsyncEngine) -> frozenset[OrganisationId]:
    """Every host that is not asked for the time being."""
    async with single_statement(engine) as connection:
        rows = await connection.execute(sa.select(hosting_pause.c.organisation))
        return frozenset(OrganisationId(name) for name in rows.scalars())
