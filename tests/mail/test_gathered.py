"""One letter for several reminders says of each what is asked, and what silence means."""

from datetime import UTC, datetime

import pytest

from domain.deadlines import Asked
from mail.context import LetterContext
from mail.gathered import COMMANDS, Gathered, compose_gathered, gathered_message, most_urgent_first
from tests.mail.journeys import every_letter
from tests.mail.reading import as_read

SENDER = "Mobility engine <mobility@example.org>"
ASKING = {
    letter.order.while_asked: letter
    for letter in every_letter()
    if letter.order.while_asked and letter.question
}


def gathered(*asked: Asked) -> Gathered:
    return most_urgent_first([ASKING[one] for one in asked])


def as_one(text: str) -> str:
    return " ".join(text.split())


def test_every_question_has_its_commands() -> None:
    assert COMMANDS.keys() | {Asked.ADDRESS} == set(ASKING)
    assert set(ASKING) == set(Asked) - {Asked.APPLICATION}


@pytest.mark.parametrize("letter", ASKING.values(), ids=ASKING.keys())
def test_each_reminder_is_told_whole(letter: LetterContext) -> None:
    composed = compose_gathered(most_urgent_first([letter, *ASKING.values()]), sender=SENDER)

    assert letter.question is not None
    said = as_one(composed.text)
    for words in (
        letter.title, f"To do by {letter.deadline}: {letter.question.act}.",
        f"If we hear nothing by then, {letter.question.silence}.", letter.contact.email,
    ):  # fmt: skip
        assert as_one(words) in said
    assert letter.deadline in composed.html


def test_the_most_urgent_comes_first_and_stands_in_the_subject() -> None:
    letter = gathered(*ASKING)
    dues = [item.question.due for item in letter.items if item.question]

    assert dues == sorted(dues)
    subject = compose_gathered(letter, sender=SENDER).subject
    first = letter.items[0].deadline
    assert subject == f"Reminder: {len(ASKING)} answers are wanted, the first by {first}"


def test_nobody_is_answered_by_a_reply_and_nobody_can_do_without_it() -> None:
    sent = gathered_message(
        gathered(Asked.PLACE, Asked.AGENDA), sender=SENDER, message_id="<1@example.org>",
        date=datetime(2027, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    message = as_read(sent)

    assert message["Reply-To"] is None
    assert message["List-Unsubscribe"] is None
    assert message["Message-ID"] == "<1@example.org>"


def test_words_of_others_stay_words() -> None:
    letter = gathered(Asked.PLACE)
    assert "<b>" not in compose_gathered(letter, sender="<b>x</b> <a@example.org>").html
