"""Moving a visit: what was planned for the old days falls, and the story goes back to plan anew.

The agreement names the dates, so the mobility goes back to it from wherever it was; while no host
has said yes, hosts are asked anew. What does not hang on the dates stays: the match, an award that
comes to the same sums, an instalment that was paid.
"""

from datetime import datetime

from domain.agenda import Agenda
from domain.agreement import Agreement
from domain.deadlines import Asked
from domain.errors import AlreadyDone, RequestNotAcceptable, WrongRole
from domain.events import Phase, VisitMoved
from domain.facts import PersonId
from domain.messages import MoveVisit
from domain.mobility import Mobility
from domain.people import Role


def check_may_move(mobility: Mobility, message: MoveVisit, *, at: datetime) -> None:
    """Hold the new dates against the rules that every request is held to.

    Raises:
        WrongRole: while hosts are asked, for anybody but the sending coordinator.
        AlreadyDone: when the visit is on these days already.
        RequestNotAcceptable: from the first day on; or naming the day that breaks a rule, and what
            to change.
    """
    if mobility.matching.host is None and Role.SENDING not in mobility.roles_of(message.by):
        raise WrongRole(
            "Until a host has said yes, only the sending coordinator can move the visit: if its "
            "dates do not suit you, decline and say so."
        )
    if at.date() >= mobility.request.first_day:
        raise RequestNotAcceptable(
            f"The visit was to begin on {mobility.request.first_day}: it is too late to move it, "
            "so cancel the mobility if nobody travels."
        )
    request = mobility.request.moved_to(message.first_day, message.last_day)
    if request == mobility.request:
        raise AlreadyDone(
            f"The visit is planned for {request.first_day} to {request.last_day} already: there "
            "is nothing more to do; give other dates to move it."
        )
    request.check(today=at.date())
    dates = mobility.matching.other_dates
    if dates and (dates.first_day, dates.last_day) == (message.first_day, message.last_day):
        raise RequestNotAcceptable(
            "The host that is asked has put forward these very days: accept those instead, and it "
            "has said yes."
        )


def move(mobility: Mobility, message: MoveVisit, *, at: datetime) -> None:
    """Put the visit on its new days, and go back to what has to be gone through anew.

    Every question asked for the old days falls, and its reminders with it. Somebody's address does
    not hang on them, and goes on being asked for.
    """
    told = mobility.concerned
    if mobility.phase is Phase.MATCHING and mobility.matching.host is not None:
        # A host has said yes at this very moment: it is one of those who sign, not one just asked.
        mobility.enter(Phase.AGREEMENT, at=at)
    for asked in [key for key in mobility.waits if key != Asked.ADDRESS]:
        del mobility.waits[asked]
    put_on_other_days(mobility, _moved(mobility, message, told), at=at, by=message.by)
    if mobility.matching.host is None:
        mobility.matching = mobility.matching.begun_anew()
        mobility.forget_addresses_of_strangers()
    mobility.agreement = Agreement(version=mobility.agreement.version)
    mobility.grant.fall_with_dates()
    mobility.agenda = Agenda(version=mobility.agenda.version)
    if mobility.phase is Phase.PREPARATION:
        mobility.enter(Phase.AGREEMENT, at=at)


def _moved(mobility: Mobility, message: MoveVisit, told: tuple[PersonId, ...]) -> VisitMoved:
    return VisitMoved(
        from_first=mobility.request.first_day, from_last=mobility.request.last_day,
        first_day=message.first_day, last_day=message.last_day, note=message.note, told=told,
    )  # fmt: skip


def put_on_other_days(mobility: Mobility, moved: VisitMoved, *, at: datetime, by: PersonId) -> None:
    """Have the request go by these days from now on; what people are asked is looked up anew."""
    mobility.request = mobility.request.moved_to(moved.first_day, moved.last_day)
    mobility.almanac = mobility.almanac.for_addresses()
    mobility.happened(moved, at=at, by=by)
    mobility.moved_at = mobility.n
