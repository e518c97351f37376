"""Asking hosts one after another: who is next, whether it has room, and what an event says.

A host is asked once places are held there; where, the store says, and here is what follows from it.
"""

from datetime import datetime

from domain import events as e
from domain.deadlines import Asked
from domain.events import Phase
from domain.facts import OfferId
from domain.holding import COMES_FREE, Holding, PassedOver
from domain.matching import AwaitedEvent, Ranked, Ranking
from domain.matchmaking import DAYS_AFTER_EVENT, EventWord
from domain.mobility import Mobility
from domain.waits import Limits, end_of

SIGNING_DAYS = 14
"""Days before the visit after which no further host is asked: signatures need a week, and then
another one remains for everything else. Our own policy."""


def rank_hosts(mobility: Mobility, ranking: Ranking, *, at: datetime) -> None:
    """Keep the order in which hosts will be asked."""
    mobility.matching.asked_earlier = mobility.matching.asked_before
    mobility.matching.ranking = ranking
    mobility.happened(e.HostsRanked(ranking=ranking), at=at)


def can_rank_further(mobility: Mobility, *, at: datetime) -> bool:
    """Whether more hosts suit than the ranking names, and there is time to ask them."""
    ranking, is_in_time = mobility.matching.ranking, at.date() < mobility.before_visit(SIGNING_DAYS)
    return ranking is not None and ranking.more > 0 and is_in_time


def rank_further(mobility: Mobility, ranking: Ranking, *, at: datetime) -> None:
    """Those that were named are through: go on with the next; full ones are kept in mind."""
    keep = any(one.why in COMES_FREE for one in mobility.matching.passed_over)
    rank_hosts(mobility, mobility.matching.gone_further(ranking, keep=keep), at=at)


def await_event(mobility: Mobility, until: datetime, *, at: datetime) -> None:
    """Leave it to the matchmaking event of the request to say whom to ask.

    An event brings together only those who suit: where nobody does, it is not waited for.
    """
    until = min(until, end_of(mobility.before_visit(DAYS_AFTER_EVENT)))
    if mobility.request.event is None or until <= at or not mobility.matching.left:
        return
    mobility.matching.awaited = AwaitedEvent(event=mobility.request.event, until=until)
    mobility.happened(e.MatchmakingAwaited(event=mobility.request.event, until=until), at=at)


def hear_event(mobility: Mobility, word: EventWord, *, at: datetime) -> None:
    """Ask the host that the event says, or go on alone; what comes late changes nothing."""
    matching, awaited = mobility.matching, mobility.matching.awaited
    if mobility.phase is not Phase.MATCHING or matching.host is not None or awaited is None:
        return
    if awaited.event != word.event:
        return
    if word.offer is None:
        go_on_without_event(mobility, at=at)
    elif not matching.is_asking and word.offer in matching.left:
        _be_assigned(mobility, word.offer, awaited.event, word.round, at=at)


def _be_assigned(
    mobility: Mobility, offer: OfferId, event: str, number: int, *, at: datetime
) -> None:
    """A later round counts; where it says the same, that host goes on being waited for."""
    if offer != mobility.matching.assigned:
        mobility.matching.assigned, mobility.matching.passed_over = offer, ()
        assigned = e.HostAssigned(event=event, round=number, offer=offer)
        mobility.happened(assigned, at=at)


def go_on_without_event(mobility: Mobility, *, at: datetime, was_silent: bool = False) -> None:
    """Ask hosts in the request's own order from now on."""
    if mobility.matching.awaited is not None:
        over = e.MatchmakingOver(event=mobility.matching.awaited.event, was_silent=was_silent)
        mobility.matching.awaited = mobility.matching.assigned = None
        mobility.happened(over, at=at)


def stop_listening(mobility: Mobility, *, at: datetime) -> None:
    """Once its last day has passed no event is waited for, nor any host that it assigned."""
    awaited = mobility.matching.awaited
    if awaited is not None and at >= awaited.until:
        go_on_without_event(mobility, at=at, was_silent=True)


def can_ask(mobility: Mobility, *, at: datetime) -> bool:
    """Whether a host is left that has not been asked, and time to sign after it answers."""
    return bool(mobility.matching.left) and at.date() < mobility.before_visit(SIGNING_DAYS)


def ask_next_host(mobility: Mobility, holding: Holding, *, at: datetime) -> bool:
    """Put the request to the host whose places are held, or wait for a place to come free.

    False when neither can be done: no host that is named could have one, or no time is left to
    sign; and while there are hosts that are not named yet.
    """
    _note_pauses(mobility, holding, at=at)
    before, mobility.matching.passed_over = mobility.matching.passed_over, holding.passed_over
    host = mobility.matching.held_at(holding)
    if not can_ask(mobility, at=at):
        return False
    if host is not None:
        mobility.answered(Asked.FREE_PLACE)
        _put_to(mobility, host, at=at)
    elif mobility.matching.awaited is not None:
        _be_turned_away(mobility, before, comes_free=holding.comes_free, at=at)
    elif not holding.comes_free or can_rank_further(mobility, at=at):
        return False
    elif Asked.FREE_PLACE.value not in mobility.waits:
        _wait_for_a_place(mobility, at=at)
    return True


def _be_turned_away(
    mobility: Mobility, before: tuple[PassedOver, ...], *, comes_free: bool, at: datetime
) -> None:
    """The host that an event says has no room: others are for the event to say meanwhile."""
    matching = mobility.matching
    if not comes_free:
        matching.assigned = None
    if matching.awaited is not None and matching.passed_over != before:
        cannot = e.AssignedHostCannot(
            event=matching.awaited.event, passed_over=matching.passed_over
        )
        mobility.happened(cannot, at=at)


def _put_to(mobility: Mobility, host: Ranked, *, at: datetime) -> None:
    mobility.matching.asked_offers = (*mobility.matching.asked_offers, host.offer)
    mobility.matching.is_asking = True
    mobility.matching.assigned = None
    limits = Limits(mobility.before_visit(SIGNING_DAYS))
    wait = mobility.ask(Asked.PLACE, (host.coordinator,), at=at, limits=limits)
    mobility.happened(
        e.ProposalMade(
            offer=host.offer, organisation=host.organisation, coordinator=host.coordinator,
            answer_by=wait.due, passed_over=mobility.matching.passed_over,
        ),
        at=at,
    )  # fmt: skip


def _wait_for_a_place(mobility: Mobility, *, at: datetime) -> None:
    """The sending coordinator may choose other days; time runs until no host can be asked."""
    limits = Limits(mobility.before_visit(SIGNING_DAYS + 1))
    wait = mobility.ask(Asked.FREE_PLACE, (mobility.request.coordinator,), at=at, limits=limits)
    awaited = e.PlaceAwaited(passed_over=mobility.matching.passed_over, until=wait.due)
    mobility.happened(awaited, at=at)


def _note_pauses(mobility: Mobility, holding: Holding, *, at: datetime) -> None:
    """Put on record, once, which hosts are paused from now on, and tell them so."""
    for pause in holding.paused:
        if mobility.matching.paused.get(pause.organisation) == pause.since:
            continue
        mobility.matching.paused[pause.organisation] = pause.since
        colleague = mobility.almanac.colleagues.get(pause.coordinator)
        told = (pause.coordinator, colleague) if colleague else (pause.coordinator,)
        paused = e.HostPaused(organisation=pause.organisation, since=pause.since, told=told)
        mobility.happened(paused, at=at)
