"""What the letter about a search for a host that found none states of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.host_search import HostAsked
from domain.relaxing import Line, what_would_help, why_nobody
from mail.context import LetterContext
from mail.speech import Speech


@dataclass(frozen=True)
class Asked:
    """A host by name, what came of asking it, and its reason or its dates if it gave any."""

    name: str
    said: str
    details: str


@dataclass(frozen=True)
class NoHostFound:
    """Everybody asked, how many could not be asked in time, and the others rule by rule."""

    asked: tuple[Asked, ...]
    too_late: str
    left_out: tuple[str, ...]
    would_help: tuple[str, ...]


def no_host_found(letter: LetterContext) -> NoHostFound:
    """Tell the search as it was for the dates that hold."""
    search, speech = letter.search, letter.speech
    why = why_nobody(search.ranking) if search.ranking else ()
    help_ = what_would_help(search.ranking) if search.ranking else ()
    return NoHostFound(
        asked=tuple(_asked(host, letter) for host in search.asked),
        too_late=_too_late(search.not_asked, speech) if search.not_asked else "",
        left_out=_said(why, speech),
        would_help=_said(help_, speech),
    )


def _asked(host: HostAsked, letter: LetterContext) -> Asked:
    speech = letter.speech
    details = speech.gettext(host.reason) if host.reason else ""
    if host.other_dates:
        details = speech.dates(*host.other_dates)
    name = letter.organisations.get(host.organisation)
    return Asked(name or host.organisation, speech.gettext(host.said), details)


def _too_late(number: int, speech: Speech) -> str:
    said = speech.ngettext(
        "%(num)s more host could not be asked: there was no time left to sign before the visit.",
        "%(num)s more hosts could not be asked: there was no time left to sign before the visit.",
        number,
    )
    return said % {"num": number}


def _said(lines: Iterable[Line], speech: Speech) -> tuple[str, ...]:
    said = ((speech.ngettext(line.one, line.many, line.hosts), line.hosts) for line in lines)
    return tuple(sentence % {"num": speech.number(Decimal(number))} for sentence, number in said)
