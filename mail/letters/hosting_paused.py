"""What the letter to a host that is not asked for the time being states of its own."""

import shlex
from dataclasses import dataclass

from domain.events import HostPaused
from mail.context import LetterContext


@dataclass(frozen=True)
class HostingPaused:
    """The command that brings the host back, word for word."""

    command: str


def hosting_paused(letter: LetterContext) -> HostingPaused:
    """Say it for the organisation that is paused, and whoever reads it."""
    event = letter.event
    organisation = event.organisation if isinstance(event, HostPaused) else ""
    who = shlex.quote(letter.recipient.email)
    return HostingPaused(f"mobility resume-hosting {shlex.quote(organisation)} --as {who}")
