from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events as e
from domain import messages as m
from domain.agenda import Session, SessionKind, check_agenda, is_same_agenda, named_alike
from domain.deadlines import Asked
from domain.errors import AgendaNotAcceptable, AlreadyDone, NotAwaited, StaleVersion
from domain.events import Outcome, Phase
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
    ready_to_go,
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


def test_an_accepted_agenda_is_not_accepted_or_returned_again() -> None:
    journey = on_the_table()
    journey.accept_agenda()

    with pytest.raises(AlreadyDone, match="accepted already"):
        journey.accept_agenda()
    with pytest.raises(AlreadyDone, match="accepted already"):
        send_back(journey, 1)
    with pytest.raises(AlreadyDone, match="accepted already, as version 1: change something"):
        journey.say(m.PutAgenda(by=HOST, sessions=journey.mobility.agenda.sessions))


def changed(journey: Journey) -> tuple[Session, ...]:
    """The accepted sessions, with an hour's lie-in on the first day."""
    first, *rest = journey.mobility.agenda.sessions
    return (first.model_copy(update={"starts": time(10), "ends": time(13)}), *rest)


def change_on_the_table() -> Journey:
    journey = ready_to_go()
    journey.say(m.PutAgenda(by=HOST, sessions=changed(journey)))
    return journey


def accepted_version(journey: Journey) -> int | None:
    accepted = journey.mobility.agenda.accepted
    return accepted.version if accepted else None


def test_an_accepted_agenda_stays_valid_while_a_change_waits_for_its_answer() -> None:
    journey = change_on_the_table()

    assert accepted_version(journey) == 1
    assert journey.mobility.waits[Asked.AGENDA_CHANGE].awaited == [COORDINATOR]
    assert Asked.AGENDA_ACCEPTANCE not in journey.mobility.waits


def test_an_accepted_change_takes_the_place_of_the_agenda() -> None:
    journey = change_on_the_table()

    journey.accept_agenda()

    assert accepted_version(journey) == 2
    assert journey.events[-1] == e.AgendaAccepted(version=2, replaces=1)
    assert Asked.AGENDA_CHANGE not in journey.mobility.waits


def test_a_returned_change_asks_nothing_of_the_host() -> None:
    journey = change_on_the_table()

    send_back(journey, 2)

    assert accepted_version(journey) == 1
    assert journey.mobility.waits.keys() & {Asked.AGENDA, Asked.AGENDA_CHANGE} == set()
    with pytest.raises(NotAwaited, match="off the table, and version 1 stays accepted"):
        journey.accept_agenda()


def test_whoever_puts_forward_what_is_accepted_takes_the_change_back() -> None:
    journey = change_on_the_table()
    before = journey.mobility.agenda.accepted
    assert before is not None

    journey.say(m.PutAgenda(by=HOST, sessions=before.sessions))

    assert Asked.AGENDA_CHANGE not in journey.mobility.waits
    assert journey.kinds()[-2:] == ["AgendaPut", "AgendaAccepted"]
    assert accepted_version(journey) == 3


def test_in_which_order_a_file_lists_its_sessions_says_nothing() -> None:
    journey = on_the_table()
    with pytest.raises(AlreadyDone, match="on the table already, as version 1"):
        journey.say(m.PutAgenda(by=HOST, sessions=an_agenda()[::-1]))
    journey.accept_agenda()
    accepted = journey.mobility.agenda.sessions
    with pytest.raises(AlreadyDone, match="accepted already, as version 1: change something"):
        journey.say(m.PutAgenda(by=HOST, sessions=accepted[::-1]))

    journey.say(m.PutAgenda(by=HOST, sessions=changed(journey)))
    journey.say(m.PutAgenda(by=HOST, sessions=accepted[::-1]))

    assert Asked.AGENDA_CHANGE not in journey.mobility.waits
    assert accepted_version(journey) == 3


def test_silence_on_a_change_leaves_the_agenda_as_it_was_accepted() -> None:
    journey = change_on_the_table()

    journey.wait_out(Asked.AGENDA_CHANGE)

    assert journey.events[-1] == e.AgendaChangeLapsed(version=2, stays=1)
    assert journey.mobility.outcome is None


