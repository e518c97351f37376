"""How matchmaking events are shown: all of them, and the answer of one."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from domain.assignment import Assignment, Instance, Mode
from domain.facts import OrganisationId
from domain.matchmaking import MatchmakingEvent, a_place_is_worth, points_of
from store.matchmaking import Answer


class Result(NamedTuple):
    """One answer of an event, with what the checker and a spreadsheet make of it."""

    event: MatchmakingEvent
    answer: Answer
    by_greedy: Assignment
    names: Mapping[OrganisationId, str]
    is_verified: bool
    verdict: str
    gap: int  #: the points that are missing at most to the best


def events_page(
    events: Sequence[tuple[MatchmakingEvent, bool, Sequence[Answer]]],
) -> RenderableType:
    """Every event, one line each."""
    if not events:
        return Text("There has been no matchmaking event yet: 'mobility event FILE' opens one.")
    table = Table("event", "name", "closes", "promises", "rounds", "standing", box=None)
    table.columns[0].no_wrap = True
    for event, is_over, answers in events:
        standing = "over" if is_over else "hosts are asked" if answers else "open"
        table.add_row(
            event.reference, event.name, f"{event.closes}", event.mode,
            f"{len(answers)} of {event.rounds}", standing,
        )  # fmt: skip
    return table


def result_page(result: Result) -> RenderableType:
    """Who goes where, how many points that has, and whether it is proved."""
    question, answer = result.answer.solution.instance, result.answer.solution.assignment
    organisation = {o.offer: o.organisation for o in question.offers}
    points = points_of(question)
    table = Table("request", "host", "offer", "points", "", box=None)
    table.columns[0].no_wrap = True
    for group in question.groups:
        for request in group.requests:
            offer = answer.pairs.get(request)
            if offer is None:
                table.add_row(request, "none found", "-", "-", "")
                continue
            host = result.names.get(organisation[offer], organisation[offer])
            is_fixed = "stands already" if group.name in question.fixed else ""
            shown = f"{points.get((group.name, offer), 0)}" if request == group.name else ""
            together = "" if request == group.name else f"with {group.name}"
            table.add_row(request, host, offer, shown, is_fixed or together)
    return Group(table, Text(), Text(_sums(result, question, answer)), Text(_proof(result)))


def _sums(result: Result, question: Instance, answer: Assignment) -> str:
    ours, theirs = _counted(question, answer), _counted(question, result.by_greedy)
    return (
        f"Round {result.answer.round}: {ours[0]} of {_requests(question)} requests have a host, "
        f"{ours[1]} points. Taking the best pair first, as in a spreadsheet, gives {theirs[0]} "
        f"and {theirs[1]}."
    )


def _counted(question: Instance, answer: Assignment) -> tuple[int, int]:
    """How many requests have a host, and the points of the ranking that this has."""
    points = points_of(question)
    groups = {group.name for group in question.groups}
    pairs = [pair for pair in answer.pairs.items() if pair[0] in groups]
    return len(answer.pairs), sum(points.get(pair, 0) for pair in pairs)


def _requests(question: Instance) -> int:
    return sum(len(group.requests) for group in question.groups)


def _proof(result: Result) -> str:
    sentence = result.verdict.strip().rstrip(".")
    if not result.is_verified:
        return f"Certificate verified: no ({sentence})."
    promise = (
        "that no request and host would both rather have each other"
        if result.event.mode is Mode.STABLE
        else "that nothing is better"
        if not result.gap
        else _how_near(result)
    )
    return f"Certificate verified: yes. It proves {promise}."


def _how_near(result: Result) -> str:
    """What a bound above the value proves: in requests first, then in points."""
    solution = result.answer.solution
    worth, bound = a_place_is_worth(solution.instance), solution.certificate.bound
    most = min(bound // worth, _requests(solution.instance)) if worth else 0
    more = most - len(solution.assignment.pairs)
    if more > 0:
        return f"that at most {more} more could have a host"
    missing = f"the best has at most {result.gap} more points"
    return f"that no more requests could have a host, and that {missing}"
