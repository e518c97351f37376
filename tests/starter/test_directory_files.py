"""Files of the directory: the manners of spreadsheets, and every mistake with its row."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from starter.case_files import EXAMPLE, BadFile
from starter.directory_export import write_directory
from starter.directory_import import MOST_TOLD, read_given
from starter.directory_rules import Part
from starter.spreadsheets import read_sheet
from store.directory import Directory
from tests.builders import COORDINATOR, HOST, ORGANISATIONS, PEOPLE, SOC, an_offer

PARTNERS = EXAMPLE.parent / "partners"
EMPTY = Directory(organisations=(), people=(), offers=())
KNOWN = Directory(
    organisations=tuple(ORGANISATIONS.values()),
    people=(PEOPLE[COORDINATOR], PEOPLE[HOST]),
    offers=(an_offer(),),
)
ORGANISATION = {
    "id": "nordvik", "name": "Nordvik", "city": "Umeå", "region": "Västerbotten", "country": "SE",
    "zone": "Europe/Stockholm",
}  # fmt: skip
PERSON = {"id": "karin", "name": "Karin", "email": "k@d.example", "organisation": SOC}
OFFER = {
    "id": "new", "organisation": SOC, "coordinator": HOST, "country": "ES", "zone": "Europe/Madrid",
    "activities": "job shadowing", "themes": "inclusion", "languages": "en:C1; es",
    "opens": "2027-01-01", "closes": "2027-12-31", "places": "4",
}  # fmt: skip
TOO_MANY = "; ".join(f"t{n}" for n in range(21))
TYPICAL = {Part.ORGANISATIONS: ORGANISATION, Part.PEOPLE: PERSON, Part.OFFERS: OFFER}
Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Writes rows as a table of which the first names the columns."""

    def write(*rows: dict[str, str], separator: str = ";") -> Path:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        cells = [columns, *([row.get(column, "") for column in columns] for row in rows)]
        quoted = (
            separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells
        )
        file = tmp_path / "mine.csv"
        file.write_text("".join(f"{row}\n" for row in quoted), "utf-8")
        return file

    return write


def complaint(*files: Path, part: Part | None = None, known: Directory = KNOWN) -> str:
    with pytest.raises(BadFile) as refused:
        read_given(files, known, part)
    return str(refused.value)


# The manners of spreadsheets.


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfid;name;city\r\nnordvik;Nordvik;Ume\xc3\xa5\r\n",
        b"id,name,city\nnordvik,Nordvik,Ume\xc3\xa5",
        "id\tname\tcity\r\nnordvik\tNordvik\tUmeå\r\n".encode("utf-16"),
        b"sep=,\r\nid,name,city\r\nnordvik,Nordvik,Ume\xc3\xa5\r\n",
        b'id, name, city\n"nordvik", "Nordvik", "Ume\xc3\xa5"\n',
        "id;name;city\nnordvik;Nordvik;Umeå\n".encode("cp1252"),
    ],
)
def test_a_table_is_read_in_the_manner_of_any_spreadsheet(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)

    sheet = read_sheet(file)

    assert sheet.header.cells == ("id", "name", "city")
    assert sheet.rows == ((2, ("nordvik", "Nordvik", "Umeå")),)
    assert sheet.is_western == (b"\xe5" in content and not content.startswith(b"\xff\xfe"))


def test_rows_are_counted_as_spreadsheets_do(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('\n;;\nid;name\n\none;"two\nlines; and more"\n; \nlast;x\n', "utf-8")

    sheet = read_sheet(file)

    assert sheet.header == (3, ("id", "name"))
    assert [row.number for row in sheet.rows] == [5, 7]
    assert sheet.rows[0].cells[1] == "two\nlines; and more"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty: its first row names the columns"),
        (b"\n;;\n", "is empty: its first row names the columns"),
        (b'id;name\na;"b\nc;d\n', "cannot be read from line 3 on"),
        (b"id\n\x81\n", "is not UTF-8 text: save it as 'CSV UTF-8'."),
        (b"id;name\na;b\n", "row 1: there is no column 'city', 'region', 'country', 'zone': add"),
        (b"id;nom;id\n", "row 1: 'nom' is no column of organisations that we know: check its"),
        (
            b"id;name;email;organisation;roles\n",
            "is a table of people, not of organisations: take it in with 'mobility people FILE'.",
        ),
        (b"id;nom;id\n", "column 'id' stands there twice: take one out"),
        (b"id;name;city;region;country;zone\n", "holds no organisations: add one."),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)

    assert complaint(file, part=Part.ORGANISATIONS).startswith(str(file))
    assert sentence in complaint(file, part=Part.ORGANISATIONS)


def test_a_file_is_csv_or_yaml(tmp_path: Path) -> None:
    assert complaint(tmp_path / "a.csv").endswith(
        "a.csv cannot be read (No such file or directory): check the name."
    )
    assert "is neither CSV nor YAML" in complaint(tmp_path / "a.xlsx")


