"""The migrations make exactly the tables that the code speaks of."""

import asyncio
import sys

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from local.stack import ROOT
from settings import Settings
from store.cases import Store
from store.engine import migrate
from store.tables import metadata
from tests.store.fresh import new_database

CATALOGUE = {
    "columns": """
        select table_name, column_name, ordinal_position, data_type, is_nullable, column_default
        from information_schema.columns where table_schema = 'public'
    """,
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace
    """,
}
TRIGGERS = (
    "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where not tgisinternal"
)


async def catalogue(own: Settings) -> dict[str, set[tuple[object, ...]]]:
    engine = create_async_engine(own.required("database_url"))
    async with engine.connect() as connection:
        found = {
            what: {tuple(row) for row in await connection.execute(sa.text(query))}
            for what, query in CATALOGUE.items()
        }
    await engine.dispose()
    return {
        what: {row for row in rows if row[0] != "alembic_version"} for what, rows in found.items()
    }


async def test_alembic_finds_no_difference_to_the_tables_of_the_code(store: Store) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, metadata))

    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_columns_indexes_and_constraints_are_those_of_the_code(
    settings: Settings, migrated: Settings
) -> None:
    own = await new_database(settings)
    engine = create_async_engine(own.required("database_url"))
    async with engine.begin() as tx:
        await tx.run_sync(metadata.create_all)
    await engine.dispose()

    migrated_to = await catalogue(migrated)

    assert migrated_to == await catalogue(own)
    assert {row[0] for row in migrated_to["columns"]} == set(metadata.tables)


async def test_the_only_trigger_guards_the_journal(store: Store) -> None:
    async with store.engine.connect() as connection:
        [trigger] = await connection.execute(sa.text(TRIGGERS))

    assert tuple(trigger) == ("journal", "journal_is_append_only", b"O")


def test_migrating_again_changes_nothing(migrated: Settings) -> None:
    before = asyncio.run(catalogue(migrated))

    migrate(migrated.required("database_url"))

    assert asyncio.run(catalogue(migrated)) == before


async def test_several_may_migrate_at_once(settings: Settings) -> None:
    own = await new_database(settings)
    url = own.required("database_url")

    ended = await asyncio.gather(*(migrate_beside_us(url) for _ in range(2)))

    assert ended == [0, 0]
    assert {row[0] for row in (await catalogue(own))["columns"]} == set(metadata.tables)


async def migrate_beside_us(url: str) -> int:
    code = "import sys; from store.engine import migrate; migrate(sys.argv[1])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, url, cwd=ROOT)
    return await process.wait()
