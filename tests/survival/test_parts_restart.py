"""Temporal is killed, PostgreSQL restarted, the mail server away: the journey completes."""

import asyncio
import uuid
from datetime import UTC, datetime
from pathlib import Path

from local import postgres
from local.stack import Stack
from settings import Settings
from starter.case_files import EXAMPLE, CaseDocument, section
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.running import open_desk
from starter.story import (
    a_host_accepts,
    everybody_looks_back,
    everybody_signs,
    grant_and_agenda_are_settled,
    tell_the_story,
    the_visit_takes_place,
)
from tests.journeys.reading import is_sound
from tests.post import all_settled, one_was_put_off
from tests.survival.journal_kept import each_left_once, letters_meant, what_happened
from tests.survival.supervision import supervised


async def test_a_journey_survives_the_restart_of_every_part(
    shaky: Stack, case: CaseDocument, tmp_path: Path
) -> None:
    settings = shaky.settings()
    async with open_desk(settings) as desk, supervised(settings, tmp_path / "log"):
        await desk.keep_directory(section(case.directory, "directory", EXAMPLE))
        undisturbed = await _begin(desk, settings, case)
        await tell_the_story(undisturbed, case)

        rehearsal = await _begin(desk, settings, case)
        await a_host_accepts(rehearsal)
        await asyncio.to_thread(_kill_temporal, shaky)
        await everybody_signs(rehearsal)
        shaky.mail.stop()
        await grant_and_agenda_are_settled(rehearsal, case)
        await asyncio.to_thread(_restart_postgresql, shaky)
        await desk.store.engine.dispose()
        await the_visit_takes_place(rehearsal)
        await one_was_put_off(desk, rehearsal)
        await asyncio.to_thread(shaky.start)
        await everybody_looks_back(rehearsal, case)
        await all_settled(desk, rehearsal)

        assert await what_happened(desk, rehearsal) == await what_happened(desk, undisturbed)
        assert await letters_meant(desk, rehearsal) == await letters_meant(desk, undisturbed)
        assert await is_sound(desk, rehearsal)
        await each_left_once(desk, rehearsal, shaky.letters)


async def _begin(desk: FrontDesk, settings: Settings, case: CaseDocument) -> Rehearsal:
    request = section(case.request, "request", EXAMPLE)
    today = datetime.now(UTC).date()
    reference = await desk.request(request, today=today, occasion=uuid.uuid4().hex)
    return Rehearsal(desk, VirtualClock(desk.client, settings), reference)


def _kill_temporal(stack: Stack) -> None:
    server = stack.temporal.process()
    assert server is not None
    server.kill()
    server.wait(10)
    stack.start()


def _restart_postgresql(stack: Stack) -> None:
    assert postgres.stop(stack.database)
    # The mail server stays away meanwhile.
    postgres.start(stack.database)
