"""Letters in the language of whoever reads them, whole and nothing else."""

import dataclasses
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import yaml
from babel.messages.catalog import Message

from domain.case_card import read_card_facts, said_runs
from domain.contradictions import find_contradictions
from domain.grant import GrantDecision, compute_grant, read_rates
from domain.letters import Purpose
from domain.matching import DeclineReason
from domain.people import Language
from mail.compose import compose
from mail.context import LetterContext
from mail.speech import speech_of
from mail.translating import TRANSLATED, every_sentence
from mail.wording import Composed
from mail.words import said_again
from tests.mail.journeys import (
    ANA,
    BORAS,
    FIRST_DAY,
    FRIDA,
    LAST_DAY,
    Journey,
    Told,
    every_letter,
)  # fmt: skip
from tests.mail.reading import read_message

SENDER = "Mobility engine <mobility@example.org>"
each_language = pytest.mark.parametrize("language", Language)
each_translation = pytest.mark.parametrize("language", TRANSLATED)


@cache
def letters(language: Language) -> tuple[LetterContext, ...]:
    return tuple(every_letter(language=language))


@cache
def written(language: Language) -> tuple[tuple[LetterContext, Composed], ...]:
    return tuple((letter, compose(letter, sender=SENDER)) for letter in letters(language))


def find(purpose: Purpose, to: str, language: Language) -> Composed:
    return next(
        composed for letter, composed in written(language)
        if (letter.order.purpose, letter.order.to) == (purpose, to)
    )  # fmt: skip


def in_one_line(text: str) -> str:
    return " ".join(text.split())


# Whose language.


@each_language
def test_letter_names_its_language_to_machines(language: Language) -> None:
    for letter, composed in written(language):
        sent_at = datetime(2026, 2, 2, tzinfo=UTC)
        message = read_message(letter, composed, sender=SENDER, date=sent_at)

        assert f'<html lang="{language}">' in composed.html
        assert message["Content-Language"] == language


def test_two_readers_of_one_event_read_it_in_their_own_languages() -> None:
    journey = Journey()
    journey.to_agreement()
    signing = {
        letter.order.to: letter for letter in journey.letters
        if letter.order.purpose is Purpose.AGREEMENT_TO_SIGN
    }  # fmt: skip

    said = {person: _read_in(signing[person], language) for person, language in READERS.items()}

    assert said == {
        BORAS: "Skriv under överenskommelsen senast onsdag 4 mars 2026 (M-2026-0001)",
        ANA: "Signi l’acord com a màxim el dimecres 4 de març del 2026 (M-2026-0001)",
        FRIDA: "Firme el acuerdo a más tardar el miércoles 4 de marzo de 2026 (M-2026-0001)",
    }


READERS = {BORAS: Language.SWEDISH, ANA: Language.CATALAN, FRIDA: Language.SPANISH}


def _read_in(letter: LetterContext, language: Language) -> str:
    reader = letter.recipient.model_copy(update={"language": language})
    return compose(dataclasses.replace(letter, recipient=reader), sender=SENDER).subject


@each_translation
def test_nothing_of_ours_is_left_in_english(language: Language) -> None:
    english = _english_pieces()

    for letter, composed in written(language):
        for part in (composed.subject, in_one_line(composed.text)):
            left = [piece for piece in english if piece in part]
            assert left == [], letter.order.purpose


def _english_pieces() -> set[str]:
    """What stands between the placeholders of every English sentence, where it is three words."""
    forms = [form for message in every_sentence() if message.id for form in _forms(message)]
    pieces = {piece.strip(" .,:;") for form in forms for piece in re.split(r"%\(\w+\)s", form)}
    # Reasons for a no and decisions are typed in English, whoever types them.
    typed = {word.value for kind in (DeclineReason, GrantDecision) for word in kind}
    return {piece for piece in pieces if len(piece.split()) >= 3} - typed


def _forms(message: Message) -> Sequence[str]:
    return (message.id,) if isinstance(message.id, str) else message.id


def test_the_english_pieces_are_found_where_they_stand() -> None:
    text = in_one_line(find(Purpose.MATCH_MADE, BORAS, Language.ENGLISH).text)

    assert [piece for piece in _english_pieces() if piece in text]


# The thing asked for.


@each_language
def test_what_is_asked_by_when_and_what_silence_means_come_first(language: Language) -> None:
    for letter, composed in written(language):
        if letter.question is None:
            continue
        _, ask, silence, *_ = map(in_one_line, composed.text.split("\n\n"))

        assert letter.deadline in ask, letter.order.purpose
        assert letter.silence in silence
        assert letter.deadline in composed.html


@each_language
def test_what_is_asked_stands_out_once_and_only_where_something_is_asked(
    language: Language,
) -> None:
    for letter, composed in written(language):
        assert composed.html.count("font-weight:600") == bool(letter.question), letter.order.purpose


