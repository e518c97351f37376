"""What the letter to a sending coordinator who has to wait for a place states of its own."""

from dataclasses import dataclass

from domain.holding import COMES_FREE, PassedOver
from mail.context import LetterContext

NAMED = 5


@dataclass(frozen=True)
class FullHost:
    """One host that would suit, and the day on which it is full, if that is what is in the way."""

    name: str
    day: str


@dataclass(frozen=True)
class HostsAreFull:
    """The first of the hosts that may have room again."""

    hosts: tuple[FullHost, ...]


def hosts_are_full(letter: LetterContext) -> HostsAreFull:
    """Gather them as they stood when it was last looked, in the reader's language."""
    waited_for = [one for one in letter.view.passed_over if one.why in COMES_FREE]
    return HostsAreFull(tuple(dict.fromkeys(_said(one, letter) for one in waited_for))[:NAMED])


def _said(one: PassedOver, letter: LetterContext) -> FullHost:
    name = letter.organisations.get(one.organisation) if one.organisation else None
    return FullHost(name or one.offer, letter.speech.day(one.day) if one.day else "")
