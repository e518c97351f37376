"""Whom our letters do not reach, since when, and who is asked for another address of theirs.

While somebody is asked for it, the clock of whoever is out of reach stands still: silence of people
who were never asked means nothing. No address stands here; the store has them.
"""

from collections.abc import Iterable
from datetime import datetime

from domain.almanac import Almanac
from domain.deadlines import Asked
from domain.facts import Fact, PersonId, Reference, State
from domain.waits import Wait


class FailedLetter(Fact):
    """A letter that cannot arrive at the address on file, as the post tells its mobility.

    ``event`` is the entry it follows from. ``asks`` says that it asks something: then the question
    is asked again. ``while_open`` is the silence of others that it tells of.
    """

    person: PersonId
    key: str
    purpose: str
    event: int
    asks: bool
    while_open: Asked | None = None


class OutOfReach(State):
    """Somebody to whom letters do not arrive.

    ``epoch`` is the last entry that says so. ``asked`` is who is asked for another address, none
    where there is nobody to ask or the time for it ``has_lapsed``. ``missed`` are the letters that
    told them something, to be sent again.
    """

    since: datetime
    epoch: int
    asked: PersonId | None = None
    has_lapsed: bool = False
    missed: list[FailedLetter] = []


class Reach(State):
    """Everybody out of reach. ``known`` are the letters heard of: each is heard of once."""

    people: dict[PersonId, OutOfReach] = {}
    known: list[str] = []

    @property
    def asked(self) -> tuple[PersonId, ...]:
        """Who is asked for addresses, each once."""
        return tuple(dict.fromkeys(o.asked for o in self.people.values() if o.asked))

    def stands_still(self, person: PersonId) -> bool:
        """Whether the clock of that person stands still."""
        found = self.people.get(person)
        return found is not None and found.asked is not None

    def give_up(self) -> tuple[PersonId, ...]:
        """Nobody is asked any more; who stays out of reach, their clock running."""
        people = tuple(person for person in self.people if self.stands_still(person))
        for person in people:
            self.people[person].asked, self.people[person].has_lapsed = None, True
        return people

    def end_pauses(
        self, waits: Iterable[Wait], at: datetime, almanac: Almanac, reference: Reference
    ) -> None:
        """Let the clock run again of whoever is waited for no longer, or within reach again."""
        for wait in waits:
            for person in tuple(wait.paused):
                if person not in wait.awaited or not self.stands_still(person):
                    wait.resume(person, at, almanac, reference)
