"""Commands as people give them: in this process, or as processes of their own."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
import sqlalchemy as sa
import yaml

from domain.facts import Reference
from domain.messages import Cause
from settings import Settings
from starter import cli, running
from starter.case_files import CaseDocument
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.cases import Store
from store.tables import (
    document,
    journal,
    letter,
    mobility,
    participant,
    participant_address,
    writing,
)
from tests.workflows import stages

ANA = "ana.caceres@soc.example"
VESTLAND = "coordinator@vestland.example"
BORAS = "coordinator@boras.example"
OFFICE = "office@erasmus.example"
FRIDA, EMELIE = "frida.augustsson@boras.example", "emelie.persson@boras.example"
SCRIPT = Path(sys.executable).with_name("mobility")


class Said(NamedTuple):
    """What a command said, and with which exit code."""

    code: int
    out: str
    complaint: str


Command = Callable[..., Awaitable[Said]]


@pytest.fixture
def surroundings(settings: Settings) -> dict[str, str]:
    """The environment of a process that is told the way to the tests' own parts."""
    return os.environ | settings.as_environment() | {"COLUMNS": "100"}


@pytest.fixture
def process(surroundings: dict[str, str], tmp_path: Path) -> Command:
    """Gives a command to the console script, in a folder of its own."""

    async def give(*words: str, **changes: str) -> Said:
        child = await asyncio.create_subprocess_exec(
            SCRIPT, *words, env=surroundings | changes, cwd=tmp_path,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, complaint = await child.communicate()
        return Said(child.returncode or 0, out.decode(), complaint.decode())

    return give


@pytest.fixture
def command(surroundings: dict[str, str]) -> Command:
    """Gives a command in this process: quicker, and otherwise the same."""

    async def give(*words: str, **changes: str) -> Said:
        with pytest.MonkeyPatch.context() as change:
            for name, value in (surroundings | changes).items():
                change.setenv(name, value)
            # Not what this whole process prints: the worker in it has its own things to say.
            out, complaint = StringIO(), StringIO()
            change.setattr(running.console, "file", out)
            change.setattr(running.complaints, "file", complaint)
            # Read once, when the console was made: here that was long ago.
            change.setattr(running.console, "width", int(os.environ["COLUMNS"]))
            change.setattr(running.complaints, "width", int(os.environ["COLUMNS"]))
            code = await asyncio.to_thread(cli.run, list(words))
        return Said(code, out.getvalue(), complaint.getvalue())

    return give


@pytest.fixture
def case_file(case: CaseDocument, tmp_path: Path) -> Path:
    """The customer's case with its dates in a coming year, as a file."""
    return written(tmp_path / "case.yaml", as_typed(case))


def as_typed(case: CaseDocument) -> dict[str, object]:
    """A case as the words and figures a person types."""
    typed: dict[str, object] = case.model_dump(mode="json", exclude_none=True)
    return typed


def written(file: Path, content: object) -> Path:
    """Write something down as YAML."""
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    return file


Kept = dict[str, int]


async def what_is_kept(store: Store, reference: str = "") -> Kept:
    """How many rows each table holds about a mobility, or about all of them."""
    kept: Kept = {}
    async with store.engine.connect() as connection:
        for table in (
            mobility,
            participant,
            participant_address,
            writing,
            journal,
            letter,
            document,
        ):
            about = table.c.reference == reference if reference else sa.true()
            count = sa.select(sa.func.count()).select_from(table).where(about)
            kept[table.name] = await connection.scalar(count) or 0
    return kept


async def _cancelled(rehearsal: Rehearsal, case: CaseDocument) -> None:
    await stages.asked_for_a_place(rehearsal, case)
    await (await rehearsal.acts(BORAS)).cancel(Cause.OTHER)
    await rehearsal.closed()


@pytest_asyncio.fixture(scope="session")
async def standing(
    desk: FrontDesk,
    settings: Settings,
    case: CaseDocument,
    working: None,  # noqa: ARG001 - a worker is needed and not spoken to
) -> dict[str, Reference]:
    """A mobility that stands at each stage, for those who must not move it."""
    assert case.request is not None
    ways = {
        "place": stages.asked_for_a_place, "signatures": stages.asked_for_signatures,
        "grant": stages.in_preparation, "agenda": stages.agenda_on_the_table,
        "visit": stages.visiting, "evaluation": stages.looking_back, "closed": _cancelled,
    }  # fmt: skip
    today = datetime.now(UTC).date()
    found = {
        stage: await desk.request(case.request, today=today, occasion=f"at {stage}")
        for stage in ways
    }
    clock = VirtualClock(desk.client, settings)
    on_their_way = (
        reach(Rehearsal(desk, clock, found[stage]), case) for stage, reach in ways.items()
    )
    await asyncio.gather(*on_their_way)
    return found
