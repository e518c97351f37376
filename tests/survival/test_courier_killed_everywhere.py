"""The courier is killed at every boundary of sending: nothing is lost, and every repeat is told."""

import asyncio
import mailbox
import os
import secrets
import sys
from collections import Counter
from email.parser import BytesHeaderParser
from email.policy import default
from itertools import cycle, islice

import pytest

from local.stack import ROOT, Stack
from settings import Settings
from store.ledger import LedgerLine, LetterState, read_letters
from tests.builders import REFERENCE, in_agreement
from tests.store.fresh import empty_store, migrated_database
from tests.store.kept import keep_all_of
from tests.survival.dying_courier import BOUNDARIES

LETTERS = 7
LIVES = [
    pytest.param([f"{where}:1" for where in BOUNDARIES], id="once at each boundary"),
    pytest.param(
        [f"{where}:{n}" for n in (2, 3) for where in BOUNDARIES[2:]], id="with letters in hand"
    ),
]


@pytest.fixture(scope="module")
def own(settings: Settings) -> Settings:
    """A database whose letters no other courier delivers."""
    return migrated_database(settings)


@pytest.mark.parametrize("lives", LIVES)
async def test_a_killed_courier_loses_nothing_and_repeats_only_what_nobody_can_know(
    own: Settings, stack: Stack, lives: list[str]
) -> None:
    # Late lives may have too few letters left to reach their boundary.
    assert await _killed(own, stack, lives) >= 3


@pytest.mark.torture
async def test_two_hundred_deaths_lose_nothing(own: Settings, stack: Stack) -> None:
    deaths, numbers = 0, cycle(range(1, LETTERS + 1))
    while deaths < 200:
        words = islice(cycle(BOUNDARIES), 6)
        deaths += await _killed(own, stack, [f"{where}:{next(numbers)}" for where in words])


async def _killed(own: Settings, stack: Stack, lives: list[str]) -> int:
    """Have a courier live and die so often; how often it died."""
    sender = f"Mobility engine <mobility@{secrets.token_hex(8)}.example>"
    async with empty_store(own) as store:
        await keep_all_of(store, in_agreement())
        await store.keep_document(REFERENCE, "agreement.pdf", b"the agreement")
        deaths = await _live(own.model_copy(update={"mail_from": sender}), lives)
        lines = await read_letters(store.engine, REFERENCE)
    _hold_against(lines, _caught(stack, sender))
    return deaths


async def _live(settings: Settings, lives: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.survival.dying_courier", *lives, cwd=ROOT,
        env=os.environ | settings.as_environment(), stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    said, _ = await process.communicate()
    ends = [line for line in said.decode().splitlines() if line in {"0", "9"}]
    assert len(ends) == len(lives) + 1
    assert ends[-1] == "0"
    return ends.count("9")


def _caught(stack: Stack, sender: str) -> Counter[str]:
    """How often the mail server took each letter of this sender, by Message-ID."""
    box = mailbox.Maildir(str(stack.letters), create=False)
    parser = BytesHeaderParser(policy=default)
    headers = (parser.parsebytes(box.get_bytes(key)) for key in box.iterkeys())
    return Counter(str(h["Message-ID"]).strip() for h in headers if h["From"] == sender)


def _hold_against(lines: list[LedgerLine], caught: Counter[str]) -> None:
    assert len(lines) == LETTERS
    left = [line for line in lines if line.state in {LetterState.HANDED_OVER, LetterState.UNKNOWN}]
    assert left == lines
    assert caught.keys() == {line.message_id for line in lines}
    for line in lines:
        times = caught[str(line.message_id)]
        assert 1 <= times <= max(line.unanswered, 1)
        if times > 1:
            assert line.attempts > 1
