"""The scripts of deploy/temporal on a real server, and the worker's health check."""

import asyncio
import importlib.util
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from temporalio.api.taskqueue.v1 import PollerInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueResponse
from temporalio.client import Client
from temporalio.worker import Worker

from tests.packaging.compose import ROOT
from workflows.mobility import MobilityWorkflow

SCRIPT = ROOT / "deploy" / "temporal" / "namespace.sh"
TEMPORAL = Path(sys.executable).with_name("temporal")
AT = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Server:
    """A server that has no namespace of ours yet."""

    def __init__(self, port: int) -> None:
        self.environment = {
            "PATH": f"{TEMPORAL.parent}{os.pathsep}{os.defpath}",
            "HOME": "/nonexistent",
            "TEMPORAL_ADDRESS": f"127.0.0.1:{port}",
            "TEMPORAL_NAMESPACE": "packaging",
        }

    def set_up(self, retention: str) -> None:
        """Run namespace.sh as its container would."""
        self._run("sh", str(SCRIPT), RETENTION=retention)

    def ask(self, *words: str) -> str:
        """What Temporal's command line answers."""
        return self._run("temporal", *words)

    def _run(self, *command: str, **environment: str) -> str:
        done = subprocess.run(
            command, env=self.environment | environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not TEMPORAL.exists():
        pytest.skip("Temporal's server is not installed here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [TEMPORAL, "server", "start-dev", "--headless", f"--port={port}", "--log-level=never"],
        cwd=tmp_path_factory.mktemp("temporal"),
    )
    try:
        yield Server(port)
    finally:
        process.terminate()
        process.wait(20)


def test_namespace_keeps_closed_mobilities_as_long_as_the_settings_say(server: Server) -> None:
    server.set_up("3650d")
    first = server.ask("operator", "namespace", "describe", "--namespace", "packaging")
    server.set_up("4000d")
    second = server.ask("operator", "namespace", "describe", "--namespace", "packaging")

    assert f"{3650 * 24}h0m0s" in first
    assert f"{4000 * 24}h0m0s" in second


def test_namespace_has_every_search_attribute_of_the_workflow(server: Server) -> None:
    server.set_up("3650d")
    used = {
        (name, kind.capitalize())
        for file in (ROOT / "workflows").rglob("*.py")
        for kind, name in re.findall(
            r"SearchAttributeKey\.for_(\w+)\(\"(\w+)\"\)", file.read_text("utf-8")
        )
    }

    listed = server.ask("operator", "search-attribute", "list")

    known = {tuple(line.split()) for line in listed.splitlines() if len(line.split()) == 2}
    assert ("MobilityPhase", "Keyword") in used
    assert used - known == set()


def test_query_for_stuck_mobilities_in_the_runbook_is_understood(server: Server) -> None:
    server.set_up("3650d")
    runbook = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    queries = re.findall(r"--query \"([^\"]+)\"", runbook)

    assert any("TemporalReportedProblems" in query for query in queries)
    for query in queries:
        server.ask("workflow", "list", "--query", query)


def health_check() -> ModuleType:
    file = ROOT / "deploy" / "worker" / "healthy.py"
    spec = importlib.util.spec_from_file_location("healthy", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def asked_by(identity: str, *, ago: timedelta) -> DescribeTaskQueueResponse:
    """Temporal's answer when one worker asked so long ago."""
    poller = PollerInfo(identity=identity)
    poller.last_access_time.FromDatetime(AT - ago)
    return DescribeTaskQueueResponse(pollers=[poller])


@pytest.mark.parametrize(
    ("identity", "ago", "healthy"),
    [
        ("1@worker-1", timedelta(seconds=90), True),
        ("1@worker-1", timedelta(minutes=4), False),
        ("1@worker-2", timedelta(seconds=1), False),
        ("1@another-worker-1", timedelta(seconds=1), False),
    ],
)
def test_worker_is_healthy_while_it_asks_for_work(
    identity: str, ago: timedelta, *, healthy: bool
) -> None:
    answer = asked_by(identity, ago=ago)

    assert health_check().is_healthy(answer, host="worker-1", at=AT) is healthy


def test_worker_that_never_asked_is_not_healthy(server: Server) -> None:
    server.set_up("3650d")
    environment = server.environment | {"MOBILITY_TASK_QUEUE": "mobility", "PYTHONPATH": str(ROOT)}

    asked = subprocess.run(
        [sys.executable, ROOT / "deploy" / "worker" / "healthy.py"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (asked.returncode, asked.stderr) == (1, "")


def test_worker_that_has_just_asked_is_healthy(server: Server) -> None:
    server.set_up("3650d")
    environment = server.environment | {"MOBILITY_TASK_QUEUE": "polled", "PYTHONPATH": str(ROOT)}

    async def ask_while_a_worker_polls() -> int:
        address, namespace = environment["TEMPORAL_ADDRESS"], environment["TEMPORAL_NAMESPACE"]
        client = await Client.connect(address, namespace=namespace)
        async with Worker(client, task_queue="polled", workflows=[MobilityWorkflow]):
            for _ in range(20):
                asked = await asyncio.create_subprocess_exec(
                    sys.executable, ROOT / "deploy" / "worker" / "healthy.py", env=environment
                )
                if await asked.wait() == 0:
                    return 0
        return 1

    assert asyncio.run(ask_while_a_worker_polls()) == 0
