"""The application itself: what it waits for, who may say what about it, what time does to it.

Every change ends in an entry of its journal, kept in ``unrecorded`` until it is written down.
"""

from datetime import datetime
from typing import NoReturn

from domain import joining as j
from domain.almanac import Almanac
from domain.case_view import OpenQuestion
from domain.deadlines import Asked
from domain.errors import AlreadyDone, CauseNotAcceptable, WrongRole
from domain.facts import OrganisationId, PersonId, Reference, State, Writing
from domain.joining import ApplicationEntry, ApplicationEvent, ApplicationView, Ending, WhyDeclined
from domain.people import SYSTEM
from domain.waits import Asking, Wait, plan_wait


class Application(State):
    """One organisation that wants to join, from its file to a decision or to silence.

    ``is_accepted`` holds from the office's yes on; it is closed once the directory has the member.
    """

    reference: Reference
    applicant: PersonId
    office: PersonId
    motivation: Writing
    has_logo: bool = False
    n: int = 0
    recorded: int = 0
    journal_head: str = ""
    almanac: Almanac = Almanac()
    wait: Wait | None = None
    is_accepted: bool = False
    outcome: Ending | None = None
    reason: WhyDeclined | None = None
    heard: dict[str, int] = {}
    unrecorded: list[ApplicationEntry] = []

    @property
    def is_decided(self) -> bool:
        """Whether there is nothing left to decide."""
        return self.is_accepted or self.outcome is not None

    # The story.

    def open(self, *, at: datetime) -> None:
        """The application is in."""
        received = j.ApplicationReceived(motivation=self.motivation, has_logo=self.has_logo)
        self._happened(received, at=at, by=self.applicant)

    def ask_for_decision(self, almanac: Almanac, *, at: datetime) -> None:
        """Put it before the programme office, on the plan and in the days of the office."""
        self.almanac = almanac
        asking = Asking(Asked.APPLICATION, (self.office,), at, self.n + 1)
        self.wait = plan_wait(asking, almanac, self.reference)
        self._happened(j.DecisionAsked(office=self.office, decide_by=self.wait.due), at=at)

    def admit(
        self, organisation: OrganisationId | None, coordinator: PersonId, *, at: datetime
    ) -> None:
        """The directory has the new member; or there was one before it, and has none."""
        if organisation is None:
            self.is_accepted = False
            taken = j.ApplicationDeclined(reason=WhyDeclined.MEMBER, note=None)
            self._happened(taken, at=at)
        else:
            admitted = j.MemberAdmitted(organisation=organisation, coordinator=coordinator)
            self._happened(admitted, at=at)

    def stop(self, *, at: datetime) -> None:
        """An operator stops it; a yes that was said is carried out all the same."""
        if not self.is_decided:
            self._happened(j.ApplicationStopped(), at=at)

    # What time does.

    def next_moment(self) -> datetime | None:
        """When time itself has something to do here."""
        return self.wait.next_moment() if self.wait else None

    def pass_time(self, *, at: datetime) -> bool:
        """Do what time does to the open question now; false when it has nothing to do yet."""
        wait = self.wait
        if wait is None:
            return False
        if at >= wait.falls:
            self._happened(j.ApplicationLapsed(), at=at)
        elif wait.tell_at is not None and at >= wait.tell_at:
            wait.tell_at = None
            self._happened(j.DecisionOverdue(told=self._who_is_told()), at=at)
        elif taken := wait.take_reminders(at).get(self.office):
            self._happened(
                j.OfficeReminded(
                    ordinal=taken.ordinal, epoch=wait.epoch, is_missed=taken.is_missed
                ),
                at=at,
            )  # fmt: skip
        else:
            return False
        return True

    def _who_is_told(self) -> tuple[PersonId, ...]:
        """A colleague of the office, where there is one, and the applicant, who waits for it."""
        colleague = self.almanac.colleagues.get(self.office)
        return (colleague, self.applicant) if colleague else (self.applicant,)

    # What people say.

    def check_may(self, message: j.ApplicationMessage) -> None:
        """Ask whether this may be said now, by this person.

        Raises:
            WrongRole: when somebody else has to say it.
            AlreadyDone: when it is decided already.
            CauseNotAcceptable: when a reason that says nothing comes without a text.
        """
        _check_role(self, message)
        if self.is_decided:
            _say_decided(self)
        if isinstance(message, j.DeclineApplication) and not message.note:
            _check_reason_says_enough(message.reason)

    def hear(self, message: j.ApplicationMessage, *, at: datetime, message_id: str) -> int:
        """Take a message in, once, and return the entry that says so.

        Raises:
            Refusal: when it may not be said (any more).
        """
        if message_id in self.heard:
            return self.heard[message_id]
        self.check_may(message)
        self._happened(_event_of(message), at=at, by=message.by)
        self.heard[message_id] = self.n
        return self.n

    def _happened(self, event: ApplicationEvent, *, at: datetime, by: PersonId = SYSTEM) -> None:
        """Add an entry, and close the question that it answers."""
        self.n += 1
        self.is_accepted |= isinstance(event, j.ApplicationAccepted)
        self.outcome = j.ENDED_BY.get(type(event))
        if isinstance(event, j.ApplicationDeclined):
            self.reason = event.reason
        if self.is_decided:
            self.wait = None
        self.unrecorded.append(
            ApplicationEntry(
                reference=self.reference, n=self.n, kind=type(event).__name__, by=by, at=at,
                facts=event.model_dump(mode="json"),
            )
        )  # fmt: skip


def _check_role(application: Application, message: j.ApplicationMessage) -> None:
    is_applicants = isinstance(message, j.WithdrawApplication)
    if message.by == (application.applicant if is_applicants else application.office):
        return
    if is_applicants:
        raise WrongRole("Only the applicant can withdraw an application: say it as they.")
    raise WrongRole("Only the programme office that was asked can decide: say it as they.")


def _say_decided(application: Application) -> NoReturn:
    standing = str(application.outcome or Ending.ACCEPTED)
    raise AlreadyDone(f"The application is {standing} already: nothing about it can be changed.")


def _check_reason_says_enough(reason: WhyDeclined) -> None:
    if reason is WhyDeclined.OTHER:
        raise CauseNotAcceptable(
            "'other' tells the applicant nothing: say why in your own words, with --note."
        )


def _event_of(message: j.ApplicationMessage) -> ApplicationEvent:
    match message:
        case j.AcceptApplication():
            return j.ApplicationAccepted()
        case j.DeclineApplication():
            return j.ApplicationDeclined(reason=message.reason, note=message.note)
        case _:
            return j.ApplicationWithdrawn()


def view_of(application: Application) -> ApplicationView:
    """The application as it stands now."""
    wait = application.wait
    return ApplicationView(
        reference=application.reference, n=application.n, applicant=application.applicant,
        office=application.office, is_accepted=application.is_accepted,
        outcome=application.outcome, reason=application.reason,
        question=OpenQuestion.of(wait) if wait else None,
    )  # fmt: skip
