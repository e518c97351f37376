"""The chain that makes the journal tamper-evident. Pure, so that anybody can recompute it."""

import hashlib
import json
from collections.abc import Iterable, Iterator

from domain.case_view import CaseView
from domain.events import Entry
from domain.facts import Fact, Reference
from domain.letters import LetterOrder

GENESIS = "0" * 64
"""What the first entry of a mobility is chained to."""


class Record(Fact):
    """One stroke: what happened, how the case stands now, and the letters that follow.

    ``follows`` is the head of the chain before it, as the workflow has heard it last.
    """

    reference: Reference
    entries: tuple[Entry, ...]
    view: CaseView
    letters: tuple[LetterOrder, ...]
    follows: str = GENESIS


def body_of(entry: Fact) -> str:
    """The entry as the one text that is hashed and kept, byte for byte."""
    return json.dumps(
        entry.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def link(previous: str, body: str) -> str:
    """The hash of an entry: of its text and of the hash before it."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def heads_of(bodies: Iterable[str]) -> Iterator[str]:
    """The hash at which a chain of these texts stands after each of them."""
    head = GENESIS
    for body in bodies:
        head = link(head, body)
        yield head


class Break(Fact):
    """One place where the journal is not what was written."""

    n: int
    what: str


def find_breaks(lines: list[tuple[int, str, str]]) -> list[Break]:
    """Recompute a chain of (number, body, hash) lines and name every place that does not fit.

    Lines cut off at the end leave a whole chain: hold its last hash against a head kept elsewhere.
    """
    breaks: list[Break] = []
    previous = GENESIS
    for expected, (n, body, chain) in enumerate(lines, start=1):
        if n != expected:
            breaks.append(Break(n=n, what=f"entry {expected} is missing"))
            return breaks
        if link(previous, body) != chain:
            breaks.append(Break(n=n, what="the text does not match its hash"))
        elif _number_in(body) != n:
            breaks.append(Break(n=n, what="the entry carries another number"))
        previous = chain
    return breaks


def _number_in(body: str) -> object:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content.get("n") if isinstance(content, dict) else None
