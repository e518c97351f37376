"""``python -m portal``: opens, answers, closes; says in one sentence why it cannot open."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

from starlette.requests import Request

from portal.notices import root_of
from settings import Settings
from tests.portal.visitor import Visitor

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60


def a_free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def opened(environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "portal", cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT, env={**os.environ, **environment},
    )  # fmt: skip


async def test_portal_opens_answers_and_closes(settings: Settings) -> None:
    port = a_free_port()
    at = settings.model_copy(update={"portal_bind": f"127.0.0.1:{port}"})
    portal, visitor = await opened(at.as_environment()), Visitor(port)
    assert portal.stdout is not None

    async with asyncio.timeout(PATIENCE):
        while b"portal-ready" not in await portal.stdout.readline():
            pass
        while (status := await _health(visitor)) is None:
            await asyncio.sleep(0.1)
        portal.send_signal(signal.SIGTERM)
        rest = await portal.stdout.read()
        code = await portal.wait()

    assert (status, code) == (200, 0)
    assert b"Traceback" not in rest
    assert b"/health" not in rest


async def _health(visitor: Visitor) -> int | None:
    try:
        return (await visitor.get("/health")).status
    except ConnectionError:
        return None


async def test_portal_without_a_database_says_so_in_one_sentence(settings: Settings) -> None:
    nowhere = f"postgresql+asyncpg://nobody@127.0.0.1:{a_free_port()}/nothing"
    at = settings.as_environment() | {"TEMPORAL_ADDRESS": f"127.0.0.1:{a_free_port()}"}

    portal = await opened(at | {"DATABASE_URL": nowhere})
    async with asyncio.timeout(PATIENCE):
        said, _ = await portal.communicate()

    assert portal.returncode == 1
    assert said.decode().count("\n") == 1
    assert "Traceback" not in said.decode()


def test_pages_find_their_way_back_whatever_lies_before_the_portal() -> None:
    def root(path: str) -> str:
        return root_of(Request({"type": "http", "path": path, "headers": [], "query_string": b""}))

    assert root("/m/M-2026-0001/token") == "../../"
    assert root("/m/M-2026-0001/token/accept") == "../../../"
    assert root("/x") == "./"
