"""Every letter in every language on one page, to look at: ``make letters``."""

import argparse
import html
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from domain.joining import ApplicationPurpose
from domain.letters import AnyPurpose, Purpose
from domain.people import Language
from mail.applications import ApplicationContext, compose_application
from mail.compose import compose
from mail.context import LetterContext
from mail.wording import Composed
from tests.mail.applications import every_application_letter
from tests.mail.journeys import every_letter

IN_ORDER: list[AnyPurpose] = [*Purpose, *ApplicationPurpose]
SENDER = "Mobility engine <mobility@example.org>"
LINK = "https://exchanges.example.eu/m/M-2026-0001/0123456789abcdefABCD-_xy"
NAMES = {
    Language.ENGLISH: "English",
    Language.CATALAN: "Català",
    Language.SPANISH: "Español",
    Language.SWEDISH: "Svenska",
}
STYLE = """
*{box-sizing:border-box}
body{margin:0;font:16px/24px 'Segoe UI',Helvetica,Arial,sans-serif;color:#16222d;background:#d7dfe6}
nav{position:fixed;inset:0 auto 0 0;width:270px;overflow:auto;padding:20px;
  background:#16222d;color:#fff}
nav h1{font-size:18px;margin:0 0 12px}
nav label{display:inline-block;padding:3px 9px;margin:0 4px 6px 0;border:1px solid #5b6b79;
  border-radius:14px;font-size:14px;cursor:pointer}
nav ul{list-style:none;margin:14px 0 0;padding:0;font-size:14px;line-height:27px}
nav a{color:#cfe3f2;text-decoration:none}
nav a:hover{text-decoration:underline}
main{margin-left:270px;padding:24px}
input[name=language]{position:fixed;opacity:0}
section{scroll-margin-top:16px;margin-bottom:44px}
h2{font-size:22px;margin:0 0 4px}
.to{color:#44525f;margin:0 0 12px;font-size:14px}
article{display:none;grid-template-columns:minmax(0,1fr) minmax(0,1fr);align-items:start;
  gap:16px;margin-bottom:20px}
article h3{grid-column:1/-1;margin:0;font-size:16px;background:#fff;padding:10px 14px;
  border-radius:6px}
iframe{width:100%;border:0;border-radius:6px;background:#e9eef2}
pre{margin:0;padding:16px;background:#fff;border-radius:6px;white-space:pre-wrap;
  overflow-wrap:anywhere;font:12px/18px Consolas,Menlo,monospace}
@media(max-width:900px){nav{position:static;width:auto}main{margin:0;padding:12px}
  article{grid-template-columns:1fr}}
"""
SCRIPT = """
for (const frame of document.querySelectorAll('iframe')) {
  const fit = () => {
    const page = frame.contentDocument;
    if (page && page.body) frame.style.height = page.documentElement.scrollHeight + 'px';
  };
  frame.addEventListener('load', fit);
  new ResizeObserver(fit).observe(frame);
}
const chosen = new URLSearchParams(location.search).get('language');
if (chosen) document.getElementById(chosen).checked = true;
"""


def page() -> str:
    """The whole page: languages and letters on the left, each letter in both its forms."""
    shown = {language: _one_of_each(every_letter(language=language)) for language in Language}
    sections = "".join(_section(purpose, shown) for purpose in Purpose)
    sections += "".join(_section_of_applications(purpose) for purpose in ApplicationPurpose)
    choices = "".join(
        f'<input type="radio" name="language" id="{language}"{" checked" * (n == 0)}>'
        for n, language in enumerate(Language)
    )
    rules = "".join(
        f"#{language}:checked~main article.{language}{{display:grid}}"
        f"#{language}:checked~nav label[for={language}]{{background:#fff;color:#16222d}}"
        for language in Language
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Every letter</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}{rules}</style></head><body>{choices}{_navigation()}"
        f"<main>{sections}</main><script>{SCRIPT}</script></body></html>"
    )


def _one_of_each(letters: Iterable[LetterContext]) -> list[LetterContext]:
    """The first letter of each kind: by purpose, by who reads it, and what is new."""
    kinds: dict[tuple[object, ...], LetterContext] = {}
    for letter in (replace(letter, link=LINK) for letter in letters):
        ended = getattr(letter.event, "outcome", None)
        news = (letter.is_first_agenda, bool(letter.changes), bool(letter.attachments))
        kind = (letter.order.purpose, letter.capacity, letter.is_reminder, ended, *news)
        kinds.setdefault(kind, letter)
    return sorted(kinds.values(), key=lambda letter: IN_ORDER.index(letter.order.purpose))


def _navigation() -> str:
    labels = "".join(f'<label for="{one}">{name}</label>' for one, name in NAMES.items())
    links = "".join(f'<li><a href="#{one.value}">{one.value}</a></li>' for one in IN_ORDER)
    return f"<nav><h1>Every letter</h1>{labels}<ul>{links}</ul></nav>"


def _section(purpose: Purpose, shown: dict[Language, list[LetterContext]]) -> str:
    articles = "".join(
        _article(letter, compose(letter, sender=SENDER))
        for letters in shown.values()
        for found, group in groupby(letters, key=lambda letter: letter.order.purpose)
        if found is purpose
        for letter in group
    )
    return f'<section id="{purpose.value}"><h2>{purpose.value}</h2>{articles}</section>'


def _section_of_applications(purpose: ApplicationPurpose) -> str:
    articles = "".join(
        _article(letter, compose_application(letter, sender=SENDER))
        for language in Language
        for letter in every_application_letter(language)
        if letter.order.purpose is purpose
    )
    return f'<section id="{purpose.value}"><h2>{purpose.value}</h2>{articles}</section>'


def _article(letter: LetterContext | ApplicationContext, composed: Composed) -> str:
    reader = f"{letter.recipient.name} &lt;{letter.recipient.email}&gt;"
    return (
        f'<article class="{letter.recipient.language}" lang="{letter.recipient.language}">'
        f'<h3>{html.escape(composed.subject)}<br><span class="to">{reader}</span></h3>'
        f'<iframe title="HTML" srcdoc="{html.escape(composed.html)}"></iframe>'
        f"<pre>{html.escape(composed.text)}</pre></article>"
    )


def main() -> None:
    """Write the page and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=Path("out/letters.html"))
    file: Path = parser.parse_args().file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page(), "utf-8")
    print(f"{len(IN_ORDER)} letters in {len(Language)} languages: {file.resolve()}")


if __name__ == "__main__":
    main()
