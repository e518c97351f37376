"""What a mobility does besides Temporal, done as barely as can be: letters posted, papers drawn.

The letters are one short text over ten kept connections, the papers one certificate with nothing
read from anywhere: whatever is left between this and a mobility is what the product itself costs.
"""

import asyncio
from datetime import date, timedelta
from email.message import EmailMessage
from email.policy import SMTP as WIRE

import aiosmtplib

from documents.certificate import draw_certificate
from domain.facts import OrganisationId, Reference
from domain.papers import CertificatePaper, NamedPerson
from domain.people import Organisation
from domain.request import Activity

CONNECTIONS = 10
WORDS = "A letter of about as many words as ours. " * 18


def bare_letter(n: int) -> EmailMessage:
    """Text and HTML of about the length of ours, always the same."""
    message = EmailMessage(policy=WIRE)
    message["From"], message["To"] = "Bare pool <bare@localhost>", f"Reader {n} <r{n}@localhost>"
    message["Subject"], message["Message-ID"] = f"Letter {n}", f"<{n}@bare.localhost>"
    message.set_content(WORDS, cte="quoted-printable")
    message.add_alternative(f"<p>{WORDS}</p>", subtype="html", cte="quoted-printable")
    return message


class Outward:
    """Posts letters and draws papers for the barest workflow."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lines: asyncio.Queue[aiosmtplib.SMTP] = asyncio.Queue()

    async def open(self) -> None:
        """Keep connections to the mail server."""
        for _ in range(CONNECTIONS):
            line = aiosmtplib.SMTP(hostname="127.0.0.1", port=self._port)
            await line.connect()
            self._lines.put_nowait(line)

    async def post(self, letters: int) -> None:
        """Hand over so many letters."""
        for n in range(letters):
            line = await self._lines.get()
            try:
                await line.send_message(bare_letter(n))
            finally:
                self._lines.put_nowait(line)

    async def draw(self) -> None:
        """Draw one paper, beside whatever else goes on."""
        await asyncio.to_thread(draw_certificate, _PAPER)


def _organisation(name: str) -> Organisation:
    return Organisation(
        id=OrganisationId(name), name=name, city="Borås", region="Västra Götaland", country="SE",
        zone="Europe/Stockholm",
    )  # fmt: skip


_FIRST = date(2027, 5, 4)
_PAPER = CertificatePaper(
    reference=Reference("M-2027-0001"), issued_on=_FIRST + timedelta(days=3),
    participant=NamedPerson(name="Frida", profile="outreach"), title="A visit",
    activity=Activity.JOB_SHADOWING,
    sending=_organisation("Sending"), receiving=_organisation("Receiving"),
    receiving_coordinator=NamedPerson(name="Ana", profile=""),
    days=tuple(_FIRST + timedelta(days=n) for n in range(3)),
    objectives=("See how it is done",),
)  # fmt: skip
