"""The way to PostgreSQL."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine


def open_engine(database_url: str) -> AsyncEngine:
    """A pool of connections.

    After a restart of the server the first statement fails, which empties the pool, and whoever
    sent it tries again: cheaper than asking each connection each time whether it still lives.
    """
    return create_async_engine(database_url, pool_size=10, max_overflow=10)


def reading(engine: AsyncEngine) -> AsyncConnection:
    """A connection for single reads: without the two round trips of a transaction."""
    return engine.execution_options(isolation_level="AUTOCOMMIT").connect()


def migrate(database_url: str) -> None:
    """Bring the tables to the newest version. Safe to run again and by several at once."""
    config = Config(Path(__file__).with_name("alembic.ini"))
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")
