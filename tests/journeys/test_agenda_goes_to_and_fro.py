"""The sending side returns the agenda once, the host puts forward another one."""

import pytest

from domain.deadlines import Asked
from domain.errors import AgendaNotAcceptable, AlreadyDone
from domain.people import Role
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from starter.story import holder
from tests.conftest import Begin
from tests.journeys.reading import kinds
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")


async def test_an_agenda_can_be_returned_and_put_again(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.agenda_on_the_table(rehearsal, case)
    sessions = case.agenda or ()

    await (await holder(rehearsal, Role.SENDING)).return_agenda("Please begin at ten.")
    await rehearsal.asked(Asked.AGENDA)
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda(sessions)
    await (await holder(rehearsal, Role.SENDING)).accept_agenda()

    view = (await rehearsal.mobility()).view
    assert view.agenda_accepted
    assert view.agenda_version == 2
    happened = [kind for kind in await kinds(desk, rehearsal) if kind.startswith("Agenda")]
    assert happened == ["AgendaAsked", "AgendaPut", "AgendaReturned", "AgendaAsked", "AgendaPut",
                        "AgendaAccepted"]  # fmt: skip


async def test_the_same_agenda_twice_is_one(begin: Begin, case: CaseDocument) -> None:
    rehearsal = await begin()
    await stages.agenda_on_the_table(rehearsal, case)

    with pytest.raises(AlreadyDone, match="on the table already"):
        await (await holder(rehearsal, Role.RECEIVING)).put_agenda(case.agenda or ())


async def test_a_refused_agenda_leaves_no_text_behind(
    begin: Begin, case: CaseDocument, desk: FrontDesk
) -> None:
    rehearsal = await begin()
    await stages.in_preparation(rehearsal, case)
    before = await desk.store.texts(rehearsal.reference)

    host = await holder(rehearsal, Role.RECEIVING)

    with pytest.raises(AgendaNotAcceptable, match="no individual shadowing"):
        await host.put_agenda([s for s in case.agenda or () if s.kind != "individual shadowing"])

    assert await desk.store.texts(rehearsal.reference) == before
