from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import messages as m
from domain.agenda import Session, SessionKind, check_agenda
from domain.deadlines import Asked
from domain.errors import AgendaNotAcceptable, AlreadyDone, NotAwaited, StaleVersion
from domain.events import Outcome
from domain.messages import Cause
from domain.request import Activity
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    HOST,
    LAST_DAY,
    OPENED,
    PLANS,
    STRANGER,
    Journey,
    a_request,
    a_session,
    an_agenda,
    day_of,
    in_preparation,
    writing,
)

BOTH = (FRIDA, EMELIE)


def on_the_table() -> Journey:
    journey = in_preparation()
    journey.put_agenda()
    return journey


def send_back(journey: Journey, version: int) -> None:
    journey.say(m.ReturnAgenda(by=COORDINATOR, version=version, note=writing("note")))


def with_session(**changes: object) -> tuple[Session, ...]:
    return (*an_agenda(), a_session("extra", **({"starts": time(17), "ends": time(18)} | changes)))


def test_an_agenda_that_leaves_nobody_and_nothing_out_is_accepted() -> None:
    check_agenda(an_agenda(), a_request(), BOTH)
    check_agenda(with_session(), a_request(), BOTH)


@pytest.mark.parametrize(
    ("sessions", "sentence"),
    [
        (with_session(ends=time(17)), "Session extra ends before it starts"),
        (with_session(ends=time(16)), "Session extra ends before it starts"),
        (
            with_session(day=FIRST_DAY - timedelta(days=1)),
            "Session extra is on 2026-05-04, outside the visit of 2026-05-05 to 2026-05-07",
        ),
        (with_session(day=LAST_DAY + timedelta(days=1)), "Session extra is on 2026-05-08"),
        (with_session(participants=(STRANGER,)), "planned for p-stranger, who does not take part"),
        (with_session(participants=()), "Session extra is for nobody"),
        (
            with_session(kind=SessionKind.SHADOWING),
            "Session extra is individual shadowing for 2 participants",
        ),
        (with_session(objectives=("o9",)), "serves objective o9, which the request does not have"),
        (
            with_session(starts=time(11), ends=time(13)),
            "Sessions day-1 and extra on 2026-05-05 overlap for participant p-frida",
        ),
        (
            tuple(s for s in an_agenda() if s.id != "beside-p-emelie"),
            "Participant p-emelie has no individual shadowing",
        ),
        (
            tuple(s.model_copy(update={"objectives": ("o1",)}) for s in an_agenda()),
            "Objective o2 of the request has no session",
        ),
        (
            tuple(s for s in an_agenda() if s.day != day_of(2)),
            "Nothing is planned on 2026-05-06",
        ),
        ((), "has no individual shadowing"),
    ],
)
def test_an_agenda_that_breaks_a_rule_is_refused_and_the_place_named(
    sessions: tuple[Session, ...], sentence: str
) -> None:
    with pytest.raises(AgendaNotAcceptable, match=sentence):
        check_agenda(sessions, a_request(), BOTH)


def test_sessions_may_follow_each_other_without_a_break() -> None:
    check_agenda(with_session(starts=time(12), ends=time(14)), a_request(), BOTH)


def test_two_people_may_be_in_different_places_at_the_same_time() -> None:
    sessions = an_agenda()

    assert [s.starts for s in sessions if s.kind is SessionKind.SHADOWING] == [time(14), time(14)]
    check_agenda(sessions, a_request(), BOTH)


@pytest.mark.parametrize("activity", sorted(set(Activity) - {Activity.JOB_SHADOWING}))
def test_only_job_shadowing_needs_individual_shadowing(activity: Activity) -> None:
    together = tuple(s for s in an_agenda() if s.kind is SessionKind.SHARED)

    check_agenda(together, a_request(activity=activity), BOTH)