@each_language
def test_example_of_an_answer_is_yaml_in_every_language(language: Language) -> None:
    for purpose, to in ((Purpose.EVALUATION_WANTED, FRIDA), (Purpose.FOLLOW_UP_WANTED, BORAS)):
        blocks = find(purpose, to, language).text.split("\n\n")
        [example] = [block for block in blocks if re.match(r" {4}(evaluations|follow_up):", block)]

        assert isinstance(yaml.safe_load(example), dict)


# Days, amounts, lists.


@pytest.mark.parametrize(
    ("language", "day", "dates", "between", "clock", "amount", "listed"),
    [
        (Language.ENGLISH, "Friday 7 August 2026", "5–7 May 2026", "29 Apr – 7 May 2026", "09:30",
         "1,050.00 euro", "a, b and c"),
        (Language.CATALAN, "divendres 7 d’agost del 2026", "5–7 de maig del 2026",
         "29 d’abril – 7 de maig del 2026", "9:30", "1.050,00 euros", "a, b i c"),
        (Language.SPANISH, "viernes 7 de agosto de 2026", "5–7 de mayo de 2026",
         "29 de abril – 7 de mayo de 2026", "9:30", "1.050,00 euros", "a, b y c"),
        (Language.SWEDISH, "fredag 7 augusti 2026", "5–7 maj 2026", "29 apr.–7 maj 2026", "09:30",
         "1\N{NO-BREAK SPACE}050,00 euro", "a, b och c"),
    ],
)  # fmt: skip
def test_days_amounts_and_lists_are_written_as_the_reader_writes_them(
    language: Language, day: str, dates: str, between: str, clock: str, amount: str, listed: str
) -> None:
    speech = speech_of(language)

    assert speech.day(date(2026, 8, 7)) == day
    assert speech.dates(date(2026, 5, 5), date(2026, 5, 7)) == dates
    assert in_one_line(speech.dates(date(2026, 4, 29), date(2026, 5, 7))) == between
    assert speech.clock(time(9, 30)) == clock
    assert speech.euro(Decimal(1050)) == amount
    assert speech.listed(("a", "b", "c")) == listed


def test_number_is_not_torn_apart_at_the_end_of_a_line() -> None:
    text = find(Purpose.GRANT_DECIDED, BORAS, Language.SWEDISH).text

    assert "2\N{NO-BREAK SPACE}334,00 euro" in text


@each_translation
def test_one_and_many_are_told_apart(language: Language) -> None:
    for_one, for_two = (
        next(letter.party for letter in letters(language) if len(letter.participants) == number)
        for number in (1, 2)
    )

    said = speech_of(language).ngettext("%(num)s participant", "%(num)s participants", 2)
    assert for_two == said % {"num": 2}
    assert for_one.startswith("1 ")
    assert (for_one[2:] == for_two[2:]) == (language is Language.SWEDISH)


# What is on record in English.


@each_translation
def test_why_an_amount_is_what_it_is_is_said_again(language: Language) -> None:
    request, rate = Journey().mobility.request, Path("domain/rates/travel.toml").read_text("utf-8")
    longer = request.model_copy(update={"last_day": date(2026, 6, 5)})
    lines = [
        line for asked in (request, longer) for rates in (rate, "")
        for line in compute_grant(asked, asked.participants, read_rates(rates), "ES")
    ]  # fmt: skip

    _assert_said_again({line.basis for line in lines}, language, sentences=5)


@each_translation
def test_contradictions_are_said_again(language: Language) -> None:
    journey = Journey(Told(title="A two-day visit, 4-6 May"))
    journey.to_evaluation()
    journey.evaluate()
    facts = read_card_facts(journey.entries)
    assert facts.follow_up
    wrong = facts.model_copy(
        update={
            "follow_up": facts.follow_up.model_copy(update={"stated_days": 2}),
            "planned": facts.days[:1],
            "arrived": {FRIDA: LAST_DAY},
            "departed": {FRIDA: FIRST_DAY},
        }
    )

    found = find_contradictions(wrong, journey.texts)

    _assert_said_again(set(found), language, sentences=6)


def _assert_said_again(recorded: set[str], language: Language, *, sentences: int) -> None:
    """Every sentence is known, and what is quoted in it is all that stays in English."""
    assert len(recorded) == sentences, recorded
    for text in recorded:
        said = re.sub("[«”].*?[»”]", "", said_again(text, speech_of(language)))
        assert not [piece for piece in _english_pieces() if piece in said], said
        assert not re.search(r"\b(May|host|days|the|on)\b", said), said


def test_sentences_on_record_keep_their_days_and_words() -> None:
    swedish = speech_of(Language.SWEDISH)
    runs = ((date(2026, 4, 30), date(2026, 5, 1)), (date(2026, 5, 4),))
    said = said_runs(tuple(day for run in runs for day in run))

    assert said_again(f"the attendance confirmed by the host says 3 days ({said})", swedish) == (
        "den bekräftade närvaron är 3 dagar (30 apr.–1 maj 2026 och 4 maj 2026)"
    )
    assert said_again("1 x 309.50 euro: participants", swedish) == "1 x 309,50 euro: deltagare"
    assert said_again("Something nobody has foreseen.", swedish) == "Something nobody has foreseen."
