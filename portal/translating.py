"""Brings the catalogues of the portal up to date with its pages: ``make catalogues``."""

from collections.abc import Iterator

from babel.messages.catalog import Catalog

from domain.people import Language
from mail import translating as letters
from mail.speech import read_catalogue
from portal import applications, returning
from portal.acts import ACTS
from portal.notices import NOTICES
from portal.papers import AGREEMENT, CARD, CERTIFICATE


def every_sentence() -> Catalog:
    """Every sentence a page may hold and no letter does: those of letters are said as there."""
    found = letters.sentences_in("portal", "templates/**", _said_in_tables(), "tables")
    known = letters.every_sentence()
    sentences = Catalog(fuzzy=False)
    for message in found:
        if message.id and message.id not in known:
            sentences.add(message.id, locations=message.locations)
    return sentences


def _said_in_tables() -> Iterator[str]:
    """What stands in tables of this room, and is looked up when it is shown."""
    for act in ACTS.values():
        yield from (act.title, act.done)
    for of_application in applications.ACTS.values():
        yield from (of_application.title, of_application.done)
    yield returning.DONE
    yield from NOTICES.values()
    yield from (AGREEMENT, CARD, CERTIFICATE)


def brought_up_to_date(language: Language) -> bytes:
    """One language's catalogue with what is new left empty, and what is gone left out."""
    return letters.updated(read_catalogue(language, "portal", "portal"), every_sentence())


def main() -> None:
    """Write every catalogue anew and say what is still to be translated."""
    for language in letters.TRANSLATED:
        letters.write_anew(language, "portal", "portal", brought_up_to_date(language))


if __name__ == "__main__":
    main()
