"""Records the journeys whose histories are replayed: ``make histories``.

They are recorded in clear, of made-up people, so that they can be read in a review. Record anew
only when running mobilities need not survive the change; otherwise add to them.
"""

import asyncio
import os
import sys
import tempfile
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from local.stack import Stack
from settings import Settings
from starter.case_files import EXAMPLE, CaseDocument, move, read_file, section
from starter.client import open_store
from starter.clock import VirtualClock
from starter.demo import weeks_to_a_coming_year
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.engine import migrate
from tests.workflows.saved_journeys import JOURNEYS
from tests.workflows.saved_meetings import MEETINGS, Handle, Town
from worker import build_worker

FOLDER = Path(__file__).parent / "histories"
SAVED = (*JOURNEYS, *(name for names in MEETINGS for name in names))
TODAY = datetime.now(UTC).date()
AT_ONCE = 4


class Recorder:
    """Plays the journeys and keeps their histories, in clear."""

    def __init__(self, desk: FrontDesk, clock: VirtualClock, case: CaseDocument) -> None:
        self._desk, self._clock, self._case = desk, clock, case
        self._place = asyncio.Semaphore(AT_ONCE)

    async def record_journeys(self) -> None:
        """Those that a mobility makes by itself."""
        await asyncio.gather(*(self._journey(name) for name in JOURNEYS))

    async def record_meetings(self) -> None:
        """Those that come about between several."""
        await asyncio.gather(*(self._meeting(names) for names in MEETINGS))

    async def _journey(self, name: str) -> None:
        async with self._place:
            rehearsal = await self._ask()
            await JOURNEYS[name](rehearsal, self._case)
            await self._keep(name, rehearsal.handle)

    async def _meeting(self, names: Sequence[str]) -> None:
        async with self._place:
            town = Town(self._desk, self._clock, self._ask, TODAY)
            for name, handle in zip(names, await MEETINGS[tuple(names)](town), strict=True):
                await self._keep(name, handle)

    async def _ask(self, **changes: object) -> Rehearsal:
        request = section(self._case.request, "request", EXAMPLE).model_copy(update=changes)
        reference = await self._desk.request(request, today=TODAY, occasion=uuid.uuid4().hex)
        return Rehearsal(self._desk, self._clock, reference)

    async def _keep(self, name: str, handle: Handle) -> None:
        history = await handle.fetch_history()
        (FOLDER / f"{name}.json").write_text(history.to_json() + "\n", "utf-8")
        print(f"{name}: {len(history.events)} events")


async def record(settings: Settings) -> None:
    """Play everything on a stack: first each for itself, then those that share hosts."""
    store = open_store(settings)
    client = await Client.connect(
        settings.required("temporal_address"), data_converter=pydantic_data_converter,
        identity="recorder",
    )  # fmt: skip
    document = read_file(EXAMPLE)
    case = move(document, weeks_to_a_coming_year(document, TODAY))
    FOLDER.mkdir(exist_ok=True)
    for are_apart in (True, False):
        queue = f"histories-{'apart' if are_apart else 'together'}"
        own = settings.model_copy(update={"mobility_task_queue": queue})
        desk = FrontDesk(store, client, task_queue=queue)
        await desk.keep_directory(section(case.directory, "directory", EXAMPLE))
        recorder = Recorder(desk, VirtualClock(client, own), case)
        async with build_worker(client, store, own, are_apart=are_apart):
            await (recorder.record_journeys() if are_apart else recorder.record_meetings())
    await store.engine.dispose()


def main() -> None:
    """Start a stack of its own, record, and stop it again."""
    with tempfile.TemporaryDirectory(prefix="mobility-histories-") as folder:
        stack = Stack(Path(folder))
        try:
            settings = stack.start()
            migrate(settings.required("database_url"))
            asyncio.run(record(settings))
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # Temporal's runtime may abort a Python process that is just ending (sdk-python issue 300).
    os._exit(0)
