"""How often links were made anew: all that is kept of them."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import PersonId, Reference
from store.engine import single_statement
from store.tables import link_renewal

Renewals = Mapping[PersonId, int]
"""Of one mobility, how often the links of these people were made anew; of others, never."""


async def renewals(engine: AsyncEngine, reference: Reference) -> Renewals:
    """Whose links of a mobility were made anew, and how often."""
    mine = link_renewal.c.reference == reference
    query = sa.select(link_renewal.c.person, link_renewal.c.times).where(mine)
    async with single_statement(engine) as connection:
        rows = (await connection.execute(query)).all()
    return {PersonId(row.person): row.times for row in rows}


async def renew(engine: AsyncEngine, reference: Reference, person: PersonId) -> None:
    """Have every link that somebody got to a mobility so far be dead."""
    once = insert(link_renewal).values(reference=reference, person=person, times=1)
    async with engine.begin() as tx:
        await tx.execute(
            once.on_conflict_do_update(
                index_elements=["reference", "person"], set_={"times": link_renewal.c.times + 1}
            )
        )
