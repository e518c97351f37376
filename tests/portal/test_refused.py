"""What cannot be recorded: one sentence on top of the form, everything typed still there."""

from urllib.parse import urljoin

import pytest
import sqlalchemy as sa

from domain.deadlines import Asked
from portal.headers import MOST_BYTES
from settings import Settings
from starter import desk as front_desk
from starter.case_files import CaseDocument
from starter.client import connect
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.journal import read_journal
from store.tables import writing
from tests.conftest import Begin
from tests.portal.conftest import ANA, BERGEN, BORAS, FRIDA, OFFICE, Link, as_rows, opened
from tests.portal.cut_line import a_line
from tests.portal.visitor import Fields, Visitor
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")


async def entries(desk: FrontDesk, rehearsal: Rehearsal) -> int:
    return len(await read_journal(desk.store.engine, rehearsal.reference))


async def test_nobody_signs_under_another_name(
    begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    frida, before = await link(rehearsal, FRIDA), await entries(desk, rehearsal)

    answer = await visitor.send(frida, "sign", {"name": "Emelie Persson"})

    assert answer.status == 422
    assert answer.alert.endswith("Frida Augustsson.")
    assert ("name", "Emelie Persson") in answer.forms["sign"].fields
    assert 'aria-invalid="true"' in answer.html
    assert await entries(desk, rehearsal) == before


async def test_agenda_that_is_not_acceptable_comes_back_as_it_was_typed(
    begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.in_preparation(rehearsal, case)
    ana, rows = await link(rehearsal, ANA), as_rows(case, rehearsal)
    before, texts = await entries(desk, rehearsal), await _texts(desk, rehearsal)

    missing = await visitor.send(ana, "put-agenda", rows | {"s2-place": ""})
    overlapping = await visitor.send(ana, "put-agenda", rows | {"s2-from": "11:00"})
    nobody = await visitor.send(ana, "put-agenda", rows | {"s5-who": None})

    assert {a.status for a in (missing, overlapping, nobody)} == {422}
    assert missing.alert.startswith("Sessió 2:")
    assert "overlap" in overlapping.alert
    assert nobody.alert.startswith("Sessió 5:")
    kept = overlapping.forms["put-agenda"].fields
    assert {("s2-from", "11:00"), ("s7-title", "What we take home")} <= {*kept}
    assert [v for n, v in kept if n == "s3-who"] == rows["s3-who"]
    assert await entries(desk, rehearsal) == before
    assert await _texts(desk, rehearsal) == texts


async def _texts(desk: FrontDesk, rehearsal: Rehearsal) -> int:
    how_many = sa.select(sa.func.count()).where(writing.c.reference == rehearsal.reference)
    async with desk.store.engine.connect() as connection:
        return await connection.scalar(how_many) or 0


async def test_more_rows_bring_back_what_was_typed_and_change_nothing(
    begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.in_preparation(rehearsal, case)
    ana, before = await link(rehearsal, ANA), await entries(desk, rehearsal)
    typed: Fields = {"s1-title": "Welcome <b>", "more": "yes"}

    answer = await visitor.send(ana, "put-agenda", typed)

    names = {name for name, _ in answer.forms["put-agenda"].fields}
    assert (answer.status, answer.alert) == (200, "")
    assert ("s1-title", "Welcome <b>") in answer.forms["put-agenda"].fields
    # Three days and four spare rows at first, and four more.
    assert ({"s7-title", "s11-title"} <= names, "s12-title" in names) == (True, False)
    assert await entries(desk, rehearsal) == before


AMOUNTS: dict[str, tuple[Fields, str]] = {
    "lowered, and all of it awarded": ({"line-0": "1", "line-4": "0"}, "below the computed one"),
    "more than the rates give": ({"line-0": "9999", "line-4": "0"}, "outside"),
    "no amount where no rate is on file": ({"line-4": ""}, "sats"),
    "no amount at all": ({"line-0": "much", "line-4": "0"}, "much"),
    "a thousand or one": ({"line-0": "1.000", "line-4": "0"}, "1.000"),
    "rejected without a reason": ({"decision": "rejected"}, "saknas"),
}


@pytest.mark.parametrize("wrong", AMOUNTS)
async def test_grant_is_not_decided_by_a_slip(
    wrong: str, begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    fields, why = AMOUNTS[wrong]
    rehearsal = await begin()
    await stages.in_preparation(rehearsal, case)
    office, before = await link(rehearsal, OFFICE), await entries(desk, rehearsal)

    answer = await visitor.send(office, "award", {"decision": "awarded", **fields})

    assert (answer.status, why in answer.alert) == (422, True), answer.alert
    kept = {**dict(answer.forms["award"].fields)}
    assert {name: kept[name] for name in fields} == fields
    assert await entries(desk, rehearsal) == before


async def test_what_cannot_be_taken_back_is_held_up_until_it_is_meant(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    frida = await link(rehearsal, FRIDA)
    typed: Fields = {"cause": "family reasons", "note": "My <mother> is ill."}

    answer = await visitor.send(frida, "withdraw", typed)

    assert (answer.status, bool(answer.alert)) == (422, True)
    assert {*typed.items()} <= {*answer.forms["withdraw"].fields}
    assert 'class="came-up" open' in answer.html
    assert len((await rehearsal.mobility()).view.taking_part) == 2


async def test_day_still_to_come_is_not_confirmed(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.visiting(rehearsal, case)
    ana, last = await link(rehearsal, ANA), (await rehearsal.mobility()).request.last_day
    await visitor.say(ana, "arrive")

    answer = await visitor.send(ana, "attend", {"day": f"{last}"})
    nobody = await visitor.send(ana, "depart", {"who": None})

    assert (answer.status, "still to come" in answer.alert) == (422, True)
    assert (nobody.status, bool(nobody.alert)) == (422, True)
    assert (await rehearsal.mobility()).view.days_confirmed == ()


async def test_too_late_is_a_conflict_and_what_was_written_is_not_lost(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.agenda_on_the_table(rehearsal, case)
    boras = await link(rehearsal, BORAS)
    form = (await visitor.get(boras)).forms["return-agenda"]
    await visitor.say(boras, "accept-agenda")
    note: Fields = {"note": "Please leave more time for lunch."}

    answer = await visitor.post(urljoin(boras, form.action), form.filled(note))

    assert (answer.status, bool(answer.alert)) == (409, True)
    assert "Please leave more time for lunch." in answer.text


async def test_link_does_nothing_that_is_for_others(
    begin: Begin, case: CaseDocument, desk: FrontDesk, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    before = await entries(desk, rehearsal)
    tried = [
        (FRIDA, "cancel", [("sure", "yes"), ("cause", "illness")]),
        (FRIDA, "withdraw", [("sure", "yes"), ("cause", "illness"),
                             ("participant", f"{rehearsal.reference}-p2")]),
        (BERGEN, "decline-mobility", [("sure", "yes"), ("cause", "illness")]),
        (OFFICE, "move", [("sure", "yes"), ("first_day", "2030-01-01"),
                          ("last_day", "2030-01-03")]),
        (OFFICE, "sign", [("name", "Programme office"),
                          ("shown", (await rehearsal.mobility()).view.agreement_document)]),
    ]  # fmt: skip

    for who, act, fields in tried:
        answer = await visitor.post(f"{await link(rehearsal, who)}/{act}", fields)
        assert (answer.status, bool(answer.alert)) == (422, True), (who, act, answer.status)

    assert await entries(desk, rehearsal) == before


async def test_nothing_is_lost_when_nobody_answers(
    begin: Begin, case: CaseDocument, desk: FrontDesk, settings: Settings, visitor: Visitor,
    link: Link, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    frida, name = await link(rehearsal, FRIDA), {"name": "Frida Augustsson"}
    monkeypatch.setattr(front_desk, "ANSWER_SECONDS", 1)
    async with a_line(settings.required("temporal_address")) as line:
        behind = settings.model_copy(update={"temporal_address": line.address})
        client = await connect(behind, desk.store, identity="test")
        cut_off = FrontDesk(desk.store, client, task_queue=desk.task_queue)
        await line.cut()
        async with opened(cut_off) as visitor_there:
            answer = await visitor_there.send(frida, "sign", {**name})

    assert (answer.status, bool(answer.alert)) == (503, True)
    assert ("name", "Frida Augustsson") in answer.forms["sign"].fields
    assert "mobility up" not in answer.html
    monkeypatch.undo()
    await visitor.say(frida, "sign", {**name})


async def test_more_than_can_be_taken_in_is_refused(
    begin: Begin, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    ana = await link(rehearsal, ANA)
    long = [("reason", "no capacity"), ("note", "x" * (MOST_BYTES + 1))]

    answer = await visitor.post(f"{ana}/decline", long)

    assert answer.status == 413
    assert (await rehearsal.mobility()).view.pending_offer is not None
