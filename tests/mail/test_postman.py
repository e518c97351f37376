"""The postman on a real mail server that takes, refuses, breaks off or falls silent."""
# ruff: noqa: N802 - aiosmtpd names its hooks after the words of SMTP

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
import uvloop
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as Taken

from mail import postman as room
from mail.envelope import Envelope, envelope_of
from mail.postman import Postman, Refused, SmtpServer, TurnedAway, Unanswered, Unavailable

NAMES = {"MAIL": "250 OK", "RCPT": "250 OK", "DATA": "250 OK queued as 4711"}


@dataclass
class Clerk:
    """Answers as it is told and keeps what it took. ``drop`` breaks the line at that point."""

    answers: dict[str, str] = field(default_factory=lambda: dict(NAMES))
    drop: str = ""
    takes_seconds: float = 0
    taken: list[Taken] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Taken,
                          address: str, _options: list[str]) -> str:  # fmt: skip
        self.lines.add(id(session))
        if self._is_cut(server, "MAIL"):
            return "421 gone"
        if self.answers["MAIL"].startswith("2"):
            envelope.mail_from = address
        return self.answers["MAIL"]

    async def handle_RCPT(self, server: SMTP, _session: Session, envelope: Taken,
                          address: str, _options: list[str]) -> str:  # fmt: skip
        self._is_cut(server, "RCPT")
        if self.answers["RCPT"].startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answers["RCPT"]

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Taken) -> str:
        if self.answers["DATA"].startswith("2"):
            self.taken.append(envelope)
        self._is_cut(server, "DATA")
        await asyncio.sleep(self.takes_seconds)
        return self.answers["DATA"]

    def _is_cut(self, server: SMTP, where: str) -> bool:
        if self.drop == where and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return self.drop == where


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def clerk() -> Clerk:
    return Clerk()


@contextmanager
def open_office(clerk: Clerk, port: int, **options: object) -> Iterator[Controller]:
    office = Controller(clerk, hostname="127.0.0.1", port=port, **options)  # type: ignore[arg-type]
    office.start()
    try:
        yield office
    finally:
        office.stop()


@pytest.fixture
def office(clerk: Clerk, port: int) -> Iterator[Controller]:
    with open_office(clerk, port) as controller:
        yield controller


@pytest.fixture
async def postman(port: int) -> AsyncIterator[Postman]:
    carrier = Postman(SmtpServer("127.0.0.1", port))
    yield carrier
    await carrier.close()


def letter(
    text: str = "Dear Ana,\n\n.a line that begins with a dot\n..\nBorås\n",
    to: str = "Ana Cáceres Gómez <ana@soc.example>",
) -> Envelope:
    message = EmailMessage()
    message["From"] = "Mobility engine <mobility@example.org>"
    message["To"] = to
    message["Message-ID"] = "<a@example.org>"
    message.set_content(text, cte="quoted-printable")
    return envelope_of(message)


def content_of(taken: Taken) -> str:
    assert isinstance(taken.content, bytes)
    return taken.content.decode()


@pytest.mark.usefixtures("office")
async def test_letter_arrives_as_it_was_written(postman: Postman, clerk: Clerk) -> None:
    reply = await postman.deliver(letter())

    (taken,) = clerk.taken
    assert reply == "250 OK queued as 4711"
    assert (taken.mail_from, taken.rcpt_tos) == ("mobility@example.org", ["ana@soc.example"])
    content = content_of(taken)
    assert "\r\n.a line that begins with a dot\r\n..\r\nBor=C3=A5s\r\n" in content
    assert content.count("Message-ID: <a@example.org>") == 1


@pytest.mark.usefixtures("office")
async def test_line_is_kept_between_letters(postman: Postman, clerk: Clerk) -> None:
    for _ in range(3):
        await postman.deliver(letter())

    assert (len(clerk.taken), len(clerk.lines)) == (3, 1)


