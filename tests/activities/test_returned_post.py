"""Returned post from a real Maildir to a ledger and a mobility that remember what they are told."""

import asyncio
import mailbox
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from activities import returned_post as room
from activities.returned_post import (
    LetterReturned,
    NotedLetter,
    ReturnedPost,
    ReturnReason,
    returned_post_at_work,
)
from domain.facts import PersonId, Reference
from mail.letterbox import Handle, MaildirLetterbox
from mail.returned import canonical
from tests.mail import returned_samples as samples
from tests.mail.returned_samples import ANA, DOMAIN, OURS, complaint, fields, letter, plain, postfix

ANAS = NotedLetter(
    reference=Reference("M-2027-0001"), person=PersonId("soc-coordinator"), key="M-2027-0001/3"
)
UNSUBSCRIBE = plain(f"unsubscribe {OURS[1:].partition('@')[0]}")


@dataclass
class Book:
    """A ledger of one letter, which went to Ana."""

    noted: list[str] = field(default_factory=list)
    trouble: Exception | None = None

    async def bounced(
        self, message_id: str, recipient: str, remark: str, *, is_about_address: bool
    ) -> NotedLetter | None:
        assert is_about_address
        return self._note(f"bounced: {remark}", message_id, recipient)

    async def complained(self, message_id: str, recipient: str, remark: str) -> NotedLetter | None:
        return self._note(f"complained: {remark}", message_id, recipient)

    async def unsubscribed(
        self, message_id: str, recipient: str, remark: str
    ) -> NotedLetter | None:
        return self._note(f"unsubscribed: {remark}", message_id, recipient)

    def _note(self, what: str, message_id: str, recipient: str) -> NotedLetter | None:
        if self.trouble:
            raise self.trouble
        if (message_id, recipient) != (OURS, canonical(ANA)):
            return None
        if what not in self.noted:
            self.noted.append(what)
        return ANAS


@dataclass
class Told:
    """What mobilities were told."""

    heard: list[LetterReturned] = field(default_factory=list)
    trouble: Exception | None = None

    async def tell(self, returned: LetterReturned) -> None:
        if self.trouble:
            raise self.trouble
        self.heard.append(returned)

    @property
    def reasons(self) -> list[ReturnReason]:
        assert all(returned.letter == ANAS for returned in self.heard)
        return [returned.why for returned in self.heard]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mailbox.Maildir(tmp_path / "post", create=True)
    return tmp_path / "post"


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def reader(folder: Path, book: Book, told: Told) -> ReturnedPost:
    return ReturnedPost(MaildirLetterbox(folder), book, told.tell, DOMAIN)


def put_in(folder: Path, *messages: bytes) -> None:
    box = mailbox.Maildir(folder)
    for message in messages:
        box.add(message)


def marks_in(folder: Path) -> list[str]:
    """The marks of every message; unread ones have none."""
    return sorted(message.get_flags() for message in mailbox.Maildir(folder))


@pytest.mark.parametrize(
    ("message", "reason", "noted"),
    [
        (samples.exim(), ReturnReason.BOUNCED, "bounced: failed 5.0.0: smtp; 550 5.1.1 Mailbox "),
        (complaint(), ReturnReason.COMPLAINED, "complained: abuse"),
        (UNSUBSCRIBE, ReturnReason.UNSUBSCRIBED, "unsubscribed: unsubscribe"),
    ],
)
async def test_ledger_notes_what_came_back_and_the_mobility_is_told(
    reader: ReturnedPost, folder: Path, book: Book, told: Told, message: bytes,
    reason: ReturnReason, noted: str,
) -> None:  # fmt: skip
    put_in(folder, message)

    assert await reader.read_all() == 1

    assert told.reasons == [reason]
    assert [line.startswith(noted) for line in book.noted] == [True]
    assert marks_in(folder) == ["S"]
    assert await reader.read_all() == 0


@pytest.mark.parametrize(
    "message",
    [
        postfix(fields(action="delayed", status="4.4.1")),
        postfix(fields(action="relayed", status="2.0.0")),
        postfix(fields("somebody.else@soc.example")),
        postfix(returned=letter(message_id=f"<ffffffffffffffffffffffffffffffff@{DOMAIN}>")),
        postfix(returned=letter(message_id=OURS.replace(DOMAIN, "elsewhere.example"))),
        complaint(to="Original-Rcpt-To: <redacted@provider.example>\n"),
        plain("unsubscribe ffffffffffffffffffffffffffffffff", head="X: y\n"),
        UNSUBSCRIBE.replace(ANA.encode(), b"evil@x.example"),
        plain("Out of office", head="Auto-Submitted: auto-replied\n"),
    ],
)
async def test_late_forged_and_foreign_post_changes_nothing_and_is_put_away(
    reader: ReturnedPost, folder: Path, book: Book, told: Told, message: bytes
) -> None:
    put_in(folder, message)

    await reader.read_all()

    assert (book.noted, told.heard, marks_in(folder)) == ([], [], ["S"])


