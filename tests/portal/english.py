"""Pieces of our own sentences that nobody who reads another language should find."""

import re
from collections.abc import Iterator, Sequence

from mail.translating import every_sentence as sentences_of_letters
from portal.translating import every_sentence


def _pieces() -> Iterator[str]:
    for catalogue in (every_sentence(), sentences_of_letters()):
        for message in catalogue:
            if message.id:
                yield from re.split(r"%\(\w+\)s", _first_form(message.id))


def _first_form(said: str | Sequence[str]) -> str:
    return said if isinstance(said, str) else said[0]


PIECES = sorted({piece.strip(" .:") for piece in _pieces() if len(piece.split()) > 2})


def english_in(text: str) -> list[str]:
    """Those that stand in a text."""
    return [piece for piece in PIECES if piece in text]
