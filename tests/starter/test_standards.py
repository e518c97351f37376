"""Countries, regions and languages as the world has them."""

import pytest

from domain.people import Language
from starter.standards import odd_country, odd_language, odd_nuts, odd_subdivision

PROGRAMME = (
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO MK "
    "RS TR"
)
"""Member states and third countries associated to Erasmus+."""


@pytest.mark.parametrize("country", [*PROGRAMME.split(), "GB", "CH", "XK", "UA"])
def test_every_country_that_may_take_part_is_one(country: str) -> None:
    assert odd_country(country) is None


@pytest.mark.parametrize(
    ("country", "meant"), [("EL", "write GR"), ("UK", "write GB"), ("XX", "such as SE")]
)
def test_other_names_are_told_what_is_meant(country: str, meant: str) -> None:
    assert (odd_country(country) or "").endswith(meant)


@pytest.mark.parametrize("code", ["ES-CT", "SE-O", "FR-BRE", "IT-52", "GR-B", "NO-46", "NO-39"])
def test_a_region_belongs_to_its_country(code: str) -> None:
    assert odd_subdivision(code, code[:2]) is None
    assert odd_subdivision(code, "DE")
    assert odd_subdivision(f"{code[:3]}QQQ", code[:2])


@pytest.mark.parametrize(
    ("code", "country"),
    [("ES511", "ES"), ("SE", "SE"), ("EL522", "GR"), ("UKM7", "GB"), ("NO0A", "NO")],
)
def test_nuts_begins_as_the_country_does_there(code: str, country: str) -> None:
    assert odd_nuts(code, country) is None
    assert "they begin with DE" in (odd_nuts(code, "DE") or "")
    assert (odd_nuts("GR522", "GR") or "").count("they begin with EL") == 1


@pytest.mark.parametrize("code", [*Language, "nb", "el", "swl", "csc"])
def test_languages_spoken_and_signed_are_languages(code: str) -> None:
    assert odd_language(code) is None


@pytest.mark.parametrize("code", ["zz", "qqx", "xx"])
def test_what_nobody_speaks_is_no_language(code: str) -> None:
    assert "no language by ISO 639" in (odd_language(code) or "")
