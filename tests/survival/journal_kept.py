"""What a disturbed journey is held against: the journal of one that nothing disturbed."""

import mailbox
import re
from collections import Counter
from email.parser import BytesHeaderParser
from email.policy import default
from itertools import groupby
from pathlib import Path

from domain.events import Entry
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.journal import read_journal
from store.ledger import read_letters

_OWN = re.compile(r"M-\d{4}-\d+|\b[0-9a-f]{16,64}\b|T\d\d:\d\d:\d\d[.\d]*(?:Z|\+00:00)")
"""What differs from one mobility to the next: reference, hashes, the second of the day."""


async def what_happened(desk: FrontDesk, rehearsal: Rehearsal) -> list[str]:
    """Every entry without what is its own, in order.

    Grant and agenda go on beside each other, and either may be first: there the order holds within
    each of the two.
    """
    lines = await read_journal(desk.store.engine, rehearsal.reference)
    told: list[str] = []
    for is_beside, run in groupby((line.entry for line in lines), lambda e: bool(_branch(e))):
        entries = list(run)
        told += map(_without_its_own, sorted(entries, key=_branch) if is_beside else entries)
    return told


def _branch(entry: Entry) -> str:
    """Grant or agenda, where an entry belongs to one of them; nothing where all wait for it."""
    about = str(entry.facts.get("asked", "")) if entry.kind == "PersonReminded" else entry.kind
    if about.lower().startswith(("grant", "instalment")):
        return "grant"
    return "agenda" if about.lower().startswith("agenda") else ""


def _without_its_own(entry: Entry) -> str:
    return _OWN.sub("…", entry.model_dump_json(exclude={"n", "at"}))


async def letters_meant(desk: FrontDesk, rehearsal: Rehearsal) -> Counter[tuple[str, str, int]]:
    """Every letter by purpose, person and ordinal."""
    letters = await read_letters(desk.store.engine, rehearsal.reference)
    return Counter((x.order.purpose, _OWN.sub("…", x.order.to), x.order.ordinal) for x in letters)


async def letters_caught(desk: FrontDesk, rehearsal: Rehearsal, folder: Path) -> Counter[str]:
    """How often the mail server took each letter of this mobility, by Message-ID."""
    own = {x.message_id for x in await read_letters(desk.store.engine, rehearsal.reference)}
    box = mailbox.Maildir(str(folder), create=False)
    parser = BytesHeaderParser(policy=default)
    ids = [parser.parsebytes(box.get_bytes(key))["Message-ID"] for key in box.iterkeys()]
    return Counter(message_id for message_id in ids if message_id in own)


async def each_left_once(desk: FrontDesk, rehearsal: Rehearsal, folder: Path) -> None:
    """Hold ledger and mail server against each other: once, or as often as it may have left.

    An attempt with an answer that it did not leave is no excuse for a second letter, and a letter
    that was not handed over is with nobody, unless nobody can know.
    """
    letters = await read_letters(desk.store.engine, rehearsal.reference)
    caught = await letters_caught(desk, rehearsal, folder)
    handed_over = [x for x in letters if x.state == "handed over"]
    others = [x for x in letters if x.state != "handed over"]
    assert handed_over
    for x in handed_over:
        assert 1 <= caught[str(x.message_id)] <= max(1, x.unanswered), x
    for x in others:
        assert caught[str(x.message_id)] <= x.unanswered, x
