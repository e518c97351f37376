"""Trouble with the machinery: one sentence, exit code 1, no traceback and no secret."""

import asyncio
import base64
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from domain.deadlines import Asked
from domain.errors import WrongRole
from domain.facts import Reference
from settings import Settings
from starter import cli, running
from starter.case_files import CaseDocument
from starter.clock import VirtualClock
from starter.desk import FrontDesk, _refusal
from starter.rehearsal import Rehearsal
from store.cases import Store
from tests.starter.conftest import ANA, BORAS, SCRIPT, Command, as_typed, what_is_kept, written
from worker import build_worker

SECRET = "hunter2hunter2"
LOST = f"postgresql+asyncpg://postgres:{SECRET}@127.0.0.1:9/postgres"
ADDRESSES = ("DATABASE_URL", "TEMPORAL_ADDRESS", "SMTP_URL")


def _is_one_sentence(complaint: str) -> bool:
    return complaint.count("\n") == 1 and complaint.endswith(".\n") and SECRET not in complaint


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"TEMPORAL_ADDRESS": "127.0.0.1:9"}, "Temporal does not answer at 127.0.0.1:9"),
        ({"TEMPORAL_NAMESPACE": "elsewhere"}, "Temporal does not answer as it should (not_found)"),
        ({"DATABASE_URL": LOST}, "PostgreSQL does not answer: check DATABASE_URL"),
        ({"DATABASE_URL": f"postgresql://u:{SECRET}@h/x"}, "DATABASE_URL must read like"),
        ({"DATABASE_URL": f"postgresql+asyncpg://u:{SECRET}@h:x/x"}, "DATABASE_URL must read"),
        ({"DATABASE_URL": SECRET}, "DATABASE_URL must read like postgresql+asyncpg://"),
        ({"DATABASE_URL": ""}, "DATABASE_URL must read like postgresql+asyncpg://"),
        ({"MOBILITY_KEY": SECRET}, "MOBILITY_KEY is not 32 bytes in base64"),
        ({"MOBILITY_KEY": "nyckelåäö"}, "MOBILITY_KEY is not 32 bytes in base64"),
        ({"MOBILITY_ENVIRONMENT": SECRET}, "MOBILITY_ENVIRONMENT should be 'production' or"),
    ],
)
async def test_a_part_that_does_not_answer_is_named_in_one_sentence(
    command: Command, standing: dict[str, Reference], changes: dict[str, str], sentence: str
) -> None:
    said = await command("timeline", standing["place"], **changes)

    assert (said.code, said.out) == (1, "")
    assert sentence in said.complaint
    assert _is_one_sentence(said.complaint)


async def test_another_key_opens_nothing_and_says_so(
    command: Command, standing: dict[str, Reference]
) -> None:
    key = base64.b64encode(b"x" * 32).decode()

    said = await command("why", standing["place"], MOBILITY_KEY=key)

    assert said.code == 1
    assert said.complaint.startswith("MOBILITY_KEY does not open what is kept here")
    assert key not in said.complaint


async def test_nothing_is_kept_of_a_request_while_temporal_is_down(
    command: Command, store: Store, case: CaseDocument, tmp_path: Path
) -> None:
    typed = as_typed(case)
    typed["request"]["title"] = "While Temporal is down"  # type: ignore[index]
    file = str(written(tmp_path / "mine.yaml", typed))
    before = await what_is_kept(store)

    said = await command("request", file, TEMPORAL_ADDRESS="127.0.0.1:9")

    assert said.code == 1
    assert await what_is_kept(store) == before


@pytest.mark.parametrize("words", ["show M-2026-0001", "request FILE"])
def test_where_nothing_was_started_every_command_tells_how_to_begin(
    case_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:  # fmt: skip
    for name in ADDRESSES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "bare"))
    complaint = StringIO()
    monkeypatch.setattr(running.complaints, "file", complaint)

    code = cli.run(words.replace("FILE", str(case_file)).split())

    assert code == 1
    assert complaint.getvalue().startswith("Nothing has been started in this folder (")