@pytest.mark.parametrize("hours_before", [1, 8, 30, 24 * 20])
def test_a_visit_does_not_wait_for_a_change(hours_before: int) -> None:
    journey = ready_to_go()
    evening = datetime.combine(FIRST_DAY, time(), UTC) - timedelta(hours=hours_before)
    journey.wait_until(evening)
    journey.say(m.PutAgenda(by=HOST, sessions=changed(journey)))

    journey.wait_until(journey.morning)

    kinds = journey.kinds()
    assert journey.phase() is Phase.VISIT
    assert kinds.index("AgendaChangeLapsed") < kinds.index("VisitBegun")
    assert accepted_version(journey) == 1


def test_no_change_is_put_forward_on_the_first_day() -> None:
    journey = ready_to_go()
    journey.wait_until(datetime.combine(FIRST_DAY, time(0, 1), UTC))

    with pytest.raises(AgendaNotAcceptable, match="too late for an agenda"):
        journey.say(m.PutAgenda(by=HOST, sessions=changed(journey)))


# Names of sessions.


def named(name: str, title: str, **changes: object) -> Session:
    return a_session(name, title=writing(title), **changes)


BEFORE = (
    named("S1", "welcome"), named("S2", "outreach", starts=time(14), ends=time(16)),
    named("S3", "mapping", day=day_of(2)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (BEFORE, ["S1", "S2", "S3"]),
        (BEFORE[::-1], ["S3", "S2", "S1"]),
        (BEFORE[1:], ["S2", "S3"]),
        ((named("x", "new"), *BEFORE[1:]), ["S1", "S2", "S3"]),  # another title at the same hour
        ((named("x", "new", day=day_of(3)), *BEFORE), ["S4", "S1", "S2", "S3"]),
        ((named("x", "welcome", day=day_of(3), starts=time(8)), *BEFORE[1:]), ["S1", "S2", "S3"]),
        ((), []),
    ],
)
def test_a_session_keeps_its_name_wherever_it_stands_in_the_file(
    now: tuple[Session, ...], names: list[str]
) -> None:
    as_in_a_file = [s.model_copy(update={"id": f"S{n}"}) for n, s in enumerate(now, start=1)]

    assert [s.id for s in named_alike(as_in_a_file, [BEFORE])] == names


def test_a_name_that_was_used_before_is_never_given_to_another_session() -> None:
    second = BEFORE[:2]

    third = named_alike([*second, named("S3", "party", day=day_of(3))], [BEFORE, second])

    assert [s.id for s in third] == ["S1", "S2", "S4"]


@pytest.mark.parametrize(
    "change",
    [
        (BEFORE[0], BEFORE[2]),  # dropped
        (BEFORE[0], named("x", "new", starts=time(14), ends=time(16)), BEFORE[2]),  # retitled
        (BEFORE[0], named("x", "new", day=day_of(3)), BEFORE[2]),  # another in its place
    ],
)
def test_a_session_that_comes_back_has_its_name_back(change: tuple[Session, ...]) -> None:
    changed = named_alike(change, [BEFORE])
    again = named_alike(changed, [BEFORE, changed])

    assert again == changed
    assert named_alike(BEFORE, [BEFORE, changed, again]) == BEFORE


def test_after_a_move_of_the_visit_no_session_has_the_name_it_had() -> None:
    new = named_alike(BEFORE, [BEFORE, ()])

    assert [s.id for s in new] == ["S4", "S5", "S6"]


POOL = (
    *BEFORE, named("x", "welcome", day=day_of(2)), named("x", "outreach"),
    named("x", "party", starts=time(14), ends=time(16)),
)  # fmt: skip


@given(st.data(), st.lists(st.lists(st.sampled_from(POOL), unique=True, min_size=1), min_size=1))
def test_every_change_can_be_taken_back(data: st.DataObject, files: list[list[Session]]) -> None:
    versions: list[tuple[Session, ...]] = [BEFORE]
    for sessions in files:
        versions.append(named_alike(sessions, versions))

    before = data.draw(st.sampled_from(versions))
    again = named_alike(data.draw(st.permutations(before)), versions)

    assert is_same_agenda(again, before)


@given(st.lists(st.permutations(BEFORE).map(lambda s: s[:2]), max_size=4))
def test_names_are_always_different(edits: list[list[Session]]) -> None:
    versions: list[tuple[Session, ...]] = [BEFORE]
    for sessions in edits:
        put = named_alike([*sessions, named("S1", "more", day=day_of(3))], versions)
        assert len({s.id for s in put}) == len(put)
        versions.append(put)


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
