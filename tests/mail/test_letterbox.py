"""The letterbox: a real Maildir, and a mailbox on a real IMAP server."""

import asyncio
import contextlib
import imaplib
import mailbox
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mail import letterbox as room
from mail.letterbox import Handle, ImapLetterbox, ImapServer, Letterbox, MaildirLetterbox
from mail.returned import READ_AT_MOST
from tests.mail.imap_office import (
    HERE,
    PASSWORD,
    USER,
    Certificate,
    a_certificate,
    at_the_counter,
    behind_tls,
    deliver,
    found,
    free_port,
    mute_after,
    open_office,
)


async def all_in(letterbox: Letterbox) -> list[tuple[Handle, bytes]]:
    return [one async for one in letterbox.unread()]


async def contents(letterbox: Letterbox) -> list[bytes]:
    return [content.replace(b"\r\n", b"\n") for _, content in await all_in(letterbox)]


def a_message(words: str) -> bytes:
    return f"Subject: {words}\n\n{words}\n".encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mailbox.Maildir(tmp_path / "post", create=True)
    return tmp_path / "post"


def put_in(folder: Path, *messages: bytes) -> None:
    box = mailbox.Maildir(folder)
    for message in messages:
        box.add(message)


def marks_in(folder: Path) -> list[tuple[str, str]]:
    """Where every message is, and its marks."""
    return sorted((m.get_subdir(), m.get_flags()) for m in mailbox.Maildir(folder))


async def test_maildir_gives_what_is_new_until_it_is_put_away(folder: Path) -> None:
    put_in(folder, a_message("one"), a_message("two"))
    letterbox = MaildirLetterbox(folder)

    first, second = await all_in(letterbox)
    await letterbox.put_away(first[0], flagged=False)

    assert {first[1], second[1]} == {a_message("one"), a_message("two")}
    assert await all_in(letterbox) == [second]
    assert marks_in(folder) == [("cur", "S"), ("new", "")]
    await letterbox.put_away(second[0], flagged=True)
    assert marks_in(folder) == [("cur", "FS"), ("cur", "S")]
    assert await all_in(letterbox) == []


async def test_maildir_keeps_marks_of_others_and_gives_what_they_only_passed_by(
    folder: Path,
) -> None:
    box = mailbox.Maildir(folder)
    passed, seen = mailbox.MaildirMessage(a_message("x")), mailbox.MaildirMessage(a_message("y"))
    for message, flags in ((passed, "T"), (seen, "RS")):
        message.set_subdir("cur")
        message.set_flags(flags)
        box.add(message)
    letterbox = MaildirLetterbox(folder)

    [(handle, content)] = await all_in(letterbox)
    await letterbox.put_away(handle, flagged=True)

    assert content == a_message("x")
    assert marks_in(folder) == [("cur", "FST"), ("cur", "RS")]


async def test_maildir_puts_away_again_what_was_put_away_or_removed(folder: Path) -> None:
    put_in(folder, a_message("one"))
    letterbox = MaildirLetterbox(folder)
    [(handle, _)] = await all_in(letterbox)

    await letterbox.put_away(handle, flagged=False)
    await letterbox.put_away(handle, flagged=True)

    assert marks_in(folder) == [("cur", "S")]


async def test_maildir_does_without_a_message_that_vanishes(folder: Path) -> None:
    put_in(folder, a_message("one"), a_message("two"))
    reading = MaildirLetterbox(folder).unread()

    await anext(reading)
    for file in (folder / "new").iterdir():
        file.unlink()

    assert [one async for one in reading] == []


async def test_maildir_reads_no_more_than_the_beginning(folder: Path) -> None:
    put_in(folder, b"Subject: long\n\n" + b"x" * (READ_AT_MOST * 2))

    [(_, content)] = await all_in(MaildirLetterbox(folder))

    assert len(content) == READ_AT_MOST


async def test_maildir_passes_over_what_is_no_message(folder: Path) -> None:
    (folder / "new" / ".nfs000").write_bytes(b"x")

    assert await all_in(MaildirLetterbox(folder)) == []


async def test_maildir_gives_the_others_when_one_cannot_be_read(folder: Path) -> None:
    (folder / "new" / "0.folder").mkdir()
    put_in(folder, a_message("one"))

    with capture_logs() as logs:
        assert await contents(MaildirLetterbox(folder)) == [a_message("one")]

    # A courier of other tests may be at work beside this one, and say so.
    said = [line["event"] for line in logs if line["event"].startswith("returned")]
    assert said == ["returned-message-not-readable"]


