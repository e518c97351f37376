"""Saves papers and letters into a folder, for people who would rather open a file."""

import html
import mailbox
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

from store.ledger import LedgerLine

_INDEX = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Letters</title>
<style>body{{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
li{{margin:.4rem 0}}span{{color:#555}}</style>
<h1>Letters, in the order they left</h1><ol>{lines}</ol></html>
"""


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
