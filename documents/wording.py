"""How every paper says a day, a place and a number, and takes in what people wrote."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from babel import Locale

from domain.case_card import said_dates, unbroken_runs
from domain.people import Organisation

LONGEST_LIST_OF_RUNS = 6
"""More runs of days than this are not listed one by one: nobody reads them."""

_ENGLISH = Locale("en")
# Characters that turn the reading direction round could make a name read as another one.
_TURNING_ROUND = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def plain(text: str) -> str:
    """What somebody wrote as one line, without characters that cannot be seen or printed."""
    printable = (
        " " if unicodedata.category(character) in {"Cc", "Cs"} else character
        for character in text.translate(_TURNING_ROUND)
    )
    return " ".join("".join(printable).split())


def paragraphs(text: str) -> tuple[str, ...]:
    """What somebody wrote, paragraph by paragraph; an empty line parts two paragraphs."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return tuple(line for part in parts if (line := plain(part)))


def each_plain(texts: Sequence[str]) -> tuple[str, ...]:
    """Several short texts, each as one line; empty ones are not worth a line."""
    return tuple(line for text in texts if (line := plain(text)))


def said_day(day: date) -> str:
    """A day as people write it, such as ``5 May 2026``."""
    return f"{day:%-d %B %Y}"


def said_runs(days: Sequence[date]) -> str:
    """Days of attendance as unbroken runs: ``5-7 May 2026 and 11 May 2026``."""
    runs = [said_dates(run) for run in unbroken_runs(days)]
    if not runs:
        return "no day"
    if len(runs) > LONGEST_LIST_OF_RUNS:
        return f"between {said_day(min(days))} and {said_day(max(days))}"
    return listed(runs)


def counted(count: int, noun: str) -> str:
    """A number with its noun, such as ``3 days``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def listed(parts: Sequence[str]) -> str:
    """Parts of a sentence joined as people join them: ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def place_of(organisation: Organisation) -> str:
    """Town, region and country of an organisation, the country by its English name."""
    country = _ENGLISH.territories.get(organisation.country, organisation.country)
    # A city that is its own region, such as Vienna, is named once.
    parts = dict.fromkeys(each_plain((organisation.city, organisation.region, country)))
    return ", ".join(parts)
