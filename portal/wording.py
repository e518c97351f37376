"""How the portal speaks: its own sentences beside those of the letters, and its templates."""

import dataclasses
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from domain.people import Language
from mail import speech as letters
from mail.speech import Speech, compiled, read_catalogue


@cache
def speech_of(language: Language) -> Speech:
    """How pages speak to whoever reads this language; what letters say too, as they say it."""
    of_letters = letters.speech_of(language)
    if language is Language.ENGLISH:
        return of_letters
    own = compiled(read_catalogue(language, "portal", "portal"))
    own.add_fallback(of_letters.sentences)
    return dataclasses.replace(of_letters, sentences=own)


@cache
def templates_in(language: Language) -> Environment:
    """Every page in one language. Other people's words are escaped wherever they stand."""
    speech = speech_of(language)
    pages = Environment(
        loader=PackageLoader("portal"), undefined=StrictUndefined, autoescape=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    pages.install_gettext_callables(  # type: ignore[attr-defined]
        speech.gettext, speech.ngettext, newstyle=True
    )
    pages.policies["ext.i18n.trimmed"] = True
    pages.filters |= {
        "word": speech.gettext, "day": speech.day, "clock": speech.clock, "euro": speech.euro,
        "listed": speech.listed,
    }  # fmt: skip
    return pages
