"""Fields are read as what they are meant to be; what may be meant two ways is not guessed at."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

import pytest

from domain.people import Language
from portal.forms import Form, Typed, Unreadable
from portal.wording import speech_of


def form(value: str) -> Form:
    return Form(Typed([("it", value)]), speech_of(Language.ENGLISH))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("700", "700"), ("700.5", "700.5"), ("700,50", "700.50"), (" 1 234,50 ", "1234.50"),
        ("1\N{NO-BREAK SPACE}234.50", "1234.50"), ("1.234,50", "1234.50"), ("1,234.50", "1234.50"),
        ("1.234.567,00", "1234567.00"), ("0", "0"),
    ],
)  # fmt: skip
def test_amount_is_read_as_people_write_it(typed: str, meant: str) -> None:
    assert form(typed).amount("it") == Decimal(meant)


@pytest.mark.parametrize(
    "typed", ["1.234", "1,234", "-5", "NaN", "Infinity", "1e9", "12,345.6.7", "٣", "5 euro", "0x1"]
)
def test_amount_that_may_be_meant_otherwise_is_not_read(typed: str) -> None:
    with pytest.raises(Unreadable):
        form(typed).amount("it")


def test_no_amount_is_none() -> None:
    assert form("  ").amount("it") is None


def test_days_and_times() -> None:
    assert form("2027-05-31").day("it") == date(2027, 5, 31)
    assert form("09:30").clock("it") == time(9, 30)


UNREADABLE: list[tuple[Callable[[Form], object], str]] = [
    (lambda f: f.day("it"), ""), (lambda f: f.day("it"), "31/5/2027"),
    (lambda f: f.day("it"), "2027-02-30"), (lambda f: f.clock("it"), "9 o'clock"),
    (lambda f: f.clock("it"), "25:00"), (lambda f: f.number("it", 5), "6"),
    (lambda f: f.number("it", 5), "0"), (lambda f: f.number("it", 5), "³"),
    (lambda f: f.choice("it", Language), "EN"), (lambda f: f.needed("it"), " \n "),
    (lambda f: f.check_is_meant(), "yes"),
]  # fmt: skip


@pytest.mark.parametrize(("read", "typed"), UNREADABLE)
def test_what_cannot_be_read_is_said_in_one_sentence(
    read: Callable[[Form], object], typed: str
) -> None:
    with pytest.raises(Unreadable, match=r"^[A-Z].*[.]$"):
        read(form(typed))


def test_text_is_kept_as_written_but_for_what_nobody_sees() -> None:
    assert form(" one  two \r\n\r\nthree\0 \n").text("it") == "one  two\n\nthree"
