"""What everybody's calendar is told, whatever becomes of the letters that tell it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import events as e
from domain import messages as m
from domain.agenda import Session, SessionKind
from domain.calendars import Calendars, Difference, Held, Telling
from domain.events import Entry, Event, Outcome, Phase
from domain.facts import PersonId
from domain.messages import Cause
from domain.people import SYSTEM
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    OPENED,
    REFERENCE,
    SOC,
    SOC_OFFER,
    a_request,
    a_session,
    calendar_of,
    day_of,
    in_visit,
    noon,
    on_the_clock,
    ready_to_go,
    writing,
)

READERS = (COORDINATOR, HOST, FRIDA, EMELIE)
each_reader = pytest.mark.parametrize("reader", READERS)


def difference_for(
    person: PersonId, entries: Sequence[Entry], as_of: int, tellings: Sequence[Telling] = ()
) -> Difference:
    return Calendars(entries, on_the_clock).difference_for(person, as_of, tellings)


def names(held: Held) -> set[str]:
    return set(held)


# What everybody's calendar holds.


def test_nobody_has_anything_in_the_calendar_before_an_agenda_is_accepted() -> None:
    journey = ready_to_go()
    put = next(entry.n for entry in journey.journal if entry.kind == "AgendaPut")

    for reader in READERS:
        assert calendar_of(reader, journey.journal[:put]) == {}


def test_coordinators_see_every_session_and_participants_their_own() -> None:
    journey = ready_to_go()
    everything = {s.id for s in journey.mobility.agenda.sessions}

    assert names(calendar_of(COORDINATOR, journey.journal)) == everything
    assert names(calendar_of(HOST, journey.journal)) == everything
    assert names(calendar_of(FRIDA, journey.journal)) == everything - {f"beside-{EMELIE}"}
    assert calendar_of(OFFICE, journey.journal) == {}


def test_a_change_that_waits_for_its_answer_is_in_no_calendar() -> None:
    journey = ready_to_go()
    before = calendar_of(HOST, journey.journal)

    journey.put_agenda()
    assert calendar_of(HOST, journey.journal) == before

    journey.accept_agenda()
    assert calendar_of(HOST, journey.journal) != before


def test_a_withdrawal_empties_one_calendar_and_changes_only_what_others_see() -> None:
    journey = ready_to_go()
    frida = calendar_of(FRIDA, journey.journal)

    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    assert calendar_of(EMELIE, journey.journal) == {}
    assert calendar_of(FRIDA, journey.journal) == frida
    left = calendar_of(HOST, journey.journal)
    assert f"beside-{EMELIE}" not in left
    assert {s.participants for s in left.values()} == {(FRIDA,)}


def test_a_change_put_before_a_withdrawal_and_accepted_after_it_leaves_them_out() -> None:
    journey = ready_to_go()
    journey.put_agenda()
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))
    journey.accept_agenda()

    assert calendar_of(EMELIE, journey.journal) == {}
    assert f"beside-{EMELIE}" not in calendar_of(COORDINATOR, journey.journal)


@pytest.mark.parametrize(
    "ending",
    [
        m.CancelMobility(by=COORDINATOR, cause=Cause.WORK),
        m.CancelMobility(by=OFFICE, cause=Cause.FORCE_MAJEURE),
        m.DeclineMobility(by=HOST, cause=Cause.HOST_UNABLE),
    ],
)
def test_a_mobility_that_ends_before_the_visit_empties_every_calendar(ending: m.Message) -> None:
    journey = ready_to_go()
    journey.say(ending)

    for reader in READERS:
        assert calendar_of(reader, journey.journal) == {}


def test_a_visit_that_is_moved_empties_every_calendar_until_it_is_planned_anew() -> None:
    journey = ready_to_go()
    journey.move()
    for reader in READERS:
        assert calendar_of(reader, journey.journal) == {}

    journey.sign(*journey.mobility.signatories)
    journey.put_agenda()
    journey.accept_agenda()

    days = journey.mobility.request.days
    assert {s.day for s in calendar_of(HOST, journey.journal).values()} == set(days)


def test_what_has_taken_place_stays_when_the_mobility_ends_during_the_visit() -> None:
    journey = in_visit()
    journey.wait_until(noon(day_of(2)))
    journey.say(m.DeclineMobility(by=HOST, cause=Cause.HOST_UNABLE))

    left = calendar_of(HOST, journey.journal).values()

    assert {s.day for s in left} == {day_of(1), day_of(2)}
    # Barcelona is two hours ahead of UTC: at 14:00 there, the afternoon begins and is not to come.
    assert max(s.starts for s in left if s.day == day_of(2)) <= time(14)


def test_a_visit_that_took_place_keeps_its_calendar() -> None:
    journey = in_visit()
    before = calendar_of(FRIDA, journey.journal)
    journey.attend(FRIDA, EMELIE)
    journey.report()
    journey.answer(FRIDA, EMELIE, HOST)

    assert journey.mobility.outcome is Outcome.COMPLETED
    assert calendar_of(FRIDA, journey.journal) == before


def test_who_withdraws_during_the_visit_keeps_what_is_past() -> None:
    journey = in_visit()
    journey.wait_until(noon(day_of(2)))
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    assert {s.day for s in calendar_of(EMELIE, journey.journal).values()} == {day_of(1), day_of(2)}


def test_a_session_given_to_somebody_else_falls_for_one_and_is_new_for_the_other() -> None:
    journey = ready_to_go()
    before = journey.mobility.n
    swapped = {FRIDA: EMELIE, EMELIE: FRIDA}
    sessions = tuple(
        s.model_copy(update={"participants": (swapped[s.participants[0]],)})
        if len(s.participants) == 1 else s
        for s in journey.mobility.agenda.sessions
    )  # fmt: skip
    journey.say(m.PutAgenda(by=HOST, sessions=sessions))
    journey.accept_agenda()
    told = [Telling(as_of=before, is_certain=True)]

    found = difference_for(FRIDA, journey.journal, journey.mobility.n, told)

    assert [s.id for s in found.requests] == [f"beside-{EMELIE}"]
    assert [s.id for s in found.cancels] == [f"beside-{FRIDA}"]


# What a letter tells.


def test_the_first_letter_brings_everything_and_the_next_only_what_is_new() -> None:
    journey = ready_to_go()
    first = journey.mobility.n
    sessions = journey.mobility.agenda.sessions
    dropped, moved = sessions[-1], sessions[0].model_copy(update={"starts": time(8)})
    journey.say(m.PutAgenda(by=HOST, sessions=(moved, *sessions[1:])))
    journey.accept_agenda()
    told = [Telling(as_of=first, is_certain=True)]

    at_first = difference_for(HOST, journey.journal, first)
    then = difference_for(HOST, journey.journal, journey.mobility.n, told)

    assert at_first.is_first
    assert {s.id for s in at_first.requests} == {s.id for s in sessions}
    assert [s.id for s in then.requests] == [moved.id]
    assert dropped.id not in {s.id for s in then.cancels}
    assert [(c.before, c.after) for c in then.changes] == [(sessions[0], moved)]


def test_what_never_left_is_told_whole_with_the_next_letter() -> None:
    journey = ready_to_go()
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    found = difference_for(HOST, journey.journal, journey.mobility.n)

    assert found.is_first
    assert not found.cancels
    assert {s.id for s in found.requests} == names(calendar_of(HOST, journey.journal))


def test_what_may_have_left_is_told_again_and_cancelled_where_it_fell() -> None:
    journey = ready_to_go()
    doubtful = [Telling(as_of=journey.mobility.n, is_certain=False)]
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    found = difference_for(HOST, journey.journal, journey.mobility.n, doubtful)

    assert [s.id for s in found.cancels] == [f"beside-{EMELIE}"]
    assert {s.id for s in found.requests} == names(calendar_of(HOST, journey.journal))


@each_reader
def test_a_letter_that_leaves_after_a_newer_one_tells_nothing_older(reader: PersonId) -> None:
    journey = ready_to_go()
    first = journey.mobility.n
    journey.put_agenda()
    journey.accept_agenda()
    newer = Telling(as_of=journey.mobility.n, is_certain=True)

    late = difference_for(reader, journey.journal, first, [newer])

    assert late.is_nothing


# Whatever is edited, and whatever becomes of the letters.


class Fate(Enum):
    """What becomes of a letter."""

    ARRIVES = "arrives"
    WITHHELD = "withheld"
    ARRIVES_UNCONFIRMED = "arrives, and nobody can know"
    LOST_UNCONFIRMED = "is lost, and nobody can know"


POOL = [
    a_session(f"s{n}", title=writing(f"t{variant}"), day=day_of(day), starts=time(hour),
              ends=time(hour + 1), participants=people,
              kind=SessionKind.SHARED if len(people) > 1 else SessionKind.SHADOWING)
    for n in range(4)
    for variant, day, hour, people in (
        (0, 1, 9, (FRIDA, EMELIE)), (0, 2, 9, (FRIDA, EMELIE)), (1, 1, 9, (FRIDA,)),
        (1, 1, 15, (EMELIE,)),
    )
]  # fmt: skip
AGENDAS = st.lists(st.sampled_from(POOL), max_size=4, unique_by=lambda s: s.id).map(tuple)
EDITS = st.one_of(AGENDAS, AGENDAS, AGENDAS, st.sampled_from([FRIDA, EMELIE, "end"]))
Edit = tuple[Session, ...] | str


def written(edits: Sequence[Edit]) -> tuple[list[Entry], list[int]]:
    """A journal with these edits, and the entries after which a letter is to leave."""
    journal: list[Entry] = []
    telling: list[int] = []

    def happened(event: Event, *, tells: bool = False) -> None:
        n = len(journal) + 1
        journal.append(
            Entry(reference=REFERENCE, n=n, kind=type(event).__name__, phase=Phase.PREPARATION,
                  by=SYSTEM, at=OPENED + timedelta(minutes=n),
                  facts=event.model_dump(mode="json"))
        )  # fmt: skip
        if tells:
            telling.append(n)

    happened(e.MobilityRequested(request=a_request()))
    happened(e.PlaceAccepted(offer=SOC_OFFER, organisation=SOC, coordinator=HOST))
    for version, edit in enumerate(edits, start=1):
        if isinstance(edit, tuple):
            happened(e.AgendaPut(version=version, sessions=edit, zone="Europe/Madrid"))
            happened(e.AgendaAccepted(version=version), tells=True)
        elif edit == "end":
            ended = e.MobilityEnded(outcome=Outcome.CANCELLED, cause=Cause.WORK, note=None)
            happened(ended, tells=True)
        else:
            person = PersonId(edit)
            withdrew = e.ParticipantWithdrew(participant=person, cause=Cause.WORK, note=None)
            happened(withdrew, tells=True)
    return journal, telling


@settings(max_examples=100)
@given(edits=st.lists(EDITS, min_size=1, max_size=8), reader=st.sampled_from(READERS),
       data=st.data())  # fmt: skip
def test_a_calendar_fed_by_letters_in_any_order_is_the_agenda(
    edits: list[Edit], reader: PersonId, data: st.DataObject
) -> None:
    journal, telling = written(edits)
    tellings: list[Telling] = []
    arrived: list[tuple[str, int, Session | None]] = []
    for n in telling:
        found = difference_for(reader, journal[:n], n, tellings)
        fate = Fate.ARRIVES if n == telling[-1] else data.draw(st.sampled_from(Fate))
        if fate is not Fate.WITHHELD:
            tellings.append(Telling(as_of=n, is_certain=fate is Fate.ARRIVES))
        if fate in {Fate.ARRIVES, Fate.ARRIVES_UNCONFIRMED}:
            arrived += [(s.id, found.as_of, s) for s in found.requests]
            arrived += [(s.id, found.as_of, None) for s in found.cancels]

    for order in (arrived, data.draw(st.permutations(arrived))):
        assert _calendar_after(order) == calendar_of(reader, journal)
    assert _says_each_thing_once(arrived)


def _calendar_after(parts: Sequence[tuple[str, int, Session | None]]) -> Held:
    kept: dict[str, tuple[int, Session | None]] = {}
    for name, sequence, session in parts:
        if name not in kept or sequence >= kept[name][0]:
            kept[name] = sequence, session
    return {name: session for name, (_, session) in kept.items() if session is not None}


def _says_each_thing_once(parts: Sequence[tuple[str, int, Session | None]]) -> bool:
    """Under one number nothing is said of a session but one thing."""
    return all(
        (session is None) == (other is None) and session == other
        for n, (name, sequence, session) in enumerate(parts)
        for again, number, other in parts[n + 1 :]
        if (again, number) == (name, sequence)
    )


@pytest.mark.parametrize(
    "day", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
)
def test_what_is_still_to_come_is_so_by_the_clock_of_the_host(day: date) -> None:
    """At nine in Barcelona on the days on which the clocks are changed."""
    hour = 7 if day.month == 3 else 8
    sessions = (a_session(day=day, starts=time(9), ends=time(10)),)
    journal, _ = written([sessions, "end"])
    begins = datetime.combine(day, time(hour), UTC)

    for at, left in ((begins - timedelta(minutes=1), set()), (begins, {"s1"})):
        ended = [*journal[:-1], journal[-1].model_copy(update={"at": at})]
        assert names(calendar_of(HOST, ended)) == left
