"""What is needed to draw up a paper: facts with the names and texts filled in from the store."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from domain.agenda import SessionKind
from domain.facts import Fact, PersonId, Reference
from domain.grant import RateStatus
from domain.people import Organisation
from domain.request import Activity


class NamedPerson(Fact):
    """A person as a paper names them."""

    name: str
    profile: str
    email: str = ""


class PlannedSession(Fact):
    """One session of the agenda, with its texts."""

    id: str
    day: date
    starts: time
    ends: time
    kind: SessionKind
    title: str
    place: str
    participants: tuple[str, ...]
    objectives: tuple[str, ...]


class AgreementPaper(Fact):
    """What sending organisation, receiving organisation and participants sign."""

    reference: Reference
    version: int
    drawn_up_on: date
    activity: Activity
    title: str
    context: str
    objectives: tuple[tuple[str, str], ...]
    sending: Organisation
    receiving: Organisation
    sending_coordinator: NamedPerson
    receiving_coordinator: NamedPerson
    participants: tuple[NamedPerson, ...]
    first_day: date
    last_day: date
    days: int
    call_year: int


class CertificatePaper(Fact):
    """What the host certifies on departure, for one participant."""

    reference: Reference
    issued_on: date
    participant: NamedPerson
    activity: Activity
    title: str
    sending: Organisation
    receiving: Organisation
    receiving_coordinator: NamedPerson
    days: tuple[date, ...]
    objectives: tuple[str, ...]


class PlannedChange(Fact):
    """One session before and after an edit; none where it is new, or dropped."""

    before: PlannedSession | None
    after: PlannedSession | None

    @property
    def is_moved(self) -> bool:
        """Whether it is at another time than before."""
        return self._times(self.before) != self._times(self.after)

    @property
    def is_for_others(self) -> bool:
        """Whether it is for other people than before."""
        return (
            self.before is None
            or self.after is None
            or (self.before.participants != self.after.participants)
        )

    @property
    def is_only_for_others(self) -> bool:
        """Whether nothing has changed but for whom it is."""
        if self.before is None or self.after is None:
            return False
        as_before = {"participants": self.before.participants}
        return self.is_for_others and self.after.model_copy(update=as_before) == self.before

    def _times(self, session: PlannedSession | None) -> tuple[date, time, time] | None:
        return (session.day, session.starts, session.ends) if session else None


class CalendarMethod(StrEnum):
    """What a calendar is to do with the sessions it gets."""

    REQUEST = "REQUEST"  #: take them in, in place of those it has under the same names
    CANCEL = "CANCEL"  #: take them out


class CalendarPaper(Fact):
    """Sessions for one reader's calendar: wall times in the zone of the host."""

    reference: Reference
    method: CalendarMethod
    sequence: int
    title: str
    zone: str
    stamped_at: datetime
    organiser: NamedPerson
    reader: NamedPerson
    sessions: tuple[PlannedSession, ...]


class GrantPaperLine(Fact):
    """One amount of the grant, as shown to people."""

    category: str
    participant: PersonId | None
    amount: Decimal | None
    awarded: Decimal | None
    basis: str
    source: str
    status: RateStatus | None
