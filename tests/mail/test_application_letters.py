"""Letters about applications to join: whole, in every language, and nobody's words but as text."""

import re
import shlex
from datetime import UTC, datetime
from functools import cache

import pytest
import typer

from domain.deadlines import MEANINGS, Asked
from domain.joining import ApplicationPurpose, WhyDeclined
from domain.people import Language
from mail.applications import ApplicationContext, compose_application
from mail.envelope import envelope_of
from mail.message import as_message
from mail.speech import speech_of
from mail.translating import TRANSLATED, every_sentence
from mail.wording import Composed
from starter.cli import app
from tests.mail.applications import every_application_letter

SENDER = "Mobility engine <mobility@example.org>"
HOSTILE = "<script>alert(1)</script> [x](http://evil.example) **bold** {{ 7 * 7 }} %(n)s"
Letter = tuple[ApplicationContext, Composed]


@cache
def written(language: Language, words: str = "") -> tuple[Letter, ...]:
    letters = every_application_letter(language, words)
    return tuple((letter, compose_application(letter, sender=SENDER)) for letter in letters)


def of(purpose: ApplicationPurpose) -> list[Letter]:
    return [one for one in written(Language.ENGLISH) if one[0].order.purpose is purpose]


def in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("language", Language)
def test_every_letter_says_what_it_is_about_and_whom_to_ask(language: Language) -> None:
    letters = written(language)

    assert {letter.order.purpose for letter, _ in letters} == set(ApplicationPurpose)
    for letter, composed in letters:
        assert composed.subject.endswith("(A-2027-0001)")
        assert letter.contact.email in composed.text
        assert letter.contact.id != letter.recipient.id
        assert letter.organisation.name in in_one_line(composed.text)
        assert f'<html lang="{language}">' in composed.html
        assert speech_of(language).gettext("Mobility %(reference)s").split()[0] not in composed.text


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_of_ours_is_left_in_english(language: Language) -> None:
    pieces = {
        piece.strip(" .,:;")
        for message in every_sentence() if message.id
        for form in ((message.id,) if isinstance(message.id, str) else message.id)
        for piece in re.split(r"%\(\w+\)s", form)
    }  # fmt: skip
    # Reasons are typed in English, whoever types them.
    ours = {piece for piece in pieces if len(piece.split()) >= 3} - set(WhyDeclined)

    for _, composed in written(language):
        said = f"{composed.subject} {in_one_line(composed.text)}"
        assert [piece for piece in ours if piece in said] == []


def test_the_office_reads_what_is_asked_by_when_and_what_silence_means_first() -> None:
    letters = of(ApplicationPurpose.TO_DECIDE)

    assert [letter.order.ordinal for letter, _ in letters] == [0, 1, 2, 3]
    for letter, composed in letters:
        _, ask, silence, *_ = map(in_one_line, composed.text.split("\n\n"))
        assert letter.deadline in ask
        assert MEANINGS[Asked.APPLICATION].silence in silence
        assert all(reason in in_one_line(composed.text) for reason in WhyDeclined)
        assert ("Reminder" in composed.subject) is bool(letter.order.ordinal)
        assert "We want to change that." in composed.text


def test_a_no_says_the_reason_and_the_words_of_the_office() -> None:
    reasons = {
        letter.view.reason: composed.text for letter, composed in of(ApplicationPurpose.DECLINED)
    }

    assert "The reason: no new members for now." in reasons[WhyDeclined.FULL]
    assert "> Please write to us again in autumn." in reasons[WhyDeclined.FULL]
    assert "with these words" not in reasons[WhyDeclined.INELIGIBLE]
    assert all("mobility apply FILE" in text for text in reasons.values())


def test_one_that_lapsed_or_was_stopped_says_that_nobody_said_no_and_how_to_apply_again() -> None:
    letters = of(ApplicationPurpose.LAPSED)

    assert {letter.view.standing for letter, _ in letters} == {"lapsed", "stopped"}
    for letter, composed in letters:
        assert "Nobody has said no." in composed.text
        assert "mobility apply FILE" in composed.text
        assert ("operator" in composed.text) is (letter.view.standing == "stopped")


@pytest.mark.parametrize("language", Language)
def test_people_s_words_stay_text(language: Language) -> None:
    for letter, composed in written(language, HOSTILE):
        message = as_message(
            composed, letter, sender=SENDER, message_id="<1@example.org>",
            date=datetime(2027, 2, 1, tzinfo=UTC),
        )  # fmt: skip
        assert "<script" not in composed.html
        assert 'href="http' not in composed.html
        assert "<strong>bold" not in composed.html
        assert envelope_of(message).recipient == letter.recipient.email


def test_every_command_in_a_letter_can_be_typed_as_it_stands() -> None:
    desk = typer.main.get_command(app)
    lines = {
        line.strip()
        for language in Language for _, composed in written(language)
        for line in composed.text.splitlines() if line.startswith("    mobility ")
    }  # fmt: skip

    for line in lines:
        _, verb, *words = shlex.split(line)
        group = desk.make_context("mobility", [verb, *words], resilient_parsing=True)
        command = desk.get_command(group, verb)  # type: ignore[attr-defined]
        assert command is not None, line
        command.make_context(verb, words)

    assert {line.split()[1] for line in lines} == {
        "accept-application", "application", "apply", "decline-application", "directory",
        "request", "withdraw-application",
    }  # fmt: skip
