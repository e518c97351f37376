"""Letters about applications to join: what they are written from, and how they are composed."""

import shlex
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from domain.case_view import OpenQuestion
from domain.facts import Reference
from domain.joining import ApplicationEvent, ApplicationPurpose, ApplicationView, WhyDeclined
from domain.letters import LetterOrder
from domain.people import Organisation, Person
from mail.compose import filled
from mail.context import Attachment
from mail.speech import Speech, speech_of
from mail.wording import Composed


@dataclass(frozen=True)
class ApplicationContext:
    """One letter's facts: the event that caused it, and the application as it stands now."""

    order: LetterOrder
    event: ApplicationEvent
    view: ApplicationView
    recipient: Person
    home: Organisation  #: where the reader works
    organisation: Organisation  #: which applies
    coordinator: Person  #: who speaks for it
    office: Person
    office_home: Organisation
    motivation: str
    note: str
    attachments: tuple[Attachment, ...] = ()
    link: str = ""  #: to the reader's own page, where a portal is run

    @property
    def reference(self) -> Reference:
        """The application."""
        return self.view.reference

    @property
    def speech(self) -> Speech:
        """How the letter speaks: in the language of whoever reads it."""
        return speech_of(self.recipient.language)

    @property
    def is_to_applicant(self) -> bool:
        """Whether the reader speaks for the organisation that applies."""
        return self.recipient.id == self.view.applicant

    @property
    def contact(self) -> Person:
        """Whom the reader may ask: the applicant asks the office, and the office the applicant."""
        return self.office if self.is_to_applicant else self.coordinator

    @property
    def contact_organisation(self) -> str:
        """Where the one to ask works."""
        return (self.office_home if self.is_to_applicant else self.organisation).name

    @property
    def is_reminder(self) -> bool:
        """Whether the same was asked of this person before."""
        return self.order.ordinal > 0

    @property
    def question(self) -> OpenQuestion | None:
        """What the reader is asked to decide, none where nothing is asked of them."""
        return self.view.question if self.order.purpose is ApplicationPurpose.TO_DECIDE else None

    @property
    def deadline(self) -> str:
        """The last day for the answer, in the reader's zone; empty when nothing is asked."""
        return self.decide_by if self.question else ""

    @property
    def decide_by(self) -> str:
        """The last day on which the office may decide; empty when it has decided."""
        if self.view.question is None:
            return ""
        # A deadline is the end of its day in UTC: elsewhere that may be the next day already.
        midday = self.view.question.due - timedelta(hours=12)
        return self.speech.day(midday.astimezone(ZoneInfo(self.home.zone)).date())

    def command(self, verb: str, *rest: str, as_reader: bool = True) -> str:
        """The command the reader may type, word for word."""
        words = ["mobility", verb, shlex.quote(self.reference), *rest]
        return " ".join([*words, "--as", shlex.quote(self.recipient.email)] if as_reader else words)


def compose_application(letter: ApplicationContext, *, sender: str) -> Composed:
    """Write the letter this context asks for."""
    question = letter.question
    facts = {
        "letter": letter,
        "sender": parseaddr(sender)[1],
        "reference": letter.reference,
        "deadline": letter.deadline or None,
        "silence": letter.speech.gettext(question.silence) if question else None,
        "organisation": letter.organisation.name,
        "place": f"{letter.organisation.city}, {letter.organisation.country}",
        "office": letter.office_home.name,
        "reasons": "; ".join(WhyDeclined),
    }
    return filled(
        "subject.txt", f"{letter.order.purpose.value}/body.md", facts, letter.recipient.language,
        asks=question is not None, sheet="application-layout.html",
    )  # fmt: skip
