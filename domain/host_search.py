"""How the search for a host went: who was asked and what came of it, read from the journal."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from domain import events as e
from domain.facts import Fact, OfferId, OrganisationId
from domain.matching import DeclineReason, Ranking


class HostSaid(StrEnum):
    """What came of asking one host, as long as none has accepted."""

    NOTHING_YET = "has not answered yet"
    NOTHING = "has not answered in time"
    NO = "has declined"
    OTHER_DATES = "has put forward other dates"
    DATES_DECLINED = "has put forward other dates, which were declined"
    DATES_UNANSWERED = "has put forward other dates, which nobody answered in time"


class HostAsked(Fact):
    """One host that was asked for the dates that hold, in its turn."""

    offer: OfferId
    organisation: OrganisationId
    said: HostSaid = HostSaid.NOTHING_YET
    reason: DeclineReason | None = None
    other_dates: tuple[date, date] | None = None


class HostSearch(Fact):
    """Everybody asked since the dates that hold were set, and the ranking they were asked from."""

    asked: tuple[HostAsked, ...] = ()
    ranking: Ranking | None = None

    @property
    def not_asked(self) -> int:
        """How many hosts could have been asked, and there was no time left for it."""
        asked = {host.offer for host in self.asked}
        return sum(host.offer not in asked for host in self.ranking.hosts) if self.ranking else 0


def host_search(events: Iterable[e.Event]) -> HostSearch:
    """Read it from everything that has happened; a move of the visit begins the search anew.

    Where the visit was moved because a host's own dates were accepted, its search goes on.
    """
    asked: dict[OfferId, HostAsked] = {}
    ranking = None
    is_accepting = False
    for event in events:
        match event:
            case e.VisitMoved() if not is_accepting:
                asked, ranking = {}, None
            case e.HostsRanked():
                ranking = event.ranking
            case e.ProposalMade(offer=offer, organisation=organisation):
                asked[offer] = HostAsked(offer=offer, organisation=organisation)
        is_accepting = isinstance(event, e.OtherDatesAccepted)
        if changes := _answer(event):
            offer, answer = changes
            asked[offer] = asked[offer].model_copy(update=answer)
    return HostSearch(asked=tuple(asked.values()), ranking=ranking)


def _answer(event: e.Event) -> tuple[OfferId, dict[str, object]] | None:
    """What an event says of the host that is asked, none when it says nothing."""
    match event:
        case e.ProposalDeclined(offer=offer, reason=reason):
            return offer, {"said": HostSaid.NO, "reason": reason}
        case e.ProposalLapsed(offer=offer):
            return offer, {"said": HostSaid.NOTHING}
        case e.OtherDatesProposed(offer=offer, first_day=first, last_day=last):
            return offer, {"said": HostSaid.OTHER_DATES, "other_dates": (first, last)}
        case e.OtherDatesDeclined(offer=offer):
            return offer, {"said": HostSaid.DATES_DECLINED}
        case e.OtherDatesLapsed(offer=offer):
            return offer, {"said": HostSaid.DATES_UNANSWERED}
    return None
