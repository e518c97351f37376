"""How letters speak: one language's sentences, and its way with days, amounts and lists.

Sentences are written in English where they are used; ``catalogues`` holds them in the others.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

from babel import Locale
from babel.dates import format_date, format_interval, format_time
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from domain.people import Language

LOCALES = {
    Language.ENGLISH: "en_GB",
    Language.CATALAN: "ca_ES",
    Language.SPANISH: "es_ES",
    Language.SWEDISH: "sv_SE",
}
"""Where each language is spoken, which decides how days and amounts are written."""
DAY_IN_A_SENTENCE = {
    Language.ENGLISH: "EEEE d MMMM y",
    Language.CATALAN: "EEEE d MMMM 'del' y",
    Language.SPANISH: "EEEE d 'de' MMMM 'de' y",
    Language.SWEDISH: "EEEE d MMMM y",
}
"""A day in full. Babel's own form has a comma, which stands in a date alone, not in a sentence."""


@dataclass(frozen=True)
class Speech:
    """One language as letters speak it."""

    language: Language
    locale: Locale
    sentences: NullTranslations

    def gettext(self, sentence: str) -> str:
        """A sentence in this language; the English one is its name."""
        return self.sentences.gettext(sentence)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """A sentence about a number of things, in the form this number wants."""
        return self.sentences.ngettext(one, many, number)

    def day(self, day: date) -> str:
        """A day in full, such as ``Friday 5 February 2027``."""
        return format_date(day, DAY_IN_A_SENTENCE[self.language], locale=self.locale)

    def dates(self, first: date, last: date) -> str:
        """A first and a last day, such as ``5–7 May 2026``."""
        if first == last:
            return format_date(first, "long", locale=self.locale)
        return _interval(first, last, self.locale)

    def number(self, amount: Decimal) -> str:
        """A number, to the cent where it has cents."""
        form = "#,##0" if amount == int(amount) else "#,##0.00"
        return format_decimal(amount, form, locale=self.locale)

    def clock(self, moment: time) -> str:
        """A time of the day, such as ``09:30``."""
        return format_time(moment, "short", locale=self.locale)

    def euro(self, amount: Decimal) -> str:
        """An amount of money to the cent."""
        number = format_decimal(amount, "#,##0.00", locale=self.locale)
        return self.gettext("%(amount)s euro") % {"amount": number}

    def listed(self, things: Iterable[str]) -> str:
        """Several things in one sentence."""
        return format_list(list(things), locale=self.locale)


@lru_cache(maxsize=256)
def _interval(first: date, last: date, locale: Locale) -> str:
    # Every letter states the dates of its mobility, and Babel takes its time over them.
    return format_interval(first, last, "yMMMMd", locale=locale)


@cache
def speech_of(language: Language) -> Speech:
    """How letters speak to whoever reads this language."""
    locale = Locale.parse(LOCALES[language])
    if language is Language.ENGLISH:
        return Speech(language, locale, NullTranslations())
    return Speech(language, locale, compiled(read_catalogue(language)))


def compiled(catalogue: Catalog) -> GNUTranslations:
    """A catalogue, ready to be asked for its sentences."""
    written = io.BytesIO()
    write_mo(written, catalogue)
    written.seek(0)
    return GNUTranslations(written)


def read_catalogue(language: Language, room: str = "mail", name: str = "letters") -> Catalog:
    """Every sentence of a room in one language, as its translators left it."""
    folder = resources.files(room) / "catalogues" / language / "LC_MESSAGES"
    return read_po(io.BytesIO((folder / f"{name}.po").read_bytes()), locale=LOCALES[language])
