"""Databases of one test each: couriers of other tests must not find its letters."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from settings import Settings
from starter.client import open_store
from store.cases import Store
from store.engine import migrate


def at(settings: Settings, database: str) -> Settings:
    """The same settings with another database of the same server."""
    url = sa.make_url(settings.required("database_url")).set(database=database)
    return Settings.model_validate(
        settings.model_dump() | {"database_url": url.render_as_string(hide_password=False)}
    )


async def command(settings: Settings, sql: str) -> None:
    """One command to the server itself."""
    engine = create_async_engine(
        settings.required("database_url"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    async with engine.connect() as connection:
        await connection.execute(sa.text(sql))
    await engine.dispose()


def migrated_database(settings: Settings) -> str:
    """A new database with the tables of the migrations; its name."""
    name = f"migrated_{uuid.uuid4().hex}"
    asyncio.run(command(settings, f"create database {name}"))
    migrate(at(settings, name).required("database_url"))
    return name


@asynccontextmanager
async def fresh_store(settings: Settings, template: str) -> AsyncIterator[Store]:
    """A store of our own, empty, for as long as the block lasts."""
    name = f"fresh_{uuid.uuid4().hex}"
    await command(settings, f"create database {name} template {template}")
    store = open_store(at(settings, name))
    yield store
    await store.engine.dispose()
    await command(settings, f"drop database {name} with (force)")
