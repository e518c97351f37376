"""Databases of our own: the courier of other tests must not find the letters of these."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from settings import Settings
from starter.client import open_store
from store.cases import Store
from store.engine import migrate
from store.tables import metadata


async def new_database(settings: Settings) -> Settings:
    """A new database without tables, and the way to it."""
    name = f"own_{secrets.token_hex(8)}"
    engine = create_async_engine(
        settings.required("database_url"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    async with engine.connect() as connection:
        await connection.execute(sa.text(f"create database {name}"))
    await engine.dispose()
    url = sa.make_url(settings.required("database_url")).set(database=name)
    return Settings.model_validate(
        settings.model_dump() | {"database_url": url.render_as_string(hide_password=False)}
    )


def migrated_database(settings: Settings) -> Settings:
    """A new database with the tables of the migrations, and the way to it."""
    own = asyncio.run(new_database(settings))
    migrate(own.required("database_url"))
    return own


@asynccontextmanager
async def empty_store(own: Settings) -> AsyncIterator[Store]:
    """The store of that database, emptied, for as long as the block lasts."""
    store = open_store(own)
    async with store.engine.begin() as tx:
        # So that the journal may be emptied, which its trigger refuses.
        await tx.execute(sa.text("set local session_replication_role = replica"))
        await tx.execute(sa.text(f"truncate {', '.join(metadata.tables)}"))
    yield store
    await store.engine.dispose()
