"""A store of its own for every test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from settings import Settings
from store.cases import Store
from tests.store.fresh import fresh_store, migrated_database


@pytest.fixture(scope="session")
def migrated(settings: Settings) -> str:
    """A migrated database to copy from."""
    return migrated_database(settings)


@pytest_asyncio.fixture
async def store(settings: Settings, migrated: str) -> AsyncIterator[Store]:
    """An empty store with the keys to it."""
    async with fresh_store(settings, migrated) as store:
        yield store
