"""What is written out and taken in by an empty installation is the same directory."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.hosting import HostingOffer, Period, Provision
from domain.isced import FIELDS
from domain.people import Language, Level, Organisation, OrganisationKind, Person, Role
from domain.request import Activity
from starter.directory_export import write_directory
from starter.directory_import import read_given
from starter.directory_rules import Part
from store.directory import Directory

EMPTY = Directory(organisations=(), people=(), offers=())
OPENS = date(2026, 1, 1)


def some(of: object) -> st.SearchStrategy[object]:
    return st.lists(st.sampled_from(list(of)), max_size=3, unique=True)  # type: ignore[call-overload]


def perhaps(*values: object) -> st.SearchStrategy[object]:
    return st.sampled_from([None, *values])


letters = st.characters(categories=("L", "N", "P", "S"), include_characters=" \n")
texts = st.text(letters, min_size=1, max_size=12).map(str.strip).filter(bool)
ids = st.lists(
    st.from_regex(r"[a-zåñ][a-z0-9.-]{0,8}", fullmatch=True), min_size=1, max_size=3, unique=True
)
languages = st.dictionaries(st.sampled_from(["en", "sv", "ca", "swl"]), perhaps(*Level))
days = st.dates(OPENS, date(2030, 1, 1))
periods = st.tuples(days, days).map(lambda two: Period(first=min(two), last=max(two)))


def organisation(which: str, people: list[str]) -> st.SearchStrategy[Organisation]:
    return st.fixed_dictionaries(
        {
            "id": st.just(which), "name": texts, "city": texts, "region": texts,
            "country": st.just("GR"), "zone": st.just("Europe/Athens"),
            "oid": perhaps("E10000001"), "pic": perhaps("012345678"),
            "subdivision": perhaps("GR-B"), "nuts": perhaps("EL", "EL522"),
            "kind": perhaps(*OrganisationKind), "languages": languages, "promoters": some(people),
        }
    ).map(Organisation.model_validate)  # fmt: skip


def person(n: int, which: str, homes: list[str]) -> st.SearchStrategy[Person]:
    return st.fixed_dictionaries(
        {
            "id": st.just(which), "name": texts, "email": st.just(f"{n}@d.example"),
            "organisation": st.sampled_from(homes), "profile": st.just("") | texts,
            "roles": some(Role), "language": st.sampled_from(Language),
        }
    ).map(Person.model_validate)  # fmt: skip


def offer(which: str, homes: list[str], people: list[str]) -> st.SearchStrategy[HostingOffer]:
    return st.fixed_dictionaries(
        {
            "id": st.just(which), "organisation": st.sampled_from(homes),
            "coordinator": st.sampled_from(people), "country": st.just("ES"),
            "zone": st.just("Europe/Madrid"), "activities": some(Activity),
            "themes": some(["skills mapping", "inclusió"]), "fields": some(FIELDS),
            "tags": some(["c++", "ålder 50+", "a.b"]), "languages": languages,
            "opens": st.just(OPENS), "closes": days, "blackouts": st.lists(periods, max_size=2),
            "places": st.integers(2, 9), "per_week": perhaps(4),
            "smallest_group": st.integers(1, 2), "longest_days": perhaps(30),
            "accessibility": some(Provision),
        }
    ).map(HostingOffer.model_validate)  # fmt: skip


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    homes, people, offers = draw(ids), draw(ids), draw(ids)
    return Directory(
        organisations=tuple(draw(organisation(home, people)) for home in homes),
        people=tuple(draw(person(n, who, homes)) for n, who in enumerate(people)),
        offers=tuple(draw(offer(which, homes, people)) for which in offers),
    )


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(directory=directories())
def test_a_directory_goes_into_files_and_comes_back(directory: Directory, tmp_path: Path) -> None:
    tables = [tmp_path / f"{part}.csv" for part in Part]
    for part, file in zip(Part, tables, strict=True):
        write_directory(file, {part: getattr(directory, part)}, {})
    whole = tmp_path / "all.yaml"
    write_directory(whole, {part: getattr(directory, part) for part in Part}, {})

    for files in (tables, [whole]):
        assert Directory(**dict(read_given(files, EMPTY).section)) == directory


@pytest.mark.parametrize(
    "name", ["=1+1", "@a", "+46", "-x", "'=1", "'t Hooft", "''=", 'a;b\n"c"', '=cmd|"/c"!A1']
)
def test_nothing_that_is_written_out_is_a_formula(name: str, tmp_path: Path) -> None:
    home = Organisation.model_validate(
        {"id": "a", "name": name, "city": "A", "region": "A", "country": "SE", "zone": "UTC"}
    )
    file = tmp_path / "o.csv"

    write_directory(file, {Part.ORGANISATIONS: [home]}, {})

    assert read_given([file], EMPTY).section.organisations == (home,)
    cell = file.read_text("utf-8-sig").splitlines()[1].split(";")[1]
    assert cell.removeprefix('"')[0] not in "=+-@"
