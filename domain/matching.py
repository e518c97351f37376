"""Which hosts can take the participants, in what order they are asked, and who said what."""

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


class Matching(State):
    """The ranking and the answers so far. Hosts are asked one after another."""

    ranking: Ranking | None = None
    asked: int = 0
    is_asking: bool = False
    host: Ranked | None = None
    declined_for_good: dict[OfferId, DeclineReason] = {}
    asked_for_other_dates: tuple[PersonId, ...] = ()

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
            declined_for_good=self.declined_for_good, asked_for_other_dates=self.asked_before
        )

    @property
    def next_host(self) -> Ranked | None:
        """The host to be asked next, none when all have been asked."""
        if self.ranking is None or self.asked >= len(self.ranking.hosts):
            return None
        return self.ranking.hosts[self.asked]
