"""``mobility directory`` and its parts: organisations, people and offers, shown, in and out."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from domain.facts import OfferId
from starter import pages
from starter.case_files import BadFile
from starter.desk import FrontDesk
from starter.directory import NotKnown, find_organisation
from starter.directory_export import write_directory
from starter.directory_import import Given, read_given
from starter.directory_page import directory_page
from starter.directory_parts_page import offers_page, organisations_page, people_page
from starter.directory_rules import Part
from starter.running import at_desk, complaints, console
from store.directory import Directory, keep_directory, read_directory, withdraw_offer
from store.logos import Logo, keep_logo, read_logo

app = typer.Typer()
command = partial(app.command, rich_help_panel="Directory")

Files = Annotated[
    list[Path] | None, typer.Argument(metavar="FILE...", help="CSV or YAML as in examples/")
]
File = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="CSV or YAML as in examples/, to take in")
]
To = Annotated[
    Path | None, typer.Option("--to", metavar="FILE", help="write them out, as CSV or YAML")
]


@command("directory")
def directory(
    files: Files = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="write all of it out, as YAML")
    ] = None,
) -> None:
    """Add or replace organisations, people and hosting offers; without FILE, list them.

    Several files are taken in together, all of them or none.
    """
    _see_to(files or [], to, tuple(Part), directory_page)


@command("organisations")
def organisations(
    file: File = None,
    to: To = None,
    logo: Annotated[
        tuple[str, Path] | None,
        typer.Option(metavar="ORG PICTURE", help="keep a PNG, JPEG or SVG as its logo"),
    ] = None,
) -> None:
    """Show the organisations, or add and replace those in FILE."""
    if logo is not None:
        _only_one(file, to, logo)
        name, picture = logo
        content = _content_of(picture)
        at_desk(lambda desk: _keep_logo(desk, name, content))
        pages.say(console, f"{picture} is the logo of {name}.")
        return
    _see_to([file] if file else [], to, (Part.ORGANISATIONS,), organisations_page)


@command("people")
def people(file: File = None, to: To = None) -> None:
    """Show those who answer for the organisations, or add and replace those in FILE."""
    _see_to([file] if file else [], to, (Part.PEOPLE,), people_page)


@command("offers")
def offers(
    file: File = None,
    to: To = None,
    withdraw: Annotated[
        str | None, typer.Option(metavar="OFFER", help="take this one back: nobody is asked by it")
    ] = None,
) -> None:
    """Show the hosting offers, or add and replace those in FILE."""
    if withdraw is not None:
        _only_one(file, to, withdraw)
        at_desk(lambda desk: _withdraw(desk, OfferId(withdraw)))
        pages.say(
            console, f"{withdraw} is withdrawn: nobody is asked by it any more. Given again it is "
            "back; what was promised by it stands.",
        )  # fmt: skip
        return
    _see_to([file] if file else [], to, (Part.OFFERS,), offers_page)


def _see_to(
    files: list[Path],
    to: Path | None,
    parts: tuple[Part, ...],
    page: Callable[[Directory], RenderableType],
) -> None:
    _only_one(files, to)
    if files:
        given, kept = at_desk(lambda desk: _take_in(desk, files, parts))
        for remark in given.remarks:
            pages.say(complaints, remark)
        pages.say(
            console,
            f"The directory has {len(kept.organisations)} organisations, {len(kept.people)} people "
            f"and {len(kept.offers)} hosting offers.",
        )
    elif to is not None:
        for written in at_desk(lambda desk: _write_out(desk, to, parts)):
            pages.say(console, str(written))
    else:
        console.print(page(at_desk(lambda desk: read_directory(desk.store.engine))))


def _only_one(*wishes: object) -> None:
    if sum(bool(wish) for wish in wishes) > 1:
        raise BadFile("One thing at a time: take a file in, write one out, or name one entry.")


async def _take_in(
    desk: FrontDesk, files: list[Path], parts: tuple[Part, ...]
) -> tuple[Given, Directory]:
    known = await read_directory(desk.store.engine)
    given = read_given(files, known, parts[0] if len(parts) == 1 else None)
    for picture in given.pictures:
        await keep_logo(desk.store.engine, picture)
    return given, await desk.keep_directory(given.section)


async def _write_out(desk: FrontDesk, to: Path, parts: tuple[Part, ...]) -> list[Path]:
    known, logos = await read_directory(desk.store.engine), dict[str, Logo]()
    for home in known.organisations if Part.ORGANISATIONS in parts else ():
        if home.logo and (logo := await read_logo(desk.store.engine, home.logo)):
            logos[home.logo] = logo
    return write_directory(to, {part: getattr(known, part) for part in parts}, logos)


def _content_of(picture: Path) -> bytes:
    try:
        return picture.read_bytes()
    except OSError as trouble:
        raise BadFile(f"{picture} cannot be read ({trouble.strerror}): check the name.") from None


async def _keep_logo(desk: FrontDesk, name: str, content: bytes) -> None:
    home = find_organisation(await read_directory(desk.store.engine), name)
    digest = await keep_logo(desk.store.engine, content)
    shown = Directory(
        organisations=(home.model_copy(update={"logo": digest}),), people=(), offers=()
    )
    await keep_directory(desk.store.engine, shown)


async def _withdraw(desk: FrontDesk, offer: OfferId) -> None:
    if not await withdraw_offer(desk.store.engine, offer):
        raise NotKnown(f"There is no hosting offer '{offer}': 'mobility offers' shows those open.")
