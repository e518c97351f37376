"""Whose clock stands still, said in the terminal: since when, because of whom, who is asked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.case_view import CaseView

if TYPE_CHECKING:
    from starter.pages import Names


def pauses(view: CaseView, names: "Names") -> Iterator[str]:
    """Whom letters do not reach, and whether their clock stands still."""
    for person, found in view.out_of_reach.items():
        name, since = names.name(person), f"{found.since:%-d %B %Y}"
        if found.asked is not None:
            yield paused(name, since, names.person(found.asked))
        else:
            yield f"Letters to {name} do not arrive since {since}, and their time runs on."


def paused(name: str, since: str, asked: str) -> str:
    """Whose clock stands still, and why."""
    return (
        f"Paused since {since} because letters to {name} do not arrive; {asked} is asked for the "
        "address."
    )
