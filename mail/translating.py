"""Brings the catalogues up to date with the letters, for translators: ``make catalogues``."""

from collections.abc import Iterable
from importlib import resources
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from domain.people import Language
from mail.speech import LOCALES, read_catalogue
from mail.words import domain_words

TRANSLATED = tuple(language for language in Language if language is not Language.ENGLISH)
"""The languages that have a catalogue; English is what the letters are written in."""
_TEMPLATES = "jinja2.ext:babel_extract"
_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}


def every_sentence() -> Catalog:
    """Every sentence a letter may hold, in English, with the files that hold it."""
    return sentences_in("mail", "letters/**", domain_words())


def sentences_in(
    room: str, templates: str, words: Iterable[str | tuple[str, str]], words_of: str = "words.py"
) -> Catalog:
    """Every sentence of a room: of its programs, its templates, and the words it is given."""
    sentences = Catalog(fuzzy=False)
    methods = [("**.py", "python"), (templates, _TEMPLATES)]
    found = extract_from_dir(str(resources.files(room)), methods, {templates: _OPTIONS})
    # Folders are read in an order of their own on every machine.
    for file, _, sentence, _, _ in sorted(found, key=lambda each: each[:2]):
        sentences.add(sentence, locations=[(file, 0)])
    for word in words:
        sentences.add(word, locations=[(words_of, 0)])
    return sentences


def brought_up_to_date(language: Language) -> bytes:
    """One language's catalogue with what is new left empty, and what is gone left out."""
    return updated(read_catalogue(language), every_sentence())


def updated(catalogue: Catalog, sentences: Catalog) -> bytes:
    """A catalogue that holds these sentences and no others, as it is kept."""
    # The day it was made is kept: a catalogue changes with its sentences only.
    sentences.creation_date = catalogue.creation_date
    catalogue.update(sentences, no_fuzzy_matching=True)
    written = BytesIO()
    write_po(
        written, catalogue, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False
    )
    return written.getvalue()


def main() -> None:
    """Write every catalogue anew and say what is still to be translated."""
    for language in TRANSLATED:
        write_anew(language, "mail", "letters", brought_up_to_date(language))


def write_anew(language: Language, room: str, name: str, content: bytes) -> None:
    """Write one catalogue and say what is still to be translated in it."""
    folder = Path(__file__).parent.parent / room / "catalogues" / language / "LC_MESSAGES"
    file = folder / f"{name}.po"
    file.write_bytes(content)
    left = [m.id for m in read_catalogue(language, room, name) if m.id and not _is_said(m.string)]
    print(f"{file}: {len(left)} to translate, for {LOCALES[language]}")  # noqa: T201


def _is_said(translation: object) -> bool:
    return all(translation) if isinstance(translation, tuple) else bool(translation)


if __name__ == "__main__":
    main()
