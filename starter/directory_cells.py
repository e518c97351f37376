"""Entries of the directory as rows of a table: one word a column, many words in one cell."""

import re
from collections.abc import Callable, Mapping

from pydantic import BaseModel

from domain.hosting import HostingOffer, Period
from domain.people import Level, Organisation, Person
from starter.directory_rules import Part

MODELS: Mapping[Part, type[Organisation] | type[Person] | type[HostingOffer]] = {
    Part.ORGANISATIONS: Organisation, Part.PEOPLE: Person, Part.OFFERS: HostingOffer,
}  # fmt: skip
MANY = ("promoters", "roles", "activities", "themes", "fields", "tags", "accessibility")
BETWEEN = "; "
_SEPARATES = re.compile(r"[;,\n]")


def columns_of(part: Part) -> tuple[str, ...]:
    """The columns of a part in the order in which they are written."""
    return tuple(MODELS[part].model_fields)


def required_of(part: Part) -> tuple[str, ...]:
    """The columns without which there is no entry."""
    fields = MODELS[part].model_fields
    return tuple(name for name, field in fields.items() if field.is_required())


def plain(column: str) -> str:
    """The name of a column as people read it."""
    return column.replace("_", " ")


def known_column(part: Part, heading: str) -> str | None:
    """The column that a heading names, however it is written."""
    word = "_".join(heading.casefold().replace("_", " ").split())
    return word if word in MODELS[part].model_fields else None


def cell_of(entry: BaseModel, column: str) -> str:
    """What stands in one cell."""
    value = getattr(entry, column)
    if column in WRITTEN:
        return WRITTEN[column](value)
    return "" if value is None else str(value)


def value_of(column: str, cell: str) -> object:
    """What a cell says; whether that can be is for the entry to tell.

    Raises:
        ValueError: when its many words do not go together, saying why and what to do.
    """
    return READ[column](cell) if column in READ else cell


def _words(cell: str) -> list[str]:
    return [word for part in _SEPARATES.split(cell) if (word := part.strip())]


def _levels(cell: str) -> dict[str, str | None]:
    levels: dict[str, str | None] = {}
    for word in _words(cell):
        language, _, level = (part.strip() for part in word.partition(":"))
        if language in levels:
            raise ValueError(f"names '{language}' twice: take one out")
        levels[language] = level or None
    return levels


def _periods(cell: str) -> list[dict[str, str]]:
    periods = []
    for word in _words(cell):
        first, _, last = (part.strip() for part in word.partition(".."))
        periods.append({"first": first, "last": last or first})
    return periods


def _write_levels(languages: Mapping[str, Level | None]) -> str:
    return BETWEEN.join(f"{one}:{level}" if level else one for one, level in languages.items())


def _write_periods(periods: tuple[Period, ...]) -> str:
    return BETWEEN.join(f"{period.first}..{period.last}" for period in periods)


READ: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(MANY, _words), "languages": _levels, "blackouts": _periods,
}  # fmt: skip
WRITTEN: dict[str, Callable[..., str]] = {
    **dict.fromkeys(MANY, BETWEEN.join), "languages": _write_levels, "blackouts": _write_periods,
}  # fmt: skip
