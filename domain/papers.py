"""What is needed to draw up a paper: facts with the names and texts filled in from the store."""

from datetime import date, datetime, time
from decimal import Decimal

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


class AgendaPaper(Fact):
    """The accepted agenda, for calendars: wall times in the zone of the host."""

    reference: Reference
    version: int
    title: str
    zone: str
    stamped_at: datetime
    organiser: NamedPerson
    attendees: tuple[NamedPerson, ...]
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
