"""Draws ``docs/lifecycle.md`` from the tables of the domain: what may happen, as one page.

Run as ``python -m starter.lifecycle_page``, or ``make lifecycle`` to write the file.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import resources

from domain.deadlines import MEANINGS, read_plans
from domain.events import Phase
from domain.letters import LETTER_OF
from domain.lifecycle import PERMISSIONS, STEPS, STOPS
from domain.people import Role

HEAD = """\
# Lifecycle

`make lifecycle` draws this page from the tables in `domain/lifecycle.py`, `domain/deadlines.py` and
`domain/letters.py`; a test keeps it current. Change the tables, never this page.
[journey.md](journey.md) tells the same in plain words."""

ENGINE = "the engine"
QUESTIONS = """\
Reminders and deadline count in days from the asking, those of `attendance` from the last day of the
visit. The figures are those of `domain/plans/reminders.toml`; a programme office may lay its own
over them. Reminders wait for a working day of the reader, deadlines for one of everybody asked. The
first day of the visit may bring a deadline forward; none falls before the end of the day after the
asking. Silence takes effect on the first working morning after the deadline."""


def lifecycle_page() -> str:
    """The whole page."""
    parts = [
        HEAD,
        _fenced(_diagram()),
        "## Steps",
        _table(("from", "to", "by", "when"), _steps()),
        "## Stops",
        _table(("in phase", "by", "when"), _stops()),
        "## Messages",
        _table(("message", "says", "in phase", "by"), _messages()),
        "## Questions",
        QUESTIONS,
        _table(
            (
                "question",
                "asks to",
                "letter",
                "reminders",
                "deadline",
                "overdue told to",
                "silence",
            ),
            _questions(),
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _diagram() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {STEPS[0].source}"
    for step in STEPS:
        yield f"    {step.source} --> {step.target} : {_label(step.condition)}"
    for phase in Phase:
        ways = [_outcome(stop.condition) for stop in STOPS if phase in stop.sources]
        if ways:
            yield f"    {phase} --> {Phase.CLOSED} : stopped ({', '.join(dict.fromkeys(ways))})"
    yield f"    {Phase.CLOSED} --> [*]"


def _label(condition: str) -> str:
    """A condition as Mermaid takes it, which ends a label at a second colon."""
    return condition.replace(": ", " (") + (")" if ": " in condition else "")


def _outcome(condition: str) -> str:
    return condition.rpartition(": ")[2]


def _steps() -> Iterator[tuple[str, ...]]:
    for step in STEPS:
        yield step.source, step.target, _roles(step.by), step.condition


def _stops() -> Iterator[tuple[str, ...]]:
    for stop in STOPS:
        # The one stop that is no message of people: an operator's, in Temporal itself.
        by = _roles(stop.by) if stop.by else "operator"
        yield ", ".join(stop.sources), by, stop.condition


def _messages() -> Iterator[tuple[str, ...]]:
    for kind, permission in PERMISSIONS.items():
        phases, roles = ", ".join(permission.phases), _roles(permission.roles)
        yield f"`{kind.__name__}`", permission.act, phases, roles


def _questions() -> Iterator[tuple[str, ...]]:
    own = (resources.files("domain.plans") / "reminders.toml").read_text("utf-8")
    for asked, plan in read_plans(own).items():
        if asked not in LETTER_OF:
            continue  # of an application to join, which is no mobility
        days = ", ".join(str(day) for day in plan.reminders)
        letter, meaning = f"`{LETTER_OF[asked]}`", MEANINGS[asked]
        told = f"{plan.tell}, {plan.tell_before} days before" if plan.tell else "nobody"
        yield (
            f"`{asked}`", meaning.act, letter, days, f"{plan.days} days", told, meaning.silence
        )  # fmt: skip


def _roles(roles: Iterable[Role]) -> str:
    return ", ".join(ENGINE if role is Role.SYSTEM else role for role in roles)


def _fenced(lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", *lines, "```"])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    sys.stdout.write(lifecycle_page())
