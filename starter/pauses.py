"""Whom letters do not reach, said in the terminal: whose clock stands still, and who is asked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.case_card import said_dates
from domain.case_view import CaseView, OpenQuestion
from domain.deadlines import Asked

if TYPE_CHECKING:
    from starter.pages import Names


def pauses(view: CaseView, names: "Names") -> Iterator[str]:
    """Whom letters do not reach, and whether a clock of theirs stands still."""
    for person, found in view.out_of_reach.items():
        name, since = names.name(person), f"{found.since:%-d %B %Y}"
        stands_still = any(person in question.paused for question in view.questions)
        if found.asked is not None and stands_still:
            yield (
                f"Paused since {since} because letters to {name} do not arrive; "
                f"{names.person(found.asked)} is asked for the address."
            )
        elif found.asked is not None:
            yield looked_for(name, since, names.person(found.asked))
        elif any(person in question.people for question in view.questions):
            yield f"Letters to {name} do not arrive since {since}, and their time runs on."
        else:
            yield f"Letters to {name} do not arrive since {since}."


def looked_for(name: str, since: str, asked: str) -> str:
    """Whom letters do not reach, and who is asked, whether or not they are asked anything."""
    return f"Letters to {name} do not arrive since {since}; {asked} is asked for the address."


def act(question: OpenQuestion, view: CaseView, names: "Names") -> str:
    """What is asked, as a verb phrase; of an address, whose, and of other dates, which."""
    if question.asked is Asked.OTHER_DATES and view.other_dates:
        return f"{question.act}, {said_dates(view.other_dates)}"
    if question.asked is not Asked.ADDRESS:
        return question.act
    wanted = (p for p, found in view.out_of_reach.items() if found.asked in question.people)
    whose = ", ".join(names.name(person) for person in wanted)
    return f"give another address of {whose}, whom our letters do not reach"
