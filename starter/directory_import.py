"""Taking files into the directory: every mistake is told at once, and none leaves anything."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from domain.errors import LogoNotAcceptable
from domain.hosting import HostingOffer
from domain.logos import kind_of_logo
from domain.people import Organisation, Person
from starter.case_files import BadFile, DirectorySection
from starter.directory_cells import MODELS
from starter.directory_entries import Entry, Slip, read_entries
from starter.directory_rules import Mistake, Named, Part, mistakes
from starter.mistakes import what_is_wrong, where_in
from store.directory import Directory

MOST_TOLD = 20
Kind = TypeVar("Kind", Organisation, Person, HostingOffer)


@dataclass(frozen=True)
class Given:
    """What files hold, ready to be kept: entries, the pictures they name, remarks on reading."""

    section: DirectorySection
    pictures: tuple[bytes, ...] = ()
    remarks: tuple[str, ...] = ()


class _Wrong(NamedTuple):
    n: int  #: of the entry
    slip: Slip


@dataclass
class _Reading:
    """What has been made of the entries so far."""

    entries: Sequence[Entry]
    good: dict[Part, list[tuple[int, Organisation | Person | HostingOffer]]] = field(
        default_factory=lambda: {part: [] for part in Part}
    )
    wrong: list[_Wrong] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def good_of(self, part: Part, kind: type[Kind]) -> tuple[Kind, ...]:
        return tuple(one for _, one in self.good[part] if isinstance(one, kind))


def read_given(paths: Iterable[Path], known: Directory, part: Part | None = None) -> Given:
    """Read files and hold them against each other, the directory and the world.

    Raises:
        BadFile: naming every mistake with its file, row and column.
    """
    entries, remarks = list[Entry](), list[str]()
    for path in paths:
        found, remark = read_entries(path, part)
        entries += found
        remarks += [remark] if remark else []
    reading = _read(entries, known)
    section = DirectorySection.model_construct(
        organisations=reading.good_of(Part.ORGANISATIONS, Organisation),
        people=reading.good_of(Part.PEOPLE, Person),
        offers=reading.good_of(Part.OFFERS, HostingOffer),
    )
    told = mistakes(known, section, _named(entries))
    wrong = [*reading.wrong, *(_as_slip(mistake, reading) for mistake in told)]
    if wrong:
        raise BadFile(_all_told(sorted(wrong, key=lambda one: one.n), entries))
    return Given(section, tuple(reading.pictures.values()), tuple(remarks))


def _read(entries: Sequence[Entry], known: Directory) -> _Reading:
    reading = _Reading(entries)
    standing: dict[tuple[Part, object], Organisation | Person | HostingOffer] = {
        (part, one.id): one for part in Part for one in getattr(known, part)
    }
    for n, entry in enumerate(entries):
        slips = list(entry.slips)
        if entry.given:
            given, about_picture = _with_picture(entry, reading.pictures)
            slips += about_picture
            if entry.is_from_table:
                given = _as_it_was(standing.get((entry.part, given.get("id"))), entry) | given
            try:
                reading.good[entry.part].append((n, MODELS[entry.part].model_validate(given)))
            except ValidationError as trouble:
                slips += _slips(entry, trouble, {slip.column for slip in slips})
        reading.wrong += [_Wrong(n, slip) for slip in slips]
    return reading


def _as_it_was(
    standing: Organisation | Person | HostingOffer | None, entry: Entry
) -> dict[str, object]:
    """What stands in the columns that the table does not have."""
    if standing is None:
        return {}
    return standing.model_dump(exclude=set(entry.given))


def _with_picture(entry: Entry, pictures: dict[str, bytes]) -> tuple[dict[str, object], list[Slip]]:
    """What an entry says, with the hash of the picture that it names; empty cells say nothing."""
    given = {
        column: value
        for column, value in entry.given.items()
        if not (entry.is_from_table and value == "")
    }
    name = given.get("logo")
    if entry.part is not Part.ORGANISATIONS or not isinstance(name, str):
        return given, []
    del given["logo"]
    picture = _picture_of(entry, name)
    if isinstance(picture, Slip):
        return given, [picture]
    digest = sha256(picture).hexdigest()
    pictures[digest] = picture
    return given | {"logo": digest}, []


def _picture_of(entry: Entry, name: str) -> bytes | Slip:
    """The picture of that name, which lies beside the file that names it."""
    try:
        content = (entry.path.parent / name).read_bytes()
        kind_of_logo(content)
    except (OSError, ValueError):
        return Slip(
            entry.column("logo"),
            f"names '{name}', which cannot be read: give the name of a picture beside "
            f"{entry.path.name}, or leave it out.",
        )
    except LogoNotAcceptable as refusal:
        return Slip(entry.column("logo"), f"names '{name}'. {refusal}")
    return content


def _slips(entry: Entry, trouble: ValidationError, told: set[str]) -> Iterator[Slip]:
    """What the form of an entry is not: what is the same in one cell is told once."""
    seen = set[tuple[str, str]]()
    for mistake in trouble.errors():
        first, *rest = mistake["loc"] or ("",)
        column, what = entry.column(str(first)), f"{what_is_wrong(mistake)}."
        if column not in told and (column, what) not in seen:
            yield Slip(where_in({**mistake, "loc": (column, *rest)}), what)
        seen.add((column, what))


def _named(entries: Iterable[Entry]) -> Named:
    ids = [(entry.part, str(entry.given.get("id"))) for entry in entries]
    return Named(
        organisations=frozenset(one for part, one in ids if part is Part.ORGANISATIONS),
        people=frozenset(one for part, one in ids if part is Part.PEOPLE),
    )


def _as_slip(mistake: Mistake, reading: _Reading) -> _Wrong:
    n, _ = reading.good[mistake.part][mistake.n]
    return _Wrong(n, Slip(reading.entries[n].column(mistake.column), str(mistake.refusal)))


def _all_told(wrong: Sequence[_Wrong], entries: Sequence[Entry]) -> str:
    """Every mistake in a line of its own, and how many are not told."""
    lines = [_line(entries[one.n], one.slip) for one in wrong[:MOST_TOLD]]
    if len(wrong) == 1:
        return lines[0]
    more = len(wrong) - len(lines)
    rest = [f"And {more} more: correct these first."] if more else []
    return "\n".join([f"Nothing was taken in, {len(wrong)} things are wrong:", *lines, *rest])


def _line(entry: Entry, slip: Slip) -> str:
    column = f", {slip.column}" if slip.column else ""
    return f"{entry.path}, {entry.row}{column}: {slip.sentence}"
