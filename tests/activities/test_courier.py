"""The courier with a real postman, between a real ledger and mail servers good and bad."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfoNotFoundError

import pytest
import sqlalchemy as sa

from activities import scribe as room
from activities.courier import CUT_SHORT_AT_MOST, DEAD_ADDRESS, Courier, courier_at_work
from domain.addresses import address_corrected, letter_failed
from domain.letters import Purpose
from domain.messages import Cause, WithdrawParticipant
from domain.reach import FailedLetter
from local.stack import Stack
from mail import postman
from mail.postman import Postman, SmtpServer
from settings import Settings
from store.addresses import change_address, not_told
from store.cases import Store
from store.ledger import (
    DELIVERY_SECONDS,
    LedgerLine,
    LetterState,
    about_to_hand_over,
    claim,
    read_letters,
)
from store.tables import NOW, letter
from tests.activities.post_office import Clerk, open_office, text_of
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    PEOPLE,
    REFERENCE,
    Journey,
    in_matching,
    in_preparation,
)
from tests.store.kept import as_rendered, keep_all_of, write

PAPER = b"%PDF the agreement"
NEVER = datetime.max.replace(tzinfo=UTC)


@pytest.fixture
def clerk() -> Clerk:
    return Clerk()


@pytest.fixture
def office(clerk: Clerk, port: int) -> Iterator[None]:
    with open_office(clerk, port):
        yield


@pytest.fixture
async def courier(store: Store, port: int) -> AsyncIterator[Courier]:
    courier = a_courier(store, port)
    yield courier
    await courier.postman.close()


def a_courier(store: Store, port: int, domain: str = "engine.example") -> Courier:
    return Courier(
        store, Postman(SmtpServer("127.0.0.1", port)), f"Mobility engine <mobility@{domain}>"
    )


async def deliver_all(courier: Courier) -> None:
    while await courier.deliver_next():
        pass


async def ledger(store: Store) -> list[LedgerLine]:
    return await read_letters(store.engine, REFERENCE)


async def time_has_passed(store: Store, courier: Courier | None = None) -> None:
    """Every letter that waits for its turn may be taken up now, and the server be tried again."""
    if courier is not None:
        courier.postman._rests_until = 0.0
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(next_attempt_at=NOW))


async def a_host_is_asked(store: Store) -> tuple[Journey, LedgerLine]:
    journey = in_matching()
    await keep_all_of(store, journey)
    [asked] = await ledger(store)
    return journey, asked


async def agreement_is_to_be_signed(store: Store) -> Journey:
    """Seven letters: three of the match, four to the signatories with the paper."""
    journey = in_matching()
    journey.accept_place()
    await keep_all_of(store, journey)
    await store.keep_document(REFERENCE, "agreement.pdf", PAPER)
    return journey


@pytest.mark.usefixtures("office")
async def test_a_letter_reaches_the_person_it_is_for(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    await a_host_is_asked(store)

    assert await courier.deliver_next()

    [taken] = clerk.taken
    [line] = await ledger(store)
    assert clerk.addresses == [PEOPLE[HOST].email]
    assert taken["Message-ID"] == line.message_id
    assert REFERENCE in taken["Subject"]
    assert "Inclusive employment and skills" in text_of(taken)
    assert (line.state, line.attempts) == (LetterState.HANDED_OVER, 1)
    assert line.remark == "250 OK taken"
    assert line.settled_at is not None


async def test_a_letter_reaches_the_mail_server_of_the_stack(
    store: Store, settings: Settings, stack: Stack
) -> None:
    await a_host_is_asked(store)
    # A domain of its own sets this letter apart from those of other tests.
    courier = a_courier(store, settings.smtp().port, domain=f"{secrets.token_hex(8)}.example")

    await deliver_all(courier)
    await courier.postman.close()

    [line] = await ledger(store)
    files = [file.read_bytes() for file in (stack.letters / "new").iterdir()]
    letters = [message_from_bytes(content, policy=default) for content in files]
    assert line.state is LetterState.HANDED_OVER
    # A long Message-ID stands on a line of its own.
    assert [x["Message-ID"].strip() for x in letters].count(line.message_id) == 1


async def test_there_is_nothing_to_do_where_there_is_no_letter(courier: Courier) -> None:
    assert not await courier.deliver_next()


@pytest.mark.usefixtures("office")
async def test_each_letter_is_delivered_once_by_couriers_at_the_same_time(
    store: Store, port: int, clerk: Clerk
) -> None:
    await agreement_is_to_be_signed(store)
    couriers = [a_courier(store, port) for _ in range(3)]

    await asyncio.gather(*(deliver_all(courier) for courier in couriers))
    await asyncio.gather(*(courier.postman.close() for courier in couriers))

    lines = await ledger(store)
    assert sorted(x["Message-ID"] for x in clerk.taken) == sorted(
        str(line.message_id) for line in lines
    )
    assert {(line.state, line.attempts) for line in lines} == {(LetterState.HANDED_OVER, 1)}


@pytest.mark.usefixtures("office")
async def test_the_agreement_goes_along_to_everybody_who_signs_it(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    await agreement_is_to_be_signed(store)

    await deliver_all(courier)

    papers = [
        (attached.get_filename(), attached.get_content())
        for taken in clerk.taken
        for attached in taken.iter_attachments()
    ]
    assert papers == [("agreement.pdf", PAPER)] * 4


@pytest.mark.usefixtures("office")
async def test_a_reminder_whose_question_was_answered_is_withheld(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey, asked = await a_host_is_asked(store)
    await deliver_all(courier)
    journey.wait(3)
    await write(store, journey)
    journey.accept_place()
    await write(store, journey)
    await store.keep_document(REFERENCE, "agreement.pdf", PAPER)

    await deliver_all(courier)

    [first, reminder] = [
        line for line in await ledger(store) if line.order.purpose is asked.order.purpose
    ]
    assert first.state is LetterState.HANDED_OVER
    assert (reminder.order.ordinal, reminder.state) == (1, LetterState.WITHHELD)
    assert (reminder.remark, reminder.attempts) == ("no longer asked of this person", 1)
    assert reminder.settled_at is not None
    assert clerk.letters_about("Reminder") == []
    assert len(clerk.taken) == 8


@pytest.mark.usefixtures("office")
async def test_a_reminder_whose_question_is_open_is_delivered(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey, _ = await a_host_is_asked(store)
    await deliver_all(courier)
    journey.wait(3)
    await write(store, journey)

    await deliver_all(courier)

    [first, reminder] = clerk.taken
    assert reminder["Subject"] == f"Reminder 1: {first['Subject']}"
    assert reminder["Message-ID"] != first["Message-ID"]


@pytest.mark.usefixtures("office")
async def test_one_persons_reminder_is_withheld_and_the_others_go(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = await agreement_is_to_be_signed(store)
    await deliver_all(courier)
    clerk.taken.clear()
    journey.wait(8)
    await write(store, journey)
    journey.sign(HOST)
    await write(store, journey)

    await deliver_all(courier)

    reminded = [line for line in await ledger(store) if line.order.ordinal == 1]
    states = {line.order.to: line.state for line in reminded}
    assert [who for who, state in states.items() if state is LetterState.WITHHELD] == [HOST]
    assert sorted(clerk.addresses) == sorted(PEOPLE[who].email for who in states if who != HOST)


@pytest.mark.usefixtures("office")
async def test_a_letter_found_about_to_leave_is_sent_again_under_the_same_name(
    store: Store, port: int, clerk: Clerk
) -> None:
    await a_host_is_asked(store)
    first = a_courier(store, port)
    [taken_up] = await claim(store.engine)
    await first._deliver(taken_up)
    # The server took it, and the courier stopped before it could say so in the ledger.
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(state="rendered", settled_at=None, remark=None))
    await first.postman.close()
    await time_has_passed(store)

    second = a_courier(store, port)
    await deliver_all(second)
    await second.postman.close()

    [line] = await ledger(store)
    assert (line.state, line.attempts) == (LetterState.HANDED_OVER, 2)
    assert [x["Message-ID"] for x in clerk.taken] == [line.message_id] * 2
    assert text_of(clerk.taken[0]) == text_of(clerk.taken[1])


@pytest.mark.usefixtures("office")
async def test_a_letter_that_never_left_is_not_lost_with_its_courier(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    _, asked = await a_host_is_asked(store)
    [taken_up] = await claim(store.engine)
    assert taken_up.key == asked.key
    await about_to_hand_over(store.engine, [as_rendered(taken_up)])
    assert not await courier.deliver_next()
    await time_has_passed(store)

    assert await courier.deliver_next()

    [line] = await ledger(store)
    assert (line.state, line.attempts) == (LetterState.HANDED_OVER, 2)
    assert [x["Message-ID"] for x in clerk.taken] == [line.message_id] != ["<x@y>"]


async def test_letters_wait_for_a_mail_server_that_is_down_and_leave_once(
    store: Store, courier: Courier, clerk: Clerk, port: int
) -> None:
    await agreement_is_to_be_signed(store)
    await deliver_all(courier)

    waiting = await ledger(store)
    assert [line.settled_at for line in waiting] == [None] * 7
    # The first is tried, and the others are not taken up while the server is left in peace.
    assert sorted(line.attempts for line in waiting) == [0] * 6 + [1]
    [tried] = [line for line in waiting if line.attempts]
    assert tried.state is LetterState.RENDERED
    assert str(tried.remark).startswith("not handed over")

    await time_has_passed(store, courier)
    with open_office(clerk, port):
        await deliver_all(courier)
        await time_has_passed(store)
        await deliver_all(courier)

    left = await ledger(store)
    assert {line.state for line in left} == {LetterState.HANDED_OVER}
    assert sorted(line.attempts for line in left) == [1] * 6 + [2]
    assert tried.message_id in {line.message_id for line in left}
    assert len(clerk.taken) == 7


async def test_a_courier_at_work_comes_back_by_itself_when_the_server_does(
    store: Store, courier: Courier, clerk: Clerk, port: int
) -> None:
    await a_host_is_asked(store)

    async with courier_at_work(courier):
        await until(lambda: undeliverable_once(store))
        with open_office(clerk, port):
            await until(lambda: all_settled(store))

    [line] = await ledger(store)
    assert line.state is LetterState.HANDED_OVER
    assert line.attempts > 1
    assert len(clerk.taken) == 1


async def undeliverable_once(store: Store) -> bool:
    # Claimed is not tried yet.
    return all("not handed over" in str(line.remark) for line in await ledger(store))


async def all_settled(store: Store) -> bool:
    return all(line.settled_at for line in await ledger(store))


async def all_tried(store: Store) -> bool:
    return all(line.settled_at or line.remark for line in await ledger(store))


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await is_so():
            await asyncio.sleep(0.05)


async def test_a_letter_that_is_refused_does_not_keep_the_others(
    store: Store, courier: Courier, port: int
) -> None:
    await agreement_is_to_be_signed(store)
    clerk = Clerk(refused=(PEOPLE[EMELIE].email,))

    with open_office(clerk, port):
        await deliver_all(courier)
        await time_has_passed(store)
        await deliver_all(courier)

    lines = await ledger(store)
    first, second = sorted(
        (x for x in lines if x.order.to == EMELIE), key=lambda x: x.settled_at or NEVER
    )
    assert (first.state, first.attempts) == (LetterState.REFUSED, 1)
    assert first.remark == "550 no mailbox the address here"
    assert (second.state, second.remark) == (LetterState.WITHHELD, DEAD_ADDRESS)
    others = [x for x in lines if x.order.to != EMELIE]
    assert {x.state for x in others} == {LetterState.HANDED_OVER}
    assert len(others) == len(clerk.taken) == 5
    # Of both their mobility has to be told.
    assert [x.key for x in await not_told(store.engine)] == [first.key, second.key]


@pytest.mark.parametrize("words", ["550 5.7.1 no spam", "552 too big", "550 5.2.2 mailbox full"])
async def test_a_letter_refused_for_what_it_is_does_not_make_its_address_a_dead_one(
    store: Store, courier: Courier, port: int, words: str
) -> None:
    await agreement_is_to_be_signed(store)
    clerk = Clerk(refused=(PEOPLE[EMELIE].email,), with_words=words)

    with open_office(clerk, port):
        await deliver_all(courier)

    states = [x.state for x in await ledger(store) if x.order.to == EMELIE]
    assert states == [LetterState.REFUSED, LetterState.REFUSED]
    assert await not_told(store.engine) == []


async def test_a_letter_written_before_the_address_changed_goes_to_the_new_one(
    store: Store, courier: Courier, port: int
) -> None:
    await agreement_is_to_be_signed(store)
    clerk = Clerk(refused=(PEOPLE[EMELIE].email,))

    with open_office(clerk, port):
        while not await not_told(store.engine):
            assert await courier.deliver_next()
        await change_address(store, REFERENCE, EMELIE, "emelie@new.example")
        await deliver_all(courier)
        await time_has_passed(store)
        await deliver_all(courier)

    first, second = sorted(
        (x for x in await ledger(store) if x.order.to == EMELIE),
        key=lambda x: x.settled_at or NEVER,
    )
    assert (first.state, second.state) == (LetterState.REFUSED, LetterState.HANDED_OVER)
    assert clerk.addresses.count("emelie@new.example") == 1


@pytest.mark.usefixtures("office")
async def test_letters_of_an_erased_mobility_are_withheld(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    await agreement_is_to_be_signed(store)
    await store.erase(REFERENCE)

    await deliver_all(courier)

    assert clerk.taken == []
    assert {(x.state, x.remark) for x in await ledger(store)} == {
        (LetterState.WITHHELD, "the mobility was erased")
    }


@pytest.mark.usefixtures("office")
async def test_a_letter_whose_key_is_destroyed_while_it_is_on_its_way_is_withheld(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    await a_host_is_asked(store)
    # The moment between two steps of an erasure by another process.
    await store.keys.destroy(REFERENCE)

    assert await courier.deliver_next()

    [line] = await ledger(store)
    assert clerk.taken == []
    assert (line.state, line.unanswered) == (LetterState.WITHHELD, 0)
    assert line.remark == "the mobility was erased"


@pytest.mark.usefixtures("office")
async def test_a_case_that_is_still_open_is_closed_when_its_key_is_destroyed(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    await agreement_is_to_be_signed(store)
    await courier.deliver_next()
    assert set(courier.scribe._known) == {REFERENCE}
    await store.keys.destroy(REFERENCE)

    await deliver_all(courier)

    assert courier.scribe._known == {}
    assert len(clerk.taken) == 1
    states = [line.state for line in await ledger(store)]
    assert states.count(LetterState.WITHHELD) == 6


@pytest.mark.usefixtures("office")
async def test_names_and_texts_in_clear_are_forgotten_after_a_minute(
    store: Store, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agreement_is_to_be_signed(store)
    assert room.KEPT_OPEN_SECONDS == 60
    await deliver_all(courier)
    [(until, _)] = courier.scribe._known.values()
    assert time.monotonic() + 50 < until <= time.monotonic() + 60

    monkeypatch.setattr(time, "monotonic", lambda: until + 1)

    assert not await courier.deliver_next()
    assert courier.scribe._known == {}


@pytest.mark.usefixtures("office")
async def test_a_courier_that_meets_trouble_goes_on_and_loses_no_letter(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    await agreement_is_to_be_signed(store)
    # Without the paper four of the seven letters cannot be written.
    async with store.engine.begin() as tx:
        await tx.execute(sa.text("delete from document"))

    async with courier_at_work(courier):
        await until(lambda: all_tried(store))

    lines = await ledger(store)
    unwritten = [x for x in lines if x.order.purpose is Purpose.AGREEMENT_TO_SIGN]
    assert {(x.state, x.remark) for x in unwritten} == {
        (LetterState.INTENDED, "not written: KeyError")
    }
    assert all(x.attempts > 0 for x in unwritten)
    assert {x.state for x in lines if x not in unwritten} == {LetterState.HANDED_OVER}

    await store.keep_document(REFERENCE, "agreement.pdf", PAPER)
    await time_has_passed(store)
    courier.postman = Postman(courier.postman._server)
    await deliver_all(courier)

    assert {x.state for x in await ledger(store)} == {LetterState.HANDED_OVER}
    assert len(clerk.taken) == 7


@pytest.mark.usefixtures("office")
async def test_a_letter_that_cannot_be_written_says_so_and_waits_longer_each_time(
    store: Store, courier: Courier, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_such_zone(*_: object, **__: object) -> None:
        raise ZoneInfoNotFoundError("Europe/Boras")

    await a_host_is_asked(store)
    monkeypatch.setattr(room, "compose", no_such_zone)
    for _ in range(4):
        await time_has_passed(store)
        assert await courier.deliver_next()
    [line] = await ledger(store)
    assert (line.state, line.attempts, line.unanswered) == (LetterState.INTENDED, 4, 0)
    assert line.remark == "not written: ZoneInfoNotFoundError"
    async with store.engine.connect() as connection:
        wait = await connection.scalar(sa.select(letter.c.next_attempt_at - NOW))
    assert isinstance(wait, timedelta)
    assert timedelta(seconds=5) < wait <= timedelta(seconds=8)

    monkeypatch.undo()
    await time_has_passed(store)
    await deliver_all(courier)

    assert len(clerk.taken) == 1


@pytest.mark.usefixtures("office")
async def test_a_letter_that_is_never_answered_is_left_at_unknown(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    clerk.silent = True
    await a_host_is_asked(store)

    for attempt in (1, 2):
        assert await courier.deliver_next()
        assert not await courier.deliver_next()
        [line] = await ledger(store)
        assert (line.state, line.unanswered) == (LetterState.RENDERED, attempt)
        assert str(line.remark).startswith("handed over without an answer")
        await time_has_passed(store)
    assert await courier.deliver_next()

    [line] = await ledger(store)
    assert (line.state, line.attempts) == (LetterState.UNKNOWN, 3)
    assert line.remark == "no answer after 3 attempts: it may have arrived"
    await time_has_passed(store)
    assert not await courier.deliver_next()
    assert [x["Message-ID"] for x in clerk.taken] == [line.message_id] * 3


@pytest.mark.usefixtures("office")
async def test_a_letter_whose_couriers_die_again_and_again_is_left_at_unknown(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    await a_host_is_asked(store)
    for _ in range(CUT_SHORT_AT_MOST):
        [taken_up] = await claim(store.engine)
        await about_to_hand_over(store.engine, [as_rendered(taken_up)])
        await time_has_passed(store)

    assert await courier.deliver_next()

    [line] = await ledger(store)
    assert line.state is LetterState.UNKNOWN
    assert clerk.taken == []


@pytest.mark.usefixtures("office")
async def test_a_letter_that_may_have_left_is_not_said_to_be_withheld(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey, _ = await a_host_is_asked(store)
    await deliver_all(courier)
    clerk.silent = True
    journey.wait(3)
    await write(store, journey)
    await deliver_all(courier)
    journey.accept_place()
    await write(store, journey)
    await time_has_passed(store)

    await deliver_all(courier)

    [reminder] = [line for line in await ledger(store) if line.order.ordinal == 1]
    assert (reminder.state, reminder.remark) == (
        LetterState.UNKNOWN, "no longer asked of this person",
    )  # fmt: skip


async def test_a_server_that_is_down_for_long_leaves_nothing_unknown(
    store: Store, courier: Courier
) -> None:
    await a_host_is_asked(store)
    for _ in range(5):
        await deliver_all(courier)
        await time_has_passed(store, courier)

    [line] = await ledger(store)
    assert (line.attempts, line.unanswered, line.settled_at) == (5, 0, None)


@pytest.mark.usefixtures("office")
async def test_a_courier_that_stalled_past_its_claim_does_not_send(
    store: Store, port: int, clerk: Clerk
) -> None:
    await a_host_is_asked(store)
    stalled, other = a_courier(store, port), a_courier(store, port)
    [taken_up] = await claim(store.engine)
    await time_has_passed(store)
    [taken_up_again] = await claim(store.engine)

    await stalled._deliver(taken_up)
    assert clerk.taken == []
    await other._deliver(taken_up_again)

    [line] = await ledger(store)
    assert (line.state, line.attempts) == (LetterState.HANDED_OVER, 2)
    assert len(clerk.taken) == 1
    await asyncio.gather(stalled.postman.close(), other.postman.close())


def test_a_claim_outlasts_the_longest_delivery() -> None:
    assert DELIVERY_SECONDS > postman.PATIENCE + postman.PATIENCE_FOR_ANSWER + 60


@pytest.mark.usefixtures("office")
async def test_the_agenda_on_the_table_stands_in_the_letter_that_asks_to_accept_it(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = in_preparation()
    await keep_all_of(store, journey)
    await silence(store)
    journey.put_agenda()
    await write(store, journey)

    await deliver_all(courier)

    [asked] = clerk.taken
    assert clerk.addresses == [PEOPLE[COORDINATOR].email]
    assert "Beside an outreach adviser" in text_of(asked)
    assert "individual shadowing: Emelie" in text_of(asked)


@pytest.mark.usefixtures("office")
async def test_the_accepted_agenda_goes_along_as_a_calendar(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = in_preparation()
    await keep_all_of(store, journey)
    journey.put_agenda()
    await write(store, journey)
    await silence(store)
    journey.accept_agenda()
    await write(store, journey)

    await deliver_all(courier)

    attached = [a for taken in clerk.taken for a in taken.iter_attachments()]
    assert [a.get_filename() for a in attached] == ["agenda.ics"] * 4
    assert "Beside an outreach adviser" in str(attached[0].get_content())


@pytest.mark.usefixtures("office")
async def test_sessions_for_somebody_who_has_withdrawn_are_in_no_calendar(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = in_preparation()
    await keep_all_of(store, journey)
    journey.put_agenda()
    journey.say(WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))
    await write(store, journey)
    await silence(store)
    journey.accept_agenda()
    await write(store, journey)

    await deliver_all(courier)

    calendars = [str(a.get_content()) for t in clerk.taken for a in t.iter_attachments()]
    assert len(calendars) == 3
    assert all(f"beside-{FRIDA}@" in calendar for calendar in calendars)
    assert not any(f"beside-{EMELIE}@" in calendar for calendar in calendars)


@pytest.mark.usefixtures("office")
async def test_an_agenda_that_falls_with_its_dates_is_in_no_calendar(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = in_preparation()
    await keep_all_of(store, journey)
    journey.put_agenda()
    await write(store, journey)
    await silence(store)
    journey.accept_agenda()
    await write(store, journey)
    journey.move()
    await write(store, journey)
    await store.keep_document(REFERENCE, "agreement.pdf", PAPER)

    await deliver_all(courier)

    attached = {a.get_filename() for taken in clerk.taken for a in taken.iter_attachments()}
    assert attached == {"agreement.pdf"}
    accepted = [x for x in await ledger(store) if x.order.purpose is Purpose.AGENDA_ACCEPTED]
    assert {line.state for line in accepted} == {LetterState.WITHHELD}
    assert len(clerk.letters_about("has been moved to 9\N{EN DASH}11 Jun 2026")) == 5


@pytest.mark.usefixtures("office")
async def test_a_decision_is_told_as_it_was_though_the_grant_is_computed_anew(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = in_preparation()
    await keep_all_of(store, journey)
    await silence(store)
    journey.award()
    await write(store, journey)
    journey.move(length=4)
    journey.sign(*journey.mobility.signatories)
    await write(store, journey)
    await store.keep_document(REFERENCE, "agreement.pdf", PAPER)

    await deliver_all(courier)

    told = clerk.letters_about("The grant is awarded")
    assert len(told) == 3
    assert {"3,018.00" in text_of(x) or "1,159.00" in text_of(x) for x in told} == {True}
    assert len(clerk.letters_about("Please decide on the grant")) == 1


@pytest.mark.usefixtures("office")
async def test_a_decision_is_told_once_more_as_it_was(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = in_preparation()
    journey.award()
    awarded = journey.kinds().index("GrantDecided") + 1
    await keep_all_of(store, journey)
    await silence(store)
    failed = FailedLetter(
        person=FRIDA, key="k", purpose=Purpose.GRANT_DECIDED, event=awarded, asks=False
    )
    letter_failed(journey.mobility, failed, at=journey.now)
    journey.move(length=4)
    journey.sign(*journey.mobility.signatories)
    await write(store, journey)
    await silence(store)

    address_corrected(journey.mobility, FRIDA, at=journey.now)
    await write(store, journey)
    await deliver_all(courier)

    [told] = clerk.letters_about("The grant is awarded")
    assert "1,159.00" in text_of(told)


@pytest.mark.usefixtures("office")
async def test_what_was_asked_for_other_dates_is_withheld_though_the_same_is_asked_anew(
    store: Store, courier: Courier
) -> None:
    journey, asked = await a_host_is_asked(store)
    journey.wait(3)
    await write(store, journey)
    journey.move()
    await write(store, journey)

    await deliver_all(courier)

    lines = [x for x in await ledger(store) if x.order.purpose is asked.order.purpose]
    assert [(x.order.to, x.order.ordinal, x.state) for x in lines] == [
        (HOST, 0, LetterState.WITHHELD),
        (HOST, 1, LetterState.WITHHELD),
        (HOST, 0, LetterState.HANDED_OVER),
    ]
    assert lines[-1].order.event == journey.mobility.n


@pytest.mark.usefixtures("office")
async def test_those_who_stay_are_told_by_name_who_withdrew(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = in_preparation()
    await keep_all_of(store, journey)
    await silence(store)
    journey.say(WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))
    await write(store, journey)

    await deliver_all(courier)

    told = {
        address: text_of(taken) for address, taken in zip(clerk.addresses, clerk.taken, strict=True)
    }
    # The office hears of it with the grant that is computed anew.
    assert set(told) == {PEOPLE[who].email for who in (COORDINATOR, HOST, EMELIE, OFFICE)}
    assert "Emelie no longer takes part" in told[PEOPLE[HOST].email]
    assert "You no longer take part" in told[PEOPLE[EMELIE].email]


async def silence(store: Store) -> None:
    """The letters so far have been delivered."""
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(state="handed over", settled_at=NOW))
