"""A search for a host that found none, in one line of the terminal."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from domain.case_card import said_dates
from domain.events import Entry
from domain.host_search import HostAsked, HostSearch, host_search
from domain.relaxing import what_would_help, why_nobody

if TYPE_CHECKING:
    from starter.pages import Names


def how_hosts_were_asked(journal: Iterable[Entry], names: "Names") -> str:
    """Who was asked and what came of it, why others were not, and what would help."""
    search = host_search(entry.event() for entry in journal)
    return " ".join(f"{sentence}." for sentence in _sentences(search, names))


def _sentences(search: HostSearch, names: "Names") -> Iterator[str]:
    answers = "; ".join(_answer(host, names) for host in search.asked)
    yield f"Asked: {answers}" if answers else "No host could be asked"
    if search.not_asked:
        yield f"No time was left to ask {search.not_asked} more"
    if search.ranking and (why := why_nobody(search.ranking)):
        yield f"Not asked: {', '.join(line.said for line in why)}"
    if search.ranking and (helps := what_would_help(search.ranking)):
        yield f"What would help: {', '.join(line.said for line in helps)}"


def _answer(host: HostAsked, names: "Names") -> str:
    details = str(host.reason or "")
    if host.other_dates:
        details = said_dates(host.other_dates)
    name = names.organisation(host.organisation)
    return f"{name} {host.said}" + (f" ({details})" if details else "")
