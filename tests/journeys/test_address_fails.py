"""Letters to somebody do not arrive: their clock stops, the other side is asked, it goes on."""

import asyncio
import mailbox
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from activities.letter_book import LedgerBook, say_returned
from activities.messenger import as_told
from activities.returned_post import ReturnedPost
from domain.deadlines import Asked
from domain.errors import AddressNotAcceptable, NotAwaited, OutOfPhase, WrongRole
from domain.events import Outcome
from domain.facts import PersonId
from domain.letters import Purpose
from domain.messages import Cause
from domain.people import Person, Role
from mail.letterbox import MaildirLetterbox
from starter.case_files import DirectorySection, ParticipantEntry
from starter.desk import FrontDesk
from starter.mobilities import MobilitiesInTemporal
from starter.rehearsal import Rehearsal
from starter.story import a_host_accepts, holder
from store.addresses import change_address, not_told
from store.directory import read_directory
from store.ledger import LedgerLine, LetterState, read_letters
from store.letters_kept import read_letter
from store.tables import hosting_offer, person
from tests.conftest import Begin
from tests.journeys.reading import is_sound, kinds, letters
from tests.mail import returned_samples as samples

pytestmark = pytest.mark.usefixtures("working")
NEW = "emelie.new@boras.example"
Bounces = Callable[[LedgerLine], Awaitable[None]]


@pytest.fixture
def bounces(desk: FrontDesk, tmp_path: Path) -> Bounces:
    """Has a letter come back in a Maildir, as a relay says it, and be read there."""
    folder = tmp_path / "post"
    box = mailbox.Maildir(folder, create=True)

    async def bounces(line: LedgerLine) -> None:
        people = await desk.people(line.order.reference)
        to, message_id = people[line.order.to].email, line.message_id or ""
        returned = samples.letter(message_id=message_id, to=to)
        box.add(samples.postfix(samples.fields(to), returned=returned))
        domain = message_id.rpartition("@")[2].rstrip(">")
        letterbox = MaildirLetterbox(folder)
        reader = ReturnedPost(letterbox, LedgerBook(desk.store), say_returned, domain)
        assert await reader.read_all() == 1
        await letterbox.close()

    return bounces


@pytest.fixture
async def lone_host(desk: FrontDesk) -> AsyncIterator[PersonId]:
    """The only host that speaks Interlingua."""
    directory = await read_directory(desk.store.engine)
    offer, name = directory.offers[0], f"host-{secrets.token_hex(4)}"
    host = Person(
        id=PersonId(name), name="Pau Serra", email=f"{name}@soc.example",
        organisation=offer.organisation, roles=(Role.RECEIVING,),
    )  # fmt: skip
    own = offer.model_copy(update={"id": name, "coordinator": host.id, "languages": {"ia": None}})
    section = DirectorySection(organisations=(), people=(host,), offers=(own,))
    await desk.keep_directory(section)
    yield host.id
    async with desk.store.engine.begin() as tx:
        for table in (hosting_offer, person):
            await tx.execute(sa.delete(table).where(table.c.id == name))


async def before_the_signatories(begin: Begin) -> tuple[Rehearsal, PersonId]:
    """The agreement is on the table; the last of those who travel is about to be lost."""
    rehearsal = await begin(with_post=True, participants=some_people())
    await a_host_accepts(rehearsal)
    view = await rehearsal.asked(Asked.SIGNATURES)
    await rehearsal.post_comes()
    return rehearsal, view.taking_part[-1]


def some_people() -> tuple[ParticipantEntry, ...]:
    """Two with addresses of their own, so that no other mobility has a dead one."""
    return tuple(
        ParticipantEntry(name=name, email=f"{secrets.token_hex(4)}@boras.example", profile="youth")
        for name in ("Frida Augustsson", "Emelie Persson")
    )


async def letters_to(desk: FrontDesk, rehearsal: Rehearsal, person: PersonId) -> list[LedgerLine]:
    ledger = await read_letters(desk.store.engine, rehearsal.reference)
    return [line for line in ledger if line.order.to == person]


async def out_of_reach(rehearsal: Rehearsal, person: PersonId) -> None:
    await rehearsal.until(lambda view: person in view.out_of_reach, f"without {person}")


async def test_an_address_fails_is_corrected_and_the_journey_goes_on(
    begin: Begin, desk: FrontDesk, bounces: Bounces
) -> None:
    rehearsal, lost = await before_the_signatories(begin)
    before = next(
        q for q in (await rehearsal.mobility()).view.questions if q.asked is Asked.SIGNATURES
    )
    for line in await letters_to(desk, rehearsal, lost):
        await bounces(line)
    await out_of_reach(rehearsal, lost)
    sending = await holder(rehearsal, Role.SENDING)
    host = await holder(rehearsal, Role.RECEIVING)

    # Nobody is asked twice, others are reminded, and no address is taken that cannot be.
    await rehearsal.days_pass(6)
    view = (await rehearsal.mobility()).view
    question = next(q for q in view.questions if q.asked is Asked.SIGNATURES)
    assert question.paused.keys() == {lost}
    wanted = await letters(desk, rehearsal, Purpose.ADDRESS_WANTED)
    assert {line.order.to for line in wanted} == {sending.by}
    old = (await desk.people(rehearsal.reference))[lost].email
    for address in (old, "emelie", (await desk.people(rehearsal.reference))[sending.by].email):
        with pytest.raises(AddressNotAcceptable):
            await sending.correct_address(lost, address)
    with pytest.raises(WrongRole):
        await host.correct_address(lost, NEW)
    with pytest.raises(NotAwaited):
        await sending.correct_address(host.by, NEW)
    assert (await desk.people(rehearsal.reference))[lost].email == old

    await sending.correct_address(lost, NEW)
    await rehearsal.post_comes()

    view = (await rehearsal.mobility()).view
    question = next(q for q in view.questions if q.asked is Asked.SIGNATURES)
    assert view.out_of_reach == question.paused == {}
    assert (question.due - before.due).days >= 6
    assert view.question(Asked.ADDRESS) is None
    again = [
        line for line in await letters_to(desk, rehearsal, lost)
        if line.state is LetterState.HANDED_OVER
    ]  # fmt: skip
    assert {line.order.purpose for line in again} == {
        Purpose.MATCH_MADE, Purpose.AGREEMENT_TO_SIGN,
    }  # fmt: skip
    # What comes back of the old address now is of no interest.
    await (await rehearsal.acts(NEW)).sign()
    said = await kinds(desk, rehearsal)
    assert said.count("AddressFailed") == said.count("AddressCorrected") == 1
    assert await is_sound(desk, rehearsal)


