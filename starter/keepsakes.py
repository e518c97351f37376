"""Saves papers and letters into a folder, for people who would rather open a file.

What was saved by itself, and not to a folder somebody named, is removed when a mobility is erased.
"""

import html
import mailbox
import shutil
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

from domain.facts import Reference
from store.ledger import LedgerLine

if TYPE_CHECKING:
    from local.stack import Stack

_INDEX = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Letters</title>
<style>body{{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
li{{margin:.4rem 0}}span{{color:#555}}</style>
<h1>Letters, in the order they left</h1><ol>{lines}</ol></html>
"""


def folder_of(home: Path, reference: Reference) -> Path:
    """Where papers and letters of a mobility are saved when nobody names a folder."""
    return home / "out" / reference


def save_papers(papers: dict[str, bytes], folder: Path) -> list[Path]:
    """Write papers into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in papers.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in papers]


def save_letters(letters: list[LedgerLine], caught: Path, folder: Path) -> None:
    """Write the letters that the mail catcher holds as pages, with an index of them all."""
    folder.mkdir(parents=True, exist_ok=True)
    by_id = {letter["Message-ID"]: letter for letter in _caught(caught)}
    lines: list[str] = []
    for n, line in enumerate(letters, start=1):
        letter = by_id.get(line.message_id)
        page = letter.get_body(("html",)) if letter else None
        if letter is None or page is None:
            continue
        name = f"{n:02}-{line.order.purpose}.html"
        (folder / name).write_text(page.get_content(), "utf-8")
        lines.append(
            f'<li><a href="{name}">{html.escape(letter["Subject"])}</a> '
            f"<span>{html.escape(letter['To'])}</span></li>"
        )
    (folder / "index.html").write_text(_INDEX.format(lines="".join(lines)), "utf-8")


def _caught(folder: Path) -> list[EmailMessage]:
    box = mailbox.Maildir(str(folder), create=False)
    parser = BytesParser(EmailMessage, policy=default)
    return [parser.parsebytes(box.get_bytes(key)) for key in box.keys()]  # noqa: SIM118 - a mailbox yields letters


def remove_keepsakes(stack: "Stack", reference: Reference, letters: list[LedgerLine]) -> list[str]:
    """Remove what the embedded stack has kept of a mobility beside the store, and say what."""
    removed: list[str] = []
    folder = folder_of(stack.home, reference)
    if folder.is_dir():
        shutil.rmtree(folder)
        removed.append(str(folder))
    own = {letter.message_id for letter in letters if letter.message_id}
    if count := _remove_caught(stack.letters, own):
        removed.append(f"{count} letters that the mail catcher held")
    return removed


def _remove_caught(folder: Path, message_ids: set[str]) -> int:
    if not folder.is_dir() or not message_ids:
        return 0
    box = mailbox.Maildir(str(folder), create=False)
    own = [key for key, letter in box.iteritems() if letter["Message-ID"] in message_ids]
    for key in own:
        box.remove(key)
    return len(own)
