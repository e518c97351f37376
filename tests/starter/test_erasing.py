"""What is left of an erased mobility on the pages, and on this machine."""

import asyncio
import mailbox

import pytest

from domain.deadlines import Asked
from domain.messages import Cause
from local.stack import Stack
from starter import cli, running
from starter.rehearsal import Rehearsal
from store.cases import Store
from store.ledger import read_letters
from tests.conftest import Begin
from tests.starter.conftest import BORAS, Command

pytestmark = pytest.mark.usefixtures("working")


async def _closed(begin: Begin) -> Rehearsal:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    await (await rehearsal.acts(BORAS)).cancel(Cause.ILLNESS)
    await rehearsal.closed()
    return rehearsal


async def test_an_erased_mobility_is_shown_as_such(command: Command, begin: Begin) -> None:
    rehearsal = await _closed(begin)
    looks = (("list",), ("show", rehearsal.reference), ("timeline", rehearsal.reference))
    before = [await command(*look, COLUMNS="200") for look in looks]
    assert not any("rased" in one.out for one in before[1:])

    await command("erase", rehearsal.reference, "--yes")

    listed, shown, told = [await command(*look, COLUMNS="200") for look in looks]
    [line] = [line for line in listed.out.splitlines() if rehearsal.reference in line]
    assert "cancelled: illness, erased" in line
    assert "erased" in shown.out
    assert told.out.count("Erased: names, texts and papers are gone for ever") == 1


SAID = (
    "move --from 2027-06-08 --to 2027-06-10", "cancel --cause other --note Snow",
    "correct-address x@y.example --to a@b.example", "sign", "accept", "pay", "arrive",
)  # fmt: skip


async def test_about_an_erased_mobility_nothing_can_be_said(
    command: Command, begin: Begin, store: Store
) -> None:
    reference = (await _closed(begin)).reference
    await store.erase(reference)

    for verb, *options in (words.split() for words in SAID):
        said = await command(verb, reference, *options, "--as", BORAS)

        assert (said.code, said.out) == (2, "")
        assert said.complaint == (
            f"{reference} was erased: nothing about it can be changed any more.\n"
        )


async def test_erasing_removes_what_this_machine_has_saved(
    begin: Begin, store: Store, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased, other = [await _closed(begin) for _ in range(2)]
    for rehearsal in (erased, other):
        await rehearsal.post_comes()
        folder = stack.home / "out" / rehearsal.reference / "letters"
        folder.mkdir(parents=True)
        (folder / "index.html").write_text("Frida")
    [own, others] = [
        {letter.message_id for letter in await read_letters(store.engine, rehearsal.reference)}
        for rehearsal in (erased, other)
    ]
    caught = _caught(stack)
    assert own - {None} <= caught
    for name in running.ADDRESSES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MOBILITY_HOME", str(stack.home))

    code = await asyncio.to_thread(cli.run, ["erase", erased.reference, "--yes"])

    assert code == 0
    assert [(stack.home / "out" / r.reference).exists() for r in (erased, other)] == [False, True]
    assert own & _caught(stack) == set()
    assert others - {None} <= _caught(stack)


def _caught(stack: Stack) -> set[str]:
    box = mailbox.Maildir(str(stack.letters), create=False)
    return {letter["Message-ID"] for letter in box}
