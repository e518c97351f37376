"""What an auditor sees of the letters: the ledger as a table, and one letter word for word."""

import re
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from rich.console import Group, RenderableType
from rich.text import Text

from domain.facts import Reference
from starter.pages import Names
from store.ledger import LedgerLine, LetterState

HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe")
SECRET = re.compile(r"(/m/[AM]-\d{4}-\d+/)[\w-]{24}")
STYLES = {
    LetterState.HANDED_OVER: "green",
    LetterState.BOUNCED: "red",
    LetterState.COMPLAINED: "red",
    LetterState.REFUSED: "red",
    LetterState.UNKNOWN: "yellow",
}


def letters_page(
    reference: Reference, letters: Sequence[LedgerLine], names: Names
) -> RenderableType:
    """The ledger of one mobility: a few lines for each letter, the key on one of its own."""
    if not letters:
        return Text(f"No letter follows from {reference} yet.")
    entries = (_entry(letter, names.person(letter.order.to)) for letter in letters)
    return Group(*entries, Text("'mobility letter KEY' shows the very text of one of them."))


def _entry(letter: LedgerLine, reader: str) -> Text:
    entry = Text(f"{_what(letter)}, to {reader}: ")
    entry.append(_standing(letter), style=STYLES.get(letter.state, ""))
    settled = f", settled {_said(letter.settled_at)}" if letter.settled_at else ""
    entry.append(f"\n  intended {_said(letter.intended_at)}{settled} (UTC)")
    if remark := _remark(letter):
        entry.append(f"\n  {remark}")
    return entry.append(f"\n  {letter.key}\n", style="bright_black")


def _what(letter: LedgerLine) -> str:
    reminder = f", reminder {letter.order.ordinal}" if letter.order.ordinal else ""
    return f"{letter.order.purpose.replace('-', ' ')}{reminder}"


def _standing(letter: LedgerLine) -> str:
    again = f", {letter.attempts} attempts" if letter.attempts > 1 else ""
    return f"{letter.state}{again}"


def _remark(letter: LedgerLine) -> str:
    into = f"it left in {letter.merged_into}" if letter.merged_into else ""
    return "; ".join(part for part in (into, letter.remark or "") if part)


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def letter_page(line: LedgerLine, kept: bytes) -> RenderableType:
    """One letter as it was written, but for the secret of its links, and that it is unchanged."""
    message = message_from_bytes(kept, policy=default)
    parts = [f"{name}: {message[name]}" for name in HEADERS if message[name]]
    parts += ["", without_secrets(_text_of(message).rstrip()), ""]
    for paper in message.iter_attachments():
        parts.append(f"Attached: {paper.get_filename()}, {str(paper.get_content()).strip()}")
    parts.append(f"State: {_standing(line)}. {_remark(line)}".rstrip())
    parts.append(f"This is what was written: its hash is {line.rendered_sha256}, as in the ledger.")
    return Text("\n".join(parts))


def without_secrets(text: str) -> str:
    """A letter's text without what makes its links secret: reading it gives no right to answer."""
    return SECRET.sub(r"\1(secret)", text)


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def why_no_text(line: LedgerLine, *, was_kept: bool) -> str:
    """Why a letter cannot be shown, in one sentence."""
    if line.merged_into:
        return (
            f"{line.key} did not leave by itself: 'mobility letter {line.merged_into}' shows the "
            "letter it left in."
        )
    if was_kept:
        return f"The text of {line.key} was erased with its mobility."
    if line.state is LetterState.WITHHELD:
        return f"{line.key} was withheld before it was written: {line.remark}."
    if line.rendered_sha256:
        return f"{line.key} left before texts were kept: only its hash is in the ledger."
    return f"{line.key} has not been written yet: letters are written just before they leave."
