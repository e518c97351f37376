from documents.agreement import draw_agreement
from domain.papers import NamedPerson
from tests.documents import boras
from tests.documents.pages import HOSTILE, depths_of, pages_of, text_of


def test_agreement_says_who_what_and_when() -> None:
    told = text_of(draw_agreement(boras.agreement()))

    for words in (
        "FUNDING CALL 2025",
        "M-2026-0042",
        "10 February 2026",
        "Job shadowing: Inclusive Employment and Skills Cooperation Across Europe",
        "Working Life Department Borås Stad Borås, Västra Götaland, Sweden",
        "Barcelona, Catalonia, Spain",
        "Coordinator of Borås",
        "Ana Cáceres Gómez",
        "Frida Augustsson youth and outreach",
        "Emelie Persson skills mapping and guidance",
        "5-7 May 2026",
        "3 days",
        "far from the labour market",
        "1. See how early outreach",
    ):
        assert words in told, words


def test_agreement_names_everybody_who_signs_and_how() -> None:
    told = text_of(draw_agreement(boras.agreement(version=3)))

    signatures = told[told.index("Signatures") :]
    assert "Frida Augustsson Participant in person" in signatures
    assert "Emelie Persson Participant in person" in signatures
    assert "Sending coordinator for Working Life Department Borås Stad" in signatures
    assert "Receiving coordinator for Public Employment Services of Catalonia" in signatures
    assert "SHA-256 of exactly this document" in signatures
    assert "signed version 3" in signatures


def test_agreement_of_the_case_has_two_pages() -> None:
    assert pages_of(draw_agreement(boras.agreement())) == 2


def test_both_pages_of_the_case_are_filled() -> None:
    assert all(depth > 0.75 for depth in depths_of(draw_agreement(boras.agreement())))


def test_what_is_too_much_for_the_first_page_leaves_no_page_half_empty() -> None:
    group = tuple(NamedPerson(name=f"Person Number {n}", profile="") for n in range(8))

    paper = draw_agreement(boras.agreement(participants=group))

    assert pages_of(paper) == 3
    assert all(depth > 0.55 for depth in depths_of(paper))


def test_agreement_keeps_every_name_of_a_large_group() -> None:
    group = tuple(NamedPerson(name=f"Person Number {n}", profile="") for n in range(40))

    told = text_of(draw_agreement(boras.agreement(participants=group)))

    assert all(told.count(f"{person.name} ") == 2 for person in group)


def test_paragraphs_of_the_context_stay_paragraphs() -> None:
    told = text_of(draw_agreement(boras.agreement(context="First.\n\nSecond\nline.\r\n\r\n\n")))

    assert "First. Second line. Objectives" in told


def test_hostile_text_is_printed_as_it_stands() -> None:
    everywhere = NamedPerson(name=HOSTILE, profile=HOSTILE, email=HOSTILE)

    told = text_of(
        draw_agreement(
            boras.agreement(
                title=HOSTILE, context=HOSTILE, objectives=(("1", HOSTILE),),
                participants=(everywhere,), sending_coordinator=everywhere,
                sending=boras.BORAS.model_copy(update={"name": HOSTILE, "city": HOSTILE}),
            )
        )
    )  # fmt: skip

    assert '#import "/etc/passwd": * #panic() $x^2$ \\ *bold* _it_ `raw`' in told
    assert "{{ 7*7 }} &amp;" in told
