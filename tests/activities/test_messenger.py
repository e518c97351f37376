"""What has to be told is told until it is noted as told, and nothing of an address of before."""

import hashlib
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from activities.case_reader import open_case
from activities.letter_book import LedgerBook
from activities.messenger import Messenger
from domain.addresses import address_corrected
from domain.facts import PersonId, Reference
from domain.letters import Purpose
from domain.reach import FailedLetter
from store.addresses import address_of, change_address, digest_of, is_dead, not_told, note_dead
from store.cases import Store
from store.directory import keep_directory
from store.ledger import (
    LedgerLine,
    LetterState,
    Rendering,
    Settlement,
    about_to_hand_over,
    claim,
    read_letters,
    settle,
)
from store.letters_kept import seal_letter
from store.tables import NOW
from store.tables import letter as letter_table
from tests.builders import COORDINATOR, FRIDA, HOST, REFERENCE, Journey, in_matching, ready_to_go
from tests.store.kept import DIRECTORY, keep_all_of, write

TEXT = b"To: Ana <Ana@b.example>\r\nSubject: A place?\r\n\r\nDear Ana,\r\n"
ANA = "ana@b.example"


@dataclass
class Heard:
    """What mobilities have heard, and whether the way to them is open."""

    failed: list[FailedLetter] = field(default_factory=list)
    changed: list[PersonId] = field(default_factory=list)
    is_open: bool = True

    async def letter_failed(self, reference: Reference, failed: FailedLetter) -> None:
        assert reference == REFERENCE
        if not self.is_open:
            raise ConnectionError
        self.failed.append(failed)

    async def address_changed(self, reference: Reference, person: PersonId) -> None:
        assert reference == REFERENCE
        self.changed.append(person)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def messenger(store: Store, heard: Heard) -> Messenger:
    return Messenger(store, heard)


@pytest.fixture
def journey() -> Journey:
    return in_matching()


@pytest.fixture
async def sent(store: Store, journey: Journey) -> LedgerLine:
    """The letter that asks Ana for a place was handed over."""
    await keep_all_of(store, journey)
    sealed = await seal_letter(store.keys, (REFERENCE,), TEXT)
    [line] = await claim(store.engine)
    await about_to_hand_over(
        store.engine,
        [Rendering(line, "<1@x>", hashlib.sha256(TEXT).hexdigest(), sealed, (REFERENCE,))],
    )
    await settle(store.engine, [Settlement(line, LetterState.HANDED_OVER, "250 OK")])
    return line


async def it_bounces(store: Store, *, is_about_address: bool = True) -> None:
    book = LedgerBook(store)
    assert await book.bounced("<1@x>", ANA, "failed", is_about_address=is_about_address)


async def test_the_mobility_hears_once_which_letter_cannot_arrive(
    store: Store, messenger: Messenger, heard: Heard, sent: LedgerLine
) -> None:
    await it_bounces(store)
    await it_bounces(store)

    await messenger.tell_of_letters()
    await messenger.tell_of_letters()

    [failed] = heard.failed
    assert (failed.person, failed.key, failed.asks) == (HOST, sent.key, True)
    assert "@" not in failed.model_dump_json()


@pytest.mark.usefixtures("sent")
async def test_what_could_not_be_told_is_told_later(
    store: Store, messenger: Messenger, heard: Heard
) -> None:
    await it_bounces(store)
    heard.is_open = False
    await messenger.tell_of_letters()
    assert len(await not_told(store.engine)) == 1

    heard.is_open = True
    await messenger.tell_of_letters()

    assert len(heard.failed) == 1
    assert await not_told(store.engine) == []


@pytest.mark.usefixtures("sent")
async def test_a_bounce_for_what_the_letter_is_says_nothing_about_the_address(
    store: Store, messenger: Messenger, heard: Heard
) -> None:
    await it_bounces(store, is_about_address=False)

    await messenger.tell_of_letters()

    assert heard.failed == []
    assert not await is_dead(store.engine, await digest_of(store.keys, ANA))


async def test_a_letter_that_comes_back_after_the_correction_leaves_again_once(
    store: Store, messenger: Messenger, heard: Heard, sent: LedgerLine
) -> None:
    await change_address(store, REFERENCE, HOST, "ana@new.example")

    for _again in range(2):
        await it_bounces(store)
        await messenger.tell_of_letters()

    assert heard.failed == []
    assert await not_told(store.engine) == []
    assert await is_dead(store.engine, await digest_of(store.keys, ANA))
    [again] = await claim(store.engine)
    assert (again.key, again.unanswered) == (sent.key, 0)
    assert await claim(store.engine) == []


async def test_it_leaves_again_as_well_if_the_correction_came_after_the_bounce(
    store: Store, messenger: Messenger, heard: Heard, sent: LedgerLine
) -> None:
    await it_bounces(store)
    await change_address(store, REFERENCE, HOST, "ana@new.example")

    await messenger.tell_of_letters()

    assert heard.failed == []
    assert await not_told(store.engine) == []
    assert [again.key for again in await claim(store.engine)] == [sent.key]


