"""A real Temporal server from a wheel, with its page for browsers and an SQLite file."""

import asyncio
import sys
import time
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from local import StackTrouble
from local.processes import LongRunning

SEARCH_ATTRIBUTES = {
    "MobilityPhase": "Keyword",
    "MobilityOutcome": "Keyword",
    "SendingOrganisation": "Keyword",
    "ReceivingOrganisation": "Keyword",
    "JournalHead": "Keyword",
}
DYNAMIC_CONFIGURATION = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    # Without it a skip of many timers takes a second each.
    'history.timerProcessorMaxTimeShift="10ms"',
    "system.forceSearchAttributesCacheRefreshOnRead=true",
)
RETENTION_DAYS = 3650
START_SECONDS = 60


def command(folder: Path, port: int, ui_port: int) -> list[str]:
    """How the server is started. WAL doubles what SQLite can do."""
    options = [f"--search-attribute={name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()]
    options += [f"--dynamic-config-value={setting}" for setting in DYNAMIC_CONFIGURATION]
    return [
        str(Path(sys.executable).with_name("temporal")), "server", "start-dev",
        "--ip=127.0.0.1", f"--port={port}", f"--ui-port={ui_port}",
        f"--db-filename={folder / 'temporal.sqlite'}",
        "--sqlite-pragma=journal_mode=WAL", "--sqlite-pragma=synchronous=NORMAL",
        "--log-level=error", *options,
    ]  # fmt: skip


async def ready(server: LongRunning, address: str) -> None:
    """Wait until the server answers, and have it keep closed mobilities for years.

    Raises:
        StackTrouble: when it ends, or does not answer within a minute.
    """
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            client = await Client.connect(address)
            await _keep_for_years(client)
        except (RuntimeError, RPCError):
            if server.process() is None or time.monotonic() > limit:
                raise StackTrouble(f"Temporal does not start: see {server.log}.") from None
            await asyncio.sleep(0.1)
        else:
            return


async def _keep_for_years(client: Client) -> None:
    service = client.workflow_service
    known = await service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    if known.config.workflow_execution_retention_ttl.ToTimedelta().days < RETENTION_DAYS:
        change = UpdateNamespaceRequest(namespace=client.namespace)
        change.config.workflow_execution_retention_ttl.FromSeconds(RETENTION_DAYS * 86400)
        await service.update_namespace(change)