def test_headings_are_understood_however_they_are_written(table: Table) -> None:
    file = table(ORGANISATION | {"Holiday  Region": "SE", "OID": "", "holiday_region": ""})

    assert "column 'holiday region' stands there twice" in complaint(file)
    file = table({k.upper(): v for k, v in ORGANISATION.items()} | {"Holiday Region": "", " ": ""})
    assert read_given([file], EMPTY).section.organisations[0].id == "nordvik"


# Mistakes.


def test_every_mistake_is_told_with_row_column_and_what_to_do(table: Table) -> None:
    file = table(
        ORGANISATION,
        ORGANISATION | {"id": "b", "country": "Sweden", "oid": "E123", "per week": ""},
    )
    assert "'per week' is no column of organisations" in complaint(file)

    file = table(ORGANISATION, ORGANISATION | {"id": "b", "country": "Sweden", "oid": "E123"})
    country = "country: should be a country as two capital letters, such as SE"
    oid = "oid: should be an OID: E and eight digits, such as E10123456"
    assert complaint(file).splitlines() == [
        "Nothing was taken in, 2 things are wrong:",
        f"{file}, row 3, {country}, not 'Sweden': correct it.",
        f"{file}, row 3, {oid}, not 'E123': correct it.",
    ]


@pytest.mark.parametrize(
    ("part", "column", "cell", "sentence"),
    [
        (Part.ORGANISATIONS, "name", "", "name: is missing: add it."),
        (Part.ORGANISATIONS, "country", "EL", "papers of the European Union write Greece: write"),
        (Part.ORGANISATIONS, "country", "UK", "the United Kingdom: write GB."),
        (Part.ORGANISATIONS, "country", "XX", "which is no country by ISO 3166-1"),
        (Part.ORGANISATIONS, "zone", "Stockholm", "zone: nordvik has zone 'Stockholm', which"),
        (Part.ORGANISATIONS, "pic", "12345", "pic: should be a PIC of nine digits"),
        (Part.ORGANISATIONS, "oid", "E1234567", "oid: should be an OID: E and eight digits"),
        (Part.ORGANISATIONS, "subdivision", "ES-CT", "'ES-CT', which is no region of SE by ISO"),
        (Part.ORGANISATIONS, "subdivision", "SE-ZZ", "'SE-ZZ', which is no region of SE by ISO"),
        (Part.ORGANISATIONS, "subdivision", "Borås", "should be a region by ISO 3166-2, such"),
        (Part.ORGANISATIONS, "holiday region", "ES-CT", "which is no region of SE whose public"),
        (Part.ORGANISATIONS, "nuts", "ES511", "which is no NUTS code of SE: they begin with SE"),
        (Part.ORGANISATIONS, "nuts", "SE-33", "nuts: should be a NUTS code, such as ES511, not"),
        (Part.ORGANISATIONS, "kind", "pub", "kind: should be 'regional authority',"),
        (Part.ORGANISATIONS, "languages", "sv; zz:C1", "'zz', which is no language by ISO 639"),
        (Part.ORGANISATIONS, "languages", "svenska", "languages > svenska: should be a language"),
        (Part.ORGANISATIONS, "languages", "sv; en:good", "languages > en: should be 'A1', 'A2'"),
        (Part.ORGANISATIONS, "languages", "sv; sv:B1", "languages: names 'sv' twice: take one"),
        (Part.ORGANISATIONS, "promoters", "nobody", "names promoter 'nobody', who is not in the"),
        (Part.ORGANISATIONS, "logo", "none.png", "logo: names 'none.png', which cannot be read"),
        (Part.PEOPLE, "email", "karin", "email: should be an e-mail address, not 'karin'"),
        (Part.PEOPLE, "email", "KARIN@a.example", "and karin have the same address"),
        (Part.PEOPLE, "roles", "boss; participant", "roles > 1: should be 'participant'"),
        (Part.PEOPLE, "organisation", "gone", "names organisation 'gone', which is not in the dir"),
        (Part.PEOPLE, "language", "nb", "language: should be 'en', 'ca', 'es' or 'sv', not 'nb'"),
        (Part.OFFERS, "activities", "parties", "activities > 1: should be 'job shadowing'"),
        (Part.OFFERS, "fields", "92", "'92' is no field of ISCED-F 2013: write its three digits"),
        (Part.OFFERS, "fields", "92", "such as 092."),
        (Part.OFFERS, "fields", "092; 09", "fields > 2: '09' is a broad field: name a narrow one"),
        (Part.OFFERS, "themes", "Ask Ana!", "themes: 'Ask Ana!' is not a theme"),
        (Part.OFFERS, "tags", "ok; -no", "tags: '-no' is not a tag: give at most 40"),
        (Part.OFFERS, "tags", TOO_MANY, "tags: There are 21 tags: keep the 20"),
        (Part.OFFERS, "opens", "1/2/2027", "opens: should be a day such as 2026-05-31, not '1/2/2"),
        (Part.OFFERS, "opens", "2029-01-01", "row 2: closes 2027-12-31, before it opens"),
        (Part.OFFERS, "blackouts", "2027-08-31..2027-08-01", "blackouts > 1: ends 2027-08-01"),
        (Part.OFFERS, "blackouts", "2027-08-01; August", "blackouts > 2 > first: should be a day"),
        (Part.OFFERS, "places", "many", "places: should be a whole number, not 'many'"),
        (Part.OFFERS, "places", "0", "places: should be greater than or equal to 1, not '0'"),
        (Part.OFFERS, "smallest group", "9", "row 2: takes groups of 9 at the least and 4 at the"),
        (Part.OFFERS, "accessibility", "lift", "accessibility > 1: should be 'step-free access'"),
        (Part.OFFERS, "coordinator", "nobody", "names coordinator 'nobody', who is not in the dir"),
    ],
)  # fmt: skip
def test_a_row_with_a_mistake_is_refused_with_its_sentence(
    table: Table, part: Part, column: str, cell: str, sentence: str
) -> None:
    file = table(TYPICAL[part] | {column: cell})

    said = complaint(file, part=part)

    assert said.startswith(f"{file}, row 2")
    assert sentence in said
    assert said.endswith(".")
    assert "\n" not in said.replace(f"{file}", "")


