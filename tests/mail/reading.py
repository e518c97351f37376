"""Letters read as a mail program reads them."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

from mail.context import LetterContext
from mail.message import WIRE, as_message, message_id_of
from mail.wording import Composed


def read_message(
    letter: LetterContext, composed: Composed, *, sender: str, date: datetime
) -> EmailMessage:
    """A letter after its way over the wire."""
    message_id = message_id_of("k", "example.org")
    sent = as_message(composed, letter, sender=sender, message_id=message_id, date=date)
    return as_read(sent)


def as_read(message: Message) -> EmailMessage:
    """A message after its way over the wire."""
    return message_from_bytes(message.as_bytes(policy=WIRE), EmailMessage, policy=default)
