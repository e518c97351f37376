"""What single forms begin with, and the answers they offer to choose from."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from domain.agenda import SessionKind
from domain.evaluation import FollowUp
from domain.events import (
    AgendaPut,
    AgendaReturned,
    FollowUpReported,
)
from domain.facts import PersonId, Writing
from domain.matching import DeclineReason
from domain.messages import CAUSES_OF_PEOPLE, Cause
from domain.people import Person
from domain.visit import Visit, came_and_left
from portal.agenda_rows import Row, rows_shown
from portal.forms import Typed
from portal.holder import Holder
from portal.money import MoneyLine, lines_of
from portal.offered import withdrawable


@dataclass(frozen=True)
class Beginnings:
    """The case as its forms begin with it; ``agenda`` is what was typed of that already."""

    holder: Holder
    agenda: Typed = field(default_factory=Typed)

    reasons = tuple(DeclineReason)
    causes: tuple[Cause, ...] = CAUSES_OF_PEOPLE
    kinds = tuple(SessionKind)

    @property
    def rows(self) -> list[Row]:
        """The rows of the agenda."""
        return rows_shown(self.holder, self.agenda)

    @property
    def money(self) -> tuple[MoneyLine, ...]:
        """The lines of the grant that is to be decided."""
        return lines_of(self.holder)

    @property
    def returned(self) -> str:
        """What should change in the agenda, where it was returned and no other is put since."""
        events = self.holder.case.events[self.holder.view.moved_at :]
        last = [e for e in events if isinstance(e, AgendaPut | AgendaReturned)][-1:]
        return "".join(self.text(e.note) for e in last if isinstance(e, AgendaReturned))

    @property
    def days_left(self) -> tuple[date, ...]:
        """The days of the visit whose attendance is not confirmed."""
        confirmed = self.holder.view.days_confirmed
        return tuple(day for day in self.holder.case.request.days if day not in confirmed)

    @property
    def not_arrived(self) -> tuple[Person, ...]:
        """Those whose arrival is not confirmed."""
        arrived = self._visit.arrived
        return tuple(self.holder.case.people[p] for p in self._taking_part if p not in arrived)

    @property
    def not_left(self) -> tuple[Person, ...]:
        """Those whose departure is not confirmed."""
        departed = self._visit.departed
        return tuple(self.holder.case.people[p] for p in self._taking_part if p not in departed)

    def was_there(self, person: PersonId, day: date) -> bool:
        """Whether somebody was there on a day, as far as arrivals and departures tell."""
        came, left = self._visit.arrived.get(person), self._visit.departed.get(person)
        return (came is None or came <= day) and (left is None or day <= left)

    @property
    def _taking_part(self) -> tuple[PersonId, ...]:
        return self.holder.view.taking_part

    @cached_property
    def _visit(self) -> Visit:
        return came_and_left(self.holder.case.events)

    @property
    def told(self) -> FollowUp | None:
        """What the sending coordinator has told already, to be corrected."""
        told = [e for e in self.holder.case.events if isinstance(e, FollowUpReported)]
        return told[-1].follow_up if told else None

    @property
    def out_of_reach(self) -> tuple[Person, ...]:
        """Those whose address this holder is asked for."""
        found = self.holder.view.out_of_reach.items()
        mine = (person for person, one in found if one.asked == self.holder.person.id)
        return tuple(self.holder.case.people[person] for person in mine)

    @property
    def withdrawable(self) -> tuple[Person, ...]:
        """Whom this holder may withdraw."""
        return tuple(self.holder.case.people[person] for person in withdrawable(self.holder))

    def text(self, writing: Writing | None) -> str:
        """A text that somebody wrote, or nothing."""
        return self.holder.case.text(writing)
