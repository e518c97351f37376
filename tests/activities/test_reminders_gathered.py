"""After an outage and above the caps: one letter, and a ledger that says what left in it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from activities.courier import Courier
from domain.facts import Reference
from domain.reminders import Caps
from mail.postman import Postman, SmtpServer
from store.cases import Store
from store.ledger import LedgerLine, LetterState, read_letters
from store.letters_kept import read_letter
from store.tables import NOW, letter
from tests.activities.post_office import Clerk, free_port, text_of
from tests.builders import HOST, PEOPLE, REFERENCE, Journey, a_request, in_matching
from tests.store.kept import keep_all_of, take_in_as, write

REFERENCES = [Reference(f"M-2026-000{n}") for n in range(1, 6)]
SENDER = "Mobility engine <mobility@engine.example>"


@pytest.fixture
async def courier(store: Store, port: int) -> AsyncIterator[Courier]:
    postman = Postman(SmtpServer("127.0.0.1", port))
    courier = Courier(store, postman, SENDER, Caps(per_day=2, per_week=10))
    yield courier
    await postman.close()


async def deliver_all(courier: Courier) -> None:
    while await courier.deliver_next():
        pass


async def an_hour_passes(store: Store) -> None:
    async with store.engine.begin() as tx:
        hour = letter.c.next_attempt_at - timedelta(hours=1)
        await tx.execute(sa.update(letter).values(next_attempt_at=hour))


async def lines_of(store: Store, *references: Reference) -> list[LedgerLine]:
    return [line for one in references for line in await read_letters(store.engine, one)]


async def five_hosts_asked(store: Store) -> list[Journey]:
    """The same host is asked for a place by five mobilities, and the letters have left."""
    journeys = [in_matching(a_request(reference=reference)) for reference in REFERENCES]
    for journey in journeys:
        await take_in_as(store, journey)
        await write(store, journey)
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(state="handed over", settled_at=NOW))
    return journeys


async def all_remind(store: Store, journeys: list[Journey]) -> None:
    for journey in journeys:
        journey.wait(3)
        await write(store, journey)


async def test_after_an_outage_one_letter_leaves_for_each_question(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = in_matching()
    await keep_all_of(store, journey)
    for days in (3, 4):
        journey.wait(days)
        await write(store, journey)

    await deliver_all(courier)

    [first, second, third] = await lines_of(store, REFERENCE)
    [taken] = clerk.taken
    assert taken["Subject"].startswith("Reminder 2")
    assert [line.state for line in (first, second, third)] == ["merged", "merged", "handed over"]
    assert first.merged_into == second.merged_into == third.key


async def test_reminders_within_the_cap_leave_by_themselves(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journeys = await five_hosts_asked(store)
    await all_remind(store, journeys[:2])

    await deliver_all(courier)

    assert len(clerk.taken) == 2
    assert all("Reminder 1" in taken["Subject"] for taken in clerk.taken)


async def test_above_the_cap_one_letter_says_it_all(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    await all_remind(store, await five_hosts_asked(store))
    await deliver_all(courier)
    assert clerk.taken == []

    await an_hour_passes(store)
    await deliver_all(courier)

    [taken] = clerk.taken
    reminders = [line for line in await lines_of(store, *REFERENCES) if line.order.ordinal]
    [lead] = [line for line in reminders if line.state is LetterState.HANDED_OVER]
    assert clerk.addresses == [PEOPLE[HOST].email]
    assert taken["Message-ID"] == lead.message_id
    assert taken["Subject"].strip().startswith("Reminder: 5 answers are wanted, the first by")
    assert {line.merged_into for line in reminders if line is not lead} == {lead.key}
    assert {line.state for line in reminders if line is not lead} == {LetterState.MERGED}
    said = text_of(taken)
    for reference in REFERENCES:
        assert f"mobility accept {reference} --as ana@b.example" in said
    assert said.count("the next host is asked") == 5


async def test_what_was_answered_meanwhile_is_not_asked_in_it(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journeys = await five_hosts_asked(store)
    await all_remind(store, journeys)
    await deliver_all(courier)
    for journey in journeys[:2]:
        journey.accept_place()
        await write(store, journey)
    async with store.engine.begin() as tx:
        news = letter.c.order["ordinal"].as_integer() == 0
        await tx.execute(sa.update(letter).where(news).values(settled_at=NOW))

    await an_hour_passes(store)
    await deliver_all(courier)

    [taken] = clerk.taken
    assert taken["Subject"].strip().startswith("Reminder: 3 answers are wanted")
    states = [x.state for x in await lines_of(store, *REFERENCES[:2]) if x.order.ordinal]
    assert states == [LetterState.WITHHELD] * 2


async def test_the_letter_above_the_cap_does_not_count_within_it(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journeys = await five_hosts_asked(store)
    await all_remind(store, journeys[:4])
    await deliver_all(courier)
    await an_hour_passes(store)
    await deliver_all(courier)
    assert len(clerk.taken) == 1

    await all_remind(store, journeys[4:])
    await deliver_all(courier)
    await an_hour_passes(store)
    await deliver_all(courier)

    assert len(clerk.taken) == 2


@pytest.mark.parametrize("erased", [0, 4])
async def test_its_text_goes_with_any_mobility_it_speaks_of(
    store: Store, courier: Courier, clerk: Clerk, erased: int
) -> None:
    await all_remind(store, await five_hosts_asked(store))
    await deliver_all(courier)
    await an_hour_passes(store)
    await deliver_all(courier)
    [lead] = [x for x in await lines_of(store, *REFERENCES) if x.state == "handed over"
              and x.order.ordinal]  # fmt: skip
    before = await read_letter(store.engine, store.keys, lead.key)

    await store.erase(REFERENCES[erased])

    after = await read_letter(store.engine, store.keys, lead.key)
    assert before is not None
    assert before.message is not None
    assert b"5 answers" in before.message
    assert after is not None
    assert after.message is None
    assert len(clerk.taken) == 1


async def test_what_was_to_leave_in_a_letter_that_is_erased_leaves_by_itself(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    await all_remind(store, await five_hosts_asked(store))
    await deliver_all(courier)
    await an_hour_passes(store)
    courier.postman = Postman(SmtpServer("127.0.0.1", free_port()))
    await courier.deliver_next()
    reminders = [line for line in await lines_of(store, *REFERENCES) if line.order.ordinal]
    [lead] = [line for line in reminders if line.state is LetterState.RENDERED]
    assert clerk.taken == []

    await store.erase(lead.order.reference)

    reminders = [line for line in await lines_of(store, *REFERENCES) if line.order.ordinal]
    states = sorted(line.state for line in reminders)
    assert states == ["intended"] * 4 + ["withheld"]
