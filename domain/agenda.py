"""The plan of the visit: the host's sessions per day and per participant."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, time
from enum import StrEnum
from itertools import count, pairwise, takewhile
from typing import Annotated

from pydantic import AfterValidator

from domain.errors import AgendaNotAcceptable, StaleVersion
from domain.facts import Fact, PersonId, State, Writing
from domain.request import Activity, MobilityRequest


def _without_offset(moment: time) -> time:
    if moment.tzinfo is not None:
        raise ValueError(
            f"is {moment.isoformat('minutes')}: write the time on the host's own clock, without an "
            "offset, such as 09:30"
        )
    return moment


WallTime = Annotated[time, AfterValidator(_without_offset)]
"""What a clock on the wall shows at the host: an offset would say it twice, or differently."""


class SessionKind(StrEnum):
    """What happens in a session."""

    SHARED = "shared"  #: everybody together
    SHADOWING = "individual shadowing"  #: one participant beside one colleague


class Session(Fact):
    """One dated part of the agenda. Times are wall times of the host's zone."""

    id: str
    day: date
    starts: WallTime
    ends: WallTime
    kind: SessionKind
    participants: tuple[PersonId, ...]
    objectives: tuple[str, ...]
    title: Writing
    place: Writing


class AcceptedAgenda(Fact):
    """The version that both sides have accepted: what the visit and everybody's calendar go by."""

    version: int
    sessions: tuple[Session, ...]


