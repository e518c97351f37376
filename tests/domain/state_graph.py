"""Every state that a mobility can come to, breadth first: what anybody may say, and every silence.

States are told apart by what is open and what has been answered, not by figures and versions; the
first mobility that comes to a state stands for it. Two hosts, with room, without or paused, one
participant, three days, in a matchmaking event or in none: few, so that all of it is walked, by the
real rules.
"""

import copy
import sys
from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from domain import facts
from domain import messages as m
from domain.deadlines import Asked
from domain.errors import Refusal
from domain.events import Phase
from domain.facts import OfferId, PersonId
from domain.grant import GrantDecision
from domain.hearing import check_may
from domain.holding import Hindrance, NewPause
from domain.lifecycle import PERMISSIONS
from domain.matching import AwaitedEvent
from domain.mobility import Mobility
from tests.builders import (
    FRIDA,
    HOST,
    OPENED,
    SOC,
    SOC_OFFER,
    VESTLAND_OFFER,
    Journey,
    a_follow_up,
    a_message,
    a_request,
    noon,
    writing,
)

State = Hashable
A_MOMENT = timedelta(minutes=1)
EVENT, OVER_AT = "E-2026-01", OPENED + timedelta(days=20)
NO_ROOM = {SOC_OFFER: Hindrance.FULL, VESTLAND_OFFER: Hindrance.BUSY}
ONE_PAUSED = {SOC_OFFER: Hindrance.PAUSED, VESTLAND_OFFER: Hindrance.FULL}
ALL_PAUSED = dict.fromkeys(NO_ROOM, Hindrance.PAUSED)
FOUND_PAUSED = NewPause(organisation=SOC, coordinator=HOST, since=OPENED)


@dataclass
class StateGraph:
    """What was found: who stands for each state, where silence leads, and where acts lead."""

    found: dict[State, Journey] = field(default_factory=dict)
    in_silence: dict[State, State] = field(default_factory=dict)
    by_acts: dict[State, set[State]] = field(default_factory=dict)

    def explore(self, *beginnings: Journey, at_most: int = sys.maxsize) -> "StateGraph":
        """Walk all of it, or as much of it as has about so many states."""
        coming: deque[Journey] = deque()
        for journey in beginnings or every_beginning():
            self._come_to(journey, coming)
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


def every_beginning() -> Iterator[Journey]:
    """A request to hosts that have room, or have none, by itself or in an event."""
    yield a_beginning()
    yield a_beginning(full=NO_ROOM)
    yield a_beginning(EVENT)
    yield a_beginning(EVENT, full=NO_ROOM)


def a_beginning(
    event: str | None = None, full: Mapping[OfferId, Hindrance] = MappingProxyType({})
) -> Journey:  # fmt: skip
    """One participant, three days; the hosts named have no place, or are paused."""
    request = a_request(participants=(FRIDA,), event=event)
    return Journey(request, full=full, event_until=OVER_AT if event else None)


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
    event = (matching.awaited is not None, matching.assigned, matching.is_turned_away)
    paused = bool(matching.paused) and Asked.FREE_PLACE in mobility.waits
    asking = (matching.asked_offers, matching.have_put_dates, paused, *event)
    return (
        mobility.phase, mobility.outcome, mobility.cause, tuple(waits),
        () if matching.host else asking,
        bool(agreement.document), grant.decision, grant.must_be_computed,
        mobility.agenda.is_accepted, len(visit.arrived), len(visit.present),
        any(visit.present.values()), len(visit.departed), bool(mobility.contradictions),
    )  # fmt: skip


def fork(journey: Journey) -> Journey:
    """Another mobility that has come as far."""
    other = copy.copy(journey)
    other.mobility = _copied(journey.mobility)
    return other


def _copied(thing: Any) -> Any:
    """A copy of what changes; facts never do, and are shared."""
    if isinstance(thing, facts.State):
        twin = copy.copy(thing)
        for name, value in twin.__dict__.items():
            twin.__dict__[name] = _copied(value)
        return twin
    if isinstance(thing, dict):
        return {key: _copied(value) for key, value in thing.items()}
    return list(thing) if isinstance(thing, list) else thing


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
    if awaited := awaits_event(journey.mobility):
        moments.append(awaited.until)
    return min((one for one in moments if one is not None), default=None)


def is_settled(mobility: Mobility) -> bool:
    """Whether all is prepared and only the first day is waited for, and changes till then."""
    changes = {Asked.AGENDA_CHANGE.value, Asked.ADDRESS.value}
    is_prepared = mobility.phase is Phase.PREPARATION and mobility.agenda.is_accepted
    return is_prepared and not mobility.waits.keys() - changes


def awaits_event(mobility: Mobility) -> AwaitedEvent | None:
    """The matchmaking event that is waited for, nobody being asked anything meanwhile."""
    is_asking = {Asked.PLACE.value, Asked.OTHER_DATES.value} & mobility.waits.keys()
    is_waiting = mobility.matching.waits_for_event and not is_asking
    return mobility.matching.awaited if is_waiting else None


def everything_said(journey: Journey) -> Iterator[Journey]:
    """One mobility for each thing that somebody or an event may say, and each letter come back."""
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
    if Asked.FREE_PLACE in journey.mobility.waits:
        yield _looked_again(journey, {})
        yield _looked_again(journey, ONE_PAUSED, FOUND_PAUSED)
        yield _looked_again(journey, ALL_PAUSED, FOUND_PAUSED)
    if journey.mobility.matching.awaited is not None:
        yield from _told_by_event(journey)
    if not journey.mobility.reach.people:
        for person in sorted({p for w in journey.mobility.waits.values() for p in w.awaited}):
            after = fork(journey)
            after.lose(person)
            after.carry_on()
            yield after


def _looked_again(
    journey: Journey, full: Mapping[OfferId, Hindrance], *paused: NewPause
) -> Journey:  # fmt: skip
    """The next morning brings this: a place comes free, or a host is found paused."""
    after = fork(journey)
    after.full, after.paused = dict(full), paused
    after.wait_until(max(after.now, after.next_look or after.now))
    return after


def _told_by_event(journey: Journey) -> Iterator[Journey]:
    """It says each host in turn, in whatever condition it is by then, and that it is over."""
    for offer in (SOC_OFFER, VESTLAND_OFFER, None):
        for full in ({}, NO_ROOM, ALL_PAUSED):
            after = fork(journey)
            after.full = dict(full)
            after.event_says(offer)
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
