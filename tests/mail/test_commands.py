"""Every command a letter tells people to type is one the command line takes."""

import shlex

import typer

from domain.people import Language
from mail.compose import compose
from mail.gathered import compose_gathered, most_urgent_first
from starter.cli import app
from tests.mail.journeys import every_letter

FILLED_IN = {"DATE": "2026-05-05", "organisational-support=AMOUNT": "organisational-support=125"}

VERBS = {
    "accept", "decline", "accept-dates", "decline-dates", "sign", "refuse", "award", "pay",
    "put-agenda", "accept-agenda", "return-agenda", "arrive", "attend", "depart", "evaluate",
    "follow-up", "correct-address", "show", "why",
}  # fmt: skip


def told_commands() -> set[str]:
    letters = [
        compose(letter, sender="mobility@example.org").text
        for language in Language for letter in every_letter(language=language)
    ]  # fmt: skip
    gathered = most_urgent_first(every_letter())
    letters.append(compose_gathered(gathered, sender="mobility@example.org").text)
    lines = {line for text in letters for line in text.splitlines()}
    return {line.strip() for line in lines if line.startswith("    mobility ")}


def test_every_command_in_a_letter_can_be_typed_as_it_stands() -> None:
    desk = typer.main.get_command(app)
    told = told_commands()

    for line in told:
        _, verb, *words = shlex.split(line)
        group = desk.make_context("mobility", [verb, *words], resilient_parsing=True)
        command = desk.get_command(group, verb)  # type: ignore[attr-defined]
        assert command is not None, line
        command.make_context(verb, [FILLED_IN.get(word, word) for word in words])

    assert {line.split()[1] for line in told} == VERBS
