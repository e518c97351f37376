"""A mail server that delivers nothing: every letter ends in one folder, as a file to open.

Run as ``python -m local.mail_catcher PORT FOLDER``.
"""

import asyncio
import signal
import sys
from pathlib import Path

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP


async def catch(port: int, folder: Path) -> None:
    """Take letters in on loopback until asked to stop."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    catcher = Mailbox(folder)
    server = await loop.create_server(
        lambda: SMTP(catcher, enable_SMTPUTF8=True), "127.0.0.1", port
    )
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(catch(int(sys.argv[1]), Path(sys.argv[2])))
