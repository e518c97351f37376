"""What a disturbed journey is held against: the journal of one that nothing disturbed."""

import json
import mailbox
import re
from collections import Counter
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path

from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.journal import read_journal
from store.ledger import read_letters

_OWN = re.compile(r"M-\d{4}-\d+|\b[0-9a-f]{16,64}\b|T\d\d:\d\d:\d\d[.\d]*(?:Z|\+00:00)")
"""What differs from one mobility to the next: reference, hashes, the second of the day."""


async def what_happened(desk: FrontDesk, rehearsal: Rehearsal) -> list[str]:
    """Every entry without what is its own, in an order of no meaning."""
    lines = await read_journal(desk.store.engine, rehearsal.reference)
    told = [
        json.dumps({k: v for k, v in json.loads(line.body).items() if k not in ("n", "at")})
        for line in lines
    ]
    return sorted(_OWN.sub("…", text) for text in told)


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
    """Hold ledger and mail server against each other: once, or as often as it was tried."""
    letters = await read_letters(desk.store.engine, rehearsal.reference)
    tried = {str(x.message_id): x.attempts for x in letters if x.state == "handed over"}
    caught = await letters_caught(desk, rehearsal, folder)
    assert tried
    assert caught.keys() == tried.keys()
    assert all(1 <= caught[name] <= attempts for name, attempts in tried.items())
