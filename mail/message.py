"""A letter as a message: both forms, its papers, and headers nobody can add to.

Made with the older half of Python's email library, which takes a header as it is given. The newer
one parses every header into a tree, several times: a letter then costs three times as much.
"""

import binascii
import contextlib
import hashlib
import re
from datetime import UTC, datetime
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Compat32
from email.utils import format_datetime, formataddr, parseaddr
from typing import Protocol

from domain.people import Person
from mail.context import Attachment
from mail.wording import MAILBOX, Composed, one_line


class Addressed(Protocol):
    """What a message needs to know of a letter: who reads it, whom they may ask, its papers."""

    @property
    def recipient(self) -> Person:
        """Who reads it."""

    @property
    def contact(self) -> Person:
        """Whom the reader may ask."""

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What goes along with it."""


WIRE = Compat32(linesep="\r\n", mangle_from_=False)
"""How messages travel. Lines that begin with "From" stay as they are."""


def as_message(
    composed: Composed, context: Addressed, *, sender: str, message_id: str, date: datetime
) -> Message:
    """The letter as a message."""
    message = _with_papers(_in_both_forms(composed), context.attachments)
    _mailbox(message, "From", *parseaddr(sender))
    _mailbox(message, "To", context.recipient.name, context.recipient.email)
    if context.contact.id != context.recipient.id and _usable(context.contact.email):
        _mailbox(message, "Reply-To", context.contact.name, context.contact.email)
    _header(message, "Subject", _unencoded(composed.subject))
    message["Date"] = format_datetime(date.astimezone(UTC))
    message["Message-ID"] = message_id
    message["Content-Language"] = context.recipient.language.value
    # Keeps out-of-office replies from coming back to a machine.
    message["Auto-Submitted"] = "auto-generated"
    return message


def message_id_of(key: str, domain: str) -> str:
    """The Message-ID of a letter: the same whenever it is handed over again.

    Short enough for one line: a folded Message-ID is misread by some mail programs.
    """
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


class OnOneLine(Header):
    """A header that is left as it is: folded, an address in it would not be understood."""

    def encode(self, *_args: object, **_options: object) -> str:
        """The header on one line, whatever its length."""
        return str(self)


def said_in(text: str, subtype: str = "plain") -> Message:
    """Words as a part of a message, readable on the wire but for signs beyond ASCII."""
    part = MIMENonMultipart("text", subtype, policy=WIRE, charset="utf-8")
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(binascii.b2a_qp(text.encode()).decode("ascii"))
    return part


# Neither quoted-printable nor base64 ever holds what these boundaries begin with.
def _in_both_forms(composed: Composed) -> Message:
    forms = [said_in(composed.text), said_in(composed.html, "html")]
    return MIMEMultipart("alternative", "=_forms", forms, policy=WIRE)


def _with_papers(letter: Message, papers: tuple[Attachment, ...]) -> Message:
    if not papers:
        return letter
    parts = [letter, *(_part(paper) for paper in papers)]
    return MIMEMultipart("mixed", "=_papers", parts, policy=WIRE)


def _part(paper: Attachment) -> Message:
    kind, _, subtype = paper.media_type.partition("/")
    # Calendars take an attachment for an invitation, or a cancellation, by its method.
    parameters = {"method": paper.method, "charset": "utf-8"} if paper.method else {}
    part = MIMENonMultipart(kind, subtype, policy=WIRE, **parameters)
    part.set_payload(paper.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=one_line(paper.filename))
    return part


def _mailbox(message: Message, header: str, name: str, email: str) -> None:
    """Write to a mailbox; without an address where the one on file is none."""
    # Quotes are for a name that does not need to be encoded, and not every program heeds them.
    display = " ".join(re.sub(r'[()<>\[\]:;@\\,"]', " ", _unencoded(name)).split())
    address = _usable(email)
    if display.isascii():
        message[header] = formataddr((display, address)) if address else f"{display} <>"
        return
    encoded = Header(display, "utf-8", header_name=header)
    encoded.append(f"<{address}>", "us-ascii")
    message[header] = encoded  # type: ignore[assignment]


def _usable(email: str) -> str:
    """An address as mail servers know it, or none."""
    local, _, domain = one_line(email).rpartition("@")
    # idna, as in Borås: mail servers know such a domain under its ASCII name only.
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    address = f"{local}@{domain}"
    return address if MAILBOX.fullmatch(address) else ""


def _header(message: Message, name: str, text: str) -> None:
    charset = "us-ascii" if text.isascii() else "utf-8"
    message[name] = Header(text, charset, header_name=name)  # type: ignore[assignment]


def _unencoded(text: str) -> str:
    """A text for a header, with nothing in it that a mail program would decode."""
    return one_line(text).replace("=?", "= ?")