async def test_what_people_may_have_written_is_flagged_for_people(
    reader: ReturnedPost, folder: Path
) -> None:
    put_in(folder, plain("Re: The agreement is ready to sign"), b"\xff\0 broken")

    await reader.read_all()

    assert marks_in(folder) == ["FS", "FS"]


async def test_one_report_about_several_letters_recipients_finds_the_right_one(
    reader: ReturnedPost, folder: Path, told: Told
) -> None:
    put_in(folder, postfix(fields("other@x.example"), fields(), fields("third@x.example")))

    await reader.read_all()

    assert told.reasons == [ReturnReason.BOUNCED]


async def test_who_stops_before_putting_away_does_it_again_without_harm(
    reader: ReturnedPost, folder: Path, book: Book, told: Told
) -> None:
    put_in(folder, samples.gmail())
    told.trouble = ConnectionError("Temporal is away")

    assert await reader.read_all() == 0
    assert (len(book.noted), told.heard, marks_in(folder)) == (1, [], [""])
    told.trouble = None
    assert await reader.read_all() == 1

    assert len(book.noted) == 1
    assert told.reasons == [ReturnReason.BOUNCED]
    assert marks_in(folder) == ["S"]


async def test_trouble_with_one_message_does_not_keep_the_others(
    reader: ReturnedPost, folder: Path, book: Book, told: Told
) -> None:
    put_in(folder, samples.gmail(), plain("Re: hello"), samples.postfix())
    book.trouble = LookupError(f"row of {ANA}")

    with capture_logs() as logs:
        assert await reader.read_all() == 1

    assert marks_in(folder) == ["", "", "FS"]
    assert [line["event"] for line in logs].count("returned-message-not-handled") == 2
    book.trouble = None
    assert await reader.read_all() == 2
    assert told.reasons == [ReturnReason.BOUNCED] * 2


async def test_logs_hold_no_personal_data(reader: ReturnedPost, folder: Path) -> None:
    put_in(
        folder, samples.exchange(), complaint(), UNSUBSCRIBE, plain(f"Ana {ANA}"),
        postfix(fields("other@x.example", action="delayed", status="4.4.1")),
    )  # fmt: skip

    with capture_logs() as logs:
        await reader.read_all()

    assert len(logs) == 5
    assert "@" not in str(logs)
    assert "caceres" not in str(logs).casefold()


class Shut(MaildirLetterbox):
    """A letterbox that cannot be reached the first few times."""

    def __init__(self, folder: Path, times: int) -> None:
        super().__init__(folder)
        self.tries, self.times, self.closed = 0, times, False

    async def unread(self) -> AsyncGenerator[tuple[Handle, bytes], None]:
        self.tries += 1
        if self.tries <= self.times:
            raise ConnectionError("no way in")
        async for one in super().unread():
            yield one

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LOOK_SECONDS", 0.01)


@pytest.mark.usefixtures("_quick")
async def test_reader_at_work_outlives_a_letterbox_that_cannot_be_reached(
    folder: Path, book: Book, told: Told
) -> None:
    letterbox = Shut(folder, times=3)
    reader = ReturnedPost(letterbox, book, told.tell, DOMAIN)

    async with returned_post_at_work(reader):
        put_in(folder, samples.postfix())
        async with asyncio.timeout(5):
            while not told.heard:
                await asyncio.sleep(0.01)
            put_in(folder, complaint())
            while len(told.heard) < 2:
                await asyncio.sleep(0.01)

    assert letterbox.closed
    assert told.reasons == [ReturnReason.BOUNCED, ReturnReason.COMPLAINED]


async def test_letterbox_is_looked_into_at_once_when_something_was_in_it(
    folder: Path, book: Book, told: Told
) -> None:
    letterbox = Shut(folder, times=0)
    put_in(folder, samples.postfix())

    async with returned_post_at_work(ReturnedPost(letterbox, book, told.tell, DOMAIN)):
        async with asyncio.timeout(5):
            while letterbox.tries < 2:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)

    # After the second, empty look it waits half a minute.
    assert letterbox.tries == 2


async def test_message_that_cannot_be_handled_is_not_tried_without_a_pause(
    folder: Path, book: Book, told: Told
) -> None:
    letterbox, book.trouble = Shut(folder, times=0), LookupError()
    put_in(folder, samples.postfix())

    async with returned_post_at_work(ReturnedPost(letterbox, book, told.tell, DOMAIN)):
        await asyncio.sleep(0.2)

    assert letterbox.tries == 1


@pytest.mark.parametrize(
    ("in_vain", "seconds"), [(0, 30), (1, 30), (2, 60), (3, 120), (6, 900), (10_000, 900)]
)
def test_a_letterbox_that_cannot_be_reached_is_left_alone_for_longer(
    in_vain: int, seconds: float
) -> None:
    assert room._pause(in_vain) == seconds