def test_a_cell_beyond_the_last_column_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id;name;email;organisation\nkarin;Karin;k@d.example;soc;and more\n", "utf-8")

    assert "row 2: 'and more' stands beyond the last column" in complaint(file)


def test_of_many_mistakes_the_first_are_told_and_the_others_counted(table: Table) -> None:
    rows = [ORGANISATION | {"id": f"o{n}", "zone": "Nowhere"} for n in range(MOST_TOLD + 13)]

    first, *lines, last = complaint(table(*rows)).splitlines()

    assert first == f"Nothing was taken in, {MOST_TOLD + 13} things are wrong:"
    assert [f"row {n}, zone" in line for n, line in enumerate(lines, 2)] == [True] * MOST_TOLD
    assert last == "And 13 more: correct these first."


def test_one_mistake_is_not_told_again_as_others(table: Table, tmp_path: Path) -> None:
    organisations = table(ORGANISATION | {"country": "Sweden"}).rename(tmp_path / "o.csv")
    people = table(PERSON | {"organisation": "nordvik"}).rename(tmp_path / "p.csv")

    said = complaint(people, organisations)

    assert said.startswith(f"{organisations}, row 2, country: ")
    assert "\n" not in said


def test_an_id_stands_there_once(table: Table) -> None:
    assert "row 3, id: nordvik stands there twice" in complaint(table(ORGANISATION, ORGANISATION))


def test_entries_of_yaml_are_told_by_their_number(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("- {id: karin, nam: Karin, email: k@d.example, organisation: soc}\n- 5\n")

    assert complaint(file, part=Part.PEOPLE).splitlines()[1:] == [
        f"{file}, people 1, name: is missing: add it.",
        f"{file}, people 1, nam: is not a word we know here: check its spelling or take it out.",
        f"{file}, people 2: '5' is no entry: write its words as 'id: …'.",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("- {id: a}", "has no list of organisations: begin with 'organisations:', or with 'dir"),
        ("people: 5", "has no list of people: begin with 'people:'"),
        ("request: {}", "holds no organisations, people or offers: add one."),
        ("a: [", "is not YAML: "),
    ],
)
def test_yaml_without_a_directory_is_refused(content: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(content)

    assert sentence in complaint(file)


# What is already there.


def test_a_column_that_is_not_in_the_table_stays_and_an_empty_cell_empties(table: Table) -> None:
    offer = an_offer(tags=("seniors",), per_week=4, fields=("092",))
    known = KNOWN.model_copy(update={"offers": (offer,)})
    row = OFFER | {"id": offer.id, "per week": ""}

    [changed] = read_given([table(row)], known).section.offers

    assert (changed.tags, changed.fields, changed.per_week) == (offer.tags, offer.fields, None)
    assert changed.closes == date(2027, 12, 31)


def test_the_examples_can_be_taken_in_together_or_one_after_another() -> None:
    files = [PARTNERS / f"{part}.csv" for part in Part]

    together = read_given(reversed(files), EMPTY).section
    assert [len(getattr(together, part)) for part in Part] == [3, 3, 3]
    assert "names promoter 'nordvik-karin'" in complaint(files[0], known=EMPTY)


def test_the_directory_of_the_customers_case_can_be_taken_in_by_its_parts() -> None:
    whole = read_given([EXAMPLE], EMPTY).section
    for part in Part:
        known = Directory(**dict(whole))
        assert dict(read_given([EXAMPLE], known, part).section)[part] == dict(whole)[part]


def test_a_table_holds_one_part(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"one part of the directory only: give a file for YAML"):
        write_directory(tmp_path / "all.csv", {part: getattr(KNOWN, part) for part in Part}, {})
    with pytest.raises(BadFile, match=r"cannot be written \(No such file or directory\)"):
        write_directory(tmp_path / "no" / "o.csv", {Part.OFFERS: KNOWN.offers}, {})
