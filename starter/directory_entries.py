"""Entries of the directory as they stand in files, CSV or YAML, before anything is checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from starter.case_files import BadFile, read_yaml
from starter.directory_cells import columns_of, known_column, plain, required_of, value_of
from starter.directory_rules import Part
from starter.spreadsheets import Sheet, SheetRow, read_sheet

CSV, YAML = (".csv",), (".yaml", ".yml")


class Slip(NamedTuple):
    """Something that is wrong at one place of one file: the column, and what to do about it."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Entry:
    """One entry as somebody wrote it. ``given`` has the columns that the file has."""

    path: Path
    row: str
    part: Part
    given: Mapping[str, object]
    slips: tuple[Slip, ...] = ()
    is_from_table: bool = False

    def column(self, name: str) -> str:
        """How a column is called in this file."""
        return plain(name) if self.is_from_table else name


def is_table(path: Path) -> bool:
    """Whether a file is CSV, by its name.

    Raises:
        BadFile: when it is neither CSV nor YAML.
    """
    ending = path.suffix.casefold()
    if ending not in (*CSV, *YAML):
        raise BadFile(f"{path} is neither CSV nor YAML: give a file that ends in .csv or .yaml.")
    return ending in CSV


def read_entries(path: Path, part: Part | None = None) -> tuple[list[Entry], str]:
    """All entries of one file; of one part, or of whatever it has. And a remark on how it was read.

    Raises:
        BadFile: when it cannot be read, or has none.
    """
    if not is_table(path):
        entries, remark = list(_from_yaml(path, part)), ""
    else:
        sheet = read_sheet(path)
        entries = list(_from_table(path, sheet, part or _part_of(path, sheet.header)))
        remark = _WESTERN.format(path) if sheet.is_western else ""
    if not entries:
        raise BadFile(f"{path} holds no {part or 'organisations, people or offers'}: add one.")
    return entries, remark


_WESTERN = (
    "{} is not UTF-8: it was read as Windows writes it in Western Europe. Look whether the names "
    "are right; where not, save it as 'CSV UTF-8' and give it again."
)


def _from_table(path: Path, sheet: Sheet, part: Part) -> Iterator[Entry]:
    columns = _columns(path, sheet.header, part)
    for row in sheet.rows:
        given, slips = dict[str, object](), list[Slip]()
        for column, cell in zip(columns, row.cells, strict=False):
            if column is None:
                continue
            try:
                given[column] = value_of(column, cell)
            except ValueError as wrong:
                slips.append(Slip(plain(column), f"{wrong}."))
        given |= {name: "" for name in columns[len(row.cells) :] if name}
        if beyond := [cell for cell in row.cells[len(columns) :] if cell]:
            slips.append(
                Slip("", f"'{beyond[0]}' stands beyond the last column: put its text in quotes.")
            )
        yield Entry(path, f"row {row.number}", part, given, tuple(slips), is_from_table=True)


def _columns(path: Path, header: SheetRow, part: Part) -> list[str | None]:
    """The column each cell belongs to; one without a heading belongs to none."""
    fitting = _parts_by_columns(header)
    if fitting and part not in fitting:
        other = fitting[0]
        raise BadFile(
            f"{path} is a table of {other}, not of {part}: take it in with 'mobility {other} FILE'."
        )
    columns = [known_column(part, heading) if heading else None for heading in header.cells]
    headings = zip(header.cells, columns, strict=True)
    wrong = [
        f"'{heading}' is no column of {part} that we know: check its spelling or take it out"
        for heading, column in headings
        if heading and column is None
    ]
    named = [column for column in columns if column]
    wrong += [f"column '{plain(c)}' stands there twice: take one out"
              for c in dict.fromkeys(named) if named.count(c) > 1]  # fmt: skip
    missing = [plain(column) for column in required_of(part) if column not in named]
    if missing:
        wrong.append(f"there is no column {', '.join(map(repr, missing))}: add it")
    if wrong:
        raise BadFile(f"{path}, row {header.number}: {'; '.join(wrong)}.")
    return columns


def _parts_by_columns(header: SheetRow) -> list[Part]:
    """The parts of the directory of which a table has every column that is needed."""
    named = {part: {known_column(part, heading) for heading in header.cells} for part in Part}
    return [part for part in Part if named[part].issuperset(required_of(part))]


def _part_of(path: Path, header: SheetRow) -> Part:
    """Whether a table is of organisations, people or offers: the one whose columns it has."""
    for part in _parts_by_columns(header):
        return part
    wanted = "; ".join(f"{part}: {', '.join(map(plain, required_of(part)))}" for part in Part)
    raise BadFile(
        f"{path}, row {header.number}: these are the columns of no part of the directory: name "
        f"them ({wanted})."
    )


def _from_yaml(path: Path, part: Part | None) -> Iterator[Entry]:
    content = read_yaml(path)
    if isinstance(content, dict) and "directory" in content:
        content = content["directory"]
    for one in (part,) if part else tuple(Part):
        for n, given in enumerate(_listed(path, content, one, is_alone=part is not None), 1):
            yield _entry(path, f"{one} {n}", one, given)


def _listed(path: Path, content: object, part: Part, *, is_alone: bool) -> list[object]:
    if isinstance(content, dict):
        content = content.get(part) or []
    elif not is_alone:
        content = None
    if not isinstance(content, list):
        raise BadFile(
            f"{path} has no list of {part}: begin with '{part}:', or with 'directory:' and "
            f"'{part}:' below it, as in the example."
        )
    return content


def _entry(path: Path, row: str, part: Part, given: object) -> Entry:
    if not isinstance(given, dict):
        slip = Slip("", f"'{given}' is no entry: write its words as '{columns_of(part)[0]}: …'.")
        return Entry(path, row, part, {}, (slip,))
    return Entry(path, row, part, given)
