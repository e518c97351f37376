"""Letters about an agenda, from a real ledger to calendars that know nothing but those letters."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from activities.courier import Courier
from documents.calendar import UID_DOMAIN
from domain import messages as m
from domain.addresses import address_corrected, letter_failed
from domain.agenda import Session
from domain.facts import PersonId
from domain.letters import Purpose
from domain.messages import Cause
from domain.reach import FailedLetter
from mail.postman import Postman, SmtpServer
from store.cases import Store
from store.ledger import LedgerLine, LetterState, read_letters
from store.tables import NOW, letter
from tests.activities.post_office import Clerk, text_of
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    PEOPLE,
    REFERENCE,
    Journey,
    a_request,
    a_session,
    calendar_of,
    day_of,
    in_preparation,
    writing,
)
from tests.simulated_calendar import SimulatedCalendar
from tests.store.kept import TOLD, keep_all_of, write

READERS = (COORDINATOR, HOST, FRIDA, EMELIE)
SETTLES = timedelta(minutes=15)


@pytest.fixture
async def courier(store: Store, port: int) -> AsyncIterator[Courier]:
    courier = Courier(
        store, Postman(SmtpServer("127.0.0.1", port)), "Mobility engine <mobility@engine.example>"
    )
    yield courier
    await courier.postman.close()


@pytest.fixture
async def journey(store: Store) -> Journey:
    """The agenda is put forward; all letters so far have been delivered."""
    journey = in_preparation()
    journey.award()
    journey.pay()
    await keep_all_of(store, journey)
    journey.put_agenda()
    await write(store, journey)
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(state="handed over", settled_at=NOW))
    return journey


async def post_comes(store: Store, courier: Courier) -> None:
    """However long letters settle, that time is over."""
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(next_attempt_at=NOW))
    while await courier.deliver_next():
        pass


async def post_comes_once(courier: Courier) -> None:
    while await courier.deliver_next():
        courier.postman._rests_until = 0.0


def to(person: PersonId, clerk: Clerk) -> list[EmailMessage]:
    return [
        taken for address, taken in zip(clerk.addresses, clerk.taken, strict=True)
        if address == PEOPLE[person].email
    ]  # fmt: skip


def expected(journey: Journey, person: PersonId) -> list[tuple[datetime, datetime, str]]:
    return sorted(
        (datetime.combine(s.day, s.starts), datetime.combine(s.day, s.ends), TOLD[s.title.id])
        for s in calendar_of(person, journey.journal).values()
    )


def all_calendars_are_right(journey: Journey, clerk: Clerk) -> None:
    for person in READERS:
        letters = to(person, clerk)
        shuffled = random.Random(str(person)).sample(letters, len(letters))
        for order in (letters, shuffled):
            assert SimulatedCalendar().read(order).times == expected(journey, person), person


def postponed(sessions: tuple[Session, ...], hour: int) -> tuple[Session, ...]:
    """The last morning later on the same day."""
    last = {"starts": time(hour), "ends": time(hour + 2)}
    return tuple(s.model_copy(update=last) if s.id == "day-3" else s for s in sessions)


def edited(sessions: tuple[Session, ...]) -> tuple[Session, ...]:
    """The first session moved, the last morning's replaced by another."""
    moved = sessions[0].model_copy(update={"starts": time(10), "ends": time(13)})
    kept = [s for s in sessions[1:] if s.id != "day-3"]
    added = a_session(
        "new", day=day_of(3), starts=time(15), ends=time(16), title=writing("new-title")
    )
    return (moved, *kept, added)


def change(journey: Journey, sessions: tuple[Session, ...]) -> None:
    journey.say(m.PutAgenda(by=HOST, sessions=sessions))
    journey.accept_agenda()


async def ledger(store: Store, purpose: Purpose) -> list[LedgerLine]:
    lines = await read_letters(store.engine, REFERENCE)
    return [line for line in lines if line.order.purpose is purpose]


async def test_calendars_fed_by_letters_alone_are_the_agenda_at_every_step(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    async def then() -> None:
        await write(store, journey)
        await post_comes(store, courier)
        all_calendars_are_right(journey, clerk)

    journey.accept_agenda()
    await then()
    assert len(expected(journey, HOST)) > len(expected(journey, FRIDA)) > 0

    change(journey, edited(journey.mobility.agenda.sessions))
    await then()

    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))
    await then()
    assert expected(journey, EMELIE) == []

    journey.say(m.CancelMobility(by=COORDINATOR, cause=Cause.FORCE_MAJEURE))
    await then()
    assert expected(journey, HOST) == []


async def test_one_letter_asks_a_calendar_to_take_in_and_to_take_out(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))
    await write(store, journey)
    clerk.taken.clear()

    await post_comes(store, courier)

    [told] = [taken for taken in to(HOST, clerk) if "withdrawn" in taken["Subject"]]
    methods = {
        part["Content-Type"].params["method"]: part.get_filename()
        for part in told.walk() if part.get_content_type() == "text/calendar"
    }  # fmt: skip
    assert methods == {"REQUEST": "agenda.ics", "CANCEL": "agenda-cancelled.ics"}


