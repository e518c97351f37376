"""The partnership's directory: organisations, the people who answer for them, hosting offers."""

from collections.abc import Iterable
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import Fact, OfferId, OrganisationId, PersonId
from domain.hosting import HostingOffer
from domain.people import Organisation, Person
from store.engine import single_statement
from store.tables import NEXT_CHANGE, NOW, hosting_offer, organisation, person

KEEPING = 0x444952
_ONE_AT_A_TIME = sa.select(sa.func.pg_advisory_xact_lock(KEEPING))
"""The directory is changed by one at a time."""


class Directory(Fact):
    """Everything in the directory but the offers that were withdrawn."""

    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    offers: tuple[HostingOffer, ...]

    def person(self, email_or_id: str) -> Person | None:
        """Find somebody by e-mail address or id."""
        return next((p for p in self.people if p.is_called(email_or_id)), None)

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


async def read_members(engine: AsyncEngine) -> Directory:
    """Read organisations and people, without what they offer."""
    async with single_statement(engine) as connection:
        organisations = await connection.execute(_ORGANISATIONS)
        people = await connection.execute(_PEOPLE)
        return _members(organisations.scalars(), people.scalars())


_HOME = person.c.facts["organisation"].astext
_NAMED = sa.bindparam("people", type_=sa.ARRAY(sa.Text))
_HOMES = sa.bindparam("organisations", type_=sa.ARRAY(sa.Text))
_AROUND = (
    sa.select(_HOME)
    .where(person.c.id == sa.any_(_NAMED))
    .union(sa.select(sa.func.unnest(_HOMES)))
    .cte("around")
)
_HOMES_AROUND = _ORGANISATIONS.where(organisation.c.id.in_(sa.select(_AROUND.c[0])))
_PEOPLE_AROUND = _PEOPLE.where(_HOME.in_(sa.select(_AROUND.c[0])))


async def read_around(
    engine: AsyncEngine, people: Iterable[PersonId], organisations: Iterable[OrganisationId]
) -> Directory:
    """Read these organisations and those of these people, with everybody who belongs there."""
    facts = {"people": sorted(people), "organisations": sorted(organisations)}
    async with single_statement(engine) as connection:
        homes = await connection.execute(_HOMES_AROUND, facts)
        there = await connection.execute(_PEOPLE_AROUND, facts)
        return _members(homes.scalars(), there.scalars())


def _members(organisations: Iterable[object], people: Iterable[object]) -> Directory:
    return Directory(
        organisations=tuple(Organisation.model_validate(facts) for facts in organisations),
        people=tuple(Person.model_validate(facts) for facts in people),
        offers=(),
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
        # Changes of offers are numbered in the order in which they can be seen: whoever has read up
        # to one number has missed none before it.
        await tx.execute(_ONE_AT_A_TIME)
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
        await tx.execute(_ONE_AT_A_TIME)
        done = await tx.execute(sa.update(hosting_offer).where(standing).values(taken_back))
    return done.rowcount == 1


def _row(thing: Organisation | Person | HostingOffer) -> dict[str, object]:
    return {"id": cast("str", thing.id), "facts": thing.model_dump(mode="json")}
