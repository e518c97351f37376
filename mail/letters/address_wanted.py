"""What the letter that asks for somebody's address states of its own."""

from dataclasses import dataclass

from mail.context import LetterContext


@dataclass(frozen=True)
class OutOfReach:
    """Somebody whom letters do not reach: by name, at which address, and how to correct it."""

    name: str
    address: str
    command: str


@dataclass(frozen=True)
class AddressWanted:
    """Everybody whose address this reader is asked for, as it stands now."""

    people: tuple[OutOfReach, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The people by name."""
        return tuple(person.name for person in self.people)


def address_wanted(letter: LetterContext) -> AddressWanted:
    """Gather whom letters do not reach and this reader may know."""
    wanted = (p for p, found in letter.view.out_of_reach.items() if found.asked == letter.order.to)
    people = []
    for person in wanted:
        known = letter.known(person)
        address = known.email if known else ""
        command = letter.command("correct-address", person, "--to", "ADDRESS")
        people.append(OutOfReach(letter.name_of(person), address, command))
    return AddressWanted(tuple(people))