async def test_maildir_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await all_in(MaildirLetterbox(tmp_path / "nowhere"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return a_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def office(port: int, certificate: Certificate) -> Iterator[None]:
    with open_office(port, certificate):
        yield


@pytest.fixture
async def letterbox(port: int, certificate: Certificate) -> AsyncIterator[ImapLetterbox]:
    letterbox = a_letterbox(port, certificate)
    yield letterbox
    await letterbox.close()


def a_letterbox(
    port: int, certificate: Certificate, *, password: str = PASSWORD, folder: str = "INBOX"
) -> ImapLetterbox:
    server = ImapServer(HERE, port, USER, password, folder, tls="starttls")
    return ImapLetterbox(server, certificate.trusted())


@pytest.mark.usefixtures("office")
async def test_imap_gives_what_is_unseen_until_it_is_put_away(
    letterbox: ImapLetterbox, port: int
) -> None:
    assert await all_in(letterbox) == []
    deliver(port, a_message("one"), a_message("two"))

    first, second = await all_in(letterbox)
    assert found(port, "UNSEEN") == 2
    await letterbox.put_away(first[0], flagged=False)

    assert await all_in(letterbox) == [second]
    assert (found(port, "SEEN"), found(port, "FLAGGED")) == (1, 0)
    await letterbox.put_away(second[0], flagged=True)
    await letterbox.put_away(second[0], flagged=True)
    assert await all_in(letterbox) == []
    assert (found(port, "SEEN"), found(port, "FLAGGED")) == (2, 1)
    assert second[1].replace(b"\r\n", b"\n") == a_message("two")


@pytest.mark.usefixtures("office")
async def test_imap_is_spoken_behind_a_door_that_is_encrypted_from_the_start(
    port: int, certificate: Certificate
) -> None:
    deliver(port, a_message("one"))
    async with behind_tls(port, certificate) as door:
        server = ImapServer(HERE, door, USER, PASSWORD)
        letterbox = ImapLetterbox(server, certificate.trusted())

        assert await contents(letterbox) == [a_message("one")]
        await letterbox.close()


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("door", ["starttls", "tls"])
async def test_imap_server_nobody_vouches_for_gets_no_password(
    port: int, certificate: Certificate, door: str
) -> None:
    async with behind_tls(port, certificate) as encrypted:
        server = (
            ImapServer(HERE, port, USER, PASSWORD, tls="starttls")
            if door == "starttls"
            else ImapServer(HERE, encrypted, USER, PASSWORD)
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            await all_in(ImapLetterbox(server))


async def test_imap_server_without_encryption_gets_no_password(
    letterbox: ImapLetterbox, port: int
) -> None:
    heard: list[bytes] = []
    async with mute_after([b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done"], port, heard):
        with pytest.raises(imaplib.IMAP4.error):
            await all_in(letterbox)

    assert [line.split(b" ", 1)[1] for line in heard if line] == [b"CAPABILITY\r\n"]


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("wrong", ["password", "folder"])
async def test_imap_refusals_do_not_repeat_the_password(
    port: int, certificate: Certificate, wrong: str
) -> None:
    given = {"password": "hunter2"} if wrong == "password" else {"folder": 'no "such" folder'}
    letterbox = a_letterbox(port, certificate, **given)

    with pytest.raises(imaplib.IMAP4.error) as told:
        await all_in(letterbox)

    assert "hunter2" not in repr(told.value)
    assert PASSWORD not in repr(told.value)
    assert PASSWORD not in repr(ImapServer(HERE, port, USER, PASSWORD))


async def test_imap_server_that_was_restarted_is_called_again(
    letterbox: ImapLetterbox, port: int, certificate: Certificate
) -> None:
    with open_office(port, certificate):
        deliver(port, a_message("before"))
        [(old, _)] = await all_in(letterbox)
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        await all_in(letterbox)
    with pytest.raises(OSError, match="refused"):
        await all_in(letterbox)
    with open_office(port, certificate):
        deliver(port, a_message("after"))
        # The server counts anew: the old number may be another message's by now.
        await letterbox.put_away(old, flagged=False)

        assert await contents(letterbox) == [a_message("after")]


@pytest.mark.usefixtures("office")
async def test_imap_does_without_a_message_that_vanishes(
    letterbox: ImapLetterbox, port: int
) -> None:
    deliver(port, a_message("one"), a_message("two"))
    reading = letterbox.unread()
    handle, _ = await anext(reading)
    with at_the_counter(port) as line:
        line.store("1:*", "+FLAGS", r"(\Deleted)")
        line.expunge()
    # A server may go on showing what was there when the line was opened.
    await letterbox.close()

    assert [one async for one in reading] == []
    await letterbox.put_away(handle, flagged=False)


@pytest.mark.usefixtures("office")
async def test_imap_reads_no_more_than_the_beginning(letterbox: ImapLetterbox, port: int) -> None:
    deliver(port, b"Subject: long\n\n" + b"x" * (READ_AT_MOST * 2))

    [(_, content)] = await all_in(letterbox)

    assert len(content) == READ_AT_MOST


async def test_imap_server_that_falls_silent_holds_nobody_up_who_leaves(
    port: int, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PATIENCE_AT_THE_DOOR", 0.2)
    letterbox, heard = a_letterbox(port, certificate), list[bytes]()
    async with mute_after([b"* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done"], port, heard):
        waiting = asyncio.create_task(all_in(letterbox))
        while not heard:
            await asyncio.sleep(0.01)
        waiting.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await letterbox.close()

    assert time.monotonic() - began < 1


@pytest.mark.usefixtures("office")
async def test_imap_question_that_is_given_up_leaves_no_answer_for_the_next(
    letterbox: ImapLetterbox, port: int
) -> None:
    deliver(port, *(a_message(str(n)) for n in range(3)))
    await all_in(letterbox)
    for seconds in (0, 0.001, 0.003, 0.01, 0.03):
        asking = asyncio.create_task(all_in(letterbox))
        await asyncio.sleep(seconds)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking

    assert await contents(letterbox) == [a_message(str(n)) for n in range(3)]
