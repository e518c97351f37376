"""A letter as it travels, and as it is kept: the same bytes, with papers known by their hash."""

import hashlib
import re
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr
from functools import cached_property
from typing import cast

from mail.message import WIRE, said_in


@dataclass(frozen=True)
class Envelope:
    """What the server is told before the letter, and the letter itself."""

    sender: str
    recipient: str
    message_id: str
    content: bytes

    @cached_property
    def on_the_wire(self) -> bytes:
        """The letter with its leading dots doubled and the lone dot that ends it."""
        return re.sub(rb"(?m)^\.", b"..", self.content).removesuffix(b"\r\n") + b"\r\n.\r\n"

    def without_address(self, reply: str) -> str:
        """A server's reply without the reader's address: replies outlive the mobility's key."""
        return re.sub(re.escape(self.recipient), "the address", reply, flags=re.IGNORECASE)


def envelope_of(message: Message) -> Envelope:
    """Take the envelope from the letter's own headers; without a recipient where none is usable."""
    sender, recipient = (parseaddr(str(message[name]))[1] for name in ("From", "To"))
    return Envelope(
        sender=sender,
        recipient=recipient,
        message_id=str(message["Message-ID"]).strip(),
        content=message.as_bytes(policy=WIRE),
    )


def as_kept(message: Message, envelope: Envelope) -> bytes:
    """The letter as it is kept: papers are kept elsewhere already, so their hashes stand for them.

    It takes the papers out of the message, which is of no use afterwards.
    """
    if message.get_content_type() != "multipart/mixed":
        return envelope.content
    letter, *papers = cast("list[Message]", message.get_payload())
    message.set_payload([letter, *(_hash_of(paper) for paper in papers)])
    return message.as_bytes(policy=WIRE)


def _hash_of(paper: Message) -> Message:
    content = cast("bytes", paper.get_payload(decode=True))
    sha256 = hashlib.sha256(content).hexdigest()
    standing_in = said_in(f"sha256 {sha256}\n")
    standing_in["Content-Disposition"] = paper["Content-Disposition"]
    return standing_in