class Agenda(State):
    """Versions put forward by the host; the sending side accepts one or returns it.

    What is ``accepted`` stays valid while a later version is on the table.
    """

    version: int = 0
    sessions: tuple[Session, ...] = ()
    zone: str = "UTC"
    accepted: AcceptedAgenda | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether both sides have accepted a version, whatever is on the table beside it."""
        return self.accepted is not None

    @property
    def fell(self) -> bool:
        """Whether the versions put forward so far were for days that the visit has left."""
        return self.version > 0 and not self.sessions

    def put(self, sessions: tuple[Session, ...], zone: str) -> None:
        """Lay the next version on the table."""
        self.version, self.sessions, self.zone = self.version + 1, sessions, zone

    def accept(self) -> int | None:
        """The version on the table is the accepted one; return the version it replaces."""
        replaced = self.accepted.version if self.accepted else None
        self.accepted = AcceptedAgenda(version=self.version, sessions=self.sessions)
        return replaced

    def check_version(self, version: int) -> None:
        """Refuse to speak of an agenda that has been replaced.

        Raises:
            StaleVersion: when another version is on the table.
        """
        if version != self.version:
            raise StaleVersion(
                f"You speak of version {version} of the agenda, and version {self.version} is on "
                "the table: read that one first."
            )


Likeness = Callable[[Session], object]
"""What two sessions have in common when they are one and the same."""


def is_same_agenda(one: Sequence[Session], other: Sequence[Session]) -> bool:
    """Whether two versions plan the same: in which order a file lists its sessions says nothing."""
    return sorted(one, key=lambda s: s.id) == sorted(other, key=lambda s: s.id)


def named_alike(
    sessions: Sequence[Session], earlier: Sequence[Sequence[Session]]
) -> tuple[Session, ...]:
    """Give sessions the names they had in earlier versions, whatever their place in the file.

    Calendars know a session by its name: one that is moved keeps it, one that comes back gets it
    back, a new one gets a name that none had before. An empty version stands for a move of the
    visit, after which nothing is on as before.
    """
    names: dict[int, str] = {}
    for known, likeness in _where_to_look(sessions, earlier):
        for n, session in enumerate(sessions):
            alike = (s.id for s in known if likeness(s) == likeness(session))
            found = next((name for name in alike if name not in names.values()), None)
            if n not in names and found is not None:
                names[n] = found
    used = {session.id for version in earlier for session in version}
    fresh = (name for n in count(1) if (name := f"S{n}") not in used)
    return tuple(
        session.model_copy(update={"id": names.get(n) or next(fresh)})
        for n, session in enumerate(sessions)
    )


def _where_to_look(
    sessions: Sequence[Session], earlier: Sequence[Sequence[Session]]
) -> Iterator[tuple[Sequence[Session], Likeness]]:
    """Where a session is looked for and by what it is known there, the surest first.

    Whoever takes a change back repeats a version: its names come before those of newer ones. A
    session that has changed is known by its likeness to the latest version alone.
    """
    valid = list(takewhile(bool, reversed(earlier)))
    valid.sort(key=lambda version: not _plans_the_same(version, sessions))
    yield from ((version, _as_it_is) for version in valid)
    latest = earlier[-1] if earlier else ()
    yield from ((latest, likeness) for likeness in LIKENESSES)


def _plans_the_same(version: Sequence[Session], sessions: Sequence[Session]) -> bool:
    ours = [_as_it_is(s) for s in sessions]
    return len(version) == len(ours) and all(_as_it_is(s) in ours for s in version)


def _as_it_is(session: Session) -> Session:
    return session.model_copy(update={"id": ""})


LIKENESSES: tuple[Likeness, ...] = (
    lambda s: (s.title, s.kind, s.participants, s.day),
    lambda s: (s.title, s.kind, s.participants),
    lambda s: (s.title, s.kind),
    lambda s: (s.day, s.starts, s.kind, s.participants),
)
"""By what a session that has changed is known again, the surest first."""


def check_agenda(
    sessions: tuple[Session, ...], request: MobilityRequest, present: tuple[PersonId, ...]
) -> None:
    """Hold an agenda against the request: no overlap, nobody and no objective left out.

    Raises:
        AgendaNotAcceptable: naming the session, the person or the objective.
    """
    for session in sessions:
        _check_session(session, request, present)
    for person in present:
        own = sorted(
            (s for s in sessions if person in s.participants), key=lambda s: (s.day, s.starts)
        )
        _check_no_overlap(person, own)
        shadows = any(s.kind is SessionKind.SHADOWING for s in own)
        if request.activity is Activity.JOB_SHADOWING and not shadows:
            raise AgendaNotAcceptable(
                f"Participant {person} has no individual shadowing: add a session for them."
            )
    _check_coverage(sessions, request)


def _check_session(
    session: Session, request: MobilityRequest, present: tuple[PersonId, ...]
) -> None:
    if session.ends <= session.starts:
        raise AgendaNotAcceptable(f"Session {session.id} ends before it starts: correct its times.")
    if session.day not in request.days:
        raise AgendaNotAcceptable(
            f"Session {session.id} is on {session.day}, outside the visit of "
            f"{request.first_day} to {request.last_day}: move it."
        )
    if strangers := [p for p in session.participants if p not in present]:
        raise AgendaNotAcceptable(
            f"Session {session.id} is planned for {strangers[0]}, who does not take part."
        )
    if not session.participants:
        raise AgendaNotAcceptable(f"Session {session.id} is for nobody: name its participants.")
    if session.kind is SessionKind.SHADOWING and len(session.participants) > 1:
        raise AgendaNotAcceptable(
            f"Session {session.id} is individual shadowing for {len(session.participants)} "
            "participants: give each one a session of their own."
        )
    known = {objective.id for objective in request.objectives}
    if unknown := [o for o in session.objectives if o not in known]:
        raise AgendaNotAcceptable(
            f"Session {session.id} serves objective {unknown[0]}, which the request does not have."
        )


def _check_no_overlap(person: PersonId, own: list[Session]) -> None:
    for earlier, later in pairwise(own):
        if earlier.day == later.day and later.starts < earlier.ends:
            raise AgendaNotAcceptable(
                f"Sessions {earlier.id} and {later.id} on {later.day} overlap for participant "
                f"{person}: move one of them."
            )


def _check_coverage(sessions: tuple[Session, ...], request: MobilityRequest) -> None:
    for objective in request.objectives:
        if not any(objective.id in session.objectives for session in sessions):
            raise AgendaNotAcceptable(
                f"Objective {objective.id} of the request has no session: add one or say which "
                "session serves it."
            )
    for day in request.days:
        if not any(session.day == day for session in sessions):
            raise AgendaNotAcceptable(f"Nothing is planned on {day}: add a session for that day.")
