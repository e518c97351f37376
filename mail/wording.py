"""Filling a letter's templates so that nobody's words can be taken for ours.

Names, titles and notes are other people's text. Filled into Markdown they are escaped to the last
sign, so that they stay text in the HTML; filled into plain text they are left as they were written,
on one line. Every expression goes through here, those within a translated sentence too: neither a
template nor a translation can forget it.
"""

import html
import re
import string
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined

from domain.people import Language
from mail.speech import Speech, speech_of

WIDTH = 76
"""Columns of a plain text letter, so that it can be quoted once without breaking."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+"
MAILBOX = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""An address that can be written on an envelope and between angle brackets without harm."""
_MARK = re.compile(r" *(?:-|\d+\.) ")
_UNSEEN = frozenset({"Cc", "Cs"})
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_PUNCTUATION = str.maketrans({sign: f"\\{sign}" for sign in string.punctuation})


@dataclass(frozen=True)
class Composed:
    """A letter in words."""

    subject: str
    text: str
    html: str


class Verbatim(str):
    """Text that is safe where it stands and is filled in as it is."""

    __slots__ = ()


def one_line(text: str) -> str:
    """A text without line breaks, control signs or signs that turn the reading direction."""
    text = " ".join(text.split())
    # Most texts are plain, and looking at every sign of them takes time.
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        sign for sign in text
        if unicodedata.category(sign) not in _UNSEEN
        and unicodedata.bidirectional(sign) not in _TURNING
    )  # fmt: skip


def for_markdown(text: str) -> str:
    """A text that Markdown shows sign for sign."""
    return one_line(text).translate(_PUNCTUATION)


def for_html(text: str) -> str:
    """A text that HTML shows sign for sign."""
    return html.escape(one_line(text))


def environment(written: Callable[[str], str], language: Language) -> Environment:
    """Templates in one language, filled by one way of writing other people's text."""

    def fill(value: object) -> str:
        if value is None:
            raise ValueError("A letter has nothing to say where its template says something.")
        return value if isinstance(value, Verbatim) else written(str(value))

    def quote(text: str) -> Verbatim:
        lines = [f"> {written(line)}".rstrip() for line in text.strip().splitlines()]
        return Verbatim("\n".join(lines))

    def mailbox(address: str) -> Verbatim:
        plain = MAILBOX.fullmatch(address)
        return Verbatim(f"<{address}>" if plain else written(f"<{address}>"))

    letters = Environment(
        loader=FunctionLoader(_read), undefined=StrictUndefined, finalize=fill,
        autoescape=False,  # noqa: S701 - ``fill`` escapes, as each form of a letter needs it
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    _speak(letters, speech_of(language), fill)
    letters.filters |= {"quote": quote, "mailbox": mailbox, "code": _code, "link": _link}
    return letters


def _speak(letters: Environment, speech: Speech, fill: Callable[[object], str]) -> None:
    """Give templates their sentences, each filled in here and not by Jinja.

    Jinja would fill a sentence in first and have it written afterwards: our own signs would be
    escaped with other people's, and what is verbatim would be lost.
    """

    def filled(sentence: str, words: Mapping[str, object]) -> Verbatim:
        return Verbatim(sentence % {name: fill(word) for name, word in words.items()})

    def gettext(sentence: str, **words: object) -> Verbatim:
        return filled(speech.gettext(sentence), words)

    def ngettext(one: str, many: str, number: int, **words: object) -> Verbatim:
        return filled(speech.ngettext(one, many, number), {"num": number, **words})

    letters.newstyle_gettext = True  # type: ignore[attr-defined]
    letters.policies["ext.i18n.trimmed"] = True
    letters.globals |= {"gettext": gettext, "ngettext": ngettext}
    letters.filters |= {
        "word": speech.gettext, "day": speech.day, "clock": speech.clock, "listed": speech.listed,
        # Verbatim: the space that holds a number together must not become another one.
        "euro": lambda amount: Verbatim(speech.euro(amount)),
    }  # fmt: skip


def _read(name: str) -> str:
    template = (resources.files("mail") / "letters" / name).read_text("utf-8")
    # A sentence ends its line as other words do; Jinja takes the line break after other blocks.
    return template.replace("{% endtrans %}", "{% endtrans +%}")


def _code(command: str) -> Verbatim:
    """A command on a line of its own, which Markdown shows as it is."""
    return Verbatim(one_line(command))


def _link(address: str) -> Verbatim:
    """A link of ours, which Markdown knows by its angle brackets."""
    return Verbatim(f"<{address}>")


def pleasant(text: str) -> str:
    """Markdown as people like to read it in plain text: filled lines, nothing else changed."""
    blocks = re.split(r"\n{2,}", re.sub(r"[ \t]+\n", "\n", text).strip("\n"))
    return "\n\n".join("\n".join(_filled(block)) for block in blocks if block.strip()) + "\n"


def _filled(block: str) -> Iterator[str]:
    if block.startswith("    "):
        yield block
    elif block.startswith(">"):
        for line in block.splitlines():
            yield from _wrapped(line.removeprefix(">").strip(), "> ", "> ")
    elif _MARK.match(block):
        for item in re.split(rf"\n(?={_MARK.pattern})", block):
            found = re.match(rf"({_MARK.pattern})?(.*)", item, re.DOTALL)
            mark, words = found.groups("") if found else ("", item)
            yield from _wrapped(words, mark, " " * len(mark))
    else:
        yield from _wrapped(block, "", "")


def _wrapped(words: str, first: str, rest: str) -> list[str]:
    # Not every space: one that holds a number together stays.
    words = re.sub(r"[ \t\n]+", " ", words).strip(" ")
    return textwrap.wrap(
        words, WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    ) or [first.rstrip()]  # fmt: skip