async def test_the_host_that_is_asked_for_a_place_is_found_and_accepts(
    begin: Begin, desk: FrontDesk, bounces: Bounces, lone_host: PersonId
) -> None:
    rehearsal = await begin(with_post=True, participants=some_people(), languages={"ia": None})
    await rehearsal.asked(Asked.PLACE)
    await rehearsal.post_comes()
    [asked] = await letters_to(desk, rehearsal, lone_host)
    await bounces(asked)
    await out_of_reach(rehearsal, lone_host)
    old = (await desk.people(rehearsal.reference))[lone_host].email
    # The address is right, says the coordinator; but it is not.
    sending = await holder(rehearsal, Role.SENDING)
    await sending.correct_address(lone_host, old, works_again=True)
    await rehearsal.post_comes()
    second = (await letters_to(desk, rehearsal, lone_host))[-1]
    assert (second.key != asked.key, second.state) == (True, LetterState.HANDED_OVER)
    await bounces(second)
    await out_of_reach(rehearsal, lone_host)
    sending = await holder(rehearsal, Role.SENDING)
    # Whoever stopped between putting it on file and telling the mobility says it once more.
    new = f"new.{lone_host}@soc.example"
    await change_address(desk.store, rehearsal.reference, lone_host, new)

    first = await sending.correct_address(lone_host, new)
    again = await sending.correct_address(lone_host, new)
    # The command given once more, when letters arrive already.
    late = [await holder(rehearsal, Role.SENDING) for _ in range(2)]
    later = [
        await who.correct_address(called, new)
        for who, called in zip(late, (lone_host, old), strict=True)
    ]

    assert [again, *later] == [first] * 3
    with pytest.raises(NotAwaited, match="letters to them arrive"):
        await (await holder(rehearsal, Role.SENDING)).correct_address(lone_host, f"x.{new}")
    with pytest.raises(NotAwaited, match="letters to them arrive"):
        await (await holder(rehearsal, Role.OFFICE)).correct_address(lone_host, new)
    await rehearsal.post_comes()
    line = (await letters_to(desk, rehearsal, lone_host))[-1]
    kept = await read_letter(desk.store.engine, desk.store.keys, line.key)
    assert line.order.purpose is Purpose.HOST_ASKED_FOR_A_PLACE
    assert line.key not in {asked.key, second.key}
    assert kept is not None
    assert new.encode() in (kept.message or b"")
    await (await rehearsal.acts(new)).accept()
    await rehearsal.asked(Asked.SIGNATURES)


async def test_nobody_knows_another_address_and_the_clock_runs_on(
    begin: Begin, desk: FrontDesk, bounces: Bounces
) -> None:
    rehearsal, lost = await before_the_signatories(begin)
    await bounces((await letters_to(desk, rehearsal, lost))[-1])
    await out_of_reach(rehearsal, lost)

    await rehearsal.days_pass(60)

    view = await rehearsal.closed()
    said = await kinds(desk, rehearsal)
    assert (view.outcome, view.cause) == (Outcome.LAPSED, Cause.NOT_SIGNED)
    assert said.index("AddressFailed") < said.index("AddressLapsed") < said.index("MobilityEnded")
    overdue = await letters(desk, rehearsal, Purpose.ANSWER_OVERDUE)
    office = (await rehearsal.mobility()).request.office
    assert office in {line.order.to for line in overdue if line.order.while_open is Asked.ADDRESS}
    reminded = [
        line.order for line in await letters_to(desk, rehearsal, lost) if line.order.ordinal
    ]
    failed = said.index("AddressFailed") + 1
    lapsed = said.index("AddressLapsed") + 1
    assert not [order for order in reminded if failed < order.event < lapsed]


async def test_of_a_mobility_that_has_ended_or_was_erased_nothing_is_heard(
    begin: Begin, desk: FrontDesk, bounces: Bounces
) -> None:
    rehearsal, lost = await before_the_signatories(begin)
    line = (await letters_to(desk, rehearsal, lost))[-1]
    await (await holder(rehearsal, Role.SENDING)).cancel(Cause.OTHER)
    await rehearsal.closed()
    before = await kinds(desk, rehearsal)

    await bounces(line)
    await all_is_told(desk)

    assert await kinds(desk, rehearsal) == before
    with pytest.raises(OutOfPhase):
        await (await holder(rehearsal, Role.SENDING)).correct_address(lost, NEW)
    failed = as_told(line)
    await desk.store.erase(rehearsal.reference)
    await MobilitiesInTemporal(desk.client).letter_failed(rehearsal.reference, failed)
    assert await kinds(desk, rehearsal) == before


async def all_is_told(desk: FrontDesk) -> None:
    """Wait until the messenger has nothing to tell any more."""
    async with asyncio.timeout(10):
        while await not_told(desk.store.engine):
            await asyncio.sleep(0.1)
