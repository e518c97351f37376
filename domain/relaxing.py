"""Why no host could be asked, criterion by criterion, and what could be asked otherwise.

The sentences are templates in singular and plural, such as a catalogue of translations keeps them.
"""

from collections.abc import Mapping
from enum import StrEnum

from domain.facts import Fact
from domain.matching import Ranking, Rule


class Line(Fact):
    """One thing to tell of so many hosts, in words for one host and for several of them."""

    hosts: int
    one: str
    many: str

    @property
    def said(self) -> str:
        """The sentence in English."""
        return (self.one if self.hosts == 1 else self.many) % {"num": f"{self.hosts:,}"}


class Relaxation(StrEnum):
    """What a sender can ask for otherwise, so that more hosts can be asked."""

    DATES = "other dates"
    LENGTH = "another length"
    GROUP = "another number of participants"
    LANGUAGE = "another language or level"
    ACTIVITY = "another activity"


HELPS_AGAINST: Mapping[Relaxation, tuple[Rule, ...]] = {
    Relaxation.DATES: (Rule.DATES, Rule.BLACKOUT, Rule.CAPACITY),
    Relaxation.LENGTH: (Rule.DURATION,),
    Relaxation.GROUP: (Rule.GROUP,),
    Relaxation.LANGUAGE: (Rule.LANGUAGE,),
    Relaxation.ACTIVITY: (Rule.ACTIVITY,),
}
"""The rules that may hold no more once something else is asked for. Nothing helps against others:
nobody hosts their own, a visit goes abroad, and hosts decide themselves when they pause."""

WHY: Mapping[Rule, tuple[str, str]] = {
    Rule.OWN: (
        "%(num)s offer is the sending organisation's own",
        "%(num)s offers are the sending organisation's own",
    ),
    Rule.TRAVELS: (
        "at %(num)s host the coordinator is a participant of this mobility",
        "at %(num)s hosts the coordinator is a participant of this mobility",
    ),
    Rule.OTHER_PART: (
        "at %(num)s host the coordinator has another part in this mobility",
        "at %(num)s hosts the coordinator has another part in this mobility",
    ),
    Rule.PAUSED: (
        "%(num)s host is not asked at present, because hosting is paused there",
        "%(num)s hosts are not asked at present, because hosting is paused there",
    ),
    Rule.ELIGIBILITY: (
        "%(num)s host is in the same country as the sending organisation",
        "%(num)s hosts are in the same country as the sending organisation",
    ),
    Rule.ACTIVITY: (
        "%(num)s host does not offer this activity",
        "%(num)s hosts do not offer this activity",
    ),
    Rule.DATES: (
        "%(num)s host is not open on all days of the visit",
        "%(num)s hosts are not open on all days of the visit",
    ),
    Rule.BLACKOUT: (
        "%(num)s host cannot take anybody on some of these days",
        "%(num)s hosts cannot take anybody on some of these days",
    ),
    Rule.DURATION: (
        "%(num)s host takes visits of another length",
        "%(num)s hosts take visits of another length",
    ),
    Rule.GROUP: (
        "%(num)s host takes groups of another size",
        "%(num)s hosts take groups of another size",
    ),
    Rule.CAPACITY: (
        "%(num)s host has promised its places on these days to others",
        "%(num)s hosts have promised their places on these days to others",
    ),
    Rule.LANGUAGE: (
        "%(num)s host speaks none of the languages asked for well enough",
        "%(num)s hosts speak none of the languages asked for well enough",
    ),
    Rule.DECLINED: (
        "%(num)s host has declined for a reason that holds on any day",
        "%(num)s hosts have declined for a reason that holds on any day",
    ),
}
"""What is told of hosts that break a rule."""

HELP: Mapping[Relaxation, tuple[str, str]] = {
    Relaxation.DATES: (
        "%(num)s host could be asked if the visit were on other dates",
        "%(num)s hosts could be asked if the visit were on other dates",
    ),
    Relaxation.LENGTH: (
        "%(num)s host could be asked if the visit were longer or shorter",
        "%(num)s hosts could be asked if the visit were longer or shorter",
    ),
    Relaxation.GROUP: (
        "%(num)s host could be asked if more or fewer people travelled together",
        "%(num)s hosts could be asked if more or fewer people travelled together",
    ),
    Relaxation.LANGUAGE: (
        "%(num)s host could be asked if another language or a lower level were enough",
        "%(num)s hosts could be asked if another language or a lower level were enough",
    ),
    Relaxation.ACTIVITY: (
        "%(num)s host could be asked for another activity",
        "%(num)s hosts could be asked for another activity",
    ),
}
"""What is told of hosts that could be asked if one thing, and nothing else, were relaxed."""


def why_nobody(ranking: Ranking) -> tuple[Line, ...]:
    """Of how many hosts each rule is broken, in the order of the rules; nothing of the others.

    One host may break several rules and is then told of more than once.
    """
    broken = ((rule, ranking.counts.get(rule, 0)) for rule in Rule)
    return tuple(_line(WHY[rule], hosts) for rule, hosts in broken if hosts)


def what_would_help(ranking: Ranking) -> tuple[Line, ...]:
    """How many hosts could be asked if one thing were asked for otherwise, the best help first.

    Only hosts that nothing else keeps out are counted, so each line holds by itself.
    """
    helped = [(thing, _helped(ranking, thing)) for thing in Relaxation]
    most_first = sorted(helped, key=lambda each: -each[1])
    return tuple(_line(HELP[thing], hosts) for thing, hosts in most_first if hosts)


def _helped(ranking: Ranking, thing: Relaxation) -> int:
    return sum(ranking.alone.get(rule, 0) for rule in HELPS_AGAINST[thing])


def _line(words: tuple[str, str], hosts: int) -> Line:
    return Line(hosts=hosts, one=words[0], many=words[1])
