"""The packaging as data: the compose file read, its variables, the settings' example."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
EXAMPLE_FILE = ROOT / ".env.example"

_VARIABLE = re.compile(r"(?<!\$)\$(?:\{(?P<braced>\w+)(?P<rest>[^}]*)\}|(?P<bare>\w+))")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


class Variable(NamedTuple):
    """One use of a variable: what follows the name is a default, a demand, or nothing."""

    name: str
    rest: str

    @property
    def default(self) -> str | None:
        """What is taken when nothing is given."""
        return self.rest.lstrip(":")[1:] if self.rest.lstrip(":").startswith("-") else None

    @property
    def is_demanded(self) -> bool:
        """Whether Compose refuses to start without a value, an empty one included."""
        return self.rest.startswith(":?") and len(self.rest) > len(":?")


def read_compose() -> dict[str, Any]:
    """The compose file with its anchors resolved."""
    content: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text("utf-8"))
    return content


def texts_in(part: object) -> list[str]:
    """Every text within a part of the file, comments not being part of it."""
    if isinstance(part, dict):
        return [text for value in part.values() for text in texts_in(value)]
    if isinstance(part, list):
        return [text for value in part for text in texts_in(value)]
    return [part] if isinstance(part, str) else []


def variables_in(part: object) -> list[Variable]:
    """Every variable that Compose fills in within a part of the file."""
    return [
        Variable(found["braced"] or found["bare"], found["rest"] or "")
        for text in texts_in(part)
        for found in _VARIABLE.finditer(text)
    ]


def read_example() -> dict[str, str]:
    """The example's variables and values."""
    lines = EXAMPLE_FILE.read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def seconds(duration: str) -> float:
    """A duration as Compose writes it: 90s, 2m, 1m30s."""
    parts = re.findall(r"([\d.]+)(ms|[smh])", duration)
    assert "".join(number + unit for number, unit in parts) == duration, duration
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
