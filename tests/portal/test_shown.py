"""Nobody decides on what they have not seen, and nothing that is sent twice counts twice."""

from datetime import timedelta
from urllib.parse import urljoin

import pytest

from domain.deadlines import Asked
from domain.facts import PersonId
from domain.people import Role
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import holder
from store.journal import read_journal
from tests.conftest import Begin
from tests.portal.conftest import ANA, BERGEN, BORAS, EMELIE, FRIDA, Link
from tests.portal.visitor import Fields, Visitor
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")


async def entries(desk: FrontDesk, rehearsal: Rehearsal) -> int:
    return len(await read_journal(desk.store.engine, rehearsal.reference))


async def test_nobody_signs_a_document_they_have_not_seen(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    frida = await link(rehearsal, FRIDA)
    seen = (await visitor.get(frida)).forms["sign"]
    # Somebody withdraws meanwhile, and the agreement is drawn up anew.
    sure: Fields = {"sure": "yes", "cause": "illness"}
    await visitor.say(await link(rehearsal, EMELIE), "withdraw", sure)
    await rehearsal.until(lambda view: view.agreement_version == 2, "drawn up anew")
    await rehearsal.asked(Asked.SIGNATURES)
    name: Fields = {"name": "Frida Augustsson"}

    answer = await visitor.post(urljoin(frida, seen.action), seen.filled(name))

    assert (answer.status, bool(answer.alert)) == (422, True)
    shown = dict(answer.forms["sign"].fields)
    assert shown["name"] == "Frida Augustsson"
    assert shown["shown"] == (await rehearsal.mobility()).view.agreement_document
    assert (await rehearsal.mobility()).view.signed == ()
    # What came back is about the new one, and can be sent as it is.
    again = answer.forms["sign"]
    to = urljoin(f"{frida}/sign", again.action)
    assert (await visitor.post(to, again.filled({}))).status == 303
    assert (await rehearsal.mobility()).view.signed == (PersonId(f"{rehearsal.reference}-p1"),)


async def test_nobody_accepts_an_agenda_they_have_not_seen(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.agenda_on_the_table(rehearsal, case)
    boras = await link(rehearsal, BORAS)
    seen = (await visitor.get(boras)).forms["accept-agenda"]
    await visitor.say(await link(rehearsal, ANA), "put-agenda", {"s1-title": "Another beginning"})
    await rehearsal.until(lambda view: view.agenda_version == 2, "put anew")

    answer = await visitor.post(urljoin(boras, seen.action), seen.filled({}))

    assert (answer.status, bool(answer.alert)) == (422, True)
    assert "Another beginning" in answer.text
    assert not (await rehearsal.mobility()).view.agenda_accepted
    await visitor.say(boras, "accept-agenda")
    assert (await rehearsal.mobility()).view.agenda_accepted_version == 2


async def test_no_host_gives_a_place_on_days_it_was_not_shown(
    begin: Begin, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    ana = await link(rehearsal, ANA)
    seen = (await visitor.get(ana)).forms["accept"]
    days = [d + timedelta(days=7) for d in (await rehearsal.mobility()).request.days]
    await (await holder(rehearsal, Role.SENDING)).move(days[0], days[-1])
    await rehearsal.until(
        lambda view: bool(view.moved_at and view.question(Asked.PLACE)), "asked anew"
    )

    answer = await visitor.post(urljoin(ana, seen.action), seen.filled({}))

    assert (answer.status, bool(answer.alert)) == (422, True)
    assert not (await rehearsal.mobility()).view.is_matched


async def test_form_sent_twice_is_one_message(
    begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    frida = await link(rehearsal, FRIDA)
    form = (await visitor.get(frida)).forms["sign"]
    sent = urljoin(frida, form.action), form.filled({"name": "Frida Augustsson"})

    first = await visitor.post(*sent)
    count = await entries(desk, rehearsal)
    second = await visitor.post(*sent)

    assert (first.status, second.status) == (303, 303)
    assert await entries(desk, rehearsal) == count


async def test_declining_twice_is_one_message_though_the_next_host_is_asked_by_then(
    begin: Begin, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    ana = await link(rehearsal, ANA)
    form = (await visitor.get(ana)).forms["decline"]
    sent = urljoin(ana, form.action), form.filled({"reason": "no capacity"})

    first = await visitor.post(*sent)
    await rehearsal.until(
        lambda view: view.host is not None and view.host.coordinator == BERGEN, "with the next"
    )
    second = await visitor.post(*sent)

    assert (first.status, second.status) == (303, 303)
    assert (await rehearsal.mobility()).view.question(Asked.PLACE) is not None
