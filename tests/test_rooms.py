"""What the import contracts cannot say about the rooms."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOORS = ("starter", "local", "worker.py")


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize(
    "room", ["domain", "workflows", "activities", "store", "mail", "documents"]
)
def test_only_the_doors_speak_to_temporals_client(room: str) -> None:
    spoken = [file for file in _files(room) for name in _imports(file) if _is_client(name)]

    assert _files(room)
    assert spoken == []


def test_the_doors_do_speak_to_it() -> None:
    assert [file for file in _files("starter") for name in _imports(file) if _is_client(name)]


def _is_client(name: str) -> bool:
    return name.startswith("temporalio.client")


def test_the_domain_imports_the_standard_library_and_pydantic_only() -> None:
    roots = {name.partition(".")[0] for file in _files("domain") for name in _imports(file)}

    assert roots - set(sys.stdlib_module_names) == {"domain", "pydantic"}


@pytest.mark.parametrize("room", ["domain", "workflows"])
def test_nothing_deterministic_imports_chance_or_the_clock(room: str) -> None:
    imported = {name.partition(".")[0] for file in _files(room) for name in _imports(file)}

    assert imported.isdisjoint({"random", "uuid", "time", "os", "secrets", "socket", "zoneinfo"})
