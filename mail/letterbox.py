"""Where returned post arrives, and how one message after another is taken out of it.

A message is put away only after it was dealt with. Whoever stops between the two finds it again, so
dealing with it twice has to be harmless. Messages that are foreign but may be meant for people are
put away with a flag, so that whoever looks into the letterbox finds them.
"""

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from socket import SHUT_RDWR
from typing import Literal, NewType, Protocol, TypeVar

import structlog

from mail.returned import READ_AT_MOST

log = structlog.get_logger()

Handle = NewType("Handle", str)
"""Names a message in its letterbox."""
T = TypeVar("T")
S = TypeVar("S")

PATIENCE_AT_THE_DOOR = 10.0
"""Seconds for each answer of an IMAP server until we are in; stopping may have to wait for that."""
PATIENCE = 60.0
"""Seconds for each answer after that."""


class Letterbox(Protocol):
    """Where returned post arrives."""

    def unread(self) -> AsyncGenerator[tuple[Handle, bytes], None]:
        """Every message nobody has dealt with yet; of a long one its beginning."""

    async def put_away(self, handle: Handle, *, flagged: bool) -> None:
        """Mark a message as dealt with; once more, or after it was removed, does nothing."""

    async def close(self) -> None:
        """Let go of it."""


class MaildirLetterbox:
    """A Maildir: a file for each message, its marks at the end of the file's name.

    Putting away is one renaming, so a message is never half put away. The standard library's
    ``mailbox`` would write the whole message anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def unread(self) -> AsyncGenerator[tuple[Handle, bytes], None]:
        """Every message that is not marked as seen, the oldest first."""
        for file in await asyncio.to_thread(_unseen_files, self._folder):
            content = await asyncio.to_thread(_beginning, file)
            if content is not None:
                yield Handle(str(file.relative_to(self._folder))), content

    async def put_away(self, handle: Handle, *, flagged: bool) -> None:
        """Mark a message as seen, where mail programs look for those."""
        file = self._folder / handle
        name, _, marks = file.name.partition(":2,")
        # The marks stand in the order of the alphabet.
        wanted = "".join(sorted({*marks, *("FS" if flagged else "S")}))
        with contextlib.suppress(FileNotFoundError):
            await asyncio.to_thread(file.rename, self._folder / "cur" / f"{name}:2,{wanted}")

    async def close(self) -> None:
        """Nothing is held open."""


def _unseen_files(folder: Path) -> list[Path]:
    # Programs that look into a Maildir move what is new without having shown it to anybody.
    new, looked_at = (folder / "new").iterdir(), (folder / "cur").iterdir()
    files = [*new, *(f for f in looked_at if "S" not in f.name.partition(":2,")[2])]
    return sorted((f for f in files if not f.name.startswith(".")), key=lambda f: f.name)


def _beginning(file: Path) -> bytes | None:
    """The beginning of a message; none where it was removed meanwhile or cannot be read."""
    try:
        with file.open("rb") as content:
            return content.read(READ_AT_MOST)
    except FileNotFoundError:
        return None
    except OSError as trouble:
        log.warning("returned-message-not-readable", error=type(trouble).__name__)
        return None


@dataclass(frozen=True)
class ImapServer:
    """A mailbox on an IMAP server. The line is always encrypted."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    tls: Literal["starttls", "tls"] = "tls"


