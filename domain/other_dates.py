"""Other dates: a host that has no place on the days it is asked for puts forward days of its own.

They need the sending coordinator's consent. With it the visit is moved to them and the host has
accepted, so nobody is ranked or asked anew; without it the next host is asked for the days that the
request is for. Meanwhile the host goes on being the one that is asked: it may still say yes or no.
"""

from datetime import date, datetime

from domain.asking import SIGNING_DAYS
from domain.deadlines import Asked
from domain.errors import AlreadyDone, NotAwaited, RequestNotAcceptable
from domain.events import (
    OtherDatesAccepted,
    OtherDatesDeclined,
    OtherDatesProposed,
    PlaceAccepted,
    VisitMoved,
)
from domain.facts import OfferId, PersonId, Writing
from domain.matching import OtherDates
from domain.messages import ProposeOtherDates
from domain.mobility import Mobility
from domain.moving import put_on_other_days
from domain.waits import Limits


def check_may_propose_dates(
    mobility: Mobility, message: ProposeOtherDates, *, at: datetime
) -> None:
    """Hold the dates of a host that is asked against the rules of every request.

    The visit stays as long as it is: its objectives, its grant and the people's leave go by that.

    Raises:
        AlreadyDone: when this host has put forward other dates for this request before.
        RequestNotAcceptable: naming what is wrong with the dates, and what to change.
    """
    if message.offer in mobility.matching.have_put_dates:
        raise AlreadyDone(
            "You have put forward other dates for this request already, and that can be done once: "
            "accept the request for a place, or decline it."
        )
    wanted = mobility.request
    request = wanted.moved_to(message.first_day, message.last_day)
    if request == wanted:
        raise RequestNotAcceptable(
            f"You are asked for these very days, {wanted.first_day} to {wanted.last_day}: accept "
            "the request for a place, or put forward others."
        )
    request.check(today=at.date())
    if len(request.days) != len(wanted.days):
        raise RequestNotAcceptable(
            f"The visit lasts {len(wanted.days)} days, and first_day to last_day is "
            f"{len(request.days)}: put forward as many days as are asked for."
        )


def propose_dates(mobility: Mobility, message: ProposeOtherDates, *, at: datetime) -> None:
    """Put the dates before the sending coordinator; the request for a place is answered by that."""
    host, matching = mobility.matching.pending, mobility.matching
    if host is None:
        return
    matching.other_dates = OtherDates(
        offer=host.offer, coordinator=host.coordinator, first_day=message.first_day,
        last_day=message.last_day,
    )  # fmt: skip
    matching.have_put_dates = (*matching.have_put_dates, host.offer)
    mobility.answered(Asked.PLACE)
    limits = Limits(_latest(mobility, message.first_day))
    wait = mobility.ask(Asked.OTHER_DATES, (mobility.request.coordinator,), at=at, limits=limits)
    mobility.happened(
        OtherDatesProposed(
            offer=host.offer, organisation=host.organisation, coordinator=host.coordinator,
            first_day=message.first_day, last_day=message.last_day, note=message.note,
            answer_by=wait.due,
        ),
        at=at, by=message.by,
    )  # fmt: skip


def _latest(mobility: Mobility, first_day: date) -> date:
    """Before either visit would begin, and in time to sign for the one put forward."""
    in_time_to_sign = first_day.toordinal() - SIGNING_DAYS
    return date.fromordinal(min(mobility.request.first_day.toordinal() - 1, in_time_to_sign))


def check_dates_are_on_the_table(mobility: Mobility, offer: OfferId) -> None:
    """Ask whether the other dates of this offer wait for an answer.

    Raises:
        NotAwaited: when they do not (any more).
    """
    dates = mobility.matching.other_dates
    if dates is None or dates.offer != offer or Asked.OTHER_DATES.value not in mobility.waits:
        raise NotAwaited(
            "No other dates are on the table: none were put forward, they have been answered, or "
            "their time has passed."
        )


def accept_dates(mobility: Mobility, *, at: datetime, by: PersonId) -> None:
    """Move the visit to the dates of the host, which has accepted by putting them forward.

    Everybody concerned hears of both from the match, so nobody is told of the move by itself.
    """
    host, dates, old = mobility.matching.pending, mobility.matching.other_dates, mobility.request
    if host is None or dates is None:
        return
    mobility.matching.give_place(host)
    mobility.answered(Asked.OTHER_DATES)
    accepted = OtherDatesAccepted(
        offer=host.offer, first_day=dates.first_day, last_day=dates.last_day
    )
    mobility.happened(accepted, at=at, by=by)
    moved = VisitMoved(
        from_first=old.first_day, from_last=old.last_day, first_day=dates.first_day,
        last_day=dates.last_day, note=None, told=(),
    )  # fmt: skip
    put_on_other_days(mobility, moved, at=at, by=by)
    mobility.happened(
        PlaceAccepted(
            offer=host.offer, organisation=host.organisation, coordinator=host.coordinator,
            instead_of=(old.first_day, old.last_day),
        ),
        at=at,
    )  # fmt: skip


def decline_dates(
    mobility: Mobility, *, at: datetime, by: PersonId, note: Writing | None = None
) -> None:
    """Take the dates off the table: the host is not asked any more, and the next one is."""
    dates = mobility.matching.other_dates
    if dates is None:
        return
    mobility.matching.stop_asking()
    mobility.answered(Asked.OTHER_DATES)
    declined = OtherDatesDeclined(
        offer=dates.offer, coordinator=dates.coordinator, first_day=dates.first_day,
        last_day=dates.last_day, note=note,
    )  # fmt: skip
    mobility.happened(declined, at=at, by=by)
