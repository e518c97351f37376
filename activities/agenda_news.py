"""What a letter says of the agenda: to accept, accepted, changed, or fallen for its reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from activities.case_reader import OpenCase
from documents.calendar import calendar_part
from domain.agenda import Session
from domain.calendars import Calendars, Change, Difference, Telling, difference
from domain.events import AddressCorrected, AgendaAccepted, AgendaPut
from domain.facts import PersonId
from domain.letters import CALENDARS, LetterOrder, Purpose
from domain.papers import CalendarMethod, CalendarPaper, PlannedChange, PlannedSession
from mail.context import Attachment
from store.ledger import LedgerLine, LetterState

ARRIVED = (LetterState.HANDED_OVER, LetterState.COMPLAINED)
DOUBTFUL = (LetterState.RENDERED, LetterState.UNKNOWN)
TO_ACCEPT = (Purpose.AGENDA_TO_ACCEPT, Purpose.AGENDA_CHANGE_TO_ACCEPT)
ABOUT_THE_AGENDA = (*TO_ACCEPT, *CALENDARS)
"""Letters for which it matters what their reader was told before."""
FILES = {CalendarMethod.REQUEST: "agenda.ics", CalendarMethod.CANCEL: "agenda-cancelled.ics"}


class NothingNew(Exception):  # noqa: N818 - nothing failed: there is nothing to say
    """The letter would tell its reader nothing that they have not been told."""


@dataclass(frozen=True)
class AgendaNews:
    """The sessions a letter lists, what has changed in them, and what goes into calendars."""

    sessions: tuple[PlannedSession, ...] = ()
    changes: tuple[PlannedChange, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    is_first: bool = True


def agenda_news(case: OpenCase, order: LetterOrder, ledger: Sequence[LedgerLine]) -> AgendaNews:
    """What this letter says of the agenda, after all that has left to its reader before.

    Raises:
        NothingNew: when it is about a change, and nothing has changed for its reader.
    """
    earlier = [line for line in ledger if line.order.to == order.to and line.key != order.key]
    if order.purpose in TO_ACCEPT:
        return _to_accept(case, order, earlier)
    if order.purpose in CALENDARS:
        return _for_calendar(case, order, earlier)
    return AgendaNews()


def accepted_for(case: OpenCase, person: PersonId) -> tuple[PlannedSession, ...]:
    """The accepted agenda as one reader sees it: coordinators all of it, others their own part."""
    sessions = _listed(case, tuple(_calendars(case).of(person).values()))
    return tuple(sorted(sessions, key=lambda session: (session.day, session.starts)))


def _to_accept(case: OpenCase, order: LetterOrder, earlier: Sequence[LedgerLine]) -> AgendaNews:
    """What is on the table, beside what is accepted, or else beside what this reader saw last."""
    before = tuple(_calendars(case).of(order.to).values())
    if not before:
        seen = [line.order.epoch for line in earlier
                if line.order.purpose in TO_ACCEPT and line.state in ARRIVED
                and case.view.moved_at < line.order.epoch < order.epoch]  # fmt: skip
        before = case.put_at(max(seen)) if seen else ()
    found = difference(
        [{s.id: s for s in before}], {s.id: s for s in case.on_the_table}, as_of=order.event
    )
    changes = () if found.is_first else _planned(case, found.changes)
    return AgendaNews(
        sessions=_listed(case, case.on_the_table), changes=changes, is_first=found.is_first
    )


def _for_calendar(case: OpenCase, order: LetterOrder, earlier: Sequence[LedgerLine]) -> AgendaNews:
    since = _same_address_since(case, order)
    found = _calendars(case).difference_for(
        order.to, order.event,
        [telling for line in earlier if (telling := _telling(line, order, since)) is not None],
    )  # fmt: skip
    has_a_part = case.view.outcome is None and _has_a_part(case, order)
    if order.purpose is Purpose.AGENDA_ACCEPTED and (
        not has_a_part or _says_nothing(case, order, found, earlier)
    ):
        raise NothingNew
    sessions = _calendars(case).of(order.to, found.as_of).values()
    # Whoever has no part any more reads nothing of it, and is not invited to what was before.
    return AgendaNews(
        sessions=_listed(case, tuple(sessions)) if has_a_part else (),
        changes=_planned(case, found.changes) if has_a_part and not found.is_first else (),
        attachments=_parts(
            case, order, found.as_of, found.requests if has_a_part else (), found.cancels
        ),
        is_first=found.is_first,
    )


def _has_a_part(case: OpenCase, order: LetterOrder) -> bool:
    """Coordinators have one to the end, though they may have travelled too and withdrawn."""
    host = case.view.host.coordinator if case.view.host else None
    return order.to in {case.request.coordinator, host} or order.to not in case.withdrawn


def _same_address_since(case: OpenCase, order: LetterOrder) -> int:
    """The entry since which letters to this reader go where this one goes."""
    return max(
        (n for n, event in enumerate(case.events, 1)
         if isinstance(event, AddressCorrected) and event.person == order.to),
        default=0,
    )  # fmt: skip


def _calendars(case: OpenCase) -> Calendars:
    return Calendars(case.entries, _moment)


def _moment(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(zone))


def _telling(line: LedgerLine, order: LetterOrder, since: int) -> Telling | None:
    """What an earlier letter told its reader; nothing, where it is sure that it never left.

    A letter that waits or is just being written may leave before this one, and counts as doubtful;
    a newer one will itself look at what this one said. Doubtful is also what went to another
    address: nobody knows whether they still read it there.
    """
    if line.order.purpose not in CALENDARS:
        return None
    is_coming = line.state is LetterState.INTENDED and line.order.event < order.event
    if line.state in ARRIVED or line.state in DOUBTFUL or is_coming:
        is_certain = line.state in ARRIVED and line.order.event >= since
        return Telling(as_of=line.order.event, is_certain=is_certain)
    return None


def _says_nothing(
    case: OpenCase, order: LetterOrder, found: Difference, earlier: Sequence[LedgerLine]
) -> bool:
    """Whether an edit has come to nothing for this reader, who was not asked about it either."""
    if order.tells_of and found.is_nothing:
        return True
    event = case.events[order.event - 1]
    if not found.is_nothing or not isinstance(event, AgendaAccepted) or event.replaces is None:
        return False
    told = max(
        (line.order.event for line in earlier
         if line.order.purpose in CALENDARS and line.state in ARRIVED),
        default=0,
    )  # fmt: skip
    return not any(
        line.order.purpose is Purpose.AGENDA_CHANGE_TO_ACCEPT and line.state in ARRIVED
        and told < line.order.event < order.event
        for line in earlier
    )  # fmt: skip


def _parts(
    case: OpenCase,
    order: LetterOrder,
    as_of: int,
    requests: tuple[Session, ...],
    cancels: tuple[Session, ...],
) -> tuple[Attachment, ...]:
    """Up to two calendar objects: one to take in, one to take out."""
    parts = ((CalendarMethod.REQUEST, requests), (CalendarMethod.CANCEL, cancels))
    return tuple(
        Attachment(
            FILES[method], "text/calendar",
            calendar_part(_paper(case, order, method, as_of, sessions)), method.value,
        )
        for method, sessions in parts
        if sessions
    )  # fmt: skip


def _paper(
    case: OpenCase, order: LetterOrder, method: CalendarMethod, sequence: int,
    sessions: tuple[Session, ...],
) -> CalendarPaper:  # fmt: skip
    put = [event for event in case.events if isinstance(event, AgendaPut)]
    host = case.view.host
    if host is None:
        raise LookupError(f"{case.reference} has no host.")
    return CalendarPaper(
        reference=case.reference,
        method=method,
        sequence=sequence,
        title=case.text(case.request.title),
        zone=put[-1].zone,
        stamped_at=case.entries[sequence - 1].at,
        organiser=case.named(host.coordinator),
        reader=case.named(order.to),
        sessions=_listed(case, sessions),
    )


def _listed(case: OpenCase, sessions: Sequence[Session]) -> tuple[PlannedSession, ...]:
    return tuple(case.planned(session) for session in sessions)


def _planned(case: OpenCase, changes: Sequence[Change]) -> tuple[PlannedChange, ...]:
    planned = (
        PlannedChange(
            before=case.planned(change.before) if change.before else None,
            after=case.planned(change.after) if change.after else None,
        )
        for change in changes
    )
    return tuple(sorted(planned, key=_first_day))


def _first_day(change: PlannedChange) -> tuple[object, ...]:
    session = change.after or change.before
    return (session.day, session.starts, session.id) if session else ()
