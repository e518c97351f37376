"""Which hosts can take the participants, in what order they are asked, and who said what."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from domain.facts import Fact, OfferId, OrganisationId, PersonId, State


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


class Ranked(Fact):
    """One host that can be asked, and why it stands where it stands.

    ``contributions`` are points by criterion; they sum to ``score`` exactly.
    """

    offer: OfferId
    organisation: OrganisationId
    coordinator: PersonId
    country: str
    zone: str
    score: int
    contributions: dict[str, int]


class Excluded(Fact):
    """One host that cannot be asked: the first rule that says so, in words, and all that do."""

    offer: OfferId
    reason: str
    rules: tuple[Rule, ...] = ()


class Ranking(Fact):
    """The hosts in the order they will be asked, and those that were left out.

    A large directory is not listed whole: ``excluded`` names the first of them only, ``counts``
    says of how many each rule is broken, and ``alone`` how many each keeps out that break no other.
    """

    hosts: tuple[Ranked, ...]
    excluded: tuple[Excluded, ...]
    counts: dict[Rule, int] = {}
    alone: dict[Rule, int] = {}

    def without(self, declined: Mapping[OfferId, DeclineReason]) -> "Ranking":
        """The ranking without hosts that have said no for good, and why each was left out."""
        out = [Excluded(offer=offer, reason=f"has declined: {declined[offer]}")
               for offer in (host.offer for host in self.hosts) if offer in declined]  # fmt: skip
        hosts = tuple(host for host in self.hosts if host.offer not in declined)
        return self.model_copy(update={"hosts": hosts, "excluded": (*self.excluded, *out)})


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
    """

    ranking: Ranking | None = None
    asked: int = 0
    is_asking: bool = False
    host: Ranked | None = None
    declined_for_good: dict[OfferId, DeclineReason] = {}
    asked_for_other_dates: tuple[PersonId, ...] = ()
    awaited: AwaitedEvent | None = None
    assigned: OfferId | None = None

    @property
    def waits_for_event(self) -> bool:
        """Whether nobody is asked until a matchmaking event says whom."""
        return self.awaited is not None and self.assigned is None

    def put_first(self, offer: OfferId) -> bool:
        """Have this host asked next; false if it was asked before or is not in the ranking."""
        if self.ranking is None:
            return False
        before, after = self.ranking.hosts[: self.asked], self.ranking.hosts[self.asked :]
        chosen = tuple(host for host in after if host.offer == offer)
        if not chosen:
            return False
        others = tuple(host for host in after if host.offer != offer)
        self.ranking = self.ranking.model_copy(update={"hosts": (*before, *chosen, *others)})
        self.assigned = offer
        return True

    other_dates: OtherDates | None = None
    have_put_dates: tuple[OfferId, ...] = ()

    @property
    def pending(self) -> Ranked | None:
        """The host that is being asked now."""
        if self.ranking is None or not self.is_asking:
            return None
        return self.ranking.hosts[self.asked - 1]

    @property
    def asked_before(self) -> tuple[PersonId, ...]:
        """Everybody who has been asked so far, whatever they answered."""
        hosts = self.ranking.hosts if self.ranking else ()
        asked = (host.coordinator for host in hosts[: self.asked])
        return (*self.asked_for_other_dates, *asked)

    def begun_anew(self) -> "Matching":
        """As it is when the visit is moved: nobody is asked, and hosts will be ranked anew."""
        return Matching(
            declined_for_good=self.declined_for_good, asked_for_other_dates=self.asked_before,
            have_put_dates=self.have_put_dates,
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
    def next_host(self) -> Ranked | None:
        """The host to be asked next, none when all have been asked."""
        if self.ranking is None or self.asked >= len(self.ranking.hosts):
            return None
        return self.ranking.hosts[self.asked]