async def test_edits_within_the_settling_time_are_one_letter_with_the_difference(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    first = journey.mobility.agenda.sessions
    clerk.taken.clear()
    for sessions in (postponed(first, 14), edited(first), postponed(first, 10)):
        change(journey, sessions)
        await write(store, journey, settles_for=SETTLES)
        while await courier.deliver_next():
            pass
    assert clerk.taken == []

    await post_comes(store, courier)

    changed = clerk.letters_about("has changed")
    assert sorted(clerk.addresses) == sorted(PEOPLE[person].email for person in READERS)
    assert len(changed) == len(clerk.taken) == 4
    assert "Moved: " in text_of(changed[0])
    # The session that came and went in between is nobody's business.
    assert "Round table" not in text_of(changed[0])
    assert text_of(changed[0]).count("May 2026, 09:00") == 1
    assert "10:00 to 12:00" in text_of(changed[0])
    lines = await ledger(store, Purpose.AGENDA_ACCEPTED)
    merged = [line for line in lines if line.merged_into]
    assert len(merged) == 8
    assert len(SimulatedCalendar().read(to(HOST, clerk)).shown) == 1


async def test_a_version_after_the_other_asks_the_sending_side_once(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    first = journey.mobility.agenda.sessions
    clerk.taken.clear()
    for sessions in (postponed(first, 10), postponed(first, 14), edited(first)):
        journey.say(m.PutAgenda(by=HOST, sessions=sessions))
        await write(store, journey, settles_for=SETTLES)

    await post_comes(store, courier)

    [asked] = clerk.taken
    assert clerk.addresses == [PEOPLE[COORDINATOR].email]
    assert "version 4" in text_of(asked)
    assert "New: Round table with the outreach team" in text_of(asked)
    assert not [part for part in asked.walk() if part.get_content_type() == "text/calendar"]


async def test_an_edit_that_is_taken_back_is_no_letter(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    first = journey.mobility.agenda.sessions
    clerk.taken.clear()
    change(journey, edited(first))
    await write(store, journey, settles_for=SETTLES)
    change(journey, first)
    await write(store, journey, settles_for=SETTLES)

    await post_comes(store, courier)

    assert clerk.taken == []
    lines = await ledger(store, Purpose.AGENDA_ACCEPTED)
    remarks = {line.remark for line in lines if not line.merged_into}
    assert "nothing new in it for this person" in remarks


async def test_who_was_asked_about_a_change_hears_that_it_is_taken_back(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    first = journey.mobility.agenda.sessions
    journey.say(m.PutAgenda(by=HOST, sessions=edited(first)))
    await write(store, journey)
    await post_comes(store, courier)
    clerk.taken.clear()
    journey.say(m.PutAgenda(by=HOST, sessions=first))
    await write(store, journey)

    await post_comes(store, courier)

    [told] = clerk.taken
    assert clerk.addresses == [PEOPLE[COORDINATOR].email]
    assert "stays as it was" in told["Subject"]
    assert "has taken its change to the agenda back" in text_of(told)


async def test_who_has_nothing_new_in_a_change_gets_no_letter(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    clerk.taken.clear()
    later = [
        s.model_copy(update={"starts": time(15), "ends": time(17)})
        if s.participants == (EMELIE,) else s
        for s in journey.mobility.agenda.sessions
    ]  # fmt: skip
    change(journey, tuple(later))
    await write(store, journey)

    await post_comes(store, courier)

    told = {PEOPLE[person].email for person in (COORDINATOR, HOST, EMELIE)}
    assert set(clerk.addresses) == told


async def test_who_never_got_the_agenda_gets_all_of_it_with_the_change(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    clerk.refused = (PEOPLE[FRIDA].email,)
    # Not about the address, which then would be asked for.
    clerk.with_words = "554 5.7.1 refused by policy"
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    clerk.refused = ()
    clerk.taken.clear()
    change(journey, edited(journey.mobility.agenda.sessions))
    await write(store, journey)

    await post_comes(store, courier)

    [told] = to(FRIDA, clerk)
    assert "is agreed" in told["Subject"]
    assert SimulatedCalendar().read([told]).times == expected(journey, FRIDA)
    assert not any(part.get_filename() == "agenda-cancelled.ics" for part in told.walk())


async def comes_back(store: Store, journey: Journey, person: PersonId, *keys: str) -> None:
    """Letters come back for their address, another one is given."""
    lines = {line.key: line for line in await read_letters(store.engine, REFERENCE)}
    async with store.engine.begin() as tx:
        bounced = sa.update(letter).where(letter.c.key.in_(keys))
        await tx.execute(bounced.values(state=LetterState.BOUNCED))
    for key in keys:
        order = lines[key].order
        failed = FailedLetter(
            person=person, key=key, purpose=order.purpose, event=order.event,
            asks=order.while_asked is not None,
        )  # fmt: skip
        letter_failed(journey.mobility, failed, at=journey.now)
    address_corrected(journey.mobility, person, at=journey.now)


async def agenda_letters_to(store: Store, person: PersonId) -> list[str]:
    lines = await ledger(store, Purpose.AGENDA_ACCEPTED)
    return [line.key for line in lines if line.order.to == person]


async def test_a_new_mailbox_gets_the_whole_agenda(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    change(journey, edited(journey.mobility.agenda.sessions))
    await write(store, journey)
    await post_comes(store, courier)
    clerk.taken.clear()

    await comes_back(store, journey, FRIDA, (await agenda_letters_to(store, FRIDA))[-1])
    await write(store, journey)
    await post_comes(store, courier)

    [told] = to(FRIDA, clerk)
    assert SimulatedCalendar().read([told]).times == expected(journey, FRIDA)


async def test_of_several_agendas_that_came_back_only_the_newest_is_sent_again(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    for hour in (14, 15):
        change(journey, postponed(journey.mobility.agenda.sessions, hour))
        await write(store, journey)
        await post_comes(store, courier)
    clerk.taken.clear()

    await comes_back(store, journey, FRIDA, *(await agenda_letters_to(store, FRIDA))[1:])
    await write(store, journey)
    await post_comes(store, courier)

    [told] = to(FRIDA, clerk)
    assert "taken its change" not in text_of(told)
    assert SimulatedCalendar().read([told]).times == expected(journey, FRIDA)


async def test_who_answers_for_a_side_hears_of_the_agenda_though_they_do_not_travel_any_more(
    store: Store, courier: Courier, clerk: Clerk
) -> None:
    journey = in_preparation(a_request(participants=(FRIDA, COORDINATOR)))
    journey.put_agenda()
    await keep_all_of(store, journey)
    journey.accept_agenda()
    withdrawal = m.WithdrawParticipant(by=COORDINATOR, participant=COORDINATOR, cause=Cause.ILLNESS)
    journey.say(withdrawal)
    await write(store, journey)
    async with store.engine.begin() as tx:
        await tx.execute(sa.update(letter).values(state="withheld", settled_at=NOW))
    left = [s for s in journey.mobility.agenda.sessions if FRIDA in s.participants]
    alone = tuple(s.model_copy(update={"participants": (FRIDA,)}) for s in left)
    change(journey, postponed(alone, 15))
    await write(store, journey)

    await post_comes(store, courier)

    told = to(COORDINATOR, clerk)
    assert SimulatedCalendar().read(told).times == expected(journey, COORDINATOR) != []


async def test_whether_or_not_a_doubtful_letter_arrived_the_next_puts_calendars_right(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    clerk.silent = True
    journey.accept_agenda()
    await write(store, journey)
    await post_comes_once(courier)
    clerk.silent = False
    doubtful = list(clerk.taken)
    change(journey, edited(journey.mobility.agenda.sessions))
    await write(store, journey)

    courier.postman._rests_until = 0.0
    await post_comes(store, courier)

    all_calendars_are_right(journey, clerk)
    clerk.taken = [taken for taken in clerk.taken if taken not in doubtful]
    assert len(clerk.taken) == 4
    all_calendars_are_right(journey, clerk)
    states = [line.state for line in await ledger(store, Purpose.AGENDA_ACCEPTED)]
    assert Counter(states) == {LetterState.UNKNOWN: 4, LetterState.HANDED_OVER: 4}


async def test_who_withdraws_while_a_letter_settles_gets_it_no_more(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    change(journey, edited(journey.mobility.agenda.sessions))
    await write(store, journey, settles_for=SETTLES)
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))
    await write(store, journey)

    await post_comes(store, courier)

    assert [taken["Subject"] for taken in to(EMELIE, clerk)][-1].startswith("You have withdrawn")
    states = [
        line.state for line in await ledger(store, Purpose.AGENDA_ACCEPTED)
        if line.order.to == EMELIE
    ]  # fmt: skip
    assert states == [LetterState.HANDED_OVER, LetterState.WITHHELD]
    all_calendars_are_right(journey, clerk)


async def test_a_visit_that_is_moved_is_taken_out_of_every_calendar(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)
    # The agreement for the new dates is not drawn up here: what asks for it cannot be written.
    journey.tell(m.MoveVisit(by=HOST, first_day=day_of(36), last_day=day_of(38)))
    await write(store, journey)

    await post_comes(store, courier)

    all_calendars_are_right(journey, clerk)
    for person in READERS:
        calendar = SimulatedCalendar().read(to(person, clerk))
        assert calendar.kept
        assert not calendar.shown


async def test_identifiers_are_the_sessions_own(
    store: Store, courier: Courier, clerk: Clerk, journey: Journey
) -> None:
    journey.accept_agenda()
    await write(store, journey)
    await post_comes(store, courier)

    names = {s.id for s in journey.mobility.agenda.sessions}
    shown = SimulatedCalendar().read(to(HOST, clerk)).shown
    assert set(shown) == {f"{REFERENCE}-{name}@{UID_DOMAIN}" for name in names}
