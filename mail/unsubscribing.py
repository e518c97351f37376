"""Which letters somebody may do without, and how they say so."""

from email.message import Message
from email.utils import parseaddr
from urllib.parse import quote

from domain.letters import Purpose
from mail.context import LetterContext
from mail.message import OnOneLine

ONLY_TELLING = {
    Purpose.PLACE_NOT_GIVEN: "the next host is asked by itself",
    Purpose.MATCH_MADE: "the agreement to sign follows, and says the same",
    Purpose.CARD_PUBLISHED: "the mobility is closed, and nothing follows from it",
}
"""Letters that the procedure does not require, and why. Every other one asks for something, states
a right or a duty, or holds what its reader needs on the day."""


def say_how_to_unsubscribe(message: Message, context: LetterContext) -> None:
    """Add the header by which a mail program offers to unsubscribe, where that is possible.

    It writes to whom the letter itself names for questions: there is no machine that decides who
    of a mobility is told what.
    """
    order = context.order
    if order.purpose not in ONLY_TELLING:
        return
    asked = message["Reply-To"] or message["From"]
    address = parseaddr(str(asked))[1]
    subject = quote(f"Unsubscribe {order.reference} {order.purpose}")
    header = OnOneLine(f"<mailto:{address}?subject={subject}>")
    message["List-Unsubscribe"] = header  # type: ignore[assignment]
