"""What a holder can say: for each act its message, its form, and what the page says afterwards."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from domain import messages as m
from portal import reading, shown
from portal.forms import Form
from portal.holder import Holder
from portal.reading import Say
from portal.shown import check_is_as_shown


class Act(NamedTuple):
    """One thing that can be said: its title on the page, how its form is read, and the thanks.

    ``about`` names what it decides on, where that may be replaced while the page is open.
    """

    says: type[m.Message]
    read: Callable[[Form, Holder], Say]
    title: str
    done: str
    about: Callable[[Holder], str] | None = None

    def said(self, form: Form, holder: Holder) -> Say:
        """What a form says.

        Raises:
            Replaced: when it is about something else than what was shown.
            Unreadable: when a field of it cannot be read.
        """
        if self.about:
            check_is_as_shown(form, self.about(holder))
        return self.read(form, holder)


def _plainly(say: Say) -> Callable[[Form, Holder], Say]:
    """An act without any fields: pressing its button says all."""
    return lambda _form, _holder: say


ACTS: Mapping[str, Act] = {
    "accept": Act(
        m.AcceptProposal, _plainly(lambda errand: errand.accept()),
        "Accept the request",
        "Thank you: you have given a place.",
        shown.request_for_a_place,
    ),
    "decline": Act(
        m.DeclineProposal, reading.decline,
        "Decline the request",
        "You have declined the request for a place.",
    ),
    "propose-dates": Act(
        m.ProposeOtherDates, reading.propose_dates,
        "Put forward other dates",
        "You have put forward other dates; you will hear whether they suit.",
    ),
    "accept-dates": Act(
        m.AcceptOtherDates, _plainly(lambda errand: errand.accept_dates()),
        "Accept these dates",
        "You have accepted the dates, and the visit has its host.",
        shown.other_dates,
    ),
    "decline-dates": Act(
        m.DeclineOtherDates, reading.decline_dates,
        "Decline these dates",
        "You have declined the dates.",
        shown.other_dates,
    ),
    "sign": Act(
        m.SignAgreement, reading.sign,
        "Sign the agreement",
        "Thank you: you have signed the agreement.",
        shown.agreement,
    ),
    "refuse": Act(
        m.RefuseToSign, reading.refuse,
        "Refuse to sign",
        "You have refused to sign.",
    ),
    "award": Act(
        m.DecideGrant, reading.award,
        "Decide on the grant",
        "Your decision on the grant is recorded.",
        shown.grant,
    ),
    "pay": Act(
        m.ConfirmInstalment, reading.pay,
        "Confirm the payment",
        "The payment of the first instalment is recorded.",
    ),
    "put-agenda": Act(
        m.PutAgenda, reading.put_agenda,
        "Put forward the agenda",
        "You have put forward the agenda; the sending side answers next.",
    ),
    "accept-agenda": Act(
        m.AcceptAgenda, _plainly(lambda errand: errand.accept_agenda()),
        "Accept the agenda",
        "You have accepted the agenda.",
        shown.agenda,
    ),
    "return-agenda": Act(
        m.ReturnAgenda, reading.return_agenda,
        "Return the agenda",
        "You have returned the agenda with what should change.",
        shown.agenda,
    ),
    "arrive": Act(
        m.ConfirmArrival, reading.arrive,
        "Arrival",
        "The arrival is recorded.",
    ),
    "attend": Act(
        m.ConfirmAttendance, reading.attend,
        "Attendance",
        "The attendance of that day is recorded.",
    ),
    "depart": Act(
        m.ConfirmDeparture, reading.depart,
        "Departure",
        "The departure is recorded.",
    ),
    "evaluate": Act(
        m.AnswerEvaluation, reading.evaluate,
        "Your evaluation",
        "Thank you: your evaluation is recorded.",
    ),
    "follow-up": Act(
        m.ReportFollowUp, reading.follow_up,
        "What the visit showed",
        "Thank you: what you told is recorded.",
    ),
    "correct-address": Act(
        m.CorrectAddress, reading.correct_address,
        "Give another address",
        "The address is corrected, and whatever did not arrive is sent again.",
    ),
    "withdraw": Act(
        m.WithdrawParticipant, reading.withdraw,
        "Withdraw from the mobility",
        "The withdrawal is recorded.",
    ),
    "decline-mobility": Act(
        m.DeclineMobility, reading.decline_mobility,
        "Give up the place",
        "You have given up the place.",
    ),
    "cancel": Act(
        m.CancelMobility, reading.cancel,
        "Cancel the mobility",
        "You have cancelled the mobility.",
    ),
    "move": Act(
        m.MoveVisit, reading.move,
        "Move the visit to other days",
        "You have moved the visit: everything is planned anew for the new days.",
    ),
}  # fmt: skip
"""Every act by its name in the address; the template of its form has the same name."""

NOT_SAID_HERE: tuple[type[m.Message], ...] = (m.MergeMobility, m.TakeInMobility)
"""Messages about two mobilities at once: a link opens one."""