class ImapLetterbox:
    """A mailbox on an IMAP server, over a line that is kept open.

    After any trouble the line is closed, and the next question opens another. One thread asks all
    questions, one after another.
    """

    def __init__(self, server: ImapServer, trusted: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._trusted = trusted or ssl.create_default_context()
        self._line: imaplib.IMAP4 | None = None
        self._thread = ThreadPoolExecutor(1, "letterbox")

    async def unread(self) -> AsyncGenerator[tuple[Handle, bytes], None]:
        """Every message that is not marked as seen; looking does not mark it."""
        for handle in await self._ask(_unseen):
            content = await self._ask(partial(_fetch, handle=handle))
            if content is not None:
                yield handle, content

    async def put_away(self, handle: Handle, *, flagged: bool) -> None:
        """Mark a message as seen."""
        marks = r"(\Seen \Flagged)" if flagged else r"(\Seen)"
        await self._ask(partial(_mark, handle=handle, marks=marks))

    async def close(self) -> None:
        """Break the line off: nothing is lost, since every mark is made at once."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._hang_up)

    async def _ask(self, question: Callable[[imaplib.IMAP4], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._ask_on_open_line, question)
        except asyncio.CancelledError:
            # The thread may still be listening: this wakes it.
            if line := self._line:
                with contextlib.suppress(OSError):
                    line.sock.shutdown(SHUT_RDWR)
            self._thread.submit(self._hang_up)
            raise

    def _ask_on_open_line(self, question: Callable[[imaplib.IMAP4], T]) -> T:
        if self._line is None:
            self._line = _dial(self._server, self._trusted)
        try:
            return question(self._line)
        except BaseException:
            # After trouble nobody knows what the next answer on this line belongs to.
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            _hang_up(line)


def _dial(server: ImapServer, trusted: ssl.SSLContext) -> imaplib.IMAP4:
    """Open a line to the mailbox."""
    line = _call(server, trusted)
    try:
        _introduce(line, server)
        name = server.folder.replace("\\", r"\\").replace('"', r"\"")
        _said(line.select(f'"{name}"'))
        line.sock.settimeout(PATIENCE)
    except BaseException:
        _hang_up(line)
        raise
    return line


def _call(server: ImapServer, trusted: ssl.SSLContext) -> imaplib.IMAP4:
    if server.tls == "tls":
        return imaplib.IMAP4_SSL(
            server.host, server.port, ssl_context=trusted, timeout=PATIENCE_AT_THE_DOOR
        )
    line = imaplib.IMAP4(server.host, server.port, timeout=PATIENCE_AT_THE_DOOR)
    try:
        line.starttls(trusted)
    except BaseException:
        _hang_up(line)
        raise
    return line


def _hang_up(line: imaplib.IMAP4) -> None:
    with contextlib.suppress(OSError):
        line.shutdown()


def _introduce(line: imaplib.IMAP4, server: ImapServer) -> None:
    """Say who we are: in one word that can hold any sign, where the server takes it."""
    if "AUTH=PLAIN" in line.capabilities:
        word = f"\0{server.user}\0{server.password}".encode()
        _said(line.authenticate("PLAIN", lambda _: word))
    else:
        _said(line.login(server.user, server.password))


def _said(answer: tuple[str, S]) -> S:
    """What the server said, if it was a yes."""
    kind, said = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(f"the server said {kind}")
    return said


def _age(line: imaplib.IMAP4) -> str:
    """Which count of messages the server is at; their numbers mean nothing in another."""
    known = line.untagged_responses.get("UIDVALIDITY", [b""])[-1]
    return known.decode("ascii", "replace") if isinstance(known, bytes) else ""


def _unseen(line: imaplib.IMAP4) -> list[Handle]:
    _said(line.noop())
    found = _said(line.uid("SEARCH", "UNSEEN"))
    numbers = b" ".join(part for part in found if isinstance(part, bytes)).decode("ascii").split()
    return [Handle(f"{_age(line)}/{number}") for number in numbers]


def _number(line: imaplib.IMAP4, handle: Handle) -> str | None:
    age, _, number = handle.partition("/")
    return number if age == _age(line) else None


def _fetch(line: imaplib.IMAP4, handle: Handle) -> bytes | None:
    """The beginning of a message; none where it was removed meanwhile or cannot be read."""
    number = _number(line, handle)
    if number is None:
        return None
    kind, parts = line.uid("FETCH", number, f"(BODY.PEEK[]<0.{READ_AT_MOST}>)")
    if kind != "OK":
        # Of this message only: the others can be had.
        log.warning("returned-message-not-readable", error=kind)
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


def _mark(line: imaplib.IMAP4, handle: Handle, marks: str) -> None:
    number = _number(line, handle)
    if number is not None:
        _said(line.uid("STORE", number, "+FLAGS.SILENT", marks))
