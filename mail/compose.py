"""Letters in words: composed from the case as it now is, in plain text and in HTML."""

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from domain.letters import Purpose
from domain.people import Language
from mail.context import LetterContext
from mail.letters import OWN_FACTS
from mail.speech import speech_of
from mail.wording import (
    Composed,
    Verbatim,
    environment,
    for_html,
    for_markdown,
    one_line,
    pleasant,
)


def compose(context: LetterContext, *, sender: str) -> Composed:
    """Write the letter this context asks for."""
    letter = f"{context.order.purpose.value}/body.md"
    facts, language = _facts(context, sender), context.recipient.language
    return filled("subject.txt", letter, facts, language, asks=context.question is not None)


def filled(  # noqa: PLR0913 - a letter is all of these
    subject: str, letter: str, facts: Mapping[str, object], language: Language, *, asks: bool,
    sheet: str = "layout.html",
) -> Composed:  # fmt: skip
    """Fill the templates of a letter, in both its forms; ``asks`` has its first words stand out."""
    plain, marked, layout = (
        _templates(form, language) for form in (one_line, for_markdown, for_html)
    )
    line = one_line(plain.get_template(subject).render(facts))
    env = {"asks": asks, "open": speech_of(language).gettext("Open your page")}
    body = _markdown().render(marked.get_template(letter).render(facts), env)
    return Composed(
        subject=line,
        text=pleasant(plain.get_template(letter).render(facts)),
        html=layout.get_template(sheet).render(
            facts, subject=line, body=Verbatim(body)
        ),
    )  # fmt: skip


def _facts(letter: LetterContext, sender: str) -> dict[str, object]:
    """What a letter is filled from. What many state has a short name, for translators to read."""
    purpose = letter.order.purpose
    stated = OWN_FACTS.get(purpose) if isinstance(purpose, Purpose) else None
    own = {"own": stated(letter)} if stated else {}
    return own | {
        "letter": letter,
        "sender": parseaddr(sender)[1],
        "reference": letter.request.reference,
        "deadline": letter.deadline or None,
        "silence": letter.silence or None,
        "activity": letter.speech.gettext(letter.request.activity),
        "dates": letter.dates,
        "days": letter.days,
        "party": letter.party,
        "sending": letter.sending.name,
        "host": letter.host_name,
    }


_templates = cache(environment)


STYLES = {
    "paragraph_open": "margin:0 0 16px",
    "bullet_list_open": "margin:0 0 16px;padding-left:24px",
    "ordered_list_open": "margin:0 0 16px;padding-left:24px",
    "list_item_open": "margin:0 0 6px",
    "blockquote_open": "margin:0 0 16px;padding:0 0 0 14px;border-left:3px solid #b9c6d2",
    "code_block": "margin:0 0 16px;padding:12px 14px;background:#f1f4f7;border-radius:4px;"
    "font-family:Consolas,Menlo,monospace;font-size:14px;line-height:20px;"
    "white-space:pre-wrap;overflow-wrap:anywhere",
    "hr": "margin:24px 0 16px;border:0;border-top:1px solid #d5dde4",
    "link_open": "color:#0b4f83",
}
"""How each part looks; mail programs heed only what stands on the element itself."""
_BOX = "background:#eaf3f9;border-left:4px solid #0b4f83;"
ASK = f"margin:0;padding:14px 16px 6px;{_BOX}font-size:17px;line-height:25px;font-weight:600"
SILENCE = f"margin:0 0 20px;padding:0 16px 14px;{_BOX}"
BUTTON = (
    "display:inline-block;padding:12px 22px;background:#0b4f83;color:#ffffff;border-radius:4px;"
    "font-weight:600;text-decoration:none"
)
FOOT = "margin:0 0 6px;font-size:13px;line-height:19px;color:#5b6b79"
"""How those paragraphs look that say what is asked, what silence means, and who writes."""


@cache
def _markdown() -> MarkdownIt:
    # No HTML, no images, no links but addresses: letters need none, so nothing can smuggle one in.
    parser = MarkdownIt("commonmark", {"html": False}).disable(["html_inline", "html_block"])
    parser.disable(["image", "link", "reference"])
    parser.core.ruler.push("dress", lambda state: _dress(state.tokens))
    parser.core.ruler.push("button", lambda state: _link_as_button(state.tokens, state.env["open"]))
    parser.core.ruler.push("stress", lambda state: _stress(state.tokens, state.env["asks"]))
    return parser


def _stress(tokens: Sequence[Token], asks: object) -> None:
    """What is asked stands out, with what silence means: the two paragraphs after the greeting."""
    paragraphs = [token for token in tokens if token.type == "paragraph_open"]
    for token, style in zip(paragraphs[1:], (ASK, SILENCE) if asks else (), strict=False):
        token.attrSet("style", style)
    rule = next(n for n, token in enumerate(tokens) if token.type == "hr")
    for token in tokens[rule:]:
        if token.type == "paragraph_open":
            token.attrSet("style", FOOT)


def _link_as_button(tokens: Sequence[Token], words: object) -> None:
    """A link of ours is a button that says what it does; in plain text it is the address itself."""
    for link, label in pairwise(child for token in tokens for child in token.children or ()):
        if link.type == "link_open" and str(link.attrGet("href")).startswith("http"):
            link.attrSet("style", BUTTON)
            label.content = str(words)


def _dress(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if style := STYLES.get(token.type):
            token.attrSet("style", style)
        _dress(token.children or ())
