"""What everybody's calendar holds of the agenda, and what a letter has to change in it.

A letter changes the calendar from what its reader was told before to what the journal says as of
the letter's own entry; the number of that entry is the SEQUENCE of whatever changes. So it rises
with every change, and letters that arrive late or in another order change nothing back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from domain import events as e
from domain.agenda import Session
from domain.events import Entry, Outcome
from domain.facts import Fact, PersonId

Held = Mapping[str, Session]
"""The sessions in one person's calendar, by their names."""
Moment = Callable[[date, time, str], datetime]
"""The moment at which the clocks of a zone show this hour of that day.

Whoever asks brings it: zones come from a library whose tables change.
"""


@dataclass
class _Agenda:
    """The accepted agenda, as the entries of a journal change it one after the other."""

    moment: Moment
    sessions: tuple[Session, ...] = ()
    zone: str = "UTC"
    put: dict[int, e.AgendaPut] = field(default_factory=dict)
    coordinators: list[PersonId] = field(default_factory=list)
    withdrawn: list[PersonId] = field(default_factory=list)

    def follow(self, entry: Entry) -> None:
        """Take in what has happened next."""
        match event := entry.event():
            case e.MobilityRequested(request=request):
                self.coordinators = [request.coordinator]
            case e.PlaceAccepted(coordinator=host):
                self.coordinators.append(host)
            case e.AgendaPut():
                self.put[event.version] = event
            case e.AgendaAccepted(version=version):
                self.sessions, self.zone = self.put[version].sessions, self.put[version].zone
                for person in self.withdrawn:
                    self._leave_out(person, entry.at)
            case e.ParticipantWithdrew(participant=person):
                self.withdrawn.append(person)
                self._leave_out(person, entry.at)
            case e.MobilityEnded(outcome=outcome) if outcome is not Outcome.COMPLETED:
                self.sessions = tuple(s for s in self.sessions if not self._is_to_come(s, entry.at))
            case e.VisitMoved():
                self.sessions = ()

    def _leave_out(self, person: PersonId, at: datetime) -> None:
        """Plan what is still to come without somebody, and nothing for nobody."""
        left = (
            _without(session, person) if self._is_to_come(session, at) else session
            for session in self.sessions
        )
        self.sessions = tuple(session for session in left if session.participants)

    def _is_to_come(self, session: Session, at: datetime) -> bool:
        return self.moment(session.day, session.starts, self.zone) > at

    def seen_by(self, person: PersonId) -> Held:
        """What one person's calendar holds: coordinators see all of it, others only their own part.

        So nobody hears of a session in which only somebody else's part has changed.
        """
        if person in self.coordinators:
            return {session.id: session for session in self.sessions}
        return {
            session.id: session.model_copy(update={"participants": (person,)})
            for session in self.sessions
            if person in session.participants
        }


def _without(session: Session, person: PersonId) -> Session:
    left = tuple(p for p in session.participants if p != person)
    return session.model_copy(update={"participants": left})


class Telling(Fact):
    """A letter that told somebody their calendar as of an entry; not certain: it may have left."""

    as_of: int
    is_certain: bool


class Change(Fact):
    """One session before and after; none where it is new, or dropped."""

    before: Session | None
    after: Session | None


class Difference(Fact):
    """What a letter says about its reader's calendar: what comes in or changes, what falls."""

    as_of: int
    requests: tuple[Session, ...]
    cancels: tuple[Session, ...]
    changes: tuple[Change, ...]
    is_first: bool  #: nothing was told before

    @property
    def is_nothing(self) -> bool:
        """Whether the calendar is as it should be."""
        return not self.requests and not self.cancels


@dataclass(frozen=True)
class Calendars:
    """Everybody's calendars, as the journal has them."""

    entries: Sequence[Entry]
    moment: Moment

    def of(self, person: PersonId, as_of: int | None = None) -> Held:
        """What this person's calendar has to hold, now or as of an entry."""
        agenda = _Agenda(self.moment)
        for entry in self.entries[:as_of]:
            agenda.follow(entry)
        return agenda.seen_by(person)

    def difference_for(
        self, person: PersonId, as_of: int, tellings: Iterable[Telling] = ()
    ) -> Difference:
        """What has to change in a calendar that was told these things before.

        Where nobody can know whether an earlier letter left, both are provided for: what it may
        have brought is cancelled, and what it may not have brought is told again.
        """
        tellings = tuple(tellings)
        certain = max((t.as_of for t in tellings if t.is_certain), default=0)
        doubtful = {t.as_of for t in tellings if not t.is_certain and t.as_of > certain}
        as_of = max(as_of, certain)
        # What was told for certain comes first: the difference is said in words against that.
        told = [self.of(person, n) for n in (certain, *sorted(doubtful))]
        return difference(told, self.of(person, as_of), as_of=as_of)


def difference(told: Sequence[Held], now: Held, *, as_of: int) -> Difference:
    """The difference between what a calendar may hold, one of these, and what it has to hold."""
    requests = [s for s in now.values() if any(held.get(s.id) != s for held in told)]
    fallen = {s.id: s for held in told for s in held.values() if s.id not in now}
    certain = told[0]
    names = dict.fromkeys([*certain, *now])
    changes = [Change(before=certain.get(name), after=now.get(name)) for name in names]
    return Difference(
        as_of=as_of,
        requests=tuple(sorted(requests, key=_by_time)),
        cancels=tuple(sorted(fallen.values(), key=_by_time)),
        changes=tuple(change for change in changes if change.before != change.after),
        is_first=not any(told),
    )


def _by_time(session: Session) -> tuple[object, ...]:
    return session.day, session.starts, session.id
