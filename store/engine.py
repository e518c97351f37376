"""The way to PostgreSQL."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def open_engine(database_url: str) -> AsyncEngine:
    """A pool of connections that notices when the server was restarted."""
    return create_async_engine(database_url, pool_pre_ping=True, pool_size=10, max_overflow=10)


def migrate(database_url: str) -> None:
    """Bring the tables to the newest version. Safe to run again and by several at once."""
    config = Config(Path(__file__).with_name("alembic.ini"))
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")
