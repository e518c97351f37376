"""Handing letters to the mail server, and knowing exactly what became of each.

Several lines to the server are kept open between letters. When the server turns us away, all of
them ease off together: the post office rests, for longer each time, until one letter has left.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPStatus,
)

from mail.envelope import Envelope
from mail.refusals import refuses_mailbox

PATIENCE = 15.0
"""Seconds for the way up to the letter."""
PATIENCE_FOR_ANSWER = 600.0
"""Seconds for the answer to the letter itself. A relay may look through it first, and whoever hangs
up too early sends it twice: RFC 5321, 4.5.3.2.6, asks for ten minutes. Both together stay below the
time after which another courier may take the letter up."""
CREDENTIALS = frozenset({530, 534, 535, 538})
"""Replies that refuse us, not the letter: it may leave once our settings are mended."""
GOING_AWAY = 421
"""The reply with which a server takes leave of whoever is on the line."""
LONGEST_REST = 60.0
"""Seconds until a server that turned us away is tried again, after 1, 2, 4 and so on."""


class Refused(Exception):  # noqa: N818 - the server said no, nothing broke
    """The server will never take this letter; repeating it is useless.

    ``is_about_address`` tells that it would take no other to this address either.
    """

    def __init__(self, said: str, *, is_about_address: bool = False) -> None:
        super().__init__(said)
        self.is_about_address = is_about_address


class Unavailable(Exception):  # noqa: N818
    """Nothing has left: the server could not be reached or asks to come back later."""


class TurnedAway(Unavailable):
    """Nothing has left, and nothing else would: the server does not serve us at all just now."""


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


class Postman:
    """Carries letters over a few lines that are kept open, no faster than was agreed."""

    def __init__(
        self, server: SmtpServer, *, connections: int = 4, per_second: float | None = None
    ) -> None:
        self._server = server
        self.connections = connections
        self._free = asyncio.Semaphore(connections)
        self._idle: list[SMTP] = []
        self._between = 1 / per_second if per_second else 0.0
        self._next_turn = 0.0
        self._turned_away = 0
        self._rests_until = 0.0

    @property
    def rests(self) -> float:
        """For how many seconds more the server is left in peace."""
        return max(0.0, self._rests_until - time.monotonic())

    @property
    def is_doubtful(self) -> bool:
        """Whether the server turned the last letter away: then it is asked with one, not many."""
        return self._turned_away > 0

    async def deliver(self, envelope: Envelope) -> str:
        """Hand one letter over and return what the server answered.

        Raises:
            Refused: the letter will never be taken.
            Unavailable: nothing was sent, it is safe to try again.
            Unanswered: it was sent, and what became of it is unknown.
        """
        if not envelope.recipient:
            raise Refused("there is no usable address on file", is_about_address=True)
        async with self._free:
            await self._turn_comes()
            try:
                answer = await self._deliver(envelope)
            except TurnedAway:
                self._rest()
                raise
            except (Refused, Unavailable):
                self._turned_away = 0
                raise
            self._turned_away = 0
            return answer

    async def _deliver(self, envelope: Envelope) -> str:
        async with self._announced(envelope) as line:
            return await _hand_over(line, envelope)

    async def _turn_comes(self) -> None:
        """Wait until the next letter may leave, where so many per second were agreed."""
        now = time.monotonic()
        turn = max(now, self._next_turn)
        self._next_turn = turn + self._between
        if turn > now:
            await asyncio.sleep(turn - now)

    def _rest(self) -> None:
        """Leave the server in peace; letters turned away together count once."""
        if not self.rests:
            rest = min(2.0 ** min(self._turned_away, 16), LONGEST_REST)
            self._rests_until = time.monotonic() + rest
            self._turned_away += 1

    async def close(self) -> None:
        """Take leave of the server."""
        for line in self._idle:
            if line.is_connected:
                with contextlib.suppress(SMTPException, OSError, TimeoutError):
                    await line.quit(timeout=1)
            line.close()
        self._idle.clear()

    @contextlib.asynccontextmanager
    async def _announced(self, envelope: Envelope) -> AsyncIterator[SMTP]:
        """A line on which the server waits for the letter; nothing has left by then.

        It is kept afterwards, but not after trouble: nobody knows what its next answer belongs to.
        """
        lines: list[SMTP] = []
        try:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._announce_on_open_line(envelope, lines)
            except SMTPResponseException as refusal:
                of_recipient = isinstance(refusal, SMTPRecipientRefused)
                _judge(refusal.code, refusal.message, envelope, of_recipient=of_recipient)
            except (SMTPException, OSError, TimeoutError) as trouble:
                raise TurnedAway(f"not handed over: {type(trouble).__name__}") from trouble
            yield lines[-1]
        except BaseException:
            for line in lines:
                line.close()
            raise
        self._idle.append(lines[-1])

    async def _announce_on_open_line(self, envelope: Envelope, lines: list[SMTP]) -> None:
        """Use a line that was kept, unless the server has closed it in the meantime."""
        while self._idle:
            lines.append(self._idle.pop())
            if lines[-1].is_connected:
                with contextlib.suppress(SMTPServerDisconnected, ConnectionError):
                    return await _announce(lines[-1], envelope)
            lines[-1].close()
        lines.append(_dial(self._server))
        await _connect(lines[-1])
        return await _announce(lines[-1], envelope)


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
        raise TurnedAway(f"the server does not serve us: {trouble.code}") from trouble


async def _announce(line: SMTP, envelope: Envelope) -> None:
    try:
        await line.mail(envelope.sender)
    except SMTPResponseException as trouble:
        if 400 <= trouble.code < 500:
            # No reader was spoken of yet: it is we who are put off.
            said = envelope.without_address(trouble.message)
            raise TurnedAway(f"{trouble.code} {said}") from trouble
        raise
    await line.rcpt(envelope.recipient)
    answer = await line.execute_command(b"DATA")
    if answer.code != SMTPStatus.start_input:
        raise SMTPResponseException(answer.code, answer.message)


async def _hand_over(line: SMTP, envelope: Envelope) -> str:
    """Send the letter itself; from the first byte on, silence proves nothing."""
    # aiosmtplib's own DATA is one step, and would not tell a line lost before from one lost after.
    if line.protocol is None or not line.is_connected:
        raise Unavailable("not handed over: the line was lost")
    try:
        async with asyncio.timeout(PATIENCE_FOR_ANSWER):
            line.protocol.write(envelope.on_the_wire)
            code, reply = await line.protocol.read_response()
    except (SMTPException, OSError, TimeoutError) as trouble:
        raise Unanswered(f"handed over without an answer: {type(trouble).__name__}") from trouble
    if code != SMTPStatus.completed:
        _judge(code, reply, envelope)
    return f"{code} {envelope.without_address(reply)}"


def _judge(code: int, reply: str, envelope: Envelope, *, of_recipient: bool = False) -> NoReturn:
    """Read a reply that is no yes: 5xx is for ever, everything else is for now."""
    said = f"{code} {envelope.without_address(reply)}"
    if code == GOING_AWAY or code in CREDENTIALS:
        raise TurnedAway(said)
    if 500 <= code < 600:
        about_address = refuses_mailbox(code, reply, of_recipient=of_recipient)
        raise Refused(said, is_about_address=about_address)
    raise Unavailable(said)