@given(
    plan=st.lists(
        st.tuples(
            st.integers(1, 3),
            st.integers(0, 19),
            st.integers(1, 4),
            st.sets(st.sampled_from(BOTH), min_size=1).map(tuple),
        ),
        max_size=7,
    ),
    data=st.data(),
)
def test_an_overlap_is_found_wherever_it_is_and_only_where_it_is(
    plan: list[tuple[int, int, int, tuple[str, ...]]], data: st.DataObject
) -> None:
    shadowing = tuple(s for s in an_agenda() if s.kind is SessionKind.SHADOWING)
    planned = tuple(
        a_session(f"s{n}", day=day_of(day), starts=time(start), ends=time(start + length),
                  participants=people)
        for n, (day, start, length, people) in enumerate(plan)
    )  # fmt: skip
    sessions = tuple(data.draw(st.permutations(shadowing + planned)))
    overlap = any(
        one.day == other.day
        and one.starts < other.ends
        and other.starts < one.ends
        and set(one.participants) & set(other.participants)
        for n, one in enumerate(sessions)
        for other in sessions[:n]
    )

    found = ""
    try:
        check_agenda(sessions, a_request(), BOTH)
    except AgendaNotAcceptable as refusal:
        found = str(refusal)

    assert ("overlap" in found) is overlap


def test_a_version_that_has_been_replaced_cannot_be_accepted_or_returned() -> None:
    journey = on_the_table()
    journey.put_agenda()

    for message in (
        m.AcceptAgenda(by=COORDINATOR, version=1),
        m.ReturnAgenda(by=COORDINATOR, version=1, note=writing("note")),
    ):
        with pytest.raises(StaleVersion, match="version 1 of the agenda, and version 2 is on"):
            journey.say(message)


def test_an_agenda_that_is_on_the_table_is_not_put_there_again() -> None:
    journey = on_the_table()

    with pytest.raises(AlreadyDone, match="on the table already, as version 1"):
        journey.say(m.PutAgenda(by=HOST, sessions=an_agenda()))


def test_an_agenda_that_was_sent_back_may_be_put_forward_unchanged() -> None:
    journey = on_the_table()
    send_back(journey, 1)

    journey.say(m.PutAgenda(by=HOST, sessions=an_agenda()))

    assert journey.mobility.agenda.version == 2


def test_an_agenda_that_was_sent_back_is_no_longer_on_the_table() -> None:
    journey = on_the_table()
    send_back(journey, 1)

    with pytest.raises(NotAwaited, match="No agenda is on the table"):
        journey.accept_agenda()
    assert journey.mobility.waits["agenda"].awaited == [HOST]


def test_there_is_nothing_to_accept_before_the_first_agenda() -> None:
    with pytest.raises(NotAwaited):
        in_preparation().say(m.AcceptAgenda(by=COORDINATOR, version=0))


def test_an_accepted_agenda_stands() -> None:
    journey = on_the_table()
    journey.accept_agenda()

    with pytest.raises(AlreadyDone, match="accepted already"):
        journey.put_agenda()
    with pytest.raises(AlreadyDone, match="accepted already"):
        journey.accept_agenda()
    with pytest.raises(AlreadyDone, match="accepted already"):
        send_back(journey, 1)


def test_the_agenda_keeps_the_zone_of_the_host() -> None:
    assert on_the_table().mobility.agenda.zone == "Europe/Madrid"


def test_whoever_has_withdrawn_has_no_place_in_the_agenda() -> None:
    journey = in_preparation()
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    with pytest.raises(AgendaNotAcceptable, match="p-emelie, who does not take part"):
        journey.say(m.PutAgenda(by=HOST, sessions=an_agenda()))
    journey.put_agenda()


@pytest.mark.parametrize(
    ("days_ahead", "due_in"),
    [(42, 35), (60, 53), (300, PLANS[Asked.AGENDA].days)],
)
def test_the_agenda_is_due_a_week_before_the_visit_at_last(days_ahead: int, due_in: int) -> None:
    first_day = OPENED.date() + timedelta(days=days_ahead)

    journey = in_preparation(a_request(first_day=first_day, last_day=first_day + timedelta(2)))

    due = journey.mobility.waits["agenda"].due.date()
    assert due == OPENED.date() + timedelta(days=due_in)


@pytest.mark.parametrize("put", [False, True])
def test_an_agenda_that_does_not_come_or_is_not_accepted_lapses_the_mobility(*, put: bool) -> None:
    journey = in_preparation()
    journey.award()
    journey.pay()
    if put:
        journey.put_agenda()

    journey.wait(15 if put else 71)

    assert journey.mobility.outcome is Outcome.LAPSED
    assert journey.mobility.cause is Cause.NO_AGENDA
