"""What was said before, as the journal has it: by this the desk knows words that come again."""

from collections.abc import Iterable
from datetime import date

from domain.agenda import Session
from domain.events import (
    AddressFailed,
    AgendaPut,
    AgreementSigned,
    Entry,
    Event,
    MobilityRequested,
    VisitMoved,
)
from domain.facts import PersonId


def versions(events: Iterable[Event]) -> list[tuple[Session, ...]]:
    """The agendas put forward so far; after a move of the visit nothing is on as before."""
    found: list[tuple[Session, ...]] = []
    for event in events:
        if isinstance(event, AgendaPut):
            found.append(event.sessions)
        elif isinstance(event, VisitMoved):
            found.append(())
    return found


def move_before(entries: Iterable[Entry], moved_at: int) -> int:
    """The entry by which the visit was moved before it was moved by this one, 0 if by none."""
    moves = (entry.n for entry in entries if entry.kind == VisitMoved.__name__)
    return max((n for n in moves if n < moved_at), default=0)


def last_failure(entries: Iterable[Entry], person: PersonId) -> int | None:
    """The entry by which letters to this person last failed to arrive, none if they never did."""
    failed = (
        entry.n for entry in entries
        if isinstance(event := entry.event(), AddressFailed) and event.person == person
    )  # fmt: skip
    return max(failed, default=None)


def what_was_signed(entries: Iterable[Entry], n: int) -> tuple[int, tuple[date, ...]]:
    """Which version of the agreement the signature of this entry stands under, for which days."""
    version, days = 0, (date.min, date.min)
    for event in (entry.event() for entry in entries if entry.n <= n):
        match event:
            case MobilityRequested():
                days = (event.request.first_day, event.request.last_day)
            case VisitMoved():
                days = (event.first_day, event.last_day)
            case AgreementSigned():
                version = event.version
    return version, days
