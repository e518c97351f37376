"""How Alembic reaches the database: the address it was given, else DATABASE_URL."""

import asyncio
import os

import sqlalchemy as sa
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

from store.tables import metadata

LOCK = 0x4D4F42
"""One migration at a time, whoever starts it."""


def _run(connection: sa.Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        connection.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


async def _migrate() -> None:
    url = context.config.attributes.get("database_url") or os.environ["DATABASE_URL"]  # noqa: TID251
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_migrate())
