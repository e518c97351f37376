"""Catalogues of the portal: every sentence of its pages in every language, and nothing else."""

import re
from collections.abc import Iterator
from importlib import resources

import pytest
from babel.messages.catalog import Catalog, Message

from domain.people import Language
from mail.speech import read_catalogue
from mail.translating import TRANSLATED
from portal.translating import brought_up_to_date, every_sentence

each_language = pytest.mark.parametrize("language", TRANSLATED)
SENTENCES = every_sentence()
THE_SAME_EVERYWHERE = {"No", "Participants", "Dates"}


def own(language: Language) -> Catalog:
    return read_catalogue(language, "portal", "portal")


def sentences(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|%%", text))


def test_pages_programs_and_tables_are_all_gathered() -> None:
    for sentence in ("Something has come up", "Tick at least one person.", "Refuse to sign"):
        assert sentence in SENTENCES
    assert "Please answer by %(deadline)s." not in SENTENCES, "letters say that already"


@each_language
def test_catalogue_holds_what_pages_say_and_nothing_else(language: Language) -> None:
    catalogue = own(language)

    missing = [m.id for m in sentences(SENTENCES) if m.id not in catalogue]
    stray = [m.id for m in sentences(catalogue) if m.id not in SENTENCES]

    assert (missing, stray) == ([], []), "run 'make catalogues', then translate what is empty"


@each_language
def test_every_sentence_is_translated(language: Language) -> None:
    for message in sentences(own(language)):
        said, told = str(message.id), str(message.string)
        assert told.strip() == told != "", said
        assert not message.fuzzy
        assert placeholders(told) == placeholders(said), said
        assert "%" not in re.sub(r"%\(\w+\)s|%%", "", told)
        end = said[-1] if said[-1] in ".:?;" else ""
        assert told.endswith(end), said
        assert told != said or said in THE_SAME_EVERYWHERE, said


@each_language
def test_bringing_a_catalogue_up_to_date_changes_nothing_that_is_up_to_date(
    language: Language,
) -> None:
    def lines(content: bytes) -> list[str]:
        return [s for s in content.decode().splitlines() if not s.startswith('"Generated-By')]

    before = brought_up_to_date(language)

    assert lines(before) == lines(_as_kept(language))


def _as_kept(language: Language) -> bytes:
    folder = resources.files("portal") / "catalogues" / language / "LC_MESSAGES"
    return (folder / "portal.po").read_bytes()
