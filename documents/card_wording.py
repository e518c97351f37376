"""What the card says, once for all its forms: Markdown, HTML and PDF differ in looks only.

Where the journal is silent the card says so, instead of leaving a gap nobody notices.
"""

from collections.abc import Sequence

from documents.partnership import CONTACT, PARTNERSHIP, SUPPORT, SUPPORT_HEADING, Passage
from documents.wording import counted, each_plain, listed, paragraphs, place_of, plain
from domain.case_card import CaseCard, Testimonial
from domain.facts import Fact

SHOWN_OF_HEAD = 12
"""So much of the journal's head is enough to recognise it by."""
_DOUBLE_MARKS = '"“”„«»'
_QUOTATION_MARKS = f"{_DOUBLE_MARKS}'‘’"


class Quotation(Fact):
    """A testimonial in typographic quotation marks, and whether the host said it."""

    text: str
    said_by: str
    is_host: bool


class CardWording(Fact):
    """Every sentence of the card, in the order in which the card says them."""

    banner: str = "MOBILITY MATCHMAKING TOOL"
    partnership_line: str = (
        "Pact for Skills – Regional Skills Partnership for Lifelong Learning Mobility"
    )
    title: str
    receiving: str
    receiving_place: str
    sending: str
    sending_place: str
    duration: str
    funding: str = "Funded by the Erasmus+ Programme"
    context: tuple[str, ...]
    match: str
    objectives: tuple[str, ...]
    seen: tuple[str, ...]
    shadowed: str
    caption: str
    adapted: tuple[str, ...]
    unreported: str
    lessons_of_host: tuple[str, ...]
    lessons_of_participants: tuple[str, ...]
    lessons_missing: str
    quotations: tuple[Quotation, ...]
    nobody_quoted: str
    silence: str
    passages: tuple[Passage, ...] = PARTNERSHIP
    support_heading: str = SUPPORT_HEADING
    support: str = SUPPORT
    contact: str = CONTACT
    origin: str


def word_card(card: CaseCard) -> CardWording:
    """Put a card into words."""
    lessons_of_host = each_plain(card.lessons_of_host)
    lessons_of_participants = each_plain(card.lessons_of_participants)
    quotations = tuple(_quotation(said) for said in card.testimonials if plain(said.text))
    return CardWording(
        title=f"{card.activity.title()}: {plain(card.title)}",
        receiving=plain(card.receiving.name),
        receiving_place=place_of(card.receiving),
        sending=plain(card.sending.name),
        sending_place=place_of(card.sending),
        duration=card.duration if card.days else "No day of attendance was confirmed.",
        context=paragraphs(card.context),
        match=_match(card),
        objectives=each_plain(card.objectives),
        seen=paragraphs(card.seen),
        shadowed=_shadowed(card.shadowed),
        caption=plain(card.caption),
        adapted=paragraphs(card.adapted),
        unreported=_unreported(card),
        lessons_of_host=lessons_of_host,
        lessons_of_participants=lessons_of_participants,
        lessons_missing=_lessons_missing(lessons_of_host, lessons_of_participants),
        quotations=quotations,
        nobody_quoted="" if quotations else "Nobody agreed to be quoted.",
        silence=_silence(card.silent),
        origin=_origin(card),
    )


def _match(card: CaseCard) -> str:
    return (
        f"The Mobility Matchmaking Tool brought {plain(card.sending.name)} together with "
        f"{plain(card.receiving.name)}, which received the visitors in "
        f"{plain(card.receiving.city)}."
    )


def _shadowed(profiles: Sequence[str]) -> str:
    distinct = tuple(dict.fromkeys(each_plain(profiles)))
    if not distinct:
        return ""
    return (
        "Beside the sessions for everybody, individual job shadowing followed the profile of each "
        f"participant: {'; '.join(distinct)}."
    )


def _unreported(card: CaseCard) -> str:
    match plain(card.seen), plain(card.adapted):
        case "", "":
            return (
                "No follow-up was reported: what the visit showed, and what will be adapted at "
                "home, is not on record."
            )
        case "", _:
            return "What the visit showed was not reported."
        case _, "":
            return "What will be adapted at home was not reported."
    return ""


def _lessons_missing(of_host: Sequence[str], of_participants: Sequence[str]) -> str:
    if of_host and of_participants:
        return ""
    if of_host:
        return "The participants recorded no lessons."
    if of_participants:
        return "The hosting institution recorded no lessons."
    return "No lessons were recorded, on either side."


def _quotation(said: Testimonial) -> Quotation:
    text, said_by = plain(said.text), plain(said.said_by)
    return Quotation(
        text=f"“{_without_quotation_marks(text)}”",
        said_by=said_by,
        is_host=said_by == "A host" or said_by.endswith(", host"),
    )


def _without_quotation_marks(text: str) -> str:
    inner = text[1:-1]
    is_quoted_whole = (
        inner and text[0] in _QUOTATION_MARKS and text[-1] in _QUOTATION_MARKS
    ) and not any(mark in inner for mark in _DOUBLE_MARKS)
    return inner.strip() if is_quoted_whole else text


def _silence(silent: Sequence[str]) -> str:
    if not silent:
        return ""
    # People are counted; of receiving organisations there is only one.
    said = [
        counted(silent.count(who), who.removeprefix("a ")) if who.startswith("a ") else who
        for who in dict.fromkeys(silent)
    ]
    return f"Did not answer the evaluation: {listed(said)}."


def _origin(card: CaseCard) -> str:
    head = card.journal_head
    shown = head if len(head) <= SHOWN_OF_HEAD else f"{head[:SHOWN_OF_HEAD]}…"
    return (
        f"Built from journal entries 1-{card.entries} of {card.reference}; "
        f"head of the journal {shown}"
    )
