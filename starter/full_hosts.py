"""Hosts that cannot be asked just now, said in the terminal."""

from collections.abc import Iterator

from domain.case_view import CaseView
from domain.deadlines import Asked
from domain.holding import COMES_FREE


def full_hosts(view: CaseView) -> Iterator[str]:
    """While every host left is full, or the one of an event: which, and that it is looked again."""
    if view.question(Asked.FREE_PLACE) is None and view.awaited is None:
        return
    for one in view.passed_over:
        day = f" on {one.day:%-d %B %Y}" if one.day else ""
        yield f"Offer {one.offer} {one.why}{day}."
    if any(one.why in COMES_FREE for one in view.passed_over):
        yield "It is looked again every working morning, and the first with room is asked."