@pytest.mark.usefixtures("sent")
async def test_what_has_been_asked_again_since_is_not_asked_a_third_time(
    store: Store, messenger: Messenger, heard: Heard, journey: Journey
) -> None:
    journey.lose(HOST, "another letter")
    await write(store, journey)
    await change_address(store, REFERENCE, HOST, "ana@new.example")
    await it_bounces(store)
    # The mobility has not heard of the other address yet, and is not told of an old one.
    await messenger.tell_of_letters()
    assert (heard.failed, len(await not_told(store.engine))) == ([], 1)

    address_corrected(journey.mobility, HOST, at=journey.now)
    await write(store, journey)
    await messenger.tell_of_letters()

    assert (heard.failed, await not_told(store.engine)) == ([], [])
    asked = [line for line in await claim(store.engine, 9) if line.order.to == HOST]
    assert [line.order.event for line in asked] == [journey.mobility.n]


@pytest.mark.usefixtures("sent")
async def test_an_address_changed_in_the_directory_is_told_at_the_second_look(
    store: Store, messenger: Messenger, heard: Heard, journey: Journey
) -> None:
    await it_bounces(store)
    journey.lose(HOST)
    await write(store, journey)
    await messenger.tell_of_addresses()
    await messenger.tell_of_addresses()
    assert heard.changed == []

    people = [p.model_copy(update={"email": f"new.{p.email}"}) for p in DIRECTORY.people]
    await keep_directory(store.engine, DIRECTORY.model_copy(update={"people": tuple(people)}))
    await messenger.tell_of_addresses()
    assert heard.changed == []
    await messenger.tell_of_addresses()

    assert heard.changed == [HOST]


async def test_a_letter_withheld_while_the_address_was_corrected_leaves_after_all(
    store: Store, messenger: Messenger, heard: Heard, journey: Journey
) -> None:
    await keep_all_of(store, journey)
    [line] = await claim(store.engine)
    dead = await digest_of(store.keys, ANA)
    await settle(store.engine, [Settlement(line, LetterState.WITHHELD, "dead", dead)])
    await change_address(store, REFERENCE, HOST, "ana@new.example")

    await messenger.tell_of_letters()

    assert heard.failed == []
    assert await not_told(store.engine) == []
    assert [again.key for again in await claim(store.engine)] == [line.key]


@pytest.mark.parametrize("accepted_again", [False, True])
async def test_news_that_later_news_overtook_are_not_sent_again(
    store: Store, messenger: Messenger, *, accepted_again: bool
) -> None:
    await keep_all_of(store, ready_to_go())
    old = letter_table.c.order["purpose"].astext == Purpose.AGENDA_ACCEPTED
    mine = sa.and_(old, letter_table.c.person == HOST)
    async with store.engine.begin() as tx:
        row = (await tx.execute(sa.select(letter_table).where(mine))).mappings().one()
        await tx.execute(sa.update(letter_table).values(settled_at=NOW, state="handed over"))
        await tx.execute(sa.update(letter_table).where(mine).values(state="bounced", failed_at=NOW))
        if accepted_again:
            order = row["order"] | {"event": row["order"]["event"] + 1}
            later = {"key": "later", "order": order, "settled_at": NOW, "state": "handed over"}
            known = {name: row[name] for name in ("reference", "intended_at")}
            await tx.execute(sa.insert(letter_table).values(known | later))

    await messenger.tell_of_letters()

    assert await not_told(store.engine) == []
    assert len(await claim(store.engine)) == (0 if accepted_again else 1)


async def test_the_address_of_somebody_who_travels_changes_under_their_seal(
    store: Store, journey: Journey
) -> None:
    await keep_all_of(store, journey)
    before = await store.participants(REFERENCE)

    await change_address(store, REFERENCE, FRIDA, "frida@new.example")

    after = await store.participants(REFERENCE)
    assert after[FRIDA] == before[FRIDA].model_copy(update={"email": "frida@new.example"})
    assert {p: q for p, q in after.items() if p != FRIDA} == {
        p: q for p, q in before.items() if p != FRIDA
    }


async def test_whoever_is_in_the_directory_travels_at_its_address(
    store: Store, journey: Journey
) -> None:
    await keep_all_of(store, journey)
    listed = next(p for p in DIRECTORY.people if p.id == COORDINATOR)
    travels = listed.model_copy(update={"email": "of-before@a.example", "profile": "sends them"})
    await store.keep_participants(REFERENCE, [travels])

    case = await open_case(store, REFERENCE)

    assert await address_of(store, REFERENCE, COORDINATOR) == listed.email
    assert case.people[COORDINATOR] == travels.model_copy(update={"email": listed.email})


async def test_erasing_forgets_dead_addresses_but_those_of_the_directory(
    store: Store, journey: Journey
) -> None:
    journey.accept_place()
    await keep_all_of(store, journey)
    lines = {line.order.to: line for line in await read_letters(store.engine, REFERENCE)}
    for person in (HOST, FRIDA):
        await note_dead(store.engine, lines[person], digest=person)

    await store.erase(REFERENCE)

    assert await is_dead(store.engine, HOST)
    assert not await is_dead(store.engine, FRIDA)
