"""A mail server that delivers nothing: every letter ends in one folder, as a file to open.

Run as ``python -m local.mail_catcher PORT FOLDER``.
"""

import asyncio
import signal
import sys
from mailbox import Maildir
from pathlib import Path

import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session


class Catcher:
    """Puts every letter into the folder as it came: reading it is for whoever opens it."""

    def __init__(self, folder: Path) -> None:
        self._letters = Maildir(folder)

    async def handle_DATA(self, _server: SMTP, _session: Session, letter: Envelope) -> str:  # noqa: N802 - the library's name
        """Take a letter in."""
        self._letters.add(letter.content or b"")
        return "250 OK"


async def catch(port: int, folder: Path) -> None:
    """Take letters in on loopback until asked to stop."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    catcher = Catcher(folder)
    server = await loop.create_server(
        lambda: SMTP(catcher, enable_SMTPUTF8=True), "127.0.0.1", port
    )
    async with server:
        await stop.wait()


if __name__ == "__main__":
    uvloop.run(catch(int(sys.argv[1]), Path(sys.argv[2])))
