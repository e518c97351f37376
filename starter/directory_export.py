"""Writing the directory into files from which it can be taken in again as it is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from domain.hosting import HostingOffer
from domain.logos import LogoKind
from domain.people import Organisation, Person
from starter.case_files import BadFile
from starter.directory_cells import cell_of, columns_of, plain
from starter.directory_entries import is_table
from starter.directory_rules import Part
from starter.spreadsheets import write_sheet
from store.logos import Logo

ENDINGS = {LogoKind.PNG: ".png", LogoKind.JPEG: ".jpg", LogoKind.SVG: ".svg"}
Entries = Sequence[Organisation] | Sequence[Person] | Sequence[HostingOffer]


def write_directory(
    path: Path, parts: Mapping[Part, Entries], logos: Mapping[str, Logo]
) -> list[Path]:
    """Write parts of the directory, and the logos they name into a folder beside them.

    Raises:
        BadFile: when it cannot be written there.
    """
    if is_table(path) and len(parts) > 1:
        raise BadFile(f"{path} can hold one part of the directory only: give a file for YAML.")
    pictures = {digest: _beside(path, digest, logo) for digest, logo in logos.items()}
    named = {part: [_with_picture(one, pictures) for one in those] for part, those in parts.items()}
    if is_table(path):
        [(part, entries)] = named.items()
        content = _table(part, entries)
    else:
        content = _yaml(named)
    try:
        for digest, picture in pictures.items():
            picture.parent.mkdir(exist_ok=True)
            picture.write_bytes(logos[digest].content)
        path.write_bytes(content)
    except OSError as trouble:
        raise BadFile(
            f"{path} cannot be written ({trouble.strerror}): give another name."
        ) from None
    return [path, *pictures.values()]


def _beside(path: Path, digest: str, logo: Logo) -> Path:
    return path.parent / f"{path.stem}-logos" / f"{digest[:16]}{ENDINGS[logo.kind]}"


def _with_picture(
    one: Organisation | Person | HostingOffer, pictures: Mapping[str, Path]
) -> Organisation | Person | HostingOffer:
    if not isinstance(one, Organisation):
        return one
    picture = pictures.get(one.logo or "")
    name = f"{picture.parent.name}/{picture.name}" if picture else None
    return one.model_copy(update={"logo": name})


def _table(part: Part, entries: Entries | Sequence[Organisation | Person | HostingOffer]) -> bytes:
    columns = columns_of(part)
    rows = [[cell_of(entry, column) for column in columns] for entry in entries]
    return write_sheet([[plain(column) for column in columns], *rows])


def _yaml(parts: Mapping[Part, Sequence[Organisation | Person | HostingOffer]]) -> bytes:
    listed = {
        part.value: [one.model_dump(mode="json", exclude_defaults=True) for one in entries]
        for part, entries in parts.items()
    }
    text = yaml.safe_dump({"directory": listed}, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()
