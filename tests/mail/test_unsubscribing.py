"""Only letters that the procedure can do without say how to do without them."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from domain.letters import LETTER_OF, Purpose
from mail.compose import compose
from mail.context import LetterContext
from mail.envelope import as_kept, envelope_of
from mail.message import as_message
from mail.unsubscribing import ONLY_TELLING, say_how_to_unsubscribe
from tests.mail.journeys import every_letter

SENDER = "Mobility engine <mobility@engine.example>"
FIRST = {letter.order.purpose: letter for letter in reversed(every_letter())}


def arrived(letter: LetterContext) -> tuple[bytes, bytes]:
    """The letter as it travels, and as it is kept."""
    message = as_message(
        compose(letter, sender=SENDER), letter, sender=SENDER, message_id="<1@engine.example>",
        date=datetime(2027, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    say_how_to_unsubscribe(message, letter)
    envelope = envelope_of(message)
    return envelope.content, as_kept(message, envelope)


def test_nothing_that_asks_can_be_done_without() -> None:
    assert not ONLY_TELLING.keys() & set(LETTER_OF.values())


@pytest.mark.parametrize("purpose", Purpose)
def test_letters_say_how_to_unsubscribe_where_one_may(purpose: Purpose) -> None:
    letter = FIRST[purpose]
    content, _ = arrived(letter)

    header = message_from_bytes(content, policy=default)["List-Unsubscribe"]

    if purpose not in ONLY_TELLING:
        assert header is None
        return
    contact = letter.contact.email if letter.contact != letter.recipient else "mobility@engine"
    assert header.startswith(f"<mailto:{contact}")
    assert header.endswith(f"?subject=Unsubscribe%20{letter.order.reference}%20{purpose}>")
    assert f"{header}\r\n".encode() in content


@pytest.mark.parametrize("purpose", Purpose)
def test_a_letter_is_kept_as_it_left_but_for_its_papers(purpose: Purpose) -> None:
    letter = FIRST[purpose]
    content, kept = arrived(letter)
    left, read = (message_from_bytes(form, policy=default) for form in (content, kept))

    assert dict(left.items()).items() >= {"Subject": read["Subject"]}.items()
    assert body_of(left) == body_of(read)
    names = [paper.get_filename() for paper in left.iter_attachments()]
    assert [paper.get_filename() for paper in read.iter_attachments()] == names
    if not names:
        assert kept == content
    for paper in read.iter_attachments():
        assert str(paper.get_content()).startswith("sha256 ")


def body_of(message: object) -> list[str]:
    """The words of a letter in both forms."""
    forms = (message.get_body((kind,)) for kind in ("plain", "html"))  # type: ignore[attr-defined]
    return [str(form.get_content()) for form in forms]
