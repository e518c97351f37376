"""Whether two names are likely to be the same one, written differently."""

import re
import unicodedata
from difflib import SequenceMatcher

ALIKE = 0.9
"""From here on, one is taken for the other; a person can still say that they are two."""


def are_alike(one: str, other: str) -> bool:
    """Whether two names differ in spelling, accents, punctuation or the order of words only."""
    words, others = _words(one), _words(other)
    if sorted(words) == sorted(others):
        return True
    return SequenceMatcher(None, " ".join(words), " ".join(others)).ratio() >= ALIKE


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
