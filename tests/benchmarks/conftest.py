"""A database of its own for this room, emptied for every test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from settings import Settings
from store.cases import Store
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
