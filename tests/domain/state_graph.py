"""Every state that a mobility can come to, breadth first: what anybody may say, and every silence.

States are told apart by what is open and what has been answered, not by figures and versions; the
first mobility that comes to a state stands for it. Two hosts, one participant, three days: few, so
that all of it is walked, by the real rules.
"""

import copy
import sys
from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain import messages as m
from domain.deadlines import Asked
from domain.errors import Refusal
from domain.events import Phase
from domain.facts import PersonId
from domain.grant import GrantDecision
from domain.hearing import check_may
from domain.lifecycle import PERMISSIONS
from domain.mobility import Mobility
from tests.builders import FRIDA, Journey, a_follow_up, a_message, a_request, noon, writing

State = Hashable
A_MOMENT = timedelta(minutes=1)


@dataclass
class StateGraph:
    """What was found: who stands for each state, where silence leads, and where acts lead."""

    found: dict[State, Journey] = field(default_factory=dict)
    in_silence: dict[State, State] = field(default_factory=dict)
    by_acts: dict[State, set[State]] = field(default_factory=dict)

    def explore(self, at_most: int = sys.maxsize) -> "StateGraph":
        """Walk all of it, or as much of it as has about so many states."""
        begun = Journey(a_request(participants=(FRIDA,)))
        self.found[state_of(begun.mobility)] = begun
        coming = deque([begun])
        while coming and len(self.found) < at_most:
            journey = coming.popleft()
            state = state_of(journey.mobility)
            if journey.mobility.outcome is not None:
                continue
            silent = fork(journey)
            nobody_speaks(silent)
            self.in_silence[state] = self._come_to(silent, coming)
            spoken = list(everything_said(journey))
            self.by_acts[state] = {self._come_to(after, coming) for after in spoken}
        return self

    def _come_to(self, journey: Journey, coming: deque[Journey]) -> State:
        state = state_of(journey.mobility)
        if state not in self.found:
            self.found[state] = journey
            coming.append(journey)
        return state


def state_of(mobility: Mobility) -> State:
    """What tells one state from another. Which of the hosts has said yes makes no difference."""
    matching, agreement, grant, visit = (
        mobility.matching, mobility.agreement, mobility.grant, mobility.visit,
    )  # fmt: skip
    host = mobility.host if matching.host else None

    def part(person: PersonId) -> str:
        return "host" if person == host else person

    waits = sorted(
        (asked, *map(part, wait.awaited), "paused", *map(part, wait.paused))
        for asked, wait in mobility.waits.items()
    )
    asking = () if matching.host else (matching.asked, matching.have_put_dates)
    return (
        mobility.phase, mobility.outcome, mobility.cause, tuple(waits), asking,
        bool(agreement.document), grant.decision, grant.must_be_computed,
        mobility.agenda.is_accepted, len(visit.arrived), len(visit.present),
        any(visit.present.values()), len(visit.departed), bool(mobility.contradictions),
    )  # fmt: skip


def fork(journey: Journey) -> Journey:
    """Another mobility that has come as far. What never changes is not copied."""
    mobility, other = journey.mobility, copy.copy(journey)
    matching = mobility.matching
    facts: list[object] = [
        *mobility.unrecorded, mobility.almanac, mobility.request, matching.ranking,
        *mobility.agenda.sessions, *mobility.grant.lines,
    ]  # fmt: skip
    other.mobility = copy.deepcopy(mobility, {id(fact): fact for fact in facts})
    return other


def nobody_speaks(journey: Journey) -> None:
    """Let time pass until something comes of it: a silence, or the first day."""
    before = state_of(journey.mobility)
    while state_of(journey.mobility) == before:
        moment = next_moment_of_consequence(journey)
        if moment is None or moment < journey.now:
            return
        journey.wait_until(max(moment, journey.now + A_MOMENT))


def next_moment_of_consequence(journey: Journey) -> datetime | None:
    """When time does more than remind; none where a mobility would wait for ever."""
    moments = [wait.silence_counts_at for wait in journey.mobility.waits.values()]
    if is_settled(journey.mobility):
        moments.append(journey.morning)
    return min((one for one in moments if one is not None), default=None)


def is_settled(mobility: Mobility) -> bool:
    """Whether all is prepared and only the first day is waited for, and changes till then."""
    changes = {Asked.AGENDA_CHANGE.value, Asked.ADDRESS.value}
    is_prepared = mobility.phase is Phase.PREPARATION and mobility.agenda.is_accepted
    return is_prepared and not mobility.waits.keys() - changes


def everything_said(journey: Journey) -> Iterator[Journey]:
    """One mobility for each thing that somebody may say, and for each letter that comes back."""
    if journey.mobility.phase is Phase.VISIT:
        # Days can be confirmed once they have come: all that is said then is said on the last.
        journey = fork(journey)
        journey.wait_until(max(journey.now, noon(journey.mobility.request.last_day)))
    for message in messages_now(journey):
        try:
            check_may(journey.mobility, message, at=journey.now)
        except Refusal:
            continue
        yield _having_said(message, journey)
    if not journey.mobility.reach.people:
        for person in sorted({p for w in journey.mobility.waits.values() for p in w.awaited}):
            after = fork(journey)
            after.lose(person)
            after.carry_on()
            yield after


def _having_said(message: m.Message, journey: Journey) -> Journey:
    after = fork(journey)
    after.say(message)
    return after


def messages_now(journey: Journey) -> Iterator[m.Message]:
    """Everything that the table of messages allows now, in words that could be meant."""
    mobility = journey.mobility
    people = [mobility.request.coordinator, mobility.host, mobility.request.office, FRIDA]
    for kind, permission in PERMISSIONS.items():
        if mobility.phase not in permission.phases or (kind is m.MoveVisit and mobility.moved_at):
            continue
        for person in people:
            if person is not None and set(mobility.roles_of(person)) & set(permission.roles):
                yield from _worded(kind, person, journey)


def _worded(kind: type[m.Message], by: PersonId, journey: Journey) -> Iterator[m.Message]:
    mobility = journey.mobility
    visit, request = mobility.visit, mobility.request
    open_day = next((day for day in request.days if day not in visit.present), request.last_day)
    lost = next(iter(mobility.reach.people), FRIDA)
    rejected = {"decision": GrantDecision.REJECTED, "reason": writing("reason")}
    wordings: Mapping[type[m.Message], tuple[dict[str, object], ...]] = {
        m.DecideGrant: ({}, rejected),
        m.ConfirmArrival: ({"participants": (FRIDA,), "on": request.first_day},),
        m.ConfirmAttendance: (
            {"day": open_day, "present": (FRIDA,)}, {"day": open_day, "present": ()},
        ),
        m.ConfirmDeparture: ({"participants": (FRIDA,), "on": request.last_day},),
        m.ReportFollowUp: ({"follow_up": a_follow_up(3)}, {"follow_up": a_follow_up(2)}),
        m.CorrectAddress: ({"person": lost},),
        m.WithdrawParticipant: ({"participant": FRIDA},),
    }  # fmt: skip
    message = a_message(kind, by, journey)
    for words in wordings.get(kind, ({},)):
        yield message.model_copy(update=words)
