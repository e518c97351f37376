"""The courier is killed beside the mail server: before, nothing is lost; after, one repeat."""

import asyncio
from pathlib import Path

import pytest

from domain.deadlines import Asked
from local.stack import Stack
from settings import Settings
from starter.desk import FrontDesk
from store.ledger import read_letters
from tests.survival.conftest import BeginAlone
from tests.survival.journal_kept import letters_caught
from tests.survival.post import all_settled
from tests.survival.supervision import Supervision, supervised


@pytest.mark.parametrize(("moment", "taken"), [("before", 1), ("after", 2)])
async def test_a_letter_is_repeated_only_when_nobody_can_know(
    begin_alone: BeginAlone, own_settings: Settings, desk: FrontDesk, stack: Stack,
    tmp_path: Path, moment: str, taken: int,
) -> None:  # fmt: skip
    rehearsal = await begin_alone()
    own = own_settings.model_copy(update={"mobility_home": tmp_path})

    async with supervised(own, tmp_path / "log", DIE_POSTING=moment) as supervision:
        await rehearsal.asked(Asked.PLACE)
        await _has_died(supervision)
        await all_settled(desk, rehearsal)

    assert supervision.deaths == 1
    [line] = await read_letters(desk.store.engine, rehearsal.reference)
    assert (line.state, line.attempts) == ("handed over", 2)
    assert await letters_caught(desk, rehearsal, stack.letters) == {line.message_id: taken}


async def _has_died(supervision: Supervision) -> None:
    async with asyncio.timeout(30):
        while not supervision.deaths:
            await asyncio.sleep(0.05)
