"""The way to PostgreSQL."""

from functools import lru_cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine


def open_engine(database_url: str) -> AsyncEngine:
    """A pool of connections.

    After a restart of the server the first statement fails, which empties the pool, and whoever
    sent it tries again: cheaper than asking each connection each time whether it still lives.
    """
    return create_async_engine(database_url, pool_size=10, max_overflow=10, hide_parameters=True)


def single_statement(engine: AsyncEngine) -> AsyncConnection:
    """A connection for statements that stand alone: without the round trips of a transaction."""
    return _without_transactions(engine).connect()


@lru_cache(maxsize=8)
def _without_transactions(engine: AsyncEngine) -> AsyncEngine:
    """The same pool under another name, made once: making it costs as much as a statement."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def migrate(database_url: str) -> None:
    """Bring the tables to the newest version. Safe to run again and by several at once."""
    from alembic import command  # noqa: PLC0415 - half of a command's start-up, seldom needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config(Path(__file__).with_name("alembic.ini"))
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")
