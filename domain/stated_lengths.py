"""What a text states about the length of the visit."""

import re
from collections.abc import Iterator

from domain.facts import Fact
from domain.request import Activity
from domain.stated_words import (
    HYPHEN,
    TO_PLACES,
    clause_of,
    is_of_another_visit,
    noun_after,
    words_of_visit,
)

NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
)  # fmt: skip
_LENGTH = re.compile(
    # Neither "twenty-one-day" nor "3.5-day" is a one- or a five-day programme.
    rf"(?<![\w.,-])(?P<n>\d+|{'|'.join(NUMBERS)})"
    rf"(?:(?P<hyphen>\s*{HYPHEN}\s*)days?\b"
    r"|(?:\s+(?!(?:of|in|at|or|and|to)\b)[a-z]+)?\s+days?\b)",
    re.IGNORECASE,
)
_PART_BEFORE = re.compile(
    r"\b(?:first|last|other|next|past|final|remaining|extra|within|after|before|than|least|most|"
    r"up to|on|in all but)\s+$",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    r"\s+(?:a|per|each|every|before|after|later|earlier|ago|off|left|apart|in advance)\b"
)
_LASTED = (
    r"\s+(?:lasts|lasted|took|takes|is|was|ran|spans|spanned|covers|covered|went on|continued|"
    r"has lasted|had lasted|of|over|for|during)"
    r"(?:\s+(?:for|of|over|about|around|only|just|exactly|a|an|the|these|all|planned))*\s+$"
)
_WE_SPENT = re.compile(
    r"\b(?:(?:it|this|which|we|they|visitors|participants|guests|team|group|colleagues)\s+"
    r"(?:lasted|spent|stayed|were there|were here)(?:\s+(?:for|our|a|the))*"
    r"|(?:during|throughout)(?:\s+(?:these|those|our|the))?|our|these|duration|length)\s+$",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"\s*(?:an?|the|for|only)?\s*", re.IGNORECASE)
_AT_PLACE = re.compile(
    r"\s+(?:long\s+)?(?:in|at|of|with)\s+[A-Z\u00c0-\u00de]|\s+(?:there|abroad)\b"
)


class StatedLength(Fact):
    """So many days, in the words of the text."""

    quote: str
    days: int


def stated_lengths(text: str, activity: Activity) -> Iterator[StatedLength]:
    """Every length of the visit that a text states."""
    for said in _LENGTH.finditer(text):
        before, after = clause_of(said)
        if is_of_another_visit(before, after) or _is_part(before, after):
            continue
        if _is_of_visit(said, before, after, words_of_visit(activity)):
            yield StatedLength(quote=said[0], days=_number(said["n"]))


def _is_part(before: str, after: str) -> bool:
    """Some of the days, or days counted from somewhere: the first two days, two days a week."""
    return bool(_PART_BEFORE.search(before) or _PART_AFTER.match(after))


def _is_of_visit(said: re.Match[str], before: str, after: str, visit: str) -> bool:
    if re.search(f"{visit}{TO_PLACES}{_LASTED}", before, re.IGNORECASE):
        return True
    if noun := noun_after(said):
        return re.search(visit, noun, re.IGNORECASE) is not None
    if said["hyphen"] or _WE_SPENT.search(before):
        return True
    stands_by_itself = not after.strip() or _AT_PLACE.match(after)
    return bool(stands_by_itself and _BEGINS.fullmatch(before))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.index(word.lower()) + 1
