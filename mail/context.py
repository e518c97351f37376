"""What a letter is written from. Whatever is not in here, no letter may state."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.case_view import CaseView, OpenQuestion, roles_in
from domain.deadlines import Asked
from domain.events import Entry, Event, Phase
from domain.facts import OrganisationId, PersonId
from domain.grant import RateStatus
from domain.host_search import HostSearch
from domain.letters import LetterOrder, Purpose
from domain.papers import GrantPaperLine, PlannedChange, PlannedSession
from domain.people import Organisation, Person
from domain.request import MobilityRequest
from mail.speech import Speech, speech_of
from mail.words import said_again


@dataclass(frozen=True)
class Attachment:
    """A paper that goes along with a letter."""

    filename: str
    media_type: str
    content: bytes
    method: str = ""  #: of a calendar: what it is to do


@dataclass(frozen=True)
class LetterContext:
    """One letter's facts: the event that caused it, and the case as it stands now.

    ``concerned`` are people the event speaks of who no longer take part. ``sessions`` are those of
    the agenda that the letter is about, and ``changes`` what is new in them for whoever reads it,
    unless it is the first agenda they get:
    without them the letter says less, never something else. ``search`` is how hosts were asked;
    ``organisations`` are those that the case names. ``link`` opens the reader's own page; without
    one, because no portal is run, letters say which commands to type.
    """

    order: LetterOrder
    entry: Entry
    view: CaseView
    request: MobilityRequest
    recipient: Person
    title: str
    sending: Organisation
    receiving: Organisation | None
    sending_coordinator: Person
    receiving_coordinator: Person | None
    participants: tuple[Person, ...]
    note: str
    objectives: tuple[str, ...]
    grant_lines: tuple[GrantPaperLine, ...]
    attachments: tuple[Attachment, ...]
    concerned: tuple[Person, ...] = ()
    sessions: tuple[PlannedSession, ...] = ()
    changes: tuple[PlannedChange, ...] = ()
    is_first_agenda: bool = True
    search: HostSearch = field(default_factory=HostSearch)
    organisations: Mapping[OrganisationId, str] = field(default_factory=dict)
    link: str = ""

    # Who reads it, in what language, and whom they may ask.

    @property
    def speech(self) -> Speech:
        """How the letter speaks: in the language of whoever reads it."""
        return speech_of(self.recipient.language)

    @property
    def is_to_sending(self) -> bool:
        """Whether the reader answers for the sending organisation."""
        return self.recipient.id == self.request.coordinator

    @property
    def is_to_host(self) -> bool:
        """Whether the reader answers for the receiving organisation."""
        host = self.receiving_coordinator
        return host is not None and self.recipient.id == host.id

    @property
    def is_to_participant(self) -> bool:
        """Whether the reader is one of those who travel, or were to."""
        return self.recipient.id in self.request.participants

    @property
    def is_to_office(self) -> bool:
        """Whether the reader decides on the grant."""
        return self.recipient.id == self.request.office

    @property
    def capacity(self) -> str:
        """In what capacity the reader takes part, empty when they no longer do."""
        roles = roles_in(self.request, self.view, self.recipient.id)
        return self.speech.listed(self.speech.gettext(role) for role in roles)

    @property
    def has_a_part(self) -> bool:
        """Whether the mobility is open and the reader has not withdrawn from it."""
        is_out = self.is_to_participant and self.recipient.id not in self.view.taking_part
        return self.is_about_it and self.view.phase is not Phase.CLOSED and not is_out

    @property
    def is_about_it(self) -> bool:
        """Whether the letter tells of the mobility: it is nobody else's to know."""
        return self.order.purpose is not Purpose.HOSTING_PAUSED

    @property
    def is_matched(self) -> bool:
        """Whether a host has said yes; until then the one in view has only been asked."""
        return self.view.is_matched

    @property
    def contact(self) -> Person:
        """Whom the reader may ask: the sending coordinator, who in turn asks the host.

        The sending coordinator of a mobility without a host is nobody's to be sent to but their
        own.
        """
        if self.is_to_sending and self.is_matched and self.receiving_coordinator:
            return self.receiving_coordinator
        return self.sending_coordinator

    @property
    def contact_organisation(self) -> str:
        """Where the one to ask works."""
        is_host = self.receiving is not None and self.contact is self.receiving_coordinator
        return self.receiving.name if is_host and self.receiving else self.sending.name

    # What is asked, and until when.

    @property
    def event(self) -> Event:
        """What has happened."""
        return self.entry.event()

    @property
    def is_reminder(self) -> bool:
        """Whether the same was asked of this person before."""
        return self.order.ordinal > 0

    @property
    def question(self) -> OpenQuestion | None:
        """The open question that is the letter's reason, none when it asks for nothing."""
        asked = self.order.while_asked
        return self.view.question(asked) if asked else None

    @property
    def wants_answer(self) -> bool:
        """Whether the reader is asked for something: by this letter, or by what it tells of."""
        is_returned = self.order.purpose is Purpose.AGENDA_RETURNED
        told_of = self.view.question(Asked.AGENDA) if is_returned else None
        return bool(self.question or told_of)

    @property
    def overdue(self) -> OpenQuestion:
        """The open question whose silence the letter is about.

        Raises:
            LookupError: when it is not open (any more).
        """
        found = self.view.question(self.order.while_open) if self.order.while_open else None
        if found is None:
            raise LookupError("The question this letter is about is not open.")
        return found

    @property
    def silent(self) -> tuple[str, ...]:
        """Who has not answered it yet, by name."""
        return tuple(self.name_of(person) for person in self.overdue.people)

    def open_question(self, name: str) -> OpenQuestion | None:
        """Any other question that is open now, by its name."""
        return self.view.question(Asked(name))

    @property
    def deadline(self) -> str:
        """The last day for the answer, in the reader's zone; empty when nothing is asked."""
        return self.day_of(self.question.due) if self.question else ""

    @property
    def silence(self) -> str:
        """What happens if nobody answers; empty when nothing is asked."""
        return self.speech.gettext(self.question.silence) if self.question else ""

    def day_of(self, due: datetime) -> str:
        """The last day a deadline leaves, where the reader is.

        Deadlines are the end of a day in UTC, which in Borås is one or two hours into the next
        day: that day is not the reader's any more, so what counts is the midday before.
        """
        return self.speech.day((due - timedelta(hours=12)).astimezone(self._zone).date())

    @property
    def _zone(self) -> ZoneInfo:
        """The zone of the reader's organisation; the office goes by the sending side's."""
        receiving = self.receiving
        is_host = receiving is not None and self.recipient.organisation == receiving.id
        return ZoneInfo(receiving.zone if is_host and receiving else self.sending.zone)

    def command(self, verb: str, *rest: str, as_reader: bool = True) -> str:
        """The command the reader may type, word for word."""
        words = ["mobility", verb, shlex.quote(self.request.reference), *rest]
        return " ".join([*words, "--as", shlex.quote(self.recipient.email)] if as_reader else words)

    # The visit and the people.

    @property
    def dates(self) -> str:
        """First and last day of the visit, such as ``5–7 May 2026``."""
        return self.speech.dates(self.request.first_day, self.request.last_day)

    @property
    def days(self) -> str:
        """The length of the visit without travel."""
        number = len(self.request.days)
        return self.speech.ngettext("%(num)s day", "%(num)s days", number) % {"num": number}

    @property
    def party(self) -> str:
        """How many people take part."""
        number = len(self.participants)
        said = self.speech.ngettext("%(num)s participant", "%(num)s participants", number)
        return said % {"num": number}

    @property
    def host_name(self) -> str:
        """The receiving organisation by name, or as what it is."""
        if self.receiving:
            return self.receiving.name
        return self.speech.gettext("the receiving organisation")

    def knows(self, person: PersonId) -> bool:
        """Whether this letter knows a person by name."""
        return person in self._people

    def name_of(self, person: PersonId) -> str:
        """A person by name, as far as this letter knows them."""
        if known := self.known(person):
            return known.name
        if person == self.request.office:
            return self.speech.gettext("the programme office")
        return self.speech.gettext("a participant")

    def known(self, person: PersonId) -> Person | None:
        """A person, as far as this letter knows them."""
        return self._people.get(person)

    @property
    def _people(self) -> dict[PersonId, Person]:
        host = (self.receiving_coordinator,) if self.receiving_coordinator else ()
        known = (
            *self.participants, *self.concerned, self.recipient, self.sending_coordinator, *host
        )  # fmt: skip
        # Somebody who is in it twice has the name they have as a participant.
        return {person.id: person for person in reversed(known)}

    def said(self, recorded: str) -> str:
        """A sentence that is on record in English, as this reader reads it."""
        return said_again(recorded, self.speech)

    # The money.

    @property
    def shown_lines(self) -> tuple[GrantPaperLine, ...]:
        """The amounts this reader is shown: participants see their own, not each other's."""
        if not self.is_to_participant or self.is_to_sending:
            return self.grant_lines
        return tuple(line for line in self.grant_lines if line.participant == self.recipient.id)

    @property
    def has_illustrations(self) -> bool:
        """Whether an amount shown is made up for demonstration."""
        return any(line.status is RateStatus.ILLUSTRATION for line in self.shown_lines)

    def line_name(self, line: GrantPaperLine) -> str:
        """The name of an amount in the command."""
        category = line.category.replace(" ", "-")
        return f"{category}/{line.participant}" if line.participant else category
