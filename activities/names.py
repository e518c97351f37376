"""What passes between the story and the hands: arguments and results, references only."""

from datetime import datetime

from domain.almanac import Almanac
from domain.facts import Fact, OfferId, OrganisationId, PersonId, Reference
from domain.holding import Holding
from domain.matching import DeclineReason, Ranking
from domain.matchmaking import MatchmakingEvent
from domain.request import MobilityRequest


class HostQuestion(Fact):
    """For which request hosts are to be found, and from when on people may be asked.

    Offers that were ``declined`` for a reason that holds on any day are not asked again, nor those
    ``asked`` for these days already. ``guests`` is how many still travel, if not all.
    """

    request: MobilityRequest
    at: datetime
    declined: dict[OfferId, DeclineReason] = {}
    asked: tuple[OfferId, ...] = ()
    guests: int | None = None


class HostsFound(Fact):
    """The hosts in the order in which they will be asked, and what asking people must go by.

    At the first of them that has room, places are held already, unless the request takes part in a
    matchmaking event. ``event_until`` says until when that is to be waited for, if there is one.
    """

    ranking: Ranking
    almanac: Almanac
    holding: Holding | None = None
    event_until: datetime | None = None


class EventRound(Fact):
    """Which round of which matchmaking event is to be answered."""

    event: MatchmakingEvent
    round: int


class RoundAnswered(Fact):
    """The digest of what was published, and whom it brings together for the first time."""

    sha256: str
    pairs: tuple[tuple[Reference, OfferId], ...]


class DaysQuestion(Fact):
    """For which request days and clocks are to be looked up anew, and who its host is."""

    request: MobilityRequest
    host: PersonId
    organisation: OrganisationId
    at: datetime


class GrantQuestion(Fact):
    """For whom the grant is to be computed, and where they go."""

    request: MobilityRequest
    participants: tuple[PersonId, ...]
    receiving_country: str


class PaperOrder(Fact):
    """Which mobility a paper is for, and the moment it is drawn up at."""

    reference: Reference
    at: datetime


class CardResult(Fact):
    """The hashes of the published card's forms, or why it cannot be published."""

    documents: dict[str, str] = {}
    contradictions: tuple[str, ...] = ()
