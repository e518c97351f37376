"""What the letter about a stopped card states of its own."""

import re
from dataclasses import dataclass

from domain.facts import PersonId
from mail.context import LetterContext
from mail.words import said_again


@dataclass(frozen=True)
class CardStopped:
    """Facts that cannot both be true, with names in place of references."""

    contradictions: tuple[str, ...]


def card_stopped(letter: LetterContext) -> CardStopped:
    """Gather the contradictions, in the reader's language."""
    said = tuple(said_again(text, letter.speech) for text in letter.view.contradictions)
    people = {person.id: person.name for person in (*letter.participants, *letter.concerned)}
    return CardStopped(tuple(_with_names(text, people) for text in said))


def _with_names(text: str, people: dict[PersonId, str]) -> str:
    ids = "|".join(re.escape(i) for i in sorted(people, key=len, reverse=True))
    if not ids:
        return text
    return re.sub(rf"(?<![\w-])(?:{ids})(?![\w-])", lambda found: people[PersonId(found[0])], text)
