"""A mail server of our own, which takes letters or misbehaves as it is told."""
# ruff: noqa: N802 - aiosmtpd names its hooks after the words of SMTP

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Clerk:
    """Keeps what it takes; ``refused`` are addresses it will never take anything for, and says so.

    A ``silent`` one hangs up when it has taken a letter, without an answer.
    """

    refused: tuple[str, ...] = ()
    with_words: str = "550 no mailbox {address} here"
    silent: bool = False
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope,
                          address: str, _options: list[str]) -> str:  # fmt: skip
        if address in self.refused:
            return self.with_words.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        if self.silent and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 OK taken"

    @property
    def addresses(self) -> list[str]:
        """To whom it has taken letters, in order."""
        return [letter["To"].addresses[0].addr_spec for letter in self.taken]

    def letters_about(self, words: str) -> list[EmailMessage]:
        """The letters whose subject says so."""
        return [letter for letter in self.taken if words in letter["Subject"]]


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def open_office(clerk: Clerk, port: int) -> Iterator[None]:
    """The clerk at work on that port."""
    office = Controller(clerk, hostname="127.0.0.1", port=port)
    office.start()
    try:
        yield
    finally:
        office.stop()


def text_of(letter: EmailMessage) -> str:
    """The words of a letter, on one line."""
    body = letter.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())
