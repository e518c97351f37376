"""Which hosts can take the participants, in what order they are asked, and who said what."""

from datetime import date, datetime
from enum import StrEnum

from domain.facts import Fact, OfferId, OrganisationId, PersonId, State
from domain.holding import Holding, PassedOver


class DeclineReason(StrEnum):
    """Why a host says no; a fixed list, so that answers can be counted."""

    NO_CAPACITY = "no capacity"
    DATES = "dates do not suit"
    TOPIC = "topic is not ours"
    LANGUAGE = "no common language"
    STAFF = "no colleague available"
    OTHER = "other"


WHATEVER_THE_DATES = (DeclineReason.TOPIC, DeclineReason.LANGUAGE)
"""Reasons that hold on any other day too: who gave one is not asked again when a visit is moved.
Capacity and colleagues may be there on other days, and what stands behind "other" nobody knows."""


class Rule(StrEnum):
    """The hard rules, in the order in which they are told: one broken, and a host is not asked."""

    OWN = "sending organisation"  #: nobody hosts their own
    TRAVELS = "coordinator travels"
    OTHER_PART = "coordinator has another part"
    PAUSED = "hosting is paused"  #: the host has left too many requests unanswered
    ELIGIBILITY = "eligibility"  #: a visit goes to another country that the grant can pay for
    ACTIVITY = "activity"
    DATES = "dates"
    BLACKOUT = "blackout"
    DURATION = "duration"
    GROUP = "group size"
    CAPACITY = "capacity"  #: the places of those days are taken, or held for others
    LANGUAGE = "language"
    DECLINED = "has declined"  #: for a reason that holds on any day


class Criterion(StrEnum):
    """What speaks for a host or against it, in the order in which points are told."""

    THEMES = "themes in common"
    FIELDS = "fields in common"
    TAGS = "tags in common"
    LANGUAGES = "languages in common"
    ROOM = "places to spare"
    ANSWERS = "answers requests"
    QUICKNESS = "answers soon"
    BALANCE = "has sent more than hosted"
    ACCESS = "fewer opportunities"


MOST_NAMED = 20
"""How many hosts a ranking names of those that can be asked, and of those that cannot."""


class Ranked(Fact):
    """One host that can be asked, and why it stands where it stands.

    ``contributions`` are points by criterion, without those that give none; they sum to ``score``
    exactly. ``turn`` is 1 for the best offer of an organisation, 2 for the next: nobody is asked
    twice before everybody was asked once, so listing more offers than others gains nothing.
    """

    offer: OfferId
    organisation: OrganisationId
    coordinator: PersonId
    country: str
    zone: str
    score: int
    contributions: dict[Criterion, int]
    turn: int = 1


class Excluded(Fact):
    """One host that cannot be asked: the first rule that says so, in words, and all that do."""

    offer: OfferId
    reason: str
    rules: tuple[Rule, ...] = ()


class Ranking(Fact):
    """The hosts in the order they will be asked, and those that were left out.

    ``full`` are hosts, in that same order, that only lack a place on these days: what others hold
    may come free. A large directory is not listed whole: of ``hosts`` the first are named and
    ``more`` counts the others, ``full`` fills up the list, and ``excluded`` names those that break
    the fewest rules, ``more_excluded`` counts the others. ``counts`` says of how many each rule is
    broken, and ``alone`` how many each keeps out that break no other.
    """

    hosts: tuple[Ranked, ...]
    excluded: tuple[Excluded, ...]
    counts: dict[Rule, int] = {}
    alone: dict[Rule, int] = {}
    more: int = 0
    more_excluded: int = 0
    full: tuple[Ranked, ...] = ()

    @property
    def able(self) -> tuple[Ranked, ...]:
        """Every host that could be asked, if not now then once a place comes free."""
        return (*self.hosts, *self.full)


class OtherDates(Fact):
    """The days on which the host that is asked would have a place."""

    offer: OfferId
    coordinator: PersonId
    first_day: date
    last_day: date


class AwaitedEvent(Fact):
    """The matchmaking event that says whom to ask, and until when it is listened to."""

    event: str
    until: datetime


