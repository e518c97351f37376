"""The courier is killed beside the mail server: before, nothing is lost; after, one repeat."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.deadlines import Asked
from local.stack import Stack
from starter.case_files import EXAMPLE, CaseDocument, section
from starter.clock import VirtualClock
from starter.rehearsal import Rehearsal
from starter.running import open_desk
from store.ledger import read_letters
from tests.post import all_settled
from tests.survival.journal_kept import letters_caught
from tests.survival.supervision import Supervision, supervised


@pytest.mark.parametrize(("moment", "taken"), [("before", 1), ("after", 2)])
async def test_a_letter_is_repeated_only_when_nobody_can_know(
    shaky: Stack, case: CaseDocument, tmp_path: Path, moment: str, taken: int
) -> None:
    settings = shaky.settings()
    async with open_desk(settings) as desk:
        await desk.keep_directory(section(case.directory, "directory", EXAMPLE))
        request = section(case.request, "request", EXAMPLE)
        reference = await desk.request(request, today=datetime.now(UTC).date())
        rehearsal = Rehearsal(desk, VirtualClock(desk.client, settings), reference)
        async with supervised(settings, tmp_path / "log", DIE_POSTING=moment) as supervision:
            await rehearsal.asked(Asked.PLACE)
            await _has_died(supervision)
            await all_settled(desk, rehearsal)

        assert supervision.deaths == 1
        [line] = await read_letters(desk.store.engine, reference)
        # On a busy machine somebody may take it up once more before it is through.
        assert line.state == "handed over"
        assert line.attempts >= 2
        assert await letters_caught(desk, rehearsal, shaky.letters) == {line.message_id: taken}


async def _has_died(supervision: Supervision) -> None:
    async with asyncio.timeout(30):
        while not supervision.deaths:
            await asyncio.sleep(0.05)
