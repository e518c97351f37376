"""Hosting offers for whoever keeps them in memory: what has changed since, and what is offered."""

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import OfferId, OrganisationId
from store.engine import single_statement
from store.tables import hosting_offer


class OfferChange(NamedTuple):
    """An offer as it stands after a change, as JSON of its facts; none if it was withdrawn."""

    offer: OfferId
    change: int
    facts: str | None


_FACTS = sa.case(
    (hosting_offer.c.withdrawn_at.is_(None), sa.cast(hosting_offer.c.facts, sa.Text)), else_=None
)
_CHANGES = sa.select(hosting_offer.c.id, hosting_offer.c.change, _FACTS)
_THEMES = sa.text(
    """
    select distinct theme
    from hosting_offer, jsonb_array_elements_text(facts -> 'themes') as of (theme)
    where withdrawn_at is null
    """
)
AT_A_TIME = 5000


async def offers_changed(engine: AsyncEngine, *, since: int, most: int) -> list[OfferChange]:
    """The offers that changed after this number, in that order, as many as are wanted."""
    changes = _CHANGES.where(hosting_offer.c.change > since)
    async with single_statement(engine) as connection:
        rows = await connection.execute(changes.order_by(hosting_offer.c.change).limit(most))
        return [OfferChange(*row) for row in rows]


async def every_offer(engine: AsyncEngine) -> list[OfferChange]:
    """All offers as they stand, read a part at a time."""
    found: list[OfferChange] = []
    async with engine.connect() as connection:
        rows = await connection.stream(_CHANGES)
        async for part in rows.partitions(AT_A_TIME):
            found += [OfferChange(*row) for row in part]
    return found


async def themes_offered(engine: AsyncEngine) -> set[str]:
    """Every theme that some host offers."""
    async with single_statement(engine) as connection:
        return set(await connection.scalars(_THEMES))


async def homes_of_offers(
    engine: AsyncEngine, offers: Iterable[OfferId]
) -> dict[OfferId, OrganisationId]:
    """The organisations of these offers, also of those that were withdrawn."""
    home = hosting_offer.c.facts["organisation"].astext
    homes = sa.select(hosting_offer.c.id, home).where(hosting_offer.c.id.in_(sorted(offers)))
    async with single_statement(engine) as connection:
        rows = await connection.execute(homes)
        return {OfferId(offer): OrganisationId(organisation) for offer, organisation in rows}
