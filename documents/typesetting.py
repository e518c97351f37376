"""Typesetting: the same facts give the same bytes, on every machine and for every user."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import as_file, files
from typing import cast

import typst

from documents.wording import plain

LONG = re.compile(r"[^\W\d_]{16,}|\S{40,}")
"""Words that may be too long for a column. The look parts longer ones still: what a template puts
together from two facts is then parted as well."""


def typeset(template: str, facts: Mapping[str, object]) -> bytes:
    """Typeset a template with facts and return the PDF.

    Facts reach the template as data, never as source: whatever somebody wrote is printed as it
    stands. Neither the clock nor the fonts of the machine have a say, because a paper is known by
    its hash.
    """
    printed = _printable(facts)
    has_long_words = any(LONG.search(text) for text in _texts(printed))
    with as_file(files("documents")) as folder:
        compiler = typst.Compiler(
            folder / template,
            root=folder,
            ignore_system_fonts=True,
            sys_inputs={
                "facts": json.dumps(printed, sort_keys=True),
                "long-words": "yes" if has_long_words else "no",
            },
        )
        return _accessible_if_possible(compiler)


def _accessible_if_possible(compiler: typst.Compiler) -> bytes:
    try:
        drawn = compiler.compile(pdf_standards="ua-1")
    except typst.TypstError:
        # PDF/UA refuses a paper with a letter our fonts lack. A name in Japanese must not keep
        # anybody from an agreement: the paper is drawn without that promise.
        drawn = compiler.compile()
    return cast("bytes", drawn)


def _printable(value: object) -> object:
    match value:
        case str():
            return plain(value)
        case Mapping():
            return {key: _printable(part) for key, part in value.items()}
        case list() | tuple():
            return [_printable(part) for part in value]
        case _:
            return value


def _texts(value: object) -> Iterator[str]:
    """Every text among the facts."""
    match value:
        case str():
            yield value
        case Mapping():
            yield from _texts(list(value.values()))
        case list():
            for part in value:
                yield from _texts(part)
