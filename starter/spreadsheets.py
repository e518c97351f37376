"""Tables as spreadsheets keep them: CSV in the manners of several countries, read and written."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from starter.case_files import BadFile

SEPARATORS = ";,\t"
NAMED_SEPARATOR = re.compile(r"sep=([;,\t])\r?\n", re.IGNORECASE)
"""A first line that tells spreadsheets how cells are separated; they do not show it as a row."""
FORMULA = re.compile(r"'*[=+@-]")
"""How a cell begins that a spreadsheet would compute, or that is kept from it by apostrophes."""


class SheetRow(NamedTuple):
    """One row by the number that a spreadsheet shows beside it."""

    number: int
    cells: tuple[str, ...]


class Sheet(NamedTuple):
    """A table: its first row that is not empty, and all that are not after it."""

    header: SheetRow
    rows: tuple[SheetRow, ...]
    is_western: bool  #: it was no UTF-8, and read as Windows writes it in Western Europe


def read_sheet(path: Path) -> Sheet:
    """Read a table, whichever way a spreadsheet has saved it.

    Raises:
        BadFile: when it cannot be read, or holds nothing.
    """
    try:
        text, is_western = _decoded(path.read_bytes())
    except OSError as trouble:
        raise BadFile(f"{path} cannot be read ({trouble.strerror}): check the name.") from None
    except UnicodeDecodeError:
        raise BadFile(f"{path} is not UTF-8 text: save it as 'CSV UTF-8'.") from None
    rows = [row for row in _rows(path, text) if any(row.cells)]
    if not rows:
        raise BadFile(f"{path} is empty: its first row names the columns, each other one entry.")
    return Sheet(rows[0], tuple(rows[1:]), is_western)


def _decoded(content: bytes) -> tuple[str, bool]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16"), False
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return content.decode("cp1252"), True


def _rows(path: Path, text: str) -> Iterable[SheetRow]:
    named = NAMED_SEPARATOR.match(text)
    separator = named[1] if named else _separator(text)
    lines = io.StringIO(text[named.end() :] if named else text, newline="")
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            yield SheetRow(number, tuple(_without_guard(cell.strip()) for cell in cells))
    except csv.Error as trouble:
        raise BadFile(
            f"{path} cannot be read from line {reader.line_num} on ({trouble}): look for a "
            "quotation mark that is open or stands alone."
        ) from None


def _separator(text: str) -> str:
    """What separates the names of the columns, outside quotation marks."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=bare.count)


def write_sheet(rows: Iterable[Sequence[str]]) -> bytes:
    """A table in the form that spreadsheets of most of Europe open by themselves."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(map(_guarded, row) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    """Kept from being computed: what others wrote could be a formula that sends things away."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def _without_guard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
