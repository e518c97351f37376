"""The worker's reminder plans: ours, with those of the programme office laid over them."""

import os
import subprocess
import sys
from pathlib import Path

from domain.deadlines import Asked
from local.stack import ROOT, Stack
from tests.builders import PLANS
from worker import reminder_plans

PLACE = "[place]\nfirst = 2\nevery = 2\nmost = 3\ndays = 12\n"


def test_without_a_folder_the_plans_are_ours() -> None:
    assert reminder_plans(None) == PLANS


def test_the_office_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text(PLACE, "utf-8")

    plans = reminder_plans(tmp_path)

    assert plans[Asked.PLACE].reminders == (2, 4, 6)
    assert {asked: plans[asked] for asked in Asked if asked is not Asked.PLACE} == {
        asked: plan for asked, plan in PLANS.items() if asked is not Asked.PLACE
    }


def test_a_worker_with_a_plan_that_makes_no_sense_says_so_and_does_not_start(
    stack: Stack, tmp_path: Path
) -> None:
    (tmp_path / "office.toml").write_text(PLACE.replace("days = 12", "days = 5"), "utf-8")
    environment = stack.settings().as_environment() | {"MOBILITY_PLANS": str(tmp_path)}

    worker = subprocess.run(
        [sys.executable, ROOT / "worker.py"], env=os.environ | environment, cwd=tmp_path,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert worker.returncode == 1
    assert worker.stderr.splitlines()[-1] == (
        "The reminder plans at 'place': reminder 3 comes 6 days after the asking, and the time for "
        "an answer ends after 5."
    )
