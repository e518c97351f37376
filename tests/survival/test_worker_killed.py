"""The worker is killed in the middle of things: the journey completes with the same journal."""

from pathlib import Path

import pytest

from local.stack import Stack
from settings import Settings
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from starter.story import tell_the_story
from tests.journeys.reading import is_sound
from tests.post import all_settled
from tests.survival.conftest import BeginAlone
from tests.survival.journal_kept import each_left_once, letters_meant, what_happened
from tests.survival.supervision import supervised

DEATHS = [
    pytest.param({"DIE_BEFORE": "14", "DIE_AFTER": "2"}, 2, id="at two boundaries"),
    pytest.param(
        {"DIE_BEFORE": "every"}, 29, id="before every activity", marks=pytest.mark.torture
    ),
    pytest.param({"DIE_AFTER": "every"}, 29, id="after every activity", marks=pytest.mark.torture),
]


@pytest.mark.parametrize(("environment", "deaths"), DEATHS)
async def test_a_killed_worker_loses_and_doubles_nothing(
    begin_alone: BeginAlone, own_settings: Settings, case: CaseDocument, desk: FrontDesk,
    stack: Stack, tmp_path: Path, environment: dict[str, str], deaths: int,
) -> None:  # fmt: skip
    rehearsal = await begin_alone()
    async with supervised(own_settings, tmp_path / "log") as undisturbed:
        await tell_the_story(rehearsal, case)
        await all_settled(desk, rehearsal)
    expected = await what_happened(desk, rehearsal)
    letters = await letters_meant(desk, rehearsal)

    rehearsal = await begin_alone()
    async with supervised(own_settings, tmp_path / "log", **environment) as supervision:
        await tell_the_story(rehearsal, case)
        await all_settled(desk, rehearsal)
        # A worker must be there for Temporal to hear of the last stroke.
        assert await is_sound(desk, rehearsal)

    assert undisturbed.deaths == 0
    assert supervision.deaths >= deaths
    assert await what_happened(desk, rehearsal) == expected
    assert await letters_meant(desk, rehearsal) == letters
    await each_left_once(desk, rehearsal, stack.letters)
