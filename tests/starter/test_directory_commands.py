"""The directory as people keep it: taken in, shown, written out and withdrawn."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio

from domain.logos import LogoKind
from settings import Settings
from starter.case_files import EXAMPLE
from starter.directory_rules import Part
from store.cases import Store
from store.directory import Directory, read_directory
from store.logos import Logo, read_logo
from tests.starter.conftest import Command, Said
from tests.store.fresh import empty_store, migrated_database

PARTNERS = [EXAMPLE.parent / "partners" / f"{part}.csv" for part in Part]
DRAWN = '<svg xmlns="http://www.w3.org/2000/svg"/>'
EMPTY = Directory(organisations=(), people=(), offers=())


@pytest.fixture(scope="module")
def own(settings: Settings) -> Settings:
    """The way to a database of our own: an offer more would change what others are told."""
    return migrated_database(settings)


@pytest_asyncio.fixture
async def empty(own: Settings) -> AsyncIterator[Store]:
    """An empty installation."""
    async with empty_store(own) as store:
        yield store


@pytest.fixture
def there(command: Command, own: Settings) -> Command:
    """Gives a command in that installation, to be read on a narrow screen."""

    async def give(*words: object) -> Said:
        return await command(*map(str, words), **own.as_environment() | {"COLUMNS": "80"})

    return give


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A logo, as a file."""
    file = tmp_path / "logo.svg"
    file.write_text(DRAWN)
    return file


async def test_what_one_installation_writes_out_another_takes_in(
    there: Command, own: Settings, picture: Path, tmp_path: Path
) -> None:
    whole, tables = tmp_path / "all.yaml", [tmp_path / f"{part}.csv" for part in Part]
    async with empty_store(own) as store:
        taken_in = await there("directory", *PARTNERS)
        await there("organisations", "--logo", "montseny", picture)
        for part, table in zip(Part, tables, strict=True):
            assert (await there(part, "--to", table)).out.splitlines()[0] == str(table)
        await there("directory", "--to", whole)
        kept = await read_directory(store.engine)

    assert taken_in.out == "The directory has 3 organisations, 3 people and 3 hosting offers.\n"
    for files in (tables, [whole]):
        async with empty_store(own) as store:
            assert (await there("directory", *files)).code == 0
            assert await read_directory(store.engine) == kept
            [logo] = [home.logo for home in kept.organisations if home.logo]
            assert logo == sha256(DRAWN.encode()).hexdigest()
            assert await read_logo(store.engine, logo) == Logo(LogoKind.SVG, DRAWN.encode())


async def test_of_files_with_one_mistake_nothing_is_kept(
    there: Command, empty: Store, tmp_path: Path
) -> None:
    bad = tmp_path / "offers.csv"
    text = PARTNERS[-1].read_text("utf-8-sig")
    bad.write_text(text.replace("montseny;montseny-jordi;ES", "montseny;jordi;EL"), "utf-8")

    said = await there("directory", *PARTNERS[:2], bad)

    assert (said.code, said.out) == (2, "")
    first, *rows = said.complaint.splitlines()
    assert first == "Nothing was taken in, 2 things are wrong:"
    assert rows[0].startswith(f"{bad}, row 3, coordinator: Offer montseny-trades names coordinator")
    assert rows[1].startswith(f"{bad}, row 3, country: montseny-trades has country 'EL', as papers")
    assert await read_directory(empty.engine) == EMPTY


async def test_a_table_in_the_letters_of_windows_is_taken_in_with_a_word_of_caution(
    there: Command, empty: Store, tmp_path: Path
) -> None:
    await there("directory", *PARTNERS)
    western = tmp_path / "people.csv"
    text = "id;name;email;organisation\nasa;Åsa Öberg;asa@nordvik.example;nordvik\n"
    western.write_text(text, "cp1252")

    said = await there("people", western)

    assert said.code == 0
    assert "is not UTF-8: it was read as Windows writes it in Western Europe" in said.complaint
    found = (await read_directory(empty.engine)).person("asa")
    assert found is not None
    assert found.name == "Åsa Öberg"


async def test_every_part_is_shown_on_a_narrow_screen(there: Command, empty: Store) -> None:
    nothing = [(await there(part)).out for part in Part]
    await there("directory", *PARTNERS)
    shown = [(await there(part)).out for part in Part]

    for part, page in zip(Part, nothing, strict=True):
        assert f"'mobility {part} FILE' adds some." in page
    assert max(len(line) for page in shown for line in page.splitlines()) <= 80
    organisations, people, offers = ("\n".join(page.split()) for page in shown)
    for word in ("ES511", "E10900002", "900000002", "ES-CT,", "en\nB2", "Jordi\nPuig", "trades"):
        assert word in organisations
    assert "jordi.puig@montseny.example" in people
    for words in (
        "071 Engineering and engineering trades", "1 August 2027 to 31 August 2027",
        "6 a day, 8 a week", "2 to 6 people", "3 to 60 days", "ca, en B2, es", "step-free access",
        "job shadowing, traineeship", "dual training, youth employment", "Jordi Puig i Serra",
        "8 January 2027 to 20 July 2029",
    ):  # fmt: skip
        assert "\n".join(words.split()) in offers
    assert await read_directory(empty.engine) != EMPTY


async def test_an_offer_withdrawn_is_gone_until_it_is_given_again(
    there: Command, empty: Store
) -> None:
    await there("directory", *PARTNERS)

    first, again = [await there("offers", "--withdraw", "nordvik-adults") for _ in range(2)]

    assert first.code == 0
    assert "nordvik-adults is withdrawn" in first.out
    assert (again.code, again.complaint) == (
        2,
        "There is no hosting offer 'nordvik-adults': 'mobility offers' shows those open.\n",
    )
    assert "nordvik-adults" not in (await there("offers")).out
    await there("offers", PARTNERS[-1])
    assert len((await read_directory(empty.engine)).offers) == 3


async def test_an_organisation_keeps_its_logo_until_it_gets_another(
    there: Command, empty: Store, picture: Path
) -> None:
    await there("directory", *PARTNERS)
    await there("organisations", "--logo", "nordvik", picture)

    await there("directory", *PARTNERS)

    home = (await read_directory(empty.engine)).organisation("nordvik")
    assert home is not None
    assert home.logo == sha256(DRAWN.encode()).hexdigest()


async def test_what_cannot_be_a_logo_is_refused(
    there: Command, empty: Store, tmp_path: Path, picture: Path
) -> None:
    await there("directory", *PARTNERS)
    before = await read_directory(empty.engine)
    (tmp_path / "a.png").write_text("no picture")

    said = [
        await there("organisations", "--logo", "nordvik", tmp_path / "a.png"),
        await there("organisations", "--logo", "nordvik", tmp_path / "none.png"),
        await there("organisations", "--logo", "nobody", picture),
        await there("organisations", PARTNERS[0], "--logo", "nordvik", picture),
        await there("offers", PARTNERS[-1], "--to", tmp_path / "o.csv"),
    ]

    assert [one.code for one in said] == [2] * 5
    for one, sentence in zip(
        said,
        (
            "The logo is no picture that can be shown: give a PNG, JPEG or SVG file.",
            "none.png cannot be read (No such file or directory): check the name.",
            "Organisation 'nobody' is not in the directory",
            "One thing at a time: take a file in, write one out, or name one entry.",
            "One thing at a time: take a file in, write one out, or name one entry.",
        ),
        strict=True,
    ):
        assert sentence in one.complaint
    assert await read_directory(empty.engine) == before
