"""Joining the partnership: what an application can come to, and everything that happens to it."""

from datetime import datetime
from enum import StrEnum

from domain.case_view import OpenQuestion
from domain.facts import Fact, OrganisationId, PersonId, Reference, State, Writing


class Ending(StrEnum):
    """What an application came to."""

    ACCEPTED = "accepted"  #: the applicant is a member
    DECLINED = "declined"  #: the programme office said no, and why
    WITHDRAWN = "withdrawn"  #: by the applicant
    LAPSED = "lapsed"  #: nobody decided in time
    STOPPED = "stopped"  #: by an operator


class WhyDeclined(StrEnum):
    """Why an application is declined; the applicant is told, with the office's own words."""

    MEMBER = "a member already"
    INELIGIBLE = "not eligible for the programme"
    INCOMPLETE = "details missing or wrong"
    FULL = "no new members for now"
    OTHER = "other"


class ApplicationPurpose(StrEnum):
    """What a letter about an application is for; also the name of its template folder."""

    RECEIVED = "application-received"
    TO_DECIDE = "application-to-decide"
    OVERDUE = "application-overdue"
    ACCEPTED = "application-accepted"
    DECLINED = "application-declined"
    WITHDRAWN = "application-withdrawn"
    LAPSED = "application-lapsed"


# What people may say about it.


class ApplicationMessage(Fact):
    """Something a person may say about an application."""

    by: PersonId


class AcceptApplication(ApplicationMessage):
    """The programme office says yes."""


class DeclineApplication(ApplicationMessage):
    """The programme office says no, and why."""

    reason: WhyDeclined
    note: Writing | None = None


class WithdrawApplication(ApplicationMessage):
    """The applicant does not want to join any more."""


# What can have happened to it.


class ApplicationEvent(Fact):
    """Something that has happened to an application."""


class ApplicationReceived(ApplicationEvent):
    """An organisation asks to join, and says why; what it is, the store keeps sealed."""

    motivation: Writing
    has_logo: bool


class DecisionAsked(ApplicationEvent):
    """The programme office is asked to decide."""

    office: PersonId
    decide_by: datetime


class OfficeReminded(ApplicationEvent):
    """The programme office is asked once more."""

    ordinal: int
    epoch: int  #: the entry that asked
    is_missed: bool = False


class DecisionOverdue(ApplicationEvent):
    """Others hear that the office has not decided."""

    told: tuple[PersonId, ...]


class ApplicationAccepted(ApplicationEvent):
    """The office says yes; the applicant is being added to the directory."""


class MemberAdmitted(ApplicationEvent):
    """Organisation and coordinator are in the directory, and can request and offer."""

    organisation: OrganisationId
    coordinator: PersonId


class ApplicationDeclined(ApplicationEvent):
    """The office says no; or the engine, where a member of that kind was there first."""

    reason: WhyDeclined
    note: Writing | None


class ApplicationWithdrawn(ApplicationEvent):
    """The applicant has thought better of it."""


class ApplicationLapsed(ApplicationEvent):
    """Nobody decided in time."""


class ApplicationStopped(ApplicationEvent):
    """An operator has ended it in Temporal."""


APPLICATION_EVENTS: dict[str, type[ApplicationEvent]] = {
    kind.__name__: kind for kind in ApplicationEvent.__subclasses__()
}
"""Every kind of event of an application by its name in the journal."""
ENDED_BY: dict[type[ApplicationEvent], Ending] = {
    MemberAdmitted: Ending.ACCEPTED,
    ApplicationDeclined: Ending.DECLINED,
    ApplicationWithdrawn: Ending.WITHDRAWN,
    ApplicationLapsed: Ending.LAPSED,
    ApplicationStopped: Ending.STOPPED,
}
"""The events that close an application, and what it has come to by each."""


class ApplicationEntry(Fact):
    """One line of an application's journal: what happened, when and through whom."""

    reference: Reference
    n: int
    kind: str
    by: PersonId
    at: datetime
    facts: dict[str, object]

    def event(self) -> ApplicationEvent:
        """The event as the domain knows it."""
        return APPLICATION_EVENTS[self.kind].model_validate(self.facts)


class ApplicationView(State):
    """An application as of its last entry. References only, no names."""

    reference: Reference
    n: int
    applicant: PersonId
    office: PersonId
    is_accepted: bool
    outcome: Ending | None
    reason: WhyDeclined | None
    question: OpenQuestion | None

    @property
    def standing(self) -> str:
        """Where it stands, in a word or two."""
        if self.outcome is not None:
            return f"{self.outcome}: {self.reason}" if self.reason else str(self.outcome)
        return "accepted, being added" if self.is_accepted else "to be decided"


APPLICATIONS = "A"
"""What the references of applications begin with, such as ``A-2027-0001``."""


def is_application(reference: str) -> bool:
    """Whether a reference is an application's and no mobility's."""
    return reference.upper().startswith(f"{APPLICATIONS}-")