async def test_where_nothing_was_started_a_command_tells_how_to_begin(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    bare = {name: value for name, value in surroundings.items() if name not in ADDRESSES}
    child = await asyncio.create_subprocess_exec(
        SCRIPT, "list",
        env=bare | {"MOBILITY_HOME": str(tmp_path / "bare")},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip

    out, complaint = await child.communicate()

    assert (child.returncode, out) == (1, b"")
    assert complaint.decode() == (
        f"Nothing has been started in this folder ({tmp_path / 'bare'}): run 'mobility up', name "
        "the folder of another stack in MOBILITY_HOME, or set TEMPORAL_ADDRESS, DATABASE_URL, "
        "SMTP_URL and MOBILITY_KEY.\n"
    )


def test_what_postgresql_will_not_keep_is_not_called_silence() -> None:
    trouble = IntegrityError("insert", {}, Exception(SECRET))

    told = running._about_database(trouble)

    assert told.startswith("PostgreSQL does not keep this beside what is there already")
    assert SECRET not in told


def test_a_failure_nobody_foresaw_is_no_refusal() -> None:
    odd = ApplicationError("out of order", type="JournalConflict")
    known = ApplicationError("Not yours.", type="WrongRole")

    assert _refusal(WorkflowUpdateFailedError(odd)) is None
    assert isinstance(_refusal(WorkflowUpdateFailedError(known)), WrongRole)


async def test_a_database_without_tables_is_told_apart(
    command: Command, settings: Settings
) -> None:
    address = settings.required("database_url").replace("/postgres?", "/template1?")

    said = await command("list", DATABASE_URL=address)

    assert said.code == 1
    assert said.complaint.startswith("PostgreSQL has no tables yet")


async def test_a_request_that_no_worker_takes_up_says_so(
    command: Command, desk: FrontDesk, case: CaseDocument, tmp_path: Path
) -> None:
    typed = as_typed(case)
    typed["request"]["title"] = "Without a worker"  # type: ignore[index]
    file = str(written(tmp_path / "mine.yaml", typed))

    asked = await command("request", file, "--anyway", MOBILITY_TASK_QUEUE="nobody-serves-this")
    reference = asked.out.split()[0]
    said = [
        await command(*words) for words in (("why", reference), ("accept", reference, "--as", ANA))
    ]

    assert asked.code == 0
    for one in said:
        assert one.code == 1
        assert one.complaint.startswith(f"{reference} waits for a worker: start one with")
    listed = await command("list", COLUMNS="200")
    assert "not taken up yet" in listed.out
    await desk.handle(Reference(reference)).terminate()


async def test_an_act_that_no_worker_answers_says_so_and_counts_once_later(
    command: Command, store: Store, settings: Settings, case: CaseDocument,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, desk: FrontDesk,
) -> None:  # fmt: skip
    queue = {"MOBILITY_TASK_QUEUE": "served-now-and-then"}
    apart = settings.model_copy(update={"mobility_task_queue": queue["MOBILITY_TASK_QUEUE"]})
    typed = as_typed(case)
    typed["request"]["title"] = "Worker comes and goes"  # type: ignore[index]
    file = str(written(tmp_path / "mine.yaml", typed))
    monkeypatch.setattr("starter.desk.ANSWER_SECONDS", 1)
    async with _worker(desk, store, apart):
        reference = (await command("request", file, "--anyway", **queue)).out.split()[0]
        rehearsal = Rehearsal(desk, VirtualClock(desk.client, settings), Reference(reference))
        await rehearsal.asked(Asked.PLACE)

    alone = await command("cancel", reference, "--as", BORAS, "--cause", "other", **queue)
    async with _worker(desk, store, apart):
        monkeypatch.setattr("starter.desk.ANSWER_SECONDS", 20)
        again = await command("cancel", reference, "--as", BORAS, "--cause", "other", **queue)

    assert alone.code == 1
    assert alone.complaint.startswith("The message was sent, and no worker has answered yet")
    assert again.code == 0
    assert again.out.endswith("phase: closed.\n")


def _worker(desk: FrontDesk, store: Store, settings: Settings) -> Worker:
    return build_worker(desk.client, store, settings)


async def test_trouble_that_nobody_foresaw_is_told_without_its_contents(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(running, "open_store", burst)

    said = await command("list")

    assert said.code == 1
    assert said.complaint.startswith("Something unforeseen has stopped this command (ZeroDivision")
    assert _is_one_sentence(said.complaint)


async def test_papers_that_cannot_be_saved_say_where(
    command: Command, standing: dict[str, Reference], tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file, not a folder", "utf-8")

    said = await command("documents", standing["grant"], "--to", str(taken))

    assert said.code == 2
    assert said.complaint == (
        f"{taken} cannot be written (Not a directory): give another folder.\n"
    )


async def test_a_mobility_without_papers_says_so(
    command: Command, standing: dict[str, Reference]
) -> None:
    said = await command("documents", standing["place"])

    assert (said.code, said.out) == (0, f"{standing['place']} has no papers yet.\n")


async def test_an_open_mobility_is_not_erased(
    command: Command, standing: dict[str, Reference]
) -> None:
    said = await command("erase", standing["place"], "--yes")

    assert said.code == 2
    assert said.complaint.endswith("is still open: it can be erased once it is closed.\n")


async def test_nothing_is_erased_without_a_yes(
    command: Command, standing: dict[str, Reference], store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", StringIO())

    said = await command("erase", standing["closed"])

    assert said.code == 1
    assert said.complaint.endswith("Left off: nothing has changed.\n")
    assert not await store.is_erased(standing["closed"])


async def test_a_terminal_without_our_letters_still_gets_an_answer(
    process: Command, standing: dict[str, Reference]
) -> None:
    said = await process("show", standing["place"], PYTHONIOENCODING="ascii")

    assert said.code == 0
    assert "Bor?s" in said.out


def test_help_of_every_command_can_be_read_at_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    names = [command.name or "" for command in cli.app.registered_commands]

    for name in ["", *filter(None, names)]:
        assert cli.run([name, "--help"] if name else ["--help"]) == 0

        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 80
        assert any("Usage: " in line for line in lines)