class Matching(State):
    """The ranking and the answers so far. Hosts are asked one after another.

    The host that is asked may put ``other_dates`` on the table instead of saying yes or no, once
    for each request; ``have_put_dates`` are the offers that have. Until they are answered it goes
    on being the one that is asked. While a matchmaking event is ``awaited``, only the host
    ``assigned`` by it is asked.

    ``asked_offers`` are those asked so far, in that order, and ``asked_earlier`` people who were
    asked from another ranking, for these dates or others; ``passed_over`` those that could not be
    asked when it was last looked, and ``paused`` hosts found silent too often, since when.
    """

    ranking: Ranking | None = None
    asked_offers: tuple[OfferId, ...] = ()
    is_asking: bool = False
    host: Ranked | None = None
    passed_over: tuple[PassedOver, ...] = ()
    paused: dict[OrganisationId, datetime] = {}
    declined_for_good: dict[OfferId, DeclineReason] = {}
    asked_earlier: tuple[PersonId, ...] = ()
    other_dates: OtherDates | None = None
    have_put_dates: tuple[OfferId, ...] = ()
    awaited: AwaitedEvent | None = None
    assigned: OfferId | None = None

    @property
    def listens_to_event(self) -> bool:
        """Whether the word of a matchmaking event still counts: nobody is asked at the moment."""
        return self.awaited is not None and self.host is None and not self.is_asking

    @property
    def is_turned_away(self) -> bool:
        """Whether the host that an event says had no room when it was last looked."""
        return any(one.offer == self.assigned for one in self.passed_over)

    @property
    def waits_for_event(self) -> bool:
        """Whether nobody is asked until a matchmaking event says whom, or its host has room."""
        return self.listens_to_event and (self.assigned is None or self.is_turned_away)

    @property
    def pending(self) -> Ranked | None:
        """The host that is being asked now."""
        return self._ranked(self.asked_offers[-1]) if self.is_asking else None

    def _ranked(self, offer: OfferId) -> Ranked | None:
        hosts = self.ranking.able if self.ranking else ()
        return next((host for host in hosts if host.offer == offer), None)

    @property
    def asked_before(self) -> tuple[PersonId, ...]:
        """Everybody who has been asked so far, whatever they answered."""
        asked = (self._ranked(offer) for offer in self.asked_offers)
        return (*self.asked_earlier, *(host.coordinator for host in asked if host))

    def begun_anew(self) -> "Matching":
        """As it is when the visit is moved: nobody is asked, and hosts will be ranked anew."""
        return Matching(
            declined_for_good=self.declined_for_good, asked_earlier=self.asked_before,
            have_put_dates=self.have_put_dates, paused=self.paused,
        )  # fmt: skip

    def give_place(self, host: Ranked) -> None:
        """This host has said yes: nobody is asked any more."""
        self.host = host
        self.stop_asking()

    def stop_asking(self) -> None:
        """The host that was asked is not the one, or is it for good; its dates go with it."""
        self.is_asking = False
        self.other_dates = None

    @property
    def left(self) -> tuple[OfferId, ...]:
        """The hosts that have not been asked yet, in the order in which they would be."""
        hosts = self.ranking.able if self.ranking else ()
        return tuple(host.offer for host in hosts if host.offer not in self.asked_offers)

    @property
    def named(self) -> tuple[OfferId, ...]:
        """Every host asked for these days, or to be asked: who else is there is not named yet."""
        return (*self.asked_offers, *self.left)

    def gone_further(self, ranking: Ranking, *, keep: bool) -> Ranking:
        """The ranking of the next hosts, with those to ``keep`` in mind that were only full."""
        hosts = self.ranking.able if self.ranking else ()
        full = [host for host in hosts if host.offer in self.left][:MOST_NAMED] if keep else []
        return ranking.model_copy(update={"full": (*ranking.full, *full)})

    @property
    def to_be_asked(self) -> tuple[OfferId, ...]:
        """The hosts of whom one may be asked now: of an event only the one that it assigned."""
        return (self.assigned,) if self.assigned else self.left

    def held_at(self, holding: Holding) -> Ranked | None:
        """The host at which places are held, none where they are held nowhere."""
        is_left = holding.held is not None and holding.held in self.left
        return self._ranked(holding.held) if holding.held and is_left else None
