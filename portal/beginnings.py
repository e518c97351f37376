"""What single forms begin with, and the answers they offer to choose from."""

from dataclasses import dataclass
from datetime import date

from domain.agenda import SessionKind
from domain.evaluation import FollowUp
from domain.events import AgendaPut, AgendaReturned, FollowUpReported
from domain.facts import Writing
from domain.matching import DeclineReason
from domain.messages import CAUSES_OF_PEOPLE, Cause
from domain.people import Person
from portal.agenda_rows import Row, rows_shown
from portal.forms import NOTHING, Typed
from portal.holder import Holder
from portal.money import MoneyLine, lines_of
from portal.offered import withdrawable


@dataclass(frozen=True)
class Beginnings:
    """The case as its forms begin with it; ``agenda`` is what was typed of that already."""

    holder: Holder
    agenda: Typed = NOTHING

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
