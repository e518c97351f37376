"""Which letters follow which event of an application, to whom, and while what is so. One table."""

from collections.abc import Iterable

from domain import joining as j
from domain.application import Application
from domain.facts import Fact, PersonId, Reference
from domain.joining import ApplicationEntry, ApplicationPurpose, ApplicationView
from domain.journal import GENESIS
from domain.letters import LetterOrder

WHILE_UNDECIDED = (
    ApplicationPurpose.RECEIVED, ApplicationPurpose.TO_DECIDE, ApplicationPurpose.OVERDUE,
)  # fmt: skip
"""Letters that say nothing any more once there is a decision: that one says it."""


class ApplicationRecord(Fact):
    """One stroke of an application: what happened, how it stands now, the letters that follow."""

    reference: Reference
    entries: tuple[ApplicationEntry, ...]
    view: ApplicationView
    letters: tuple[LetterOrder, ...]
    follows: str = GENESIS


def letters_after(  # noqa: PLR0911 - a table, row by row
    entry: ApplicationEntry, application: Application
) -> list[LetterOrder]:
    """The letters that follow one entry of an application's journal."""
    applicant, office = (application.applicant,), (application.office,)
    match event := entry.event():
        case j.ApplicationReceived():
            return _orders(entry, ApplicationPurpose.RECEIVED, applicant)
        case j.DecisionAsked():
            return _orders(entry, ApplicationPurpose.TO_DECIDE, office)
        case j.OfficeReminded():
            [reminder] = _orders(entry, ApplicationPurpose.TO_DECIDE, office)
            of_which = {
                "epoch": event.epoch, "ordinal": event.ordinal, "is_missed": event.is_missed
            }  # fmt: skip
            return [reminder.model_copy(update=of_which)]
        case j.DecisionOverdue():
            return _orders(entry, ApplicationPurpose.OVERDUE, event.told)
        case j.MemberAdmitted():
            return _orders(entry, ApplicationPurpose.ACCEPTED, applicant)
        case j.ApplicationDeclined():
            return _orders(entry, ApplicationPurpose.DECLINED, applicant)
        case j.ApplicationWithdrawn():
            return _orders(entry, ApplicationPurpose.WITHDRAWN, office)
        case j.ApplicationLapsed() | j.ApplicationStopped():
            return _orders(entry, ApplicationPurpose.LAPSED, applicant)
    return []


def _orders(
    entry: ApplicationEntry, purpose: ApplicationPurpose, people: Iterable[PersonId]
) -> list[LetterOrder]:
    return [
        LetterOrder(
            reference=entry.reference, purpose=purpose, to=person, event=entry.n, epoch=entry.n
        )
        for person in people
    ]


def still_worth_sending(order: LetterOrder, view: ApplicationView) -> bool:
    """Whether there is still a reason to send a letter, as the application stands now."""
    is_decided = view.is_accepted or view.outcome is not None
    return not (is_decided and order.purpose in WHILE_UNDECIDED)
