"""What a text states about the dates of the visit."""

import re
from collections.abc import Iterator
from datetime import date

from domain.facts import Fact
from domain.request import Activity
from domain.stated_words import (
    HYPHEN,
    NAME,
    TO_PLACES,
    clause_of,
    is_of_another_visit,
    noun_after,
    words_of_visit,
)

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTH = rf"(?:{'|'.join(_MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_TO = rf"(?:\s*{HYPHEN}\s*|\s+(?:to|until|till|and|through)\s+(?:the\s+)?)"


def _day(name: str) -> str:
    return rf"(?P<{name}>\d{{1,2}})(?:st|nd|rd|th)?"


_YEAR = r"(?:,?\s+(?P<year>\d{4}))?\b"
_DAY_FIRST = re.compile(  # 5-7 May 2026, 29 April - 2 May 2026
    rf"\b(?:{_day('first')}\s+(?P<from>{_MONTH}){_TO}|{_day('begin')}{_TO})"
    rf"{_day('last')}\s+(?:of\s+)?(?P<month>{_MONTH}){_YEAR}"
)
_MONTH_FIRST = re.compile(  # May 5-7, April 29 to May 2, 2026
    rf"\b(?P<month>{_MONTH})\s+{_day('first')}{_TO}(?:(?P<until>{_MONTH})\s+)?"
    rf"{_day('last')}{_YEAR}(?!\s*{_MONTH})"
)
_MONTH_OF_YEAR = re.compile(rf"\b(?P<month>{_MONTH})\s+(?P<year>\d{{4}})\b")
_ONLY_PLACES = re.compile(
    r"\W*(?:(?:which|it|this|we|they|took|place|was|were|is|held|stayed|spent|time|travelled|in|at|"
    rf"to|from|on|of|between|during|the|and|duration|dates?|visitors|participants|{NAME})\b\W*)*",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(
    r"\b(?:an?|the|their|its|our|this)\s+(?P<noun>(?:(?!(?:an?|the|their|its|our|this)\s)\S+\s+)"
    r"{1,6}?)(?:(?:on|of|from|in|for|between|during)\s+)?$",
    re.IGNORECASE,
)


class StatedDates(Fact):
    """From one day to another, in the words of the text; the year where it is given."""

    quote: str
    first: tuple[int, int]
    last: tuple[int, int]
    year: int | None

    def fits(self, days: tuple[date, ...]) -> bool:
        """Whether a visit of these days may be said so."""
        begins, ends = days[0], days[-1]
        return self.year in (None, begins.year, ends.year) and (self.first, self.last) == (
            (begins.month, begins.day), (ends.month, ends.day)
        )  # fmt: skip


class StatedMonth(Fact):
    """A month of a year, in the words of the text."""

    quote: str
    month: int
    year: int

    def fits(self, days: tuple[date, ...]) -> bool:
        """Whether a visit of these days may be said so."""
        return any((self.year, self.month) == (day.year, day.month) for day in days)


def stated_dates(text: str, activity: Activity) -> Iterator[StatedDates | StatedMonth]:
    """Every date that a text gives to the visit: from one day to another, or a month of a year."""
    visit = words_of_visit(activity)
    for form in (_DAY_FIRST, _MONTH_FIRST):
        yield from (_dates(said) for said in form.finditer(text) if _are_of_visit(said, visit))
    for said in _MONTH_OF_YEAR.finditer(text):
        before, after = clause_of(said)
        if re.search(rf"{visit}{TO_PLACES}\s+$", before, re.IGNORECASE) and not (
            is_of_another_visit(before, after)
        ):
            yield StatedMonth(quote=said[0], month=_month(said["month"]), year=int(said["year"]))


def _dates(said: re.Match[str]) -> StatedDates:
    given = said.groupdict()
    last_month = _month(given.get("until") or given["month"])
    first_month = _month(given.get("from") or given["month"])
    return StatedDates(
        quote=said[0],
        first=(first_month, int(given.get("first") or given["begin"])),
        last=(last_month, int(given["last"])),
        year=int(given["year"]) if given["year"] else None,
    )


def _are_of_visit(said: re.Match[str], visit: str) -> bool:
    before, after = clause_of(said)
    if is_of_another_visit(before, after):
        return False
    if re.search(visit, noun_after(said), re.IGNORECASE):
        return True
    noun = _NOUN_BEFORE.search(before)
    # With a noun of their own they are of that: the fair on 3-4 March, the visit of 5-7 May.
    spoken_of = noun["noun"] if noun else before
    return bool(re.search(visit, spoken_of, re.IGNORECASE)) or (
        noun is None and _ONLY_PLACES.fullmatch(before) is not None
    )


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, start=1) if month.startswith(name[:3]))
