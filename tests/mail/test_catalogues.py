"""Catalogues: every sentence of the letters in every language, and nothing else."""

import re
from collections.abc import Iterator, Sequence
from importlib import resources

import pytest
from babel.messages.catalog import Catalog, Message

from domain.deadlines import MEANINGS
from domain.people import Language
from mail.speech import LOCALES, read_catalogue, speech_of
from mail.translating import TRANSLATED, brought_up_to_date, every_sentence
from mail.words import VOCABULARIES, domain_words

each_language = pytest.mark.parametrize("language", TRANSLATED)
SENTENCES = every_sentence()
THE_SAME_EVERYWHERE = {
    "force majeure", "%(units)s x %(rate)s euro: %(basis)s",
    ("%(num)s participant", "%(num)s participants"),
}  # fmt: skip


def forms(message: str | Sequence[str] | None) -> tuple[str, ...]:
    """A message's forms, one or two."""
    return (message,) if isinstance(message, str) else tuple(message or ("",))


def sentences(catalogue: Catalog) -> Iterator[Message]:
    """Every message but the header."""
    return (message for message in catalogue if message.id)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|%%", text))


def test_every_language_but_english_has_a_catalogue_and_a_place_where_it_is_spoken() -> None:
    assert set(TRANSLATED) == set(Language) - {Language.ENGLISH}
    assert set(LOCALES) == set(Language)


def test_templates_programs_and_domain_are_all_gathered() -> None:
    found = {message.id for message in sentences(SENTENCES)}

    assert "Dear %(name)s," in found
    assert ("%(num)s day", "%(num)s days") in found
    assert set(domain_words()) <= found


def test_every_word_of_every_vocabulary_and_plan_is_gathered() -> None:
    words = set(domain_words())

    for vocabulary in VOCABULARIES:
        assert {value.value for value in vocabulary} <= words
    for meaning in MEANINGS.values():
        assert set(meaning) <= words


@each_language
def test_catalogue_holds_what_the_letters_say_and_nothing_else(language: Language) -> None:
    catalogue = read_catalogue(language)

    missing = [m.id for m in sentences(SENTENCES) if m.id not in catalogue]
    stray = [m.id for m in sentences(catalogue) if m.id not in SENTENCES]

    assert (missing, stray) == ([], []), "run 'make catalogues', then translate what is empty"
    assert not catalogue.obsolete


@each_language
def test_every_sentence_is_translated(language: Language) -> None:
    messages = list(sentences(read_catalogue(language)))

    assert messages
    assert [m.id for m in messages if not all(form.strip() for form in forms(m.string))] == []
    assert [m.id for m in messages if m.fuzzy] == []


@each_language
def test_translation_has_every_form_of_the_plural(language: Language) -> None:
    catalogue = read_catalogue(language)

    for message in sentences(catalogue):
        wanted = catalogue.num_plurals if message.pluralizable else 1
        assert len(forms(message.string)) == wanted, message.id


@each_language
def test_translation_fills_in_what_the_sentence_fills_in(language: Language) -> None:
    for message in sentences(read_catalogue(language)):
        wanted = set.union(*(placeholders(form) for form in forms(message.id)))
        for form in forms(message.string):
            assert placeholders(form) == wanted, message.id
            # What is left over after the placeholders is no placeholder misspelt.
            assert "%" not in re.sub(r"%\(\w+\)s|%%", "", form), message.id


@each_language
def test_translation_ends_like_its_sentence_and_keeps_what_is_typed(language: Language) -> None:
    typed = re.compile(r"--\w+(?: [A-Z]+)?|\b[A-Z]{4,}(?:=[A-Z]+)?\b")
    for message in sentences(read_catalogue(language)):
        for form in forms(message.string):
            assert form == form.strip()
            one = forms(message.id)[0]
            assert typed.findall(form) == typed.findall(one), message.id
            # A greeting ends as each language wants it.
            end = one[-1] if one[-1] in ".:?;" else ""
            assert form.endswith(end), message.id


@each_language
def test_translation_is_not_the_english_sentence(language: Language) -> None:
    catalogue, english = read_catalogue(language), speech_of(Language.ENGLISH)

    same = [
        m.id for m in sentences(catalogue)
        if m.string == m.id and len(re.sub(r"%\(\w+\)s", "", str(m.id)).split()) > 1
    ]  # fmt: skip

    assert english.gettext("title") == "title"
    assert set(same) <= THE_SAME_EVERYWHERE


@each_language
def test_bringing_a_catalogue_up_to_date_changes_nothing_that_is_up_to_date(
    language: Language,
) -> None:
    folder = resources.files("mail") / "catalogues" / language / "LC_MESSAGES"

    assert _lines(brought_up_to_date(language)) == _lines((folder / "letters.po").read_bytes())


def _lines(catalogue: bytes) -> list[str]:
    """A catalogue but for the version of what has written it."""
    lines = catalogue.decode().splitlines()
    return [line for line in lines if not line.startswith('"Generated-By')]
