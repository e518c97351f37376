"""A database of its own for this room, emptied for every test, and a mail server at work."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from settings import Settings
from store.cases import Store
from tests.activities.post_office import Clerk, free_port, open_office
from tests.store.fresh import empty_store, migrated_database


@pytest.fixture(scope="session")
def migrated(settings: Settings) -> Settings:
    """The way to a migrated database."""
    return migrated_database(settings)


@pytest_asyncio.fixture
async def store(migrated: Settings) -> AsyncIterator[Store]:
    """An empty store with the keys to it."""
    async with empty_store(migrated) as store:
        yield store


@pytest.fixture
def port() -> int:
    """Where the mail server listens."""
    return free_port()


@pytest.fixture
def clerk(port: int) -> Iterator[Clerk]:
    """The clerk at the mail server, at work."""
    clerk = Clerk()
    with open_office(clerk, port):
        yield clerk
