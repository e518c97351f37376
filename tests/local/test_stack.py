"""The embedded stack: started twice it is one, and it never touches what belongs to others."""

import asyncio
import itertools
import json
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import psutil
import pytest
import sqlalchemy as sa

from local import StackTrouble, postgres
from local.processes import LongRunning, end
from local.stack import Stack, _free_port
from store.engine import open_engine

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('ready', flush=True)
time.sleep(60)
"""
STUBBORN = [sys.executable, "-c", DEAF]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that is stopped and started at will."""
    own = Stack(tmp_path_factory.mktemp("own"))
    yield own
    own.stop()


def _ports(stack: Stack) -> dict[str, int]:
    ports: dict[str, int] = json.loads((stack.home / "ports.json").read_text("utf-8"))
    return ports


def _ask(stack: Stack, *statements: str) -> object:
    async def ask() -> object:
        engine = open_engine(stack.settings().required("database_url"))
        async with engine.begin() as connection:
            for statement in statements[:-1]:
                await connection.execute(sa.text(statement))
            answer: object = await connection.scalar(sa.text(statements[-1]))
        await engine.dispose()
        return answer

    return asyncio.run(ask())


def test_a_stack_keeps_ports_data_and_key_over_a_stop(own: Stack) -> None:
    told: list[str] = []
    first = own.start(told.append)
    ports, key = _ports(own), first.required("mobility_key")
    _ask(own, "create table kept (n int)", "insert into kept values (7)", "select 1")

    stopped = [own.stop(), own.stop()]
    again = own.start()

    assert told == ["PostgreSQL", "Temporal", "the mail catcher"]
    assert stopped == [["mail catcher", "Temporal", "PostgreSQL"], []]
    assert again == first
    assert (_ports(own), again.required("mobility_key")) == (ports, key)
    assert _ask(own, "select n from kept") == 7


def test_started_while_it_runs_it_stays_as_it_is(own: Stack) -> None:
    settings = own.start()
    before = [own.temporal.process(), own.mail.process(), postgres.process(own.database)]

    again = own.start()

    after = [own.temporal.process(), own.mail.process(), postgres.process(own.database)]
    assert again == settings
    assert None not in before
    assert after == before
    assert own.parts() == {
        "PostgreSQL": True, "Temporal": True, "mail catcher": True, "worker": False,
        "portal": False,
    }  # fmt: skip


def test_a_port_that_a_stranger_has_taken_is_left_to_them(own: Stack) -> None:
    own.start()
    ports = _ports(own)
    own.mail.stop()

    with socket.create_server(("127.0.0.1", ports["mail"])):
        settings = own.start()

    assert _ports(own)["mail"] != ports["mail"]
    assert _ports(own) | {"mail": 0} == ports | {"mail": 0}
    assert settings.smtp().port == _ports(own)["mail"]


def test_temporal_is_started_again_when_somebody_was_quicker(tmp_path: Path) -> None:
    with socket.socket() as quicker:
        quicker.bind(("127.0.0.1", 0))
        chosen = itertools.chain([quicker.getsockname()[1]], iter(_free_port, None))
        stack = Stack(tmp_path / "home", choose_port=lambda: next(chosen))
        stack.start()

    running = stack.temporal.process()
    stack.stop()

    assert running is not None
    assert "address already in use" in stack.temporal.log.read_text("utf-8")


def test_a_letter_is_caught_as_a_file(own: Stack) -> None:
    smtp = own.start().smtp()
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@x.example", "b@x.example", "Hej från Borås"
    letter.set_content("Välkommen")

    async def post() -> None:
        async with asyncio.timeout(10):
            while True:
                try:
                    await aiosmtplib.send(letter, hostname=smtp.host, port=smtp.port)
                except aiosmtplib.SMTPConnectError:
                    await asyncio.sleep(0.05)
                else:
                    return

    asyncio.run(post())

    caught = [file.read_text("utf-8") for file in (own.letters / "new").iterdir()]
    assert len(caught) == 1
    assert "b@x.example" in caught[0]


def test_the_key_is_for_the_eyes_of_its_owner(own: Stack) -> None:
    own.start()

    assert stat.S_IMODE((own.home / "key").stat().st_mode) == 0o600
    assert own.settings().required("mobility_key") not in repr(own.settings())


def test_a_home_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "home")

    assert stack.stop() == []

    assert stat.S_IMODE(stack.home.stat().st_mode) == 0o700


def test_where_nothing_was_started_there_is_no_way_to_it(tmp_path: Path) -> None:
    stack = Stack(tmp_path)

    with pytest.raises(StackTrouble, match=r"started in this folder .*: run 'mobility up', name"):
        stack.settings()
    with pytest.raises(StackTrouble, match="Nothing has been started"):
        _ = stack.ui_address
    assert not any(stack.parts().values())