@pytest.mark.usefixtures("office")
async def test_letters_at_the_same_moment_do_not_mix(postman: Postman, clerk: Clerk) -> None:
    await asyncio.gather(*(postman.deliver(letter(f"letter {n}\n")) for n in range(10)))

    bodies = [content_of(taken).split("\r\n\r\n", 1)[1] for taken in clerk.taken]
    assert sorted(bodies) == [f"letter {n}\r\n" for n in range(10)]
    assert 1 < len(clerk.lines) <= 4


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
async def test_no_for_ever_is_a_refusal(postman: Postman, clerk: Clerk, where: str) -> None:
    clerk.answers[where] = "550 5.1.1 <Ana@soc.example> unknown here"

    with pytest.raises(Refused, match=r"^550 5\.1\.1 <the address> unknown here$"):
        await postman.deliver(letter())

    assert not clerk.taken


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
async def test_no_for_now_can_be_repeated(postman: Postman, clerk: Clerk, where: str) -> None:
    clerk.answers[where] = "451 try again later"
    with pytest.raises(Unavailable, match="451 try again later"):
        await postman.deliver(letter())
    clerk.answers = dict(NAMES)

    await postman.deliver(letter())

    assert len(clerk.taken) == 1


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("where", ["MAIL", "RCPT"])
async def test_line_lost_before_the_letter_left(postman: Postman, clerk: Clerk, where: str) -> None:
    clerk.drop = where

    with pytest.raises(Unavailable):
        await postman.deliver(letter())

    assert not clerk.taken


@pytest.mark.usefixtures("office")
async def test_line_lost_after_the_letter_left_proves_nothing(
    postman: Postman, clerk: Clerk
) -> None:
    clerk.drop = "DATA"

    with pytest.raises(Unanswered):
        await postman.deliver(letter())

    assert len(clerk.taken) == 1
    clerk.drop = ""
    assert await postman.deliver(letter())


async def test_nobody_there_is_no_loss(postman: Postman) -> None:
    with pytest.raises(Unavailable):
        await postman.deliver(letter())


async def test_server_that_was_restarted_gets_the_next_letter(port: int, clerk: Clerk) -> None:
    carrier = Postman(SmtpServer("127.0.0.1", port))
    with open_office(clerk, port):
        await carrier.deliver(letter())
    with pytest.raises(Unavailable):
        await carrier.deliver(letter())
    with open_office(clerk, port):
        await carrier.deliver(letter())
        await carrier.close()

    assert (len(clerk.taken), len(clerk.lines)) == (2, 2)


async def test_line_closed_while_idle_costs_no_letter(port: int, clerk: Clerk) -> None:
    carrier = Postman(SmtpServer("127.0.0.1", port))
    with open_office(clerk, port):
        await carrier.deliver(letter())
    with open_office(clerk, port):
        await carrier.deliver(letter())
        await carrier.close()

    assert len(clerk.taken) == 2


async def test_letter_without_an_address_is_refused_unsent(postman: Postman) -> None:
    with pytest.raises(Refused, match="no usable address"):
        await postman.deliver(letter(to="Ana <>"))


@pytest.mark.parametrize("password", ["right", "wrong"])
async def test_wrong_password_is_our_fault_and_not_the_letters(
    port: int, clerk: Clerk, password: str
) -> None:
    def check(_server: SMTP, _session: Session, _envelope: Taken, _mechanism: str,
              given: object) -> AuthResult:  # fmt: skip
        is_right = isinstance(given, LoginPassword) and given.password == b"right"
        return AuthResult(success=is_right, handled=False)

    carrier = Postman(SmtpServer("127.0.0.1", port, "engine", password))
    with open_office(clerk, port, authenticator=check, auth_require_tls=False):
        if password == "right":
            await carrier.deliver(letter())
        else:
            with pytest.raises(Unavailable, match="535"):
                await carrier.deliver(letter())
        await carrier.close()

    assert len(clerk.taken) == (password == "right")


async def test_starttls_that_is_not_offered_is_not_done_without(port: int, clerk: Clerk) -> None:
    carrier = Postman(SmtpServer("127.0.0.1", port, tls="starttls"))

    with open_office(clerk, port), pytest.raises(Unavailable):
        await carrier.deliver(letter())

    assert not clerk.taken


