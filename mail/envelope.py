"""A letter as it travels, and as it is kept: the same bytes, with papers known by their hash."""

import hashlib
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from functools import cached_property


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


def envelope_of(message: EmailMessage) -> Envelope:
    """Take the envelope from the letter's own headers; without a recipient where none is usable."""
    sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
    return Envelope(
        sender=sender,
        recipient=recipient.strip("<>"),
        message_id=str(message["Message-ID"]).strip(),
        content=message.as_bytes(policy=WIRE),
    )


def as_kept(message: EmailMessage, envelope: Envelope) -> bytes:
    """The letter as it is kept: papers are kept elsewhere already, so their hashes stand for them.

    It takes the papers out of the message, which is of no use afterwards.
    """
    papers = list(message.iter_attachments())
    for paper in papers:
        content = paper.get_payload(decode=True)
        sha256 = hashlib.sha256(content if isinstance(content, bytes) else b"").hexdigest()
        paper.set_content(f"sha256 {sha256}\n", disposition="attachment",
                          filename=paper.get_filename())  # fmt: skip
    return message.as_bytes(policy=WIRE) if papers else envelope.content
