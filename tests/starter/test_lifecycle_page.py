"""The page of the lifecycle says all that the tables say, and is drawn anew when they change."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from domain.deadlines import MEANINGS, Asked
from domain.letters import Purpose
from domain.lifecycle import PERMISSIONS, STEPS, STOPS
from domain.messages import CAUSES_OF_PEOPLE
from starter import acts
from starter.lifecycle_page import lifecycle_page
from tests.builders import PLANS

ROOT = Path(__file__).parents[2]
JOURNEY = (ROOT / "docs" / "journey.md").read_text("utf-8")
ACTS = typer.main.get_group(acts.app).commands


def cells(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, as the page has them."""
    part = lifecycle_page().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return rows[2:]


def test_the_page_in_the_repository_is_current() -> None:
    kept = (ROOT / "docs" / "lifecycle.md").read_text("utf-8")

    assert kept == lifecycle_page(), "draw it anew with 'make lifecycle'"


def test_the_module_prints_the_page() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "starter.lifecycle_page"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip

    assert printed.stdout == lifecycle_page()


def test_every_row_of_every_table_is_on_the_page() -> None:
    assert [row[-1] for row in cells("Steps")] == [step.condition for step in STEPS]
    assert [row[-1] for row in cells("Stops")] == [stop.condition for stop in STOPS]
    assert [row[0] for row in cells("Messages")] == [f"`{kind.__name__}`" for kind in PERMISSIONS]
    questions = [f"`{asked}`" for asked in PLANS if asked is not Asked.APPLICATION]
    assert [row[0] for row in cells("Questions")] == questions


def test_every_table_is_whole() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", lifecycle_page(), re.MULTILINE)

    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
    assert len(tables) == 4


def test_every_label_of_the_diagram_has_one_colon_and_no_end_of_statement() -> None:
    diagram = lifecycle_page().partition("```mermaid\n")[2].partition("```")[0]
    labelled = [line for line in diagram.splitlines() if " : " in line]

    assert len(labelled) == len(STEPS) + len({phase for stop in STOPS for phase in stop.sources})
    assert not [line for line in labelled if line.count(":") != 1 or ";" in line]


@pytest.mark.parametrize("asked", Asked)
def test_the_journey_in_plain_words_has_the_figures_and_the_meaning_of_every_plan(
    asked: Asked,
) -> None:
    plan, meaning = PLANS[asked], MEANINGS[asked]
    rows = [row for row in JOURNEY.splitlines() if f"| {meaning.silence}" in row]
    days = ", ".join(str(day) for day in plan.reminders)

    assert [row for row in rows if f"| {days} days | {plan.days} days" in row]


def test_the_journey_in_plain_words_names_every_letter_every_act_and_every_cause() -> None:
    letters = [f"*{purpose.replace('-', ' ')}*" for purpose in Purpose]
    told = [*letters, *(f"`mobility {name} REF" for name in ACTS)]

    assert [words for words in told if words not in JOURNEY] == []
    assert ", ".join(CAUSES_OF_PEOPLE) in " ".join(JOURNEY.split())
