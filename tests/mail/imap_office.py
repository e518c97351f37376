"""A real IMAP server of the test, behind both kinds of encrypted doors."""

import asyncio
import imaplib
import ipaddress
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "office@mobility.example", 'l"ö\\sen 7%'
HERE = "127.0.0.1"


class Certificate(NamedTuple):
    """What a server shows, and the key to it."""

    shown: Path
    key: Path

    def trusted(self) -> ssl.SSLContext:
        """The trust of somebody who knows this server."""
        return ssl.create_default_context(cafile=str(self.shown))

    def served(self) -> ssl.SSLContext:
        """The server's own side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.shown, self.key)
        return context


def a_certificate(folder: Path) -> Certificate:
    """A certificate for this machine that nobody has vouched for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HERE)])
    today = datetime.now(UTC)
    shown = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    files = Certificate(folder / "shown.pem", folder / "key.pem")
    files.shown.write_bytes(shown.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind((HERE, 0))
        return int(free.getsockname()[1])


@contextmanager
def open_office(port: int, certificate: Certificate) -> Iterator[None]:
    """The server at work, with a mailbox that is empty and forgotten afterwards."""
    program = Path(sys.executable).parent / "pymap"
    command = [
        str(program), "--host", HERE, "--port", str(port), "--cert", str(certificate.shown),
        "--key", str(certificate.key), "dict", "--demo-data", "--demo-user", USER,
        "--demo-password", PASSWORD,
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _answers(port)
            with at_the_counter(port) as line:
                line.store("1:*", "+FLAGS", r"(\Deleted)")
                line.expunge()
            yield
        finally:
            server.terminate()


def _answers(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            imaplib.IMAP4(HERE, port, timeout=5).logout()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("The IMAP server does not start.")


@contextmanager
def at_the_counter(port: int) -> Iterator[imaplib.IMAP4]:
    """The mailbox as its owner sees it, without encryption on this machine."""
    with imaplib.IMAP4(HERE, port, timeout=5) as line:
        line.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        line.select("INBOX")
        yield line


def deliver(port: int, *messages: bytes) -> None:
    """Put messages into the mailbox."""
    with at_the_counter(port) as line:
        for message in messages:
            line.append("INBOX", "", "", message)


def found(port: int, question: str) -> int:
    """How many messages of the mailbox are of this kind."""
    with at_the_counter(port) as line:
        return len(line.search(None, question)[1][0].split())


@asynccontextmanager
async def behind_tls(port: int, certificate: Certificate) -> AsyncIterator[int]:
    """The same server behind a door that is encrypted from the first byte on."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(HERE, port)
        await asyncio.gather(carry(reader, inner_writer), carry(inner_reader, writer))

    door = free_port()
    async with await asyncio.start_server(visit, HERE, door, ssl=certificate.served()):
        yield door


@asynccontextmanager
async def mute_after(words: list[bytes], port: int, heard: list[bytes]) -> AsyncIterator[None]:
    """A server that greets, gives these answers, one per line heard, and then says nothing more."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK hello\r\n")
        for word in words:
            line = await reader.readline()
            heard.append(line)
            writer.write(word.replace(b"TAG", line.split(b" ", 1)[0]) + b"\r\n")
        heard.append(await reader.read())
        writer.close()

    async with await asyncio.start_server(talk, HERE, port):
        yield
