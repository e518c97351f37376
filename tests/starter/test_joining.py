"""Applying at the desk: what is refused leaves no trace, and what is under way can be looked at."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from starter.case_files import EXAMPLE, CaseDocument, read_file
from starter.desk import FrontDesk
from store.cases import Store
from tests.starter.conftest import BORAS, OFFICE, Command, as_typed, what_is_kept, written

pytestmark = pytest.mark.usefixtures("working")
JOINS = EXAMPLE.with_name("girona-joins-2027.yaml")
Typed = Any


@pytest.fixture
def typed() -> Typed:
    """An application as a person types it, of another organisation each time."""
    typed: Typed = as_typed(read_file(JOINS))
    mark = uuid.uuid4().hex[:12]
    typed["application"]["organisation"] |= {"id": mark, "name": mark, "oid": None, "pic": None}
    typed["application"]["coordinator"]["email"] = f"{mark}@org.example"
    return typed


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("organisation.id", "boras-wld", "is a member already and has the same id boras-wld"),
        (
            "organisation.name", "Working Life Department, Boras stad",
            "is a member already and has the same name but for its spelling",
        ),
        ("organisation.id", "boras", "boras-coordinator is in the directory already"),
        ("organisation.zone", "Europe/Atlantis", "which is no time zone"),
        ("organisation.holiday_region", "ES-XX", "which is no region"),
        ("organisation.oid", "10999001", "'application > organisation > oid' should"),
        ("organisation.logo", "abc", "give the picture with --logo"),
        ("coordinator.email", "COORDINATOR@boras.example", "have the same address"),
        ("coordinator.email", "a..b@org.example", "is no address that letters can be sent to"),
        ("coordinator.language", "de", "'application > coordinator > language' should be"),
        ("programme_office", "nobody@erasmus.example", "nobody@erasmus.example is not in the"),
        ("programme_office", BORAS, "coordinator@boras.example is not a programme office"),
        ("motivation", " ", "'application > motivation' is empty: fill it in."),
    ],
)  # fmt: skip
async def test_an_application_with_a_mistake_is_refused_and_leaves_no_trace(
    command: Command, desk: FrontDesk, typed: Typed, tmp_path: Path, field: str, value: str,
    sentence: str,
) -> None:  # fmt: skip
    # Members are in the same country as whoever is taken for one of them.
    typed["application"]["organisation"]["country"] = "ES" if "region" in field else "SE"
    if "region" not in field:
        typed["application"]["organisation"].pop("holiday_region")
    *way, last = field.split(".")
    place = typed["application"]
    for step in way:
        place = place[step]
    place[last] = value
    before = await what_is_kept(desk.store)

    said = await command("apply", str(written(tmp_path / "join.yaml", typed)))

    assert (said.code, said.out) == (2, "")
    assert sentence in said.complaint
    assert said.complaint.count("\n") == 1
    assert await what_is_kept(desk.store) == before


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [(b"", "is an empty file"), (b"GIF89a", "is no picture that can be shown")],
)
async def test_a_logo_that_is_none_is_refused(
    command: Command, desk: FrontDesk, typed: Typed, tmp_path: Path, picture: bytes, sentence: str
) -> None:
    (tmp_path / "logo.png").write_bytes(picture)
    file, before = written(tmp_path / "join.yaml", typed), await what_is_kept(desk.store)

    said = await command("apply", str(file), "--logo", str(tmp_path / "logo.png"))
    missing = await command("apply", str(file), "--logo", str(tmp_path / "none.png"))

    assert (said.code, missing.code) == (2, 2)
    assert sentence in said.complaint
    assert "none.png cannot be read" in missing.complaint
    assert await what_is_kept(desk.store) == before


async def test_a_file_without_an_application_is_refused(
    command: Command, case: CaseDocument, tmp_path: Path
) -> None:
    file = written(tmp_path / "mine.yaml", as_typed(case))

    said = await command("apply", str(file))

    assert (
        said.complaint
        == f"{file} has no section 'application:': add it, as in examples/girona-joins-2027.yaml.\n"
    )


@pytest.mark.parametrize("verb", ["application", "timeline", "verify", "letters", "erase --yes"])
async def test_an_application_nobody_knows_is_refused(command: Command, verb: str) -> None:
    said = await command(*verb.split(), "A-2020-0001")

    assert (said.code, said.out) == (2, "")
    assert "There is no application A-2020-0001: 'mobility applications'" in said.complaint


async def test_one_can_be_followed_from_its_file_to_its_erasure(
    command: Command, store: Store, typed: Typed, tmp_path: Path
) -> None:
    name = typed["application"]["organisation"]["name"]
    who = typed["application"]["coordinator"]["email"]
    applied = await command("apply", str(written(tmp_path / "join.yaml", typed)))
    reference = applied.out.split()[0]
    while "decide" not in (shown := await command("application", reference, COLUMNS="200")).out:
        assert shown.code in {0, 1}
    for words in (name, who, "the application lapses", "Programme office", "We teach adults"):
        assert words in shown.out
    listed = await command("applications", COLUMNS="200")
    assert any(reference in line and "to be decided" in line for line in listed.out.splitlines())
    assert reference not in (await command("list", COLUMNS="200")).out

    early = await command("erase", reference, "--yes")
    strange = await command("withdraw-application", reference, "--as", OFFICE)
    vague = await command("decline-application", reference, "--reason", "other", "--as", OFFICE)
    withdrawn = await command("withdraw-application", reference, "--as", who)

    assert "is still open" in early.complaint
    assert "Only the applicant can withdraw" in strange.complaint
    assert "say why in your own words, with --note" in vague.complaint
    assert withdrawn.out.endswith(f"of {reference}; it is withdrawn.\n")
    erased = await command("erase", reference, "--yes")
    assert erased.code == 0
    told = await command("timeline", reference, COLUMNS="200")
    assert "application withdrawn" in told.out
    assert "Erased" in told.out
    gone = await command("application", reference, COLUMNS="200")
    assert name not in gone.out
    assert "names, texts and papers are gone" in gone.out
    after = await command("accept-application", reference, "--as", OFFICE)
    assert f"{reference} was erased" in after.complaint
    assert await store.is_erased(reference)  # type: ignore[arg-type]
