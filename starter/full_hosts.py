"""Hosts that cannot be asked just now, said in the terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.case_view import CaseView
from domain.deadlines import Asked
from domain.holding import COMES_FREE, PassedOver

if TYPE_CHECKING:
    from starter.pages import Names


def full_hosts(view: CaseView, names: "Names") -> Iterator[str]:
    """While every host left is full, or the one of an event: which, and that it is looked again."""
    if view.question(Asked.FREE_PLACE) is None and view.awaited is None:
        return
    yield from dict.fromkeys(_said(one, names) for one in view.passed_over)
    if any(one.why in COMES_FREE for one in view.passed_over):
        yield "It is looked again every working morning, and the first with room is asked."


def _said(one: PassedOver, names: "Names") -> str:
    day = f" on {one.day:%-d %B %Y}" if one.day else ""
    return f"{names.organisation(one.organisation or one.offer)} {one.why}{day}."
