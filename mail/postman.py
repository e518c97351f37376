"""Handing letters to the mail server, and knowing exactly what became of each."""

import asyncio
import contextlib
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from typing import Literal, NoReturn

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPStatus,
)

PATIENCE = 15.0
"""Seconds for the way up to the letter."""
PATIENCE_FOR_ANSWER = 600.0
"""Seconds for the answer to the letter itself. A relay may look through it first, and whoever hangs
up too early sends it twice: RFC 5321, 4.5.3.2.6, asks for ten minutes. Both together stay below the
time after which another courier may take the letter up."""
CREDENTIALS = frozenset({530, 534, 535, 538})
"""Replies that refuse us, not the letter: it may leave once our settings are mended."""


class Refused(Exception):  # noqa: N818 - the server said no, nothing broke
    """The server will never take this letter; repeating it is useless."""


class Unavailable(Exception):  # noqa: N818
    """Nothing has left: the server could not be reached or asks to come back later."""


class Unanswered(Exception):  # noqa: N818
    """The letter was handed over and no answer came: nobody can know whether it was taken."""


@dataclass(frozen=True)
class SmtpServer:
    """Where letters are handed in."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: Literal["none", "starttls", "tls"] = "none"


@dataclass(frozen=True)
class Envelope:
    """What the server is told before the letter, and the letter as it travels."""

    sender: str
    recipient: str
    content: bytes

    def without_address(self, reply: str) -> str:
        """A server's reply without the reader's address: replies outlive the mobility's key."""
        return re.sub(re.escape(self.recipient), "the address", reply, flags=re.IGNORECASE)


class Postman:
    """Carries one letter at a time over a connection that is kept open between letters."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._line: SMTP | None = None
        self._turn = asyncio.Lock()

    async def deliver(self, message: EmailMessage) -> str:
        """Hand one letter over and return what the server answered.

        Raises:
            Refused: the letter will never be taken.
            Unavailable: nothing was sent, it is safe to try again.
            Unanswered: it was sent, and what became of it is unknown.
        """
        envelope = _envelope(message)
        async with self._turn:
            try:
                line = await self._announce(envelope)
                return await _hand_over(line, envelope)
            except BaseException:
                # After trouble nobody knows what the next answer on this line belongs to.
                self._hang_up()
                raise

    async def close(self) -> None:
        """Take leave of the server."""
        async with self._turn:
            if self._line is not None and self._line.is_connected:
                with contextlib.suppress(SMTPException, OSError, TimeoutError):
                    await self._line.quit(timeout=1)
            self._hang_up()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _announce(self, envelope: Envelope) -> SMTP:
        """Get the server to the point where it waits for the letter; nothing has left by then."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._announce_on_open_line(envelope)
        except SMTPResponseException as refusal:
            _judge(refusal.code, refusal.message, envelope)
        except (SMTPException, OSError, TimeoutError) as trouble:
            raise Unavailable(f"not handed over: {type(trouble).__name__}") from trouble

    async def _announce_on_open_line(self, envelope: Envelope) -> SMTP:
        """Use the line that was kept, unless the server has closed it in the meantime."""
        if self._line is not None and self._line.is_connected:
            with contextlib.suppress(SMTPServerDisconnected, ConnectionError):
                return await _announce(self._line, envelope)
        self._hang_up()
        self._line = _dial(self._server)
        await _connect(self._line)
        return await _announce(self._line, envelope)


def _dial(server: SmtpServer) -> SMTP:
    return SMTP(
        hostname=server.host, port=server.port, username=server.user, password=server.password,
        use_tls=server.tls == "tls", start_tls=server.tls == "starttls", timeout=PATIENCE,
    )  # fmt: skip


async def _connect(line: SMTP) -> None:
    try:
        await line.connect()
    except SMTPResponseException as trouble:
        # Whatever is refused here is refused to us, before any letter was spoken of.
        raise Unavailable(f"the server does not serve us: {trouble.code}") from trouble


async def _announce(line: SMTP, envelope: Envelope) -> SMTP:
    await line.mail(envelope.sender)
    await line.rcpt(envelope.recipient)
    answer = await line.execute_command(b"DATA")
    if answer.code != SMTPStatus.start_input:
        raise SMTPResponseException(answer.code, answer.message)
    return line


async def _hand_over(line: SMTP, envelope: Envelope) -> str:
    """Send the letter itself; from the first byte on, silence proves nothing."""
    # aiosmtplib's own DATA is one step, and would not tell a line lost before from one lost after.
    if line.protocol is None or not line.is_connected:
        raise Unavailable("not handed over: the line was lost")
    try:
        async with asyncio.timeout(PATIENCE_FOR_ANSWER):
            line.protocol.write(envelope.content)
            code, reply = await line.protocol.read_response()
    except (SMTPException, OSError, TimeoutError) as trouble:
        raise Unanswered(f"handed over without an answer: {type(trouble).__name__}") from trouble
    if code != SMTPStatus.completed:
        _judge(code, reply, envelope)
    return f"{code} {envelope.without_address(reply)}"


def _judge(code: int, reply: str, envelope: Envelope) -> NoReturn:
    """Read a reply that is no yes: 5xx is for ever, everything else is for now."""
    said = f"{code} {envelope.without_address(reply)}"
    if 500 <= code < 600 and code not in CREDENTIALS:
        raise Refused(said)
    raise Unavailable(said)


def _envelope(message: EmailMessage) -> Envelope:
    """Take the envelope from the letter's own headers.

    Raises:
        Refused: when the letter carries no address it could be sent to.
    """
    sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
    if not recipient.strip("<>"):
        raise Refused("there is no usable address on file")
    return Envelope(sender, recipient, _stuffed(message.as_bytes(policy=WIRE)))


def _stuffed(content: bytes) -> bytes:
    """The letter with its leading dots doubled and the lone dot that ends it."""
    return re.sub(rb"(?m)^\.", b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n"
