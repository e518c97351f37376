from datetime import date, timedelta

import pytest

from documents.wording import counted, listed, paragraphs, place_of, plain, said_runs
from tests.documents import boras

FIRST = date(2026, 5, 5)


def days(*offsets: int) -> tuple[date, ...]:
    return tuple(FIRST + timedelta(days=n) for n in offsets)


@pytest.mark.parametrize(
    ("attended", "said"),
    [
        ((), "no day"),
        (days(0), "5 May 2026"),
        (days(2, 0, 1, 1), "5-7 May 2026"),
        (days(0, 2, 3), "5 May 2026 and 7-8 May 2026"),
        (days(0, 2, 4), "5 May 2026, 7 May 2026 and 9 May 2026"),
        (days(*range(0, 20, 2)), "between 5 May 2026 and 23 May 2026"),
    ],
)
def test_days_are_said_as_unbroken_runs(attended: tuple[date, ...], said: str) -> None:
    assert said_runs(attended) == said


def test_what_cannot_be_printed_is_left_out() -> None:
    assert plain(" a\tb\r\nc\x00d\u202ee\u2028f\ud800 ") == "a b c de f"


def test_an_empty_line_parts_paragraphs() -> None:
    assert paragraphs("a\nb\n \nc\r\n\r\n\r\nd\n") == ("a b", "c", "d")


def test_country_is_named_and_a_city_that_is_its_region_is_named_once() -> None:
    vienna = boras.SOC.model_copy(update={"city": "Vienna", "region": "Vienna", "country": "AT"})

    assert place_of(boras.BORAS) == "Borås, Västra Götaland, Sweden"
    assert place_of(vienna) == "Vienna, Austria"
    assert place_of(vienna.model_copy(update={"country": "Utopia"})) == "Vienna, Utopia"


def test_numbers_and_lists_read_as_people_say_them() -> None:
    assert (counted(1, "day"), counted(3, "day")) == ("1 day", "3 days")
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
