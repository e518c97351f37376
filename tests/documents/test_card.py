import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from documents.card import card_html, card_markdown, draw_card
from domain import case_card
from domain.case_card import CaseCard
from domain.request import Activity
from tests.documents import boras
from tests.documents.pages import HOSTILE, text_of

SECTIONS = (
    "MOBILITY MATCHMAKING TOOL",
    "Pact for Skills – Regional Skills Partnership for Lifelong Learning Mobility",
    "Job Shadowing: Inclusive Employment and Skills Cooperation Across Europe",
    "RECEIVING ORGANISATION",
    "Public Employment Services of Catalonia (SOC)",
    "SENDING ORGANISATION",
    "Working Life Department Borås Stad",
    "DURATION",
    "3 days, 5-7 May 2026",
    "Funded by the Erasmus+ Programme",
    "The Exchange",
    "far from the labour market",
    "The Mobility Matchmaking Tool brought",
    "See how early outreach",
    "The visitors saw how",
    "individual job shadowing",
    "youth and outreach; skills mapping and guidance",
    "Working Life Department Borås Stad at Public Employment Services of Catalonia (SOC),",
    "Borås is looking at how parts of this can be used at home",
    "Lessons Learnt",
    "Hosting institution:",
    "Tailored mobility activities",
    "Participants:",
    "Early outreach improves",
    "What do the participants say?",
    "“It was rewarding",
    "preparing individuals.”",
    "Frida Augustsson, participant",
    "“I could also see",
    "Emelie Persson, participant",
    "“Designing an agenda",
    "Ana Cáceres Gómez, host",
    "Join the Regional Skills Partnership",
    "What it is",
    "17 September 2024",
    "What it commits to",
    "20% of VET learners",
    "Six planned activities",
    "Next steps",
    "Give your support",
    "communication@earlall.eu",
    "Built from journal entries 1-57 of M-2026-0042; head of the journal 9f86d081884c…",
)


