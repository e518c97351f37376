"""Everybody's page after every entry of ten mobilities that go through all that can happen."""

from dataclasses import dataclass, field
from functools import cache

import pytest

from domain.deadlines import Asked
from domain.people import Language
from portal.asks import ASKS
from portal.fields import Refused
from portal.forms import Typed
from portal.holder import Holder
from portal.page import Page
from tests.mail.journeys import (
    ANA,
    BERGEN,
    BORAS,
    EMELIE,
    FRIDA,
    OFFICE,
    Journey,
    Told,
    every_journey,
)
from tests.portal.english import english_in
from tests.portal.visitor import Answer, assert_well_made

NAMELESS = Told(frida="Sigrid Sentinel", emelie="Sunniva Sentinel")
HOSTILE = "'\"><script>alert(1)</script>{{ 70 * 77 }}%(x)s"


@dataclass
class Watched(Journey):
    """A journey in which everybody looks at their page after every step."""

    pages: list[Page] = field(default_factory=list)

    def write(self) -> None:
        super().write()
        case, ledger = self._open_case(), self._ledger()
        self.pages += [
            Page(Holder(case, case.people[who], "token"), ledger, "../../")
            for who in (ANA, BERGEN, BORAS, EMELIE, FRIDA, OFFICE)
        ]  # fmt: skip


def pages(told: Told, language: Language) -> list[Page]:
    journeys = every_journey(lambda: Watched(told, language))
    return [page for journey in journeys if isinstance(journey, Watched) for page in journey.pages]


def kind_of(page: Page) -> tuple[object, ...]:
    """What makes one page differ from another, but for names and days."""
    holder = page.holder
    asked = tuple(asking.question.asked for asking in page.asked)
    standing = (holder.view.phase, holder.view.outcome, holder.view.is_matched)
    return holder.person.id, holder.roles, asked, standing, page.also, tuple(page.papers)


@cache
def seen(language: Language) -> tuple[tuple[Page, Answer], ...]:
    shown = pages(NAMELESS, language)
    if language is not Language.ENGLISH:
        shown = list({kind_of(page): page for page in shown}.values())
    return tuple((page, drawn(page)) for page in shown)


def drawn(page: Page) -> Answer:
    return Answer(200, {}, page.html().encode())


def test_every_question_is_seen_by_somebody() -> None:
    asked = {asking.question.asked for page, _ in seen(Language.ENGLISH) for asking in page.asked}

    assert asked == set(ASKS)


@pytest.mark.parametrize("language", Language)
def test_every_page_is_well_made_and_in_one_language(language: Language) -> None:
    # Many steps change nothing for most readers: each page is looked at once.
    for answer in {answer.html: answer for _, answer in seen(language)}.values():
        assert_well_made(answer)
        assert f'<html lang="{language}">' in answer.html
        if language is not Language.ENGLISH:
            assert english_in(answer.text) == []


def test_whoever_is_asked_has_the_forms_and_whoever_is_not_is_told_so() -> None:
    for page, answer in seen(Language.ENGLISH):
        for asking in page.asked:
            assert {*asking.ask.acts, *asking.ask.or_else} <= answer.forms.keys()
        is_quiet = bool(page.holder.roles) and not page.asked and page.holder.view.outcome is None
        assert ('id="nothing"' in answer.html) is is_quiet


def test_no_host_sees_a_name_before_it_has_said_yes_and_nobody_outside_sees_any() -> None:
    outside = 0
    for page, answer in seen(Language.ENGLISH):
        holder = page.holder
        if holder.person.id in (ANA, BERGEN) and (holder.is_only_asked or not holder.roles):
            outside += 1
            assert "Sentinel" not in answer.html
            assert FRIDA not in answer.html
        if not holder.roles:
            assert page.letter.title not in answer.html
    assert outside


def test_no_form_is_left_once_it_is_over() -> None:
    closed = [(p, a) for p, a in seen(Language.ENGLISH) if p.holder.view.outcome is not None]

    assert closed
    for page, answer in closed:
        assert answer.forms == {}
        assert bool(page.ended) or not page.holder.roles


def test_forms_that_come_back_are_as_well_made() -> None:
    first = {act: (page, form) for page, answer in reversed(seen(Language.SWEDISH))
             for act, form in answer.forms.items()}  # fmt: skip

    for act, (page, form) in first.items():
        typed = Typed([*form.fields, ("note", HOSTILE)])
        refused = Refused(act, "It is not so.", typed, field="note")
        back = drawn(Page(page.holder, page.ledger, "../../../", refused=refused))

        assert_well_made(back)
        assert back.alert == "It is not so."
        kept = {name for name, _ in back.forms[act].fields}
        assert {name for name, _ in form.fields} - kept <= {f"s{n}-who" for n in range(99)}


def test_words_of_others_stay_words_wherever_they_stand() -> None:
    hostile = Told(**dict.fromkeys(Told.model_fields, HOSTILE))

    for page in {kind_of(page): page for page in pages(hostile, Language.CATALAN)}.values():
        html = page.html()
        assert "<script" not in html
        assert "5390" not in html


def test_card_facts_begin_with_what_was_told() -> None:
    forms = [
        dict(answer.forms["follow-up"].fields)
        for page, answer in seen(Language.ENGLISH)
        if page.holder.view.question(Asked.CARD_FACTS) and page.holder.person.id == BORAS
    ]

    assert forms
    for fields in forms:
        assert (fields["stated_days"] == "") is (fields["seen"] == "")
