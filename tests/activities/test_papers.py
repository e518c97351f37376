"""The maker of papers on real cases: drawn up, kept sealed, named by their hash."""

import hashlib
import io

import pytest
from pypdf import PdfReader
from temporalio.testing import ActivityEnvironment

from activities.names import PaperOrder
from activities.papers import PaperMaker
from domain import messages as m
from domain.events import Phase
from domain.facts import Reference
from store.cases import Store
from store.sealing import KeyDestroyed
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    HOST,
    LAST_DAY,
    OPENED,
    REFERENCE,
    Journey,
    a_follow_up,
    a_request,
    day_of,
    in_agreement,
    in_evaluation,
    in_matching,
    in_phase,
    in_visit,
    noon,
)
from tests.store.kept import TOLD, keep_all_of

ORDER = PaperOrder(reference=REFERENCE, at=OPENED)
AFTERWARDS = PaperOrder(reference=REFERENCE, at=noon(LAST_DAY))


def words_in(paper: bytes) -> str:
    pages = PdfReader(io.BytesIO(paper)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def test_the_agreement_is_drawn_up_with_names_and_texts(store: Store) -> None:
    await keep_all_of(store, in_agreement())

    document = await ActivityEnvironment().run(PaperMaker(store).draw_agreement, ORDER)

    papers = await store.documents(REFERENCE)
    assert {name: sha256(content) for name, content in papers.items()} == {
        "agreement.pdf": document
    }
    words = words_in(papers["agreement.pdf"])
    for said in (TOLD["title"], TOLD["objective-2"], "Frida", "Emelie", "Karin", "Ana"):
        assert said in words


async def test_the_agreement_drawn_up_again_is_the_same_paper(store: Store) -> None:
    await keep_all_of(store, in_agreement())
    maker = PaperMaker(store)

    first = await ActivityEnvironment().run(maker.draw_agreement, ORDER)

    assert await ActivityEnvironment().run(maker.draw_agreement, ORDER) == first


async def test_there_is_no_agreement_without_a_host(store: Store) -> None:
    # Nobody hosts in Greek.
    await keep_all_of(store, in_matching(a_request(languages=("el",))))

    with pytest.raises(LookupError, match="has no receiving organisation yet"):
        await ActivityEnvironment().run(PaperMaker(store).draw_agreement, ORDER)


async def test_there_is_no_paper_of_an_unknown_mobility(store: Store) -> None:
    order = PaperOrder(reference=Reference("M-2026-0009"), at=OPENED)

    with pytest.raises(LookupError, match="M-2026-0009 is not in the store"):
        await ActivityEnvironment().run(PaperMaker(store).draw_agreement, order)


async def test_there_is_no_paper_once_the_key_is_destroyed(store: Store) -> None:
    await keep_all_of(store, in_agreement())
    await store.keys.destroy(REFERENCE)

    with pytest.raises(KeyDestroyed):
        await ActivityEnvironment().run(PaperMaker(store).draw_agreement, ORDER)


async def test_everybody_who_attended_gets_a_certificate_of_their_own(store: Store) -> None:
    await keep_all_of(store, in_evaluation())

    issued = await ActivityEnvironment().run(PaperMaker(store).issue_certificates, AFTERWARDS)

    papers = await store.documents(REFERENCE)
    assert issued == {
        who: sha256(papers[f"certificate-{who}.pdf"]) for who in (FRIDA, EMELIE)
    }  # fmt: skip
    for_frida = words_in(papers[f"certificate-{FRIDA}.pdf"])
    assert "Frida" in for_frida
    assert "Emelie" not in for_frida


async def test_whoever_never_came_gets_no_certificate(store: Store) -> None:
    journey = in_visit()
    attend(journey, FRIDA)
    await keep_all_of(store, journey)

    issued = await ActivityEnvironment().run(PaperMaker(store).issue_certificates, AFTERWARDS)

    assert set(issued) == {FRIDA}
    assert set(await store.documents(REFERENCE)) == {f"certificate-{FRIDA}.pdf"}


def attend(journey: Journey, *people: str) -> None:
    """These people are there on all three days, and nobody else."""
    journey.wait_until(noon(LAST_DAY))
    present = tuple(person for person in (FRIDA, EMELIE) if person in people)
    journey.say(m.ConfirmArrival(by=HOST, participants=present, on=FIRST_DAY))
    for number in (1, 2, 3):
        journey.say(m.ConfirmAttendance(by=HOST, day=day_of(number), present=present))


async def test_the_card_is_published_in_three_forms(store: Store) -> None:
    await keep_all_of(store, in_phase(Phase.CLOSED))

    result = await ActivityEnvironment().run(PaperMaker(store).publish_card, AFTERWARDS)

    papers = await store.documents(REFERENCE)
    assert result.contradictions == ()
    assert set(result.documents) == {"card.md", "card.html", "card.pdf"}
    assert result.documents == {name: sha256(content) for name, content in papers.items()}
    for name in ("card.md", "card.html"):
        assert TOLD["seen"] in papers[name].decode()
    assert TOLD["title"] in words_in(papers["card.pdf"])


async def test_a_card_that_contradicts_itself_is_not_drawn(store: Store) -> None:
    journey = in_evaluation()
    follow_up = a_follow_up(stated_days=5)
    journey.say(m.ReportFollowUp(by=COORDINATOR, follow_up=follow_up))
    await keep_all_of(store, journey)

    result = await ActivityEnvironment().run(PaperMaker(store).publish_card, AFTERWARDS)

    [contradiction] = result.contradictions
    assert contradiction.startswith("The follow-up states 5 days")
    assert result.documents == {}
    assert await store.documents(REFERENCE) == {}
