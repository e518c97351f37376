"""The stay itself, as it took place: person-days confirmed by the host."""

from collections.abc import Iterable
from datetime import date

from domain.errors import AlreadyDone, AttendanceNotAcceptable
from domain.events import ArrivalConfirmed, DepartureConfirmed, Event
from domain.facts import PersonId, State
from domain.request import MobilityRequest


class Visit(State):
    """Who arrived, who was present on which day, who left."""

    arrived: dict[PersonId, date] = {}
    present: dict[date, tuple[PersonId, ...]] = {}
    departed: dict[PersonId, date] = {}

    def check_may_arrive(
        self, people: tuple[PersonId, ...], on: date, request: MobilityRequest
    ) -> None:
        """Arrival is confirmed once per participant, on a day of the visit or the day before.

        Raises:
            AttendanceNotAcceptable: on another day.
            AlreadyDone: when the arrival stands already.
        """
        if not -1 <= (on - request.first_day).days < len(request.days):
            raise AttendanceNotAcceptable(
                f"An arrival on {on} does not fit a visit of {request.first_day} to "
                f"{request.last_day}: give the day they arrived."
            )
        if again := [p for p in people if p in self.arrived]:
            raise AlreadyDone(f"The arrival of {again[0]} is confirmed already.")

    def check_may_attend(
        self, day: date, people: tuple[PersonId, ...], request: MobilityRequest, today: date
    ) -> None:
        """Attendance is confirmed once per day, for those who arrived, not in advance.

        Raises:
            AttendanceNotAcceptable: for a day outside the visit or still to come, or for somebody
                whose arrival was never confirmed, or who came later or had left by then.
            AlreadyDone: when that day is confirmed already.
        """
        if day not in request.days:
            raise AttendanceNotAcceptable(
                f"{day} is not a day of the visit ({request.first_day} to {request.last_day})."
            )
        if day > today:
            raise AttendanceNotAcceptable(f"{day} is still to come: confirm it when it is over.")
        if day in self.present:
            raise AlreadyDone(f"The attendance of {day} is confirmed already.")
        if absent := [p for p in people if p not in self.arrived]:
            raise AttendanceNotAcceptable(
                f"The arrival of {absent[0]} is not confirmed: confirm it first."
            )
        if early := [p for p in people if day < self.arrived[p]]:
            raise AttendanceNotAcceptable(
                f"{early[0]} arrived on {self.arrived[early[0]]} and cannot be present on {day}."
            )
        if gone := [p for p in people if p in self.departed and day > self.departed[p]]:
            raise AttendanceNotAcceptable(
                f"{gone[0]} left on {self.departed[gone[0]]} and cannot be present on {day}."
            )

    def check_may_depart(self, people: tuple[PersonId, ...], on: date) -> None:
        """Departure is confirmed once, for those who arrived, not before they came.

        Raises:
            AttendanceNotAcceptable: for somebody who never arrived, or a day before the arrival.
            AlreadyDone: when the departure stands already.
        """
        for person in people:
            if person not in self.arrived:
                raise AttendanceNotAcceptable(
                    f"The arrival of {person} is not confirmed: confirm it first."
                )
            if person in self.departed:
                raise AlreadyDone(f"The departure of {person} is confirmed already.")
            if on < self.arrived[person]:
                raise AttendanceNotAcceptable(f"{person} cannot leave on {on}, before arriving.")
            if (days := self.days_of(person)) and on < days[-1]:
                raise AttendanceNotAcceptable(
                    f"{person} was present on {days[-1]} and cannot have left on {on}."
                )

    def is_over(self, request: MobilityRequest, taking_part: tuple[PersonId, ...]) -> bool:
        """Every day is confirmed, and everybody who arrived has left."""
        days_known = all(day in self.present for day in request.days)
        return days_known and all(p in self.departed for p in taking_part if p in self.arrived)

    def days_of(self, person: PersonId) -> tuple[date, ...]:
        """The days this participant was truly there."""
        return tuple(day for day in sorted(self.present) if person in self.present[day])


def came_and_left(events: Iterable[Event]) -> Visit:
    """Who arrived and who left, as far as it has been confirmed; not who was present on a day."""
    visit = Visit()
    for event in events:
        if isinstance(event, ArrivalConfirmed):
            visit.arrived |= dict.fromkeys(event.participants, event.on)
        elif isinstance(event, DepartureConfirmed):
            visit.departed |= dict.fromkeys(event.participants, event.on)
    return visit
