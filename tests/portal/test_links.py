"""A link opens one person's part in one mobility, or one and the same page for every reason."""

import re

import pytest

from domain.deadlines import Asked
from domain.facts import PersonId
from starter.case_files import CaseDocument, ParticipantEntry
from starter.desk import FrontDesk
from starter.links import link_of
from starter.story import tell_the_story
from tests.conftest import Begin
from tests.portal.conftest import ANA, BORAS, EMELIE, FRIDA, OFFICE, Link
from tests.portal.visitor import Fields, Visitor
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")


async def test_every_link_that_is_not_valid_is_answered_alike(
    begin: Begin, visitor: Visitor, link: Link
) -> None:
    one, other = await begin(), await begin()
    await one.asked(Asked.PLACE)
    await other.asked(Asked.PLACE)
    ana = await link(one, ANA)
    token = ana.rpartition("/")[2]
    dead = [
        f"/m/{one.reference}/{'x' * 24}", f"/m/{other.reference}/{token}",
        f"/m/M-1999-0001/{token}", f"/m/{one.reference.lower()}/{token}", f"/m/A-2026-0001/{token}",
        f"/m/{one.reference}/{token}x", f"/m/{one.reference}/%C3%A9", f"/m/..%00/{token}",
        f"{ana}/papers/agreement.pdf", f"{ana}/papers/..%2Fcard.pdf", "/", "/m",
    ]  # fmt: skip

    answers = [await visitor.get(path) for path in dead]
    sent = await visitor.post(f"/m/{one.reference}/{'x' * 24}/accept", [])

    assert {answer.status for answer in (*answers, sent)} == {404}
    assert len({_without_ways(answer.html) for answer in (*answers, sent)}) == 1
    assert "not valid (any more)" in answers[0].text


def _without_ways(html: str) -> str:
    return re.sub(r'href="[./]*style', 'href="style', html)


async def test_dead_link_is_explained_in_a_language_of_the_browser(visitor: Visitor) -> None:
    answer = await visitor.ask("GET", "/m/M-1999-0001/x", Accept_Language="fr-FR,ca;q=0.8,en;q=0.5")

    assert '<html lang="ca">' in answer.html
    assert "Aquest enllaç no és vàlid" in answer.text


async def test_link_is_dead_once_another_address_is_on_file(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.waiting_for_an_address(rehearsal, case)
    boras, emelie = await link(rehearsal, BORAS), await link(rehearsal, EMELIE)
    assert (await visitor.get(emelie)).status == 200
    wrong = await visitor.send(boras, "correct-address", {"address": "no address"})
    assert (wrong.status, ("address", "no address") in wrong.forms["correct-address"].fields) == (
        422, True,
    )  # fmt: skip

    address = f"emelie.{rehearsal.reference.lower()}@boras.example"
    await visitor.say(boras, "correct-address", {"address": address})

    assert (await visitor.get(emelie)).status == 404
    renewed = await link(rehearsal, EMELIE)
    assert renewed != emelie
    assert (await visitor.get(renewed)).status == 200


async def test_link_is_dead_once_it_is_made_anew(
    begin: Begin, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    ana = await link(rehearsal, ANA)

    renewed = await link_of(desk, "http://portal", rehearsal.reference, ANA, anew=True)

    assert (await visitor.get(ana)).status == 404
    assert (await visitor.get(renewed.removeprefix("http://portal"))).status == 200


async def test_closed_mobility_says_what_became_of_it_and_is_dead_once_erased(
    begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await tell_the_story(rehearsal, case)
    links = {who: await link(rehearsal, who) for who in (BORAS, ANA, OFFICE, FRIDA)}

    pages = {who: await visitor.get(path) for who, path in links.items()}
    papers = {who: sorted(set(re.findall(r"papers/([\w.-]+)", p.html))) for who, p in pages.items()}

    assert {page.status for page in pages.values()} == {200}
    assert [page.forms for page in pages.values()] == [{}] * 4
    assert "Mobiliteten är genomförd." in pages[FRIDA].text
    assert papers == {
        BORAS: ["agreement.pdf", "card.pdf"], ANA: ["agreement.pdf", "card.pdf"],
        OFFICE: ["card.pdf"], FRIDA: ["agreement.pdf", "card.pdf", "certificate.pdf"],
    }  # fmt: skip
    for who, names in papers.items():
        for name in ("agreement.pdf", "card.pdf", "certificate.pdf", f"certificate-{FRIDA}.pdf"):
            paper = await visitor.get(f"{links[who]}/papers/{name}")
            assert paper.status == (200 if name in names else 404), (who, name)
            assert paper.body.startswith(b"%PDF") is (name in names)

    await desk.store.erase(rehearsal.reference)

    assert {(await visitor.get(path)).status for path in links.values()} == {404}
    assert (await visitor.get(f"{links[FRIDA]}/papers/card.pdf")).status == 404


async def test_cancelled_mobility_says_so_with_its_cause(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    cause: Fields = {"sure": "yes", "cause": "illness", "note": "Not for everybody to read."}

    page = await visitor.say(await link(rehearsal, BORAS), "cancel", cause)
    await rehearsal.closed()
    seen = await visitor.get(await link(rehearsal, FRIDA))

    assert "Du har ställt in mobiliteten." in page.text
    assert "Mobiliteten har ställts in. Orsaken: sjukdom." in seen.text
    assert "Not for everybody" not in seen.html
    assert seen.forms == {}


async def test_reading_a_page_changes_nothing(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    frida, before = await link(rehearsal, FRIDA), (await rehearsal.mobility()).view
    form = (await visitor.get(frida)).forms["sign"]

    by_scanner = [
        await visitor.get(f"{frida}/{act}?name=Frida+Augustsson&shown={dict(form.fields)['shown']}")
        for act in ("sign", "refuse", "withdraw")
    ]
    heads = [await visitor.ask(method, frida) for method in ("HEAD", "OPTIONS", "PUT", "DELETE")]

    assert {(a.status, a.headers["location"]) for a in by_scanner} == {
        (303, f"../{frida.rpartition('/')[2]}")
    }
    assert [a.status for a in heads] == [200, 405, 405, 405]
    assert (await rehearsal.mobility()).view == before


async def test_person_with_two_parts_answers_for_both_under_one_link(
    begin: Begin, visitor: Visitor, link: Link
) -> None:
    herself = ParticipantEntry(
        name="Coordinator of Borås", email="coordinator@boras.example", profile="leads it"
    )
    rehearsal = await begin(participants=(herself,))
    await rehearsal.asked(Asked.PLACE)

    page = await visitor.get(await link(rehearsal, BORAS))

    assert page.status == 200
    assert {"withdraw", "cancel", "move"} <= page.forms.keys()
    assert PersonId(BORAS) in (await rehearsal.mobility()).view.taking_part
