"""The page on which every letter can be looked at."""

from domain.joining import ApplicationPurpose
from domain.letters import Purpose
from domain.people import Language
from tests.mail.letters_page import LINK, NAMES, page

PAGE = page()


def test_every_letter_is_there_in_every_language() -> None:
    assert set(NAMES) == set(Language)
    for purpose in (*Purpose, *ApplicationPurpose):
        [section] = [part for part in PAGE.split("<section ") if part.startswith(f'id="{purpose}"')]
        for language in Language:
            assert f'<article class="{language}" lang="{language}">' in section, purpose


def test_page_fetches_nothing() -> None:
    assert "<link" not in PAGE
    assert "src=" not in PAGE
    assert "http" not in PAGE.replace(LINK, "")