@pytest.mark.parametrize("missing", ["database-url", "ports.json"])
def test_a_home_that_was_started_halfway_has_no_way_to_it(tmp_path: Path, missing: str) -> None:
    (tmp_path / "database-url").write_text("postgresql+asyncpg://h/d", "utf-8")
    (tmp_path / "ports.json").write_text(
        json.dumps({"temporal": 1, "temporal_ui": 2, "mail": 3, "portal": 4}), "utf-8"
    )
    (tmp_path / missing).unlink()

    with pytest.raises(StackTrouble, match="Nothing has been started in this folder"):
        Stack(tmp_path).settings()


def test_a_home_of_an_earlier_version_is_started_anew_first(tmp_path: Path) -> None:
    (tmp_path / "database-url").write_text("postgresql+asyncpg://h/d", "utf-8")
    (tmp_path / "ports.json").write_text(json.dumps({"temporal": 1, "mail": 3}), "utf-8")

    with pytest.raises(StackTrouble, match="by an earlier version: run 'mobility up'"):
        Stack(tmp_path).settings()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"temporal": 1}'])
def test_ports_that_cannot_be_read_are_chosen_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "ports.json").write_text(content, "utf-8")
    stack = Stack(tmp_path)

    ports = stack._ports()

    assert set(ports) == {"temporal", "temporal_ui", "mail", "portal"}
    assert len(set(ports.values())) == 4
    assert _ports(stack) == ports


# Processes that are known by a file.


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is none of ours."""
    with subprocess.Popen(SLEEP) as stranger:
        yield stranger
        stranger.kill()


def test_a_stranger_with_the_number_of_ours_is_left_alone(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    part = LongRunning("part", tmp_path)
    noted = {"pid": stranger.pid, "command": SLEEP}
    (tmp_path / "part.pid").write_text(json.dumps(noted), "utf-8")

    assert part.process() is None
    assert part.stop() is False

    assert stranger.poll() is None
    assert not (tmp_path / "part.pid").exists()


def test_a_stranger_with_the_number_of_our_database_is_left_alone(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{stranger.pid}\n{tmp_path}\n", "utf-8")

    assert postgres.process(tmp_path) is None
    assert postgres.stop(tmp_path) is False

    assert stranger.poll() is None


def test_the_database_of_another_folder_is_left_alone(own: Stack, tmp_path: Path) -> None:
    own.start()
    theirs = postgres.process(own.database)
    assert theirs is not None
    (tmp_path / "postmaster.pid").write_text(f"{theirs.pid}\n{own.database}\n", "utf-8")

    assert postgres.stop(tmp_path) is False

    assert theirs.is_running()


@pytest.mark.parametrize("content", ["", "nonsense", "{}", "[]", '{"pid": "x", "command": []}'])
def test_a_file_that_names_no_process_is_no_process(tmp_path: Path, content: str) -> None:
    (tmp_path / "part.pid").write_text(content, "utf-8")

    assert LongRunning("part", tmp_path).process() is None


def test_a_process_is_started_once_and_stopped_once(tmp_path: Path) -> None:
    part = LongRunning("part", tmp_path)
    part.start(SLEEP, {})
    running = part.process()
    part.start(SLEEP, {})

    assert running is not None
    assert part.process() == running
    assert [part.stop(), part.stop()] == [True, False]
    assert not running.is_running() or running.status() == psutil.STATUS_ZOMBIE


def test_a_process_gets_its_environment_and_a_log(tmp_path: Path) -> None:
    part = LongRunning("part", tmp_path)
    told = "import os, sys; print(os.environ['MOBILITY_TEST'])"

    part.start([sys.executable, "-c", told], {"MOBILITY_TEST": "heard"})
    process = part.process()
    if process is not None:
        process.wait(10)

    assert part.log.read_text("utf-8") == "heard\n"
    part.stop()


def test_a_process_that_will_not_end_is_ended() -> None:
    with subprocess.Popen(STUBBORN, stdout=subprocess.PIPE) as stubborn:
        assert stubborn.stdout is not None
        assert stubborn.stdout.readline() == b"ready\n"

        asked = psutil.Process(stubborn.pid)
        end(asked, 0.2)

        assert not asked.is_running()


def test_a_database_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    folder = tmp_path / "postgresql"
    folder.write_text("in the way", "utf-8")

    with pytest.raises(StackTrouble, match=r"PostgreSQL does not start: .*postgresql"):
        postgres.start(folder)
