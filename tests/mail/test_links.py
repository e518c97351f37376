"""Where a portal is run, a letter holds one link, and no command."""

import dataclasses
import re

import pytest

from domain.events import Phase
from domain.letters import Purpose
from domain.people import Language
from mail.applications import compose_application
from mail.compose import compose
from mail.context import LetterContext
from mail.gathered import compose_gathered, most_urgent_first
from tests.mail.applications import every_application_letter
from tests.mail.journeys import every_letter

LINK = "https://exchanges.example.eu/m/M-2026-0001/0123456789abcdefABCD-_xy"
APPLICATION = LINK.replace("M-2026", "A-2027")
SENDER = "mobility@example.org"
LETTERS = [
    dataclasses.replace(letter, link=LINK)
    for language in Language for letter in every_letter(language=language)
]  # fmt: skip


def test_a_letter_to_whoever_has_a_part_holds_its_link_once_and_no_command() -> None:
    assert any(letter.wants_answer for letter in LETTERS)
    for letter in LETTERS:
        said = compose(letter, sender=SENDER)
        is_paused = letter.order.purpose is Purpose.HOSTING_PAUSED
        times = int(letter.has_a_part or letter.wants_answer or is_paused)

        assert (said.text.count(LINK), said.html.count(LINK)) == (times, times), letter.order
        assert not re.search(r"^ {4}mobility ", said.text, re.MULTILINE), letter.order
        assert "FILE" not in said.text, letter.order


def test_whoever_is_asked_finds_the_link_before_everything_else() -> None:
    for letter in (one for one in LETTERS if one.question):
        said = compose(letter, sender=SENDER)
        before = said.text.partition(LINK)[0]

        # The greeting, what is asked, what silence means, and which reminder it is.
        assert len(re.split(r"\n\n", before.strip())) <= 6, said.text
        assert len(re.split(r"\n\n", said.text.partition(LINK)[2].strip())) > 3


@pytest.mark.parametrize("language", list(Language))
def test_the_link_is_a_button_with_words_in_the_readers_language(language: Language) -> None:
    words = {"en": "Open your page", "ca": "Obri la seva pàgina", "es": "Abra su página",
             "sv": "Öppna din sida"}  # fmt: skip
    letter = next(one for one in LETTERS if one.question and one.recipient.language == language)

    assert re.search(
        rf'<a href="{LINK}" style="[^"]*background[^"]*">{words[language]}</a>',
        compose(letter, sender=SENDER).html,
    )


def test_whoever_has_no_part_any_more_gets_no_link() -> None:
    closed = (one for one in LETTERS if one.view.phase is Phase.CLOSED and one.is_about_it)
    ended = [one for one in closed if not one.question]

    assert ended
    assert not any(LINK in compose(letter, sender=SENDER).text for letter in ended)


def test_gathered_reminders_hold_one_link_for_each_mobility_and_no_command() -> None:
    asking = [_under(n, letter) for n, letter in enumerate(LETTERS) if letter.question]
    gathered = most_urgent_first(asking[:7])
    said = compose_gathered(gathered, sender=SENDER)

    assert all(said.text.count(item.link) == 1 for item in gathered.items)
    assert all(said.html.count(item.link) == 1 for item in gathered.items)
    assert "    mobility " not in said.text


@pytest.mark.parametrize("language", list(Language))
def test_a_letter_about_an_open_application_holds_its_link_once(language: Language) -> None:
    for letter in every_application_letter(language):
        with_link = dataclasses.replace(letter, link=APPLICATION)
        said = compose_application(with_link, sender=SENDER)
        times = int(letter.view.question is not None)

        assert (said.text.count(APPLICATION), said.html.count(APPLICATION)) == (times, times)
        assert " --as " not in said.text


def _under(n: int, letter: LetterContext) -> LetterContext:
    return dataclasses.replace(letter, link=f"{LINK[:-3]}{n:03}")
