"""The partnership's directory: organisations, the people who answer for them, hosting offers."""

from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import Fact, OfferId
from domain.hosting import HostingOffer
from domain.people import Organisation, Person
from store.engine import single_statement
from store.tables import NEXT_CHANGE, NOW, hosting_offer, organisation, person


class Directory(Fact):
    """Everything in the directory but the offers that were withdrawn."""

    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    offers: tuple[HostingOffer, ...]

    def person(self, email_or_id: str) -> Person | None:
        """Find somebody by e-mail address or id."""
        wanted = email_or_id.casefold()
        names = ((p, (p.id.casefold(), p.email.casefold())) for p in self.people)
        return next((p for p, known in names if wanted in known), None)

    def organisation(self, name_or_id: str) -> Organisation | None:
        """Find an organisation by its id or its exact name."""
        wanted = name_or_id.casefold()
        names = ((o, (o.id.casefold(), o.name.casefold())) for o in self.organisations)
        return next((o for o, known in names if wanted in known), None)


_ORGANISATIONS, _PEOPLE = (
    sa.select(table.c.facts).order_by(table.c.id) for table in (organisation, person)
)
_OFFERS = (
    sa.select(hosting_offer.c.facts)
    .where(hosting_offer.c.withdrawn_at.is_(None))
    .order_by(hosting_offer.c.id)
)


async def read_directory(engine: AsyncEngine) -> Directory:
    """Read the whole directory."""
    async with single_statement(engine) as connection:
        organisations = await connection.execute(_ORGANISATIONS)
        people = await connection.execute(_PEOPLE)
        offers = await connection.execute(_OFFERS)
        return Directory(
            organisations=tuple(Organisation.model_validate(f) for f in organisations.scalars()),
            people=tuple(Person.model_validate(f) for f in people.scalars()),
            offers=tuple(HostingOffer.model_validate(f) for f in offers.scalars()),
        )


async def keep_directory(engine: AsyncEngine, directory: Directory) -> None:
    """Add or replace what is given, all of it or nothing. An offer that was withdrawn is back.

    Whoever keeps offers in memory reads those with a higher ``change`` than before.
    """
    rows: list[tuple[sa.Table, list[dict[str, object]]]] = [
        (organisation, [_row(o) for o in directory.organisations]),
        (person, [_row(p) | {"email": p.email} for p in directory.people]),
        (hosting_offer, [_row(o) | {"withdrawn_at": None} for o in directory.offers]),
    ]
    async with engine.begin() as tx:
        for table, given in rows:
            if given:
                await tx.execute(_KEEP[table.name], given)


def _keep(table: sa.Table) -> Insert:
    statement = insert(table)
    new = {column.name: statement.excluded[column.name] for column in table.columns}
    return statement.on_conflict_do_update(index_elements=["id"], set_=new)


_KEEP = {table.name: _keep(table) for table in (organisation, person, hosting_offer)}


async def withdraw_offer(engine: AsyncEngine, offer: OfferId) -> bool:
    """Take an offer back: it stays on record and is read no more. False when there is none."""
    taken_back = {"withdrawn_at": NOW, "change": NEXT_CHANGE}
    standing = hosting_offer.c.withdrawn_at.is_(None) & (hosting_offer.c.id == offer)
    async with engine.begin() as tx:
        done = await tx.execute(sa.update(hosting_offer).where(standing).values(taken_back))
    return done.rowcount == 1


def _row(thing: Organisation | Person | HostingOffer) -> dict[str, object]:
    return {"id": cast("str", thing.id), "facts": thing.model_dump(mode="json")}
