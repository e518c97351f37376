"""A second request for one visit, in commands: asked about, started, merged, and held together."""

import asyncio
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.deadlines import Asked
from domain.facts import Reference
from domain.journal import GENESIS, link
from settings import Settings
from starter import auditing
from starter.case_files import CaseDocument, read_file, section
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.dry_run import warning_ahead
from starter.rehearsal import Rehearsal
from store.cases import Store
from store.journal import read_journal
from store.tables import journal
from tests.starter.conftest import BORAS, Command, as_typed, what_is_kept, written
from tests.starter.test_auditing import unguarded

pytestmark = pytest.mark.usefixtures("working")


@pytest.fixture
def files(case: CaseDocument, tmp_path: Path) -> tuple[str, str]:
    """One visit, written down twice with another title."""
    typed = as_typed(case)
    # Other tests ask for the customer's own visit, in the same words.
    typed["request"]["title"] = f"A visit of {tmp_path.name}"  # type: ignore[index]
    for entry in typed["request"]["participants"]:  # type: ignore[index]
        entry["email"] = entry["email"].replace("@", f".{tmp_path.name}@")
    first = written(tmp_path / "first.yaml", typed)
    typed["request"]["title"] = "The same in other words"  # type: ignore[index]
    return str(first), str(written(tmp_path / "second.yaml", typed))


async def _rewritten(store: Store, reference: Reference) -> None:
    """Another history from the first entry on, with a chain that is right in itself."""
    head = GENESIS
    async with unguarded(store) as owner:
        for line in await read_journal(store.engine, reference):
            body = json.dumps(json.loads(line.body) | {"by": "somebody-else"})
            head = link(head, body)
            await owner.execute(
                sa.update(journal)
                .where(journal.c.reference == reference, journal.c.n == line.n)
                .values(body=body, chain=head)
            )


async def _ahead(file: str, surroundings: dict[str, str]) -> str:
    """The warning under a flight plan."""
    given = section(read_file(Path(file)).request, "request", Path(file))
    with pytest.MonkeyPatch.context() as change:
        for name, value in surroundings.items():
            change.setenv(name, value)
        return f"{await asyncio.to_thread(warning_ahead, given)}\n"


async def test_a_near_match_is_asked_about_started_and_merged_in_commands(
    command: Command, store: Store, desk: FrontDesk, settings: Settings, files: tuple[str, str],
    surroundings: dict[str, str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(auditing, "LOOK_AGAIN_SECONDS", 0.05)
    first, second = files
    staying = Reference((await command("request", first)).out.split()[0])
    clock = VirtualClock(desk.client, settings)
    await Rehearsal(desk, clock, staying).asked(Asked.PLACE)
    before = await what_is_kept(store)

    asked = await command("request", second)
    assert (asked.code, asked.out) == (2, "")
    assert "cannot be in two places at once" in asked.complaint
    assert f"'mobility show {staying}'" in asked.complaint
    assert await what_is_kept(store) == before

    assert await _ahead(second, surroundings) == f"In earnest you would be told: {asked.complaint}"
    warned = await _ahead(first, surroundings)
    assert f"This request has been made already: it is {staying}" in warned
    started = await command("request", second, "--anyway")
    assert started.code == 0
    going = Reference(started.out.split()[0])
    await Rehearsal(desk, clock, going).asked(Asked.PLACE)

    merged = await command("merge", going.lower(), staying, "--as", BORAS)
    assert merged.code == 0, merged.complaint
    assert f"of {going}; phase: closed.\n" in merged.out
    assert f"of {staying}; phase: matching.\n" in merged.out
    again = await command("merge", going, staying, "--as", BORAS)
    assert again == (
        2, "", f"{going} has been merged with {staying} already: nothing is left to do.\n"
    )  # fmt: skip

    wide = {"COLUMNS": "200"}
    shown = [(await command("show", one, **wide)).out for one in (going, staying)]
    assert f"{staying}, see 'mobility show {staying}'" in shown[0]
    assert "cancelled: merged with another mobility" in shown[0]
    assert f"{going}, see 'mobility show {going}'" in shown[1]
    told = [(await command("timeline", one, **wide)).out for one in (going, staying)]
    assert f"mobility merged: it goes on as {staying}, see 'mobility timeline {staying}'" in told[0]
    assert f"mobility taken in: {going}, whose own history 'mobility timeline" in told[1]

    sound = await command("verify", staying, **wide)
    assert (sound.code, sound.complaint) == (0, "")
    assert f"The head of {going}, which was merged with it, was looked up" in sound.out
    await _rewritten(store, going)
    torn = await command("verify", staying, **wide)
    assert torn.code == 1
    assert f"of {going}, which the journal of {going} does not come to." in torn.out
