"""A mobility with its names and texts filled in, as papers and letters need it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from domain.agenda import Session
from domain.case_view import CaseView
from domain.events import AgendaPut, Entry, Event
from domain.facts import OrganisationId, PersonId, Reference, Writing
from domain.papers import NamedPerson, PlannedSession
from domain.people import Organisation, Person, in_one_list
from domain.request import MobilityRequest
from store.cases import Store
from store.links import Renewals
from store.whole import read_whole


@dataclass(frozen=True)
class OpenCase:
    """Everything about one mobility, in clear, for as long as a paper is drawn up."""

    reference: Reference
    request: MobilityRequest
    view: CaseView
    entries: tuple[Entry, ...]
    head: str
    people: Mapping[PersonId, Person]
    texts: Mapping[str, str]
    organisations: Mapping[OrganisationId, Organisation]
    renewals: Renewals = field(default_factory=dict)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Everything that has happened, in order; read once for all that is drawn from it."""
        return tuple(entry.event() for entry in self.entries)

    @property
    def sending(self) -> Organisation:
        """The sending organisation."""
        return self.organisations[self.request.sending]

    @property
    def receiving(self) -> Organisation | None:
        """The receiving organisation, once there is one."""
        return self.organisations[self.view.host.organisation] if self.view.host else None

    @property
    def receiving_coordinator(self) -> Person | None:
        """Who answers for the receiving organisation, once there is one."""
        return self.people[self.view.host.coordinator] if self.view.host else None

    @property
    def withdrawn(self) -> tuple[PersonId, ...]:
        """The participants who no longer take part."""
        return tuple(p for p in self.request.participants if p not in self.view.taking_part)

    def text(self, writing: Writing | None) -> str:
        """A text, or nothing where there is none."""
        return self.texts[writing.id] if writing else ""

    def named(self, person: PersonId) -> NamedPerson:
        """A person as papers name them."""
        found = self.people[person]
        return NamedPerson(name=found.name, profile=found.profile, email=found.email)

    @property
    def on_the_table(self) -> tuple[Session, ...]:
        """The agenda put forward last, as far as it is for those who still take part.

        None when the visit has been moved since.
        """
        return self._put_last_in(self.events[self.view.moved_at :])

    def put_at(self, n: int) -> tuple[Session, ...]:
        """The agenda on the table at an entry, as far as it is for those who still take part."""
        return self._put_last_in(self.events[:n])

    def _put_last_in(self, events: Sequence[Event]) -> tuple[Session, ...]:
        put = [event.sessions for event in events if isinstance(event, AgendaPut)]
        left = (
            session.model_copy(
                update={
                    "participants": tuple(
                        p for p in session.participants if p in self.view.taking_part
                    )
                }
            )
            for session in (put[-1] if put else ())
        )
        return tuple(session for session in left if session.participants)

    def planned(self, session: Session) -> PlannedSession:
        """A session with its texts and names."""
        objectives = {o.id: self.text(o.text) for o in self.request.objectives}
        return PlannedSession(
            **session.model_dump(include={"id", "day", "starts", "ends", "kind"}),
            title=self.text(session.title),
            place=self.text(session.place),
            participants=tuple(self.people[p].name for p in session.participants),
            objectives=tuple(objectives[o] for o in session.objectives),
        )


async def open_case(store: Store, reference: Reference) -> OpenCase:
    """Read one mobility whole.

    Raises:
        LookupError: when the mobility is not in the store.
        KeyDestroyed: when it was erased.
    """
    whole = await read_whole(store, reference)
    return OpenCase(
        reference=reference,
        request=whole.request,
        view=whole.view,
        entries=whole.entries,
        head=whole.head,
        people=in_one_list(whole.people, whole.participants),
        texts=whole.texts,
        organisations=whole.organisations,
        renewals=whole.renewals,
    )
