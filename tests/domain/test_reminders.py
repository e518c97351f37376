"""The caps on reminders: as tables, and over whatever may fall due."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import Asked
from domain.facts import Reference
from domain.reminders import DAY, GATHERED_FOR, WEEK, Caps, Gone, Nudge, Way, decide, room

MORNING = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
CAPS = Caps(per_day=3, per_week=10)


def nudge(
    n: int = 1, *, ordinal: int = 1, at: datetime = MORNING, asked: Asked = Asked.SIGNATURES,
    held: bool = False, counted: bool = False, missed: bool = False,
) -> Nudge:  # fmt: skip
    """A reminder about mobility ``n``."""
    return Nudge(
        key=f"{n}/{asked}/{at.isoformat()}/{ordinal}", reference=Reference(f"M-{n}"), asked=asked,
        ordinal=ordinal, at=at, held_until=at + GATHERED_FOR if held else None, is_counted=counted,
        is_missed=missed,
    )  # fmt: skip


def gone(*hours_before: float, above_cap: bool = False) -> list[Gone]:
    return [Gone(at=MORNING - timedelta(hours=h), above_cap=above_cap) for h in hours_before]


@pytest.mark.parametrize(
    ("left", "places"),
    [
        ([], 3),
        (gone(1), 2),
        (gone(1, 1, 2), 0),
        (gone(1, 1, 2, 3, 4), 0),
        (gone(30, 30, 30), 3),
        (gone(*[48] * 9), 1),
        (gone(*[48] * 10), 0),
        (gone(*[168] * 10), 3),
        (gone(1, 2, above_cap=True), 3),
    ],
)
def test_room_is_what_day_and_week_leave(left: list[Gone], places: int) -> None:
    assert room(left, MORNING, CAPS) == places


@pytest.mark.parametrize(
    ("due", "left", "way"),
    [
        ([nudge()], [], Way.LEAVES),
        ([nudge(1), nudge(2), nudge(3)], [], Way.LEAVES),
        ([nudge(1), nudge(2), nudge(3), nudge(4)], [], Way.WAITS),
        ([nudge(1)], gone(1, 1, 1), Way.WAITS),
        ([nudge(1, held=True), nudge(2)], gone(1, 1, 1), Way.GATHERS),
        ([nudge(1, held=True), nudge(2, counted=True)], gone(1, 1, 1), Way.LEAVES),
        ([nudge(1, held=True)], gone(1, 1, 1), Way.LEAVES),
        ([nudge(1, held=True)], gone(1, 1, 1) + gone(1, above_cap=True), Way.WAITS),
        ([nudge(1, held=True)], gone(*[48] * 10), Way.LEAVES),
        ([nudge(1), nudge(1, ordinal=2, at=MORNING + DAY)], [], Way.MERGES),
        ([nudge(1, ordinal=0), nudge(1, at=MORNING + DAY)], [], Way.MERGES),
        ([nudge(1, ordinal=0)], gone(1, 1, 1), Way.LEAVES),
        ([nudge(1, counted=True)], gone(1, 1, 1), Way.LEAVES),
        ([nudge(1), nudge(1, asked=Asked.AGENDA)], [], Way.LEAVES),
        ([nudge(1, missed=True)], [], Way.WAITS),
        ([nudge(1), nudge(2, missed=True)], [], Way.WAITS),
        ([nudge(1, missed=True, held=True), nudge(2)], [], Way.GATHERS),
        ([nudge(1, missed=True, held=True)], [], Way.LEAVES),
        ([nudge(1, ordinal=0), nudge(2, missed=True)], [], Way.LEAVES),
    ],
)
def test_what_becomes_of_a_nudge(due: list[Nudge], left: list[Gone], way: Way) -> None:
    assert decide(due[0], due, left, CAPS).way is way


def test_a_question_asked_anew_is_newer_than_reminders_of_before() -> None:
    old, new = nudge(ordinal=3), nudge(ordinal=0, at=MORNING + timedelta(minutes=1))

    assert decide(old, [old, new], [], CAPS).others == (new.key,)
    assert decide(new, [old, new], [], CAPS).way is Way.LEAVES


def test_what_is_held_waits_an_hour_and_then_a_day_at_a_time() -> None:
    fourth = nudge(4)
    first = decide(fourth, [fourth], gone(1, 1, 1), CAPS)
    held = fourth.model_copy(update={"held_until": first.at})
    used = [*gone(1, 1, 1), Gone(at=first.at, above_cap=True)]

    again = decide(held, [held], used, CAPS)

    assert (first.way, first.wait) == (Way.WAITS, GATHERED_FOR)
    assert (again.way, again.wait, again.at) == (Way.WAITS, DAY, first.at + DAY)


# Whatever falls due: played as the courier does, the soonest first.

FALLS_DUE = st.lists(
    st.tuples(
        st.integers(0, 20 * 24), st.integers(1, 6), st.sampled_from([Asked.PLACE, Asked.AGENDA]),
        st.integers(0, 4),
    ),
    max_size=60,
)  # fmt: skip


@given(falls_due=FALLS_DUE, per_day=st.integers(1, 4), per_week=st.integers(1, 10))
def test_nothing_is_lost_and_no_cap_is_broken_whatever_falls_due(
    falls_due: list[tuple[int, int, Asked, int]], per_day: int, per_week: int
) -> None:
    caps = Caps(per_day=per_day, per_week=per_week)
    nudges = {
        n.key: n
        for hour, which, asked, ordinal in falls_due
        for n in [nudge(which, ordinal=ordinal, at=MORNING + hour * GATHERED_FOR, asked=asked)]
    }

    left, told = played(list(nudges.values()), caps)

    assert told == nudges.keys()
    within = sorted(g.at for g in left if not g.above_cap)
    assert all(n <= per_day for n in Counter(at.date() for at in within).values())
    assert all(sum(at - WEEK < other <= at for other in within) <= per_week for at in within)
    beyond = Counter(g.at.date() for g in left if g.above_cap)
    assert all(n == 1 for n in beyond.values())


def played(nudges: Sequence[Nudge], caps: Caps) -> tuple[list[Gone], set[str]]:
    """Have time pass until all have left: what has left, and the keys of what was told by it."""
    coming = sorted(nudges, key=lambda n: n.at)
    waiting: dict[str, Nudge] = {}
    left: list[Gone] = []
    told: set[str] = set()
    while coming or waiting:
        now = min(n.moment for n in [*coming[:1], *waiting.values()])
        while coming and coming[0].at <= now:
            came = coming.pop(0)
            waiting[came.key] = came
        one = min(waiting.values(), key=lambda n: (n.moment, n.key))
        decision = decide(one, list(waiting.values()), left, caps)
        if decision.way is Way.WAITS:
            waiting[one.key] = one.model_copy(update={"held_until": decision.at})
            continue
        if decision.way is not Way.MERGES and one.ordinal:
            left.append(Gone(at=decision.at, above_cap=decision.above_cap))
        gathered = decision.others if decision.way is Way.GATHERS else ()
        for key in (one.key, *gathered):
            told.add(key)
            del waiting[key]
    return left, told