class Page(HTMLParser):
    """What a browser finds in a page: its words, its tags and what they refer to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """The words of the body, on one line."""
        return " ".join(" ".join(self.words).split())


def in_html(card: CaseCard) -> str:
    page = card_html(card)
    return Page(page[page.index("<body>") :]).text


def in_markdown(card: CaseCard) -> str:
    return Page(MarkdownIt("js-default").render(card_markdown(card))).text


def in_pdf(card: CaseCard) -> str:
    return text_of(draw_card(card))


FORMS = pytest.mark.parametrize("read", [in_html, in_markdown, in_pdf])
Read = Callable[[CaseCard], str]


@FORMS
def test_sections_come_in_the_order_of_the_customers_card(read: Read) -> None:
    told = read(boras.card())

    at = 0
    for section in SECTIONS:
        assert section in told[at:], section
        at = told.index(section, at)


@FORMS
def test_card_says_where_nobody_said_anything(read: Read) -> None:
    told = read(boras.bare_card())

    assert "No follow-up was reported" in told
    assert "No lessons were recorded, on either side." in told
    assert "Did not answer the evaluation: 2 participants and the receiving organisation." in told
    assert "Nobody agreed to be quoted." in told
    assert "Hosting institution:" not in told
    assert "individual job shadowing" not in told


@FORMS
def test_card_has_no_notes_where_everything_was_said(read: Read) -> None:
    told = read(boras.card())

    for note in (
        "was not reported",
        "No follow-up",
        "No lessons",
        "Did not answer",
        "Nobody agreed",
    ):
        assert note not in told


@FORMS
def test_only_the_side_that_learnt_something_has_a_heading(read: Read) -> None:
    told = read(boras.card(lessons_of_host=(), silent=("the receiving organisation",)))

    assert "Hosting institution:" not in told
    assert "Participants:" in told
    assert "The hosting institution recorded no lessons." in told
    assert "Did not answer the evaluation: the receiving organisation." in told


@FORMS
def test_half_a_follow_up_is_named_as_such(read: Read) -> None:
    assert "What will be adapted at home was not reported." in read(boras.card(adapted=" "))
    assert "What the visit showed was not reported." in read(boras.card(seen=""))


@FORMS
def test_card_without_attendance_says_so(read: Read) -> None:
    assert "No day of attendance was confirmed." in read(boras.card(days=()))


@FORMS
@pytest.mark.parametrize("activity", Activity)
def test_title_names_the_activity(read: Read, activity: Activity) -> None:
    assert f"{activity.value.title()}: Short" in read(boras.card(activity=activity, title="Short"))


@FORMS
def test_quotation_marks_of_the_writer_are_not_doubled(read: Read) -> None:
    said = (case_card.Testimonial(text='"Worth it."', said_by="A host"),)

    told = read(boras.card(testimonials=said))

    assert "“Worth it.”" in told
    assert '"Worth it."' not in told


@FORMS
def test_hostile_text_is_told_and_nothing_more(read: Read) -> None:
    told = read(hostile_card())

    assert '#import "/etc/passwd": * #panic() $x^2$ \\ *bold* _it_ `raw` <script>' in told
    assert "[link](javascript:alert(1))" in told
    assert "{{ 7*7 }} &amp; | @ref // end" in told


def test_hostile_text_adds_no_tag_to_the_page() -> None:
    hostile, honest = Page(card_html(hostile_card())), Page(card_html(boras.card()))

    assert set(hostile.tags) == set(honest.tags)
    assert "script" not in hostile.tags


def test_page_needs_nothing_from_anywhere_else() -> None:
    for card in (boras.card(), hostile_card()):
        page = Page(card_html(card))
        names = {name for name, _ in page.attributes}
        links = {value for name, value in page.attributes if name == "href"}

        assert links == {"mailto:communication@earlall.eu"}
        assert "src" not in names
        assert not {name for name in names if name.startswith("on")}
        assert "url(" not in card_html(boras.card())
        assert "@import" not in card_html(boras.card())


def test_page_says_its_language_and_heads_its_sections() -> None:
    page = Page(card_html(boras.card()))

    assert ("lang", "en") in page.attributes
    assert page.tags.count("h1") == 1
    assert page.tags.count("h2") == 4


def test_host_quotation_is_marked_as_the_hosts() -> None:
    page = card_html(boras.card())

    host = page[page.index('<figure class="host">') :]
    assert page.count('class="host"') == 1
    assert "Ana Cáceres Gómez, host" in host


def test_markdown_of_hostile_text_has_no_tag_and_no_link_of_its_own() -> None:
    rendered = Page(
        MarkdownIt("gfm-like", {"linkify": False}).render(card_markdown(hostile_card()))
    )
    honest = Page(MarkdownIt("gfm-like", {"linkify": False}).render(card_markdown(boras.card())))

    links = {value for name, value in rendered.attributes if name in {"href", "src"}}
    assert set(rendered.tags) == set(honest.tags)
    assert links == {"mailto:communication@earlall.eu"}
    assert "<script>" not in card_markdown(hostile_card())


@pytest.mark.parametrize(
    "text",
    [
        "# not a heading", "* not a point", "- not a point", "+ not a point", "1. not a point",
        "12) not a point", "> not a quotation", "=====", "---", "```", "    not code", "~~~",
        "| a | b |", "[^1]: not a note", "<b>not bold</b>", "&lt;", "a\n\n# b", "a\r\n- b", "***",
        "\\", "trailing \\", "www.evil.example", "https://evil.example", "_a_", ": a", "[x]: /evil",
    ],
)  # fmt: skip
def test_text_of_people_stays_text_in_markdown(text: str) -> None:
    card = boras.card(title=text, context=text, objectives=(text,), lessons_of_host=(text,))

    rendered = Page(MarkdownIt("gfm-like", {"linkify": False}).render(card_markdown(card)))
    honest = Page(MarkdownIt().render(card_markdown(boras.card(objectives=("a",)))))

    assert set(rendered.tags) == set(honest.tags)
    assert " ".join(text.rsplit("\n\n", maxsplit=1)[-1].split()) in rendered.text


@settings(max_examples=150)
@given(st.text(alphabet=st.sampled_from("#*_-+=`~<>[]()!|\\&;:/.1 \n\tab'\"${}"), max_size=40))
def test_whatever_people_write_adds_no_tag_to_the_markdown(text: str) -> None:
    card = boras.card(objectives=(f"x{text}", text), context=text or "x", seen=f"y {text}")

    rendered = Page(MarkdownIt("gfm-like", {"linkify": False}).render(card_markdown(card)))
    honest = Page(MarkdownIt().render(card_markdown(boras.card())))

    assert set(rendered.tags) == set(honest.tags)


def test_card_is_the_same_every_time() -> None:
    for form in (card_html, card_markdown, draw_card):
        assert form(boras.card()) == form(boras.card())


def test_colours_of_the_page_can_be_read_by_everybody() -> None:
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", card_html(boras.card())))

    for text in ("navy", "accent", "ink", "muted"):
        for ground in ("paper", "tint", "warm-tint"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert _contrast(colours["on-navy"], colours["navy"]) >= 4.5


def test_boilerplate_is_in_our_own_words() -> None:

    ours = card_markdown(boras.bare_card())
    ours = ours[ours.index("## Join") :].lower()

    for run in _runs_of_words(THEIRS.lower(), 6):
        assert run not in ours, run


THEIRS = """
is supporting the development of regional skills partnerships. These partnerships bring together
different stakeholders to help working-age people in a region learn new skills or improve existing
ones. The Partnership will focus on promoting a culture of lifelong learning and providing
opportunities for those with fewer opportunities, by creating solid links between regions in these
fields of exchange and by committing to monitoring and evaluating exchanges in these fields.
Sharing inspiration and good practices of mobility, particularly for those with fewer opportunities.
Defining the meaning of fewer opportunities and how to best involve these people.
Developing the concept of lifelong learning mobility promoters, working to expand a network of
individuals and institutions committed to educational mobility. Organising one-off or regular
project matchmaking events to prepare for joint mobility projects.
"""


def _runs_of_words(text: str, length: int) -> list[str]:
    words = text.split()
    return [" ".join(words[n : n + length]) for n in range(len(words) - length + 1)]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def hostile_card() -> CaseCard:
    soc = boras.SOC.model_copy(update={"name": HOSTILE, "city": HOSTILE, "region": HOSTILE})
    return boras.card(
        title=HOSTILE, receiving=soc, context=HOSTILE, objectives=(HOSTILE,), seen=HOSTILE,
        shadowed=(HOSTILE,), adapted=HOSTILE, caption=HOSTILE, lessons_of_host=(HOSTILE,),
        lessons_of_participants=(HOSTILE,),
        testimonials=(case_card.Testimonial(text=HOSTILE, said_by=f"{HOSTILE}, host"),),
    )  # fmt: skip
