"""The same visit requested twice: the second is asked about, started all the same, and merged."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from domain.deadlines import Asked
from domain.errors import AlreadyDone, MayBeTheSame, MergeNotAcceptable, OutOfPhase, WrongRole
from domain.events import Outcome
from domain.facts import Reference
from domain.joining import ApplicationMessage
from domain.letters import Purpose
from domain.messages import Cause, Message, Receipt, TakeInMobility
from settings import Settings
from starter.case_files import CaseDocument, ParticipantEntry, RequestSection
from starter.client import Unreachable
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.merging import merge
from starter.rehearsal import Rehearsal
from starter.story import a_host_accepts
from store.journal import read_journal
from tests.journeys.reading import facts, is_sound, kinds, letters, told
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")
TODAY = datetime.now(UTC).date()
BORAS, OFFICE = "coordinator@boras.example", "office@erasmus.example"


def travelling(*names: str) -> tuple[ParticipantEntry, ...]:
    """People whom no other test sends anywhere."""
    own = uuid.uuid4().hex[:8]
    return tuple(
        ParticipantEntry(name=f"{name} Own", email=f"{name}.{own}@boras.example", profile="tester")
        for name in names
    )


@pytest.fixture
def section(case: CaseDocument) -> RequestSection:
    """The customer's case with people and a title of its own, as a person would request it."""
    assert case.request is not None
    return changed(case.request, title=uuid.uuid4().hex, participants=travelling("Frida", "Emelie"))


def changed(section: RequestSection, **changes: object) -> RequestSection:
    return section.model_copy(update=changes)


def on_later_days(section: RequestSection, days: int) -> RequestSection:
    days_on = timedelta(days=days)
    return changed(
        section, first_day=section.first_day + days_on, last_day=section.last_day + days_on
    )


async def two(
    desk: FrontDesk, settings: Settings, section: RequestSection, other: RequestSection
) -> tuple[Rehearsal, Rehearsal]:
    """The one that is to end, and the one that is to go on."""
    staying = await desk.request(section, today=TODAY)
    going = await desk.request(other, today=TODAY, anyway=True)
    clock = VirtualClock(desk.client, settings)
    pair = Rehearsal(desk, clock, going), Rehearsal(desk, clock, staying)
    await asyncio.gather(*(one.asked(Asked.PLACE) for one in pair))
    return pair


# The same request, and one that comes close.


async def test_the_same_request_written_down_otherwise_is_one_mobility(
    desk: FrontDesk, section: RequestSection
) -> None:
    reference = await desk.request(section, today=TODAY)
    first, second = section.participants
    otherwise = changed(
        section, participants=(second, changed_email(first)), themes=section.themes[::-1],
        context=section.context.replace(" ", "  ", 1) + "\n",
        sending="Working Life Department Borås Stad",
    )  # fmt: skip

    with pytest.raises(AlreadyDone, match=f"it is {reference}"):
        await desk.request(otherwise, today=TODAY)


def changed_email(entry: ParticipantEntry) -> ParticipantEntry:
    return entry.model_copy(update={"email": entry.email.upper()})


async def test_a_near_match_is_asked_about_and_starts_when_told_so(
    desk: FrontDesk, section: RequestSection
) -> None:
    reference = await desk.request(section, today=TODAY)
    frida, _ = section.participants
    others = travelling("Signe")
    tries = [
        (on_later_days(changed(section, participants=(frida,)), 10), "has Frida Own in common"),
        (
            changed(section, title="Another title"),
            "Frida Own and Emelie Own cannot be in two places",
        ),
        (on_later_days(changed(section, participants=others), 7), "has title and objectives"),
    ]
    before = len(await desk.store.cases())

    for near, sentence in tries:
        with pytest.raises(MayBeTheSame, match=sentence) as asked:
            await desk.request(near, today=TODAY)
        assert f"{reference}, requested on" in str(asked.value)
    assert len(await desk.store.cases()) == before
    started = await desk.request(tries[0][0], today=TODAY, anyway=True)
    with pytest.raises(AlreadyDone, match=f"it is {started}"):
        await desk.request(tries[0][0], today=TODAY, anyway=True)


async def test_what_is_far_away_or_closed_or_has_other_people_is_not_asked_about(
    desk: FrontDesk, settings: Settings, section: RequestSection
) -> None:
    reference = await desk.request(section, today=TODAY)
    frida, emelie = section.participants
    rehearsal = Rehearsal(desk, VirtualClock(desk.client, settings), reference)
    await rehearsal.asked(Asked.PLACE)

    await desk.request(on_later_days(section, 25), today=TODAY)
    await desk.request(
        changed(section, title="Other words", participants=travelling("Signe")), today=TODAY
    )
    await (await rehearsal.acts(frida.email)).withdraw("", Cause.ILLNESS)
    alone = changed(section, title="For Frida alone", participants=(frida,))
    await desk.request(alone, today=TODAY)
    await (await rehearsal.acts(BORAS)).cancel(Cause.OTHER)
    await rehearsal.closed()
    await desk.request(
        changed(section, title="For Emelie alone", participants=(emelie,)), today=TODAY
    )


