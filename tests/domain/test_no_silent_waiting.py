"""No mobility ever waits in silence: the graph of states is walked, and none is without an end."""

from collections.abc import Callable

import pytest

from domain.deadlines import Asked
from domain.events import Outcome, Phase
from domain.messages import CAUSES_OF_PEOPLE, Cause
from domain.mobility import Mobility
from domain.people import Role
from domain.waits import Wait
from tests.domain.state_graph import (
    EVENT,
    State,
    StateGraph,
    a_beginning,
    awaits_event,
    is_settled,
    next_moment_of_consequence,
)

MANY = 700
"""Fewer states than that, and something that can happen is not walked any more."""


def waits_in_silence(graph: StateGraph) -> list[tuple[State, str]]:
    """Every state in which somebody is waited for without owner, date or plan, or nobody at all."""
    found = []
    for state, journey in graph.found.items():
        if journey.mobility.outcome is None:
            found += [(state, what) for what in _what_is_missing(journey.mobility)]
            if next_moment_of_consequence(journey) is None:
                found.append((state, "nothing ever happens if nobody speaks"))
            if graph.in_silence.get(state) == state:
                found.append((state, "time changes nothing"))
    return found


def _what_is_missing(mobility: Mobility) -> list[str]:
    missing = []
    if awaited := awaits_event(mobility):
        if Role.OFFICE not in mobility.roles_of(mobility.request.office):
            missing.append(f"{awaited.event}: no office that could be asked about it")
    elif not mobility.waits and not is_settled(mobility):
        missing.append("nobody is waited for")
    for wait in mobility.waits.values():
        if not wait.awaited or not all(mobility.roles_of(p) for p in wait.awaited):
            missing.append(f"{wait.asked}: nobody who could answer")
        if not wait.since < wait.due < wait.falls:
            missing.append(f"{wait.asked}: no day to answer by")
        if set(wait.awaited) - set(wait.reminders):
            missing.append(f"{wait.asked}: no plan to remind")
        if wait.silence_counts_at is None and not _stands_still(wait, mobility):
            missing.append(f"{wait.asked}: no end")
    return missing


def _stands_still(wait: Wait, mobility: Mobility) -> bool:
    """While a letter does not arrive another question takes its place, which has an end."""
    other = mobility.waits.get(Asked.ADDRESS.value)
    return bool(wait.paused) and other is not None and other.silence_counts_at is not None


def never_ends(graph: StateGraph) -> list[State]:
    """Every state from which silence alone, for ever, does not lead to the end."""
    return [state for state in graph.found if not _ends_in_silence(state, graph)]


def _ends_in_silence(state: State, graph: StateGraph) -> bool:
    been: set[State] = set()
    while state in graph.in_silence and state not in been:
        been.add(state)
        state = graph.in_silence[state]
    return graph.found[state].mobility.outcome is not None


@pytest.fixture(scope="module")
def graph() -> StateGraph:
    return StateGraph().explore()


def test_no_state_waits_without_owner_day_and_plan(graph: StateGraph) -> None:
    assert len(graph.found) > MANY
    assert waits_in_silence(graph) == [], f"of {len(graph.found)} states"


def test_from_every_state_silence_leads_to_the_end(graph: StateGraph) -> None:
    assert never_ends(graph) == [], f"of {len(graph.found)} states"


def test_every_phase_every_question_and_every_end_is_among_the_states(graph: StateGraph) -> None:
    mobilities = [journey.mobility for journey in graph.found.values()]

    assert {mobility.phase for mobility in mobilities} == set(Phase)
    assert any(awaits_event(mobility) for mobility in mobilities)
    assert any(mobility.matching.assigned for mobility in mobilities)
    assert any(mobility.matching.paused for mobility in mobilities)
    asked = {asked for mobility in mobilities for asked in mobility.waits}
    assert asked == set(Asked) - {Asked.APPLICATION}
    by_the_engine = set(Cause) - {*CAUSES_OF_PEOPLE, Cause.OPERATOR}
    assert {mobility.cause for mobility in mobilities} >= by_the_engine
    assert {mobility.outcome for mobility in mobilities} == {None, *Outcome}


def _no_agenda_is_asked_for(change: pytest.MonkeyPatch) -> None:
    change.setattr(Mobility, "ask_for_agenda", lambda _self, *, at: None)  # noqa: ARG005


def _silence_means_nothing(change: pytest.MonkeyPatch) -> None:
    change.setattr(Wait, "silence_counts_at", property(lambda _wait: None))


def _an_event_is_waited_for_for_ever(change: pytest.MonkeyPatch) -> None:
    change.setattr("domain.asking.go_on_without_event", lambda *_self, **_at: None)


@pytest.mark.parametrize(
    ("fault", "event"),
    [
        (_no_agenda_is_asked_for, None),
        (_silence_means_nothing, None),
        (_an_event_is_waited_for_for_ever, EVENT),
    ],
)
def test_a_fault_that_is_planted_is_found(
    fault: Callable[[pytest.MonkeyPatch], None], event: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)

    graph = StateGraph().explore(a_beginning(event), at_most=130)

    assert waits_in_silence(graph)
