"""The published card in its three forms, in the order of the customer's own document."""

import html
import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from documents.card_wording import word_card
from documents.typesetting import typeset
from domain.case_card import CaseCard

_MARKS = re.compile(r"([\\`*_{}\[\]#~|$])")
_BLOCK_START = re.compile(r"^([-+=:]|\d+(?=[.)]))")


def card_html(card: CaseCard) -> str:
    """The card as one web page that needs nothing from anywhere else."""
    return _html_template().render(card=word_card(card))


def card_markdown(card: CaseCard) -> str:
    """The card as Markdown, for whoever puts it into a site of their own."""
    return _markdown_template().render(card=word_card(card))


def draw_card(card: CaseCard) -> bytes:
    """The card as a PDF for print and for letters."""
    return typeset("card.typ", word_card(card).model_dump(mode="json"))


@cache
def _html_template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_source("card.html.jinja"))


@cache
def _markdown_template() -> Template:
    environment = Environment(
        # HTML escaping is not enough for Markdown: everything filled in is escaped for both.
        autoescape=False,  # noqa: S701
        finalize=_inert_in_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(_source("card.md.jinja"))


def _source(name: str) -> str:
    return files("documents").joinpath(name).read_text(encoding="utf-8")


def _inert_in_markdown(value: object) -> str:
    """A text of one line in which no character means anything to Markdown or HTML."""
    marked = _MARKS.sub(r"\\\1", html.escape(str(value), quote=False))
    # A bare address would become a link on some sites.
    marked = marked.replace("://", r"\://").replace("www.", r"www\.")
    return _BLOCK_START.sub(_escaped_block_start, marked)


def _escaped_block_start(found: re.Match[str]) -> str:
    start = found[0]
    # "1." begins a list: the full stop, which follows, is what has to be escaped.
    return f"{start}\\" if start.isdigit() else f"\\{start}"