async def test_a_near_match_goes_by_the_days_and_the_address_that_hold_now(
    desk: FrontDesk, settings: Settings, section: RequestSection
) -> None:
    frida, _ = section.participants
    alone = changed(section, title="Another title", participants=(frida,))
    reference = await desk.request(section, today=TODAY)
    rehearsal = Rehearsal(desk, VirtualClock(desk.client, settings), reference)
    await rehearsal.asked(Asked.PLACE)
    request = (await rehearsal.mobility()).request
    moved = on_later_days(section, 70)
    await (await rehearsal.acts(BORAS)).move(moved.first_day, moved.last_day)
    await stages.out_of_reach(rehearsal, request.participants[0])
    new = travelling("Frida")
    await (await rehearsal.acts(BORAS)).correct_address(frida.email, new[0].email)

    with pytest.raises(MayBeTheSame, match="Frida Own cannot be in two places"):
        await desk.request(on_later_days(changed(alone, participants=new), 70), today=TODAY)
    await desk.request(on_later_days(alone, 70), today=TODAY)
    await desk.request(changed(alone, participants=new), today=TODAY)


# Two that are one.


async def test_a_duplicate_ends_and_its_history_is_tied_to_what_goes_on(
    desk: FrontDesk, settings: Settings, section: RequestSection
) -> None:
    going, staying = await two(desk, settings, section, on_later_days(section, 7))
    await a_host_accepts(going)
    await going.asked(Asked.SIGNATURES)
    before = (await staying.mobility()).view

    await merge(desk, going.reference, staying.reference, BORAS)

    ended = await going.closed()
    assert (ended.outcome, ended.cause) == (Outcome.CANCELLED, Cause.MERGED)
    assert ended.merged_into == staying.reference
    assert (await kinds(desk, going))[-2:] == ["MobilityMerged", "MobilityEnded"]
    after = (await staying.mobility()).view
    assert (after.taken_in, after.n) == ((going.reference,), before.n + 1)
    assert after.questions == before.questions
    [tie] = await facts(desk, staying, "MobilityTakenIn")
    last = (await read_journal(desk.store.engine, going.reference))[-1]
    assert tie == {"reference": going.reference, "head": last.chain}
    assert await is_sound(desk, going)
    assert await is_sound(desk, staying)
    request = (await going.mobility()).request
    host = (await going.mobility()).view.host
    assert host is not None
    concerned = {request.coordinator, host.coordinator, *request.participants}
    assert await told(desk, going, Purpose.MOBILITY_ENDED) == dict.fromkeys(concerned, 1)
    assert await letters(desk, staying, Purpose.MOBILITY_ENDED) == []
    with pytest.raises(AlreadyDone, match=f"{going.reference} has been merged with"):
        await merge(desk, going.reference, staying.reference, BORAS)


class StopsInBetween(FrontDesk):
    """A desk that goes down once the first of the two has been told."""

    async def say(
        self, reference: Reference, message: Message | ApplicationMessage, *, occasion: str = ""
    ) -> Receipt:
        if isinstance(message, TakeInMobility):
            raise Unreachable("Temporal does not answer.")
        return await super().say(reference, message, occasion=occasion)


async def test_a_merge_that_stopped_in_between_is_made_up_for_by_the_same_command(
    desk: FrontDesk, settings: Settings, section: RequestSection
) -> None:
    going, staying = await two(desk, settings, section, on_later_days(section, 1))
    down = StopsInBetween(desk.store, desk.client, task_queue=settings.mobility_task_queue)
    with pytest.raises(Unreachable):
        await merge(down, going.reference, staying.reference, BORAS)
    assert (await going.closed()).merged_into == staying.reference

    merged = await merge(desk, going.reference, staying.reference, OFFICE)

    assert merged.ended is None
    assert (await staying.mobility()).view.taken_in == (going.reference,)
    assert set((await told(desk, going, Purpose.MOBILITY_ENDED)).values()) == {1}
    assert await is_sound(desk, staying)


async def test_merging_is_refused_where_a_visit_would_be_lost_or_somebody_else_has_to_say_it(
    desk: FrontDesk, settings: Settings, section: RequestSection
) -> None:
    frida, emelie = section.participants
    of_frida = changed(section, participants=(frida,))
    going, staying = await two(desk, settings, of_frida, on_later_days(section, 3))
    pair = (going.reference, staying.reference)

    for reference, into, who, kind, sentence in (
        (*pair, BORAS, MergeNotAcceptable, "Emelie Own takes part in"),
        (*pair, frida.email, WrongRole, "the sending coordinator of both or the programme office"),
        (pair[0], pair[0], BORAS, MergeNotAcceptable, "cannot be merged with itself"),
    ):
        with pytest.raises(kind, match=sentence):
            await merge(desk, reference, into, who)
    assert (await going.mobility()).view.outcome is None

    await (await going.acts(emelie.email)).withdraw("", Cause.WORK)
    await merge(desk, *pair, BORAS)
    closed, open_one = pair
    with pytest.raises(OutOfPhase, match=f"{closed} is closed: nothing can be merged with it"):
        await merge(desk, open_one, closed, BORAS)