@asynccontextmanager
async def mute_after(words: list[bytes], port: int) -> AsyncIterator[None]:
    """A server that gives these answers, one per line heard, and then says nothing more."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for word in words:
            writer.write(word + b"\r\n")
            await reader.readline()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", port):
        yield


async def test_silence_before_the_letter_is_no_loss(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.2)
    carrier = Postman(SmtpServer("127.0.0.1", port))

    async with mute_after([b"220 hello", b"250 hello"], port):
        with pytest.raises(Unavailable):
            await carrier.deliver(letter())


async def test_silence_after_the_letter_proves_nothing(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PATIENCE_FOR_ANSWER", 0.2)
    carrier = Postman(SmtpServer("127.0.0.1", port))

    answers = [b"220 hello", b"250 hello", b"250 OK", b"250 OK", b"354 go on"]
    async with mute_after(answers, port):
        with pytest.raises(Unanswered):
            await carrier.deliver(letter())


async def test_relay_that_looks_through_a_letter_for_long_is_waited_for(
    port: int, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.2)
    clerk.takes_seconds = 0.6
    carrier = Postman(SmtpServer("127.0.0.1", port))

    with open_office(clerk, port):
        assert await carrier.deliver(letter()) == "250 OK queued as 4711"
        await carrier.close()

    assert len(clerk.taken) == 1
    assert room.PATIENCE_FOR_ANSWER == 600


async def test_greeting_that_turns_us_away_is_not_the_letters_end(port: int) -> None:
    carrier = Postman(SmtpServer("127.0.0.1", port))

    async with mute_after([b"554 not you"], port):
        with pytest.raises(Unavailable, match="554"):
            await carrier.deliver(letter())


def test_postman_works_on_the_workers_own_loop(port: int, clerk: Clerk) -> None:
    async def deliver_twice() -> None:
        carrier = Postman(SmtpServer("127.0.0.1", port))
        await carrier.deliver(letter())
        clerk.drop = "DATA"
        with pytest.raises(Unanswered):
            await carrier.deliver(letter())
        await carrier.close()

    with open_office(clerk, port):
        uvloop.run(deliver_twice())

    assert len(clerk.taken) == 2


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("connections", [1, 2, 7])
async def test_no_more_lines_are_open_than_were_agreed(
    port: int, clerk: Clerk, connections: int
) -> None:
    carrier = Postman(SmtpServer("127.0.0.1", port), connections=connections)
    clerk.takes_seconds = 0.02

    await asyncio.gather(*(carrier.deliver(letter()) for _ in range(20)))
    await carrier.close()

    assert (len(clerk.taken), len(clerk.lines)) == (20, connections)


@pytest.mark.usefixtures("office")
async def test_letters_leave_no_faster_than_was_agreed(port: int, clerk: Clerk) -> None:
    carrier = Postman(SmtpServer("127.0.0.1", port), per_second=20)
    began = time.monotonic()

    await asyncio.gather(*(carrier.deliver(letter()) for _ in range(7)))
    await carrier.close()

    assert time.monotonic() - began >= 6 / 20
    assert len(clerk.taken) == 7


async def test_a_server_that_turns_us_away_is_left_in_peace_for_longer_each_time(
    postman: Postman,
) -> None:
    rests = []
    for _ in range(8):
        with pytest.raises(TurnedAway):
            await postman.deliver(letter())
        rests.append(round(postman.rests))
        postman._rests_until = 0.0

    assert rests == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_letters_turned_away_together_count_once(postman: Postman) -> None:
    sent = (postman.deliver(letter()) for _ in range(4))
    await asyncio.gather(*sent, return_exceptions=True)

    assert round(postman.rests) == 1


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("where", "answer", "is_about_us"),
    [
        ("MAIL", "421 too busy", True),
        ("MAIL", "451 try again later", True),
        ("RCPT", "421 too busy", True),
        ("RCPT", "450 greylisted", False),
        ("RCPT", "550 unknown", False),
        ("DATA", "452 too much mail", False),
    ],
)
async def test_only_what_is_said_to_us_is_taken_as_said_to_us(
    postman: Postman, clerk: Clerk, where: str, answer: str, is_about_us: bool
) -> None:
    clerk.answers[where] = answer

    with pytest.raises((Unavailable, Refused)) as trouble:
        await postman.deliver(letter())

    assert isinstance(trouble.value, TurnedAway) == is_about_us
    assert postman.is_doubtful == is_about_us
    assert bool(postman.rests) == is_about_us


@pytest.mark.usefixtures("office")
async def test_one_letter_that_leaves_ends_the_doubt(postman: Postman, clerk: Clerk) -> None:
    clerk.answers["MAIL"] = "421 too busy"
    with pytest.raises(TurnedAway):
        await postman.deliver(letter())
    clerk.answers = dict(NAMES)

    await postman.deliver(letter())

    assert not postman.is_doubtful
