"""The agenda as rows of a form: what is shown in them, and how they are read back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count, islice

from domain.agenda import Session, SessionKind
from portal.forms import Form, Typed
from portal.holder import Holder
from starter.case_files import SessionEntry

SPARE_ROWS = 4
MOST_ROWS = 400
"""Far more sessions than any visit has: sixty days of six."""
_NAME = re.compile(r"s(\d{1,3})-\w+")
_MATTER = ("from", "to", "title", "place")
"""A row in which none of these is filled in is left out, whatever else stands there."""


@dataclass(frozen=True)
class Row:
    """One session as it stands in the form, word for word as it was typed."""

    n: int
    day: str = ""
    starts: str = ""
    ends: str = ""
    title: str = ""
    place: str = ""
    kind: str = SessionKind.SHARED.value
    participants: frozenset[str] = field(default_factory=frozenset)
    objectives: frozenset[str] = field(default_factory=frozenset)


def read_agenda(form: Form) -> tuple[SessionEntry, ...]:
    """Every row that is filled in, as the desk takes it.

    Raises:
        Unreadable: naming the session and what is missing in it.
    """
    read = tuple(_entry(n, form) for n in _numbers(form.typed) if _is_filled_in(n, form))
    if not read:
        sentence = form.speech.gettext("The agenda is empty: fill in a session for every day.")
        raise form.unreadable("s1-title", sentence)
    return read


def _numbers(typed: Typed) -> list[int]:
    found = {int(name[1]) for key in typed if (name := _NAME.fullmatch(key))}
    return sorted(found)[:MOST_ROWS]


def _is_filled_in(n: int, form: Form) -> bool:
    return any(form.text(f"s{n}-{part}") for part in _MATTER)


def _entry(n: int, form: Form) -> SessionEntry:
    form = replace(form, place=form.speech.gettext("Session %(n)s:") % {"n": n})
    who = form.ticked(f"s{n}-who")
    if not who:
        # Left empty at the desk it would mean everybody, which is not what no tick says.
        sentence = form.speech.gettext("Tick who takes part in it.")
        raise form.unreadable(f"s{n}-who", sentence)
    return SessionEntry(
        day=form.day(f"s{n}-day"), starts=form.clock(f"s{n}-from"), ends=form.clock(f"s{n}-to"),
        title=form.needed(f"s{n}-title"), place=form.needed(f"s{n}-place"),
        kind=form.choice(f"s{n}-kind", SessionKind), participants=who,
        objectives=tuple(int(o) for o in form.ticked(f"s{n}-serves") if o.isdecimal()),
    )  # fmt: skip


def rows_shown(holder: Holder, typed: Typed) -> list[Row]:
    """What was typed; else the agenda on the table; else a row for every day. Then empty rows."""
    filled = list(_typed_rows(typed) or _rows_on_the_table(holder) or _rows_of_days(holder))
    everybody = frozenset(holder.view.taking_part)
    first = max((row.n for row in filled), default=0) + 1
    return filled + [Row(n, participants=everybody) for n in islice(count(first), SPARE_ROWS)]


def _typed_rows(typed: Typed) -> list[Row]:
    rows = [
        Row(
            n=n, day=typed.get(f"s{n}-day", ""), starts=typed.get(f"s{n}-from", ""),
            ends=typed.get(f"s{n}-to", ""), title=typed.get(f"s{n}-title", ""),
            place=typed.get(f"s{n}-place", ""), kind=typed.get(f"s{n}-kind", ""),
            participants=frozenset(typed.getlist(f"s{n}-who")),
            objectives=frozenset(typed.getlist(f"s{n}-serves")),
        )
        for n in _numbers(typed)
    ]  # fmt: skip
    # Whoever asks for more rows has run out of those there are, or wants to leave some free.
    return rows if "more" in typed else _without_empty_end(rows)


def _without_empty_end(rows: list[Row]) -> list[Row]:
    """Spare rows that stayed empty are not kept: new ones are added anyway."""
    while rows and not (rows[-1].title or rows[-1].place or rows[-1].starts or rows[-1].ends):
        rows = rows[:-1]
    return rows


def _rows_on_the_table(holder: Holder) -> list[Row]:
    case = holder.case
    sessions = sorted(case.on_the_table, key=lambda s: (s.day, s.starts))
    return [_row(n, session, holder) for n, session in enumerate(sessions, start=1)]


def _row(n: int, session: Session, holder: Holder) -> Row:
    text = holder.case.text
    return Row(
        n=n, day=session.day.isoformat(), starts=session.starts.isoformat("minutes"),
        ends=session.ends.isoformat("minutes"), title=text(session.title),
        place=text(session.place), kind=session.kind.value,
        participants=frozenset(session.participants),
        objectives=frozenset(objective.removeprefix("O") for objective in session.objectives),
    )  # fmt: skip


def _rows_of_days(holder: Holder) -> Iterator[Row]:
    everybody = frozenset(holder.view.taking_part)
    for n, day in enumerate(holder.case.request.days, start=1):
        yield Row(n, day=day.isoformat(), participants=everybody)
