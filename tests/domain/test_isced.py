"""The table of fields, held against the rules by which its codes are made."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.errors import RequestNotAcceptable
from domain.hosting import HostingOffer
from domain.isced import BROAD_FIELDS, FIELDS, odd_field
from tests.builders import a_request, an_offer

TODAY = date(2026, 2, 1)


def test_there_are_eleven_broad_fields_and_every_one_has_its_endings() -> None:
    assert list(BROAD_FIELDS) == [f"{n:02}" for n in range(11)]
    for code, broad in BROAD_FIELDS.items():
        own = [field[2] for field in FIELDS if field.startswith(code)]
        between = [] if code == "00" else ["8"]
        assert own == ["0", *broad.narrow, *between, "9"]
        assert [f"{n}" for n in range(1, len(broad.narrow) + 1)] == list(broad.narrow)


def test_a_field_is_three_digits_with_a_name_of_its_own() -> None:
    assert all(len(field) == 3 and field.isdigit() and name for field, name in FIELDS.items())
    assert len(set(FIELDS.values())) == len(FIELDS)
    assert (FIELDS["092"], FIELDS["041"]) == ("Welfare", "Business and administration")
    assert FIELDS["098"] == "Health and welfare, inter-disciplinary"


@pytest.mark.parametrize(
    ("field", "about"),
    [
        ("92", "'92' is no field of ISCED-F 2013: write its three digits, such as 092"),
        ("09", "'09' is a broad field: name a narrow one of it, 090, 091, 092, 098 or 099"),
        ("008", "'008' is no field of ISCED-F 2013"),
        ("095", "'095' is no field"),
        ("111", "'111' is no field"),
        ("0923", "'0923' is no field"),
        ("", "'' is no field"),
        ("welfare", "write its three digits, such as 092 for welfare"),
    ],
)
def test_what_is_no_narrow_field_is_told(field: str, about: str) -> None:
    assert about in (odd_field(("092", field)) or "")

    with pytest.raises(RequestNotAcceptable, match=r"ISCED|broad"):
        a_request(fields=("092", field)).check(today=TODAY)
    with pytest.raises(ValidationError, match=r"ISCED|broad"):
        HostingOffer.model_validate(an_offer().model_dump() | {"fields": (field,)})


def test_every_field_of_the_table_can_be_asked_for_and_offered() -> None:
    assert odd_field(tuple(FIELDS)) is None

    a_request(fields=tuple(FIELDS)).check(today=TODAY)
    HostingOffer.model_validate(an_offer().model_dump() | {"fields": tuple(FIELDS)})
