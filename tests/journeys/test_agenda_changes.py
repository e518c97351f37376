"""An accepted agenda is changed, and changed in vain; calendars know what letters tell them."""

from datetime import datetime, time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from domain.deadlines import Asked
from domain.errors import AlreadyDone
from domain.letters import Purpose
from domain.people import Role
from local.stack import Stack
from starter.case_files import CaseDocument, SessionEntry
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import holder
from tests.conftest import Begin
from tests.journeys.reading import is_sound, kinds, told
from tests.post import all_settled
from tests.simulated_calendar import SimulatedCalendar
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")
FRIDA = "frida.augustsson@boras.example"


def letters_to(address: str, stack: Stack, rehearsal: Rehearsal) -> list[EmailMessage]:
    """What the mail catcher has for one reader of this mobility, in no order."""
    files = [file.read_bytes() for file in (stack.letters / "new").iterdir()]
    found = [message_from_bytes(content, policy=default) for content in files]
    return [
        letter for letter in found
        if rehearsal.reference in letter["Subject"] and address in letter["To"]
    ]  # fmt: skip


def planned(entries: tuple[SessionEntry, ...], who: str = "") -> list[tuple[object, ...]]:
    """The sessions of a file, as a calendar shows them; of one participant, if named."""
    return sorted(
        (datetime.combine(s.day, s.starts), datetime.combine(s.day, s.ends), s.title)
        for s in entries
        if not who or s.participants == "all" or who in s.participants
    )


def edited(entries: tuple[SessionEntry, ...]) -> tuple[SessionEntry, ...]:
    """The first session an hour sooner, and another one in place of the last."""
    first, *rest, last = entries
    sooner = {"starts": time(8, 30), "ends": time(11, 30)}
    return (*rest, first.model_copy(update=sooner), last.model_copy(update=ANOTHER))


ANOTHER = {"title": "Open house with the outreach team", "starts": time(18), "ends": time(19)}


async def test_a_change_counts_once_it_is_accepted_and_the_visit_waits_for_none(
    begin: Begin, case: CaseDocument, desk: FrontDesk, stack: Stack
) -> None:
    first = case.agenda or ()
    second = edited(first)
    rehearsal = await begin()
    await stages.prepared(rehearsal, case)
    with pytest.raises(AlreadyDone, match="accepted already, as version 1"):
        await (await holder(rehearsal, Role.RECEIVING)).put_agenda(first)

    await (await holder(rehearsal, Role.RECEIVING)).put_agenda(second)
    view = await rehearsal.asked(Asked.AGENDA_CHANGE)
    assert (view.agenda_version, view.agenda_accepted_version) == (2, 1)
    # Taken back, and put forward once more.
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda(first[::-1])
    view = (await rehearsal.mobility()).view
    assert (view.agenda_accepted_version, view.question(Asked.AGENDA_CHANGE)) == (3, None)
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda(second)
    await rehearsal.asked(Asked.AGENDA_CHANGE)
    await desk.handle(rehearsal.reference).signal("renew")
    await rehearsal.days_pass(2.5)
    await (await holder(rehearsal, Role.SENDING)).accept_agenda()
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda(first)
    await rehearsal.day_comes((await rehearsal.mobility()).request.first_day)
    view = await rehearsal.asked(Asked.ATTENDANCE)
    await all_settled(desk, rehearsal)

    assert view.agenda_accepted_version == 4
    happened = await kinds(desk, rehearsal)
    assert happened.index("AgendaChangeLapsed") < happened.index("VisitBegun")
    reminded = await told(desk, rehearsal, Purpose.AGENDA_CHANGE_TO_ACCEPT)
    assert sum(reminded.values()) > 2
    frida = SimulatedCalendar().read(letters_to(FRIDA, stack, rehearsal))
    host = SimulatedCalendar().read(letters_to("ana.caceres@soc.example", stack, rehearsal))
    assert frida.times == planned(second, FRIDA)
    assert host.times == planned(second)
    assert await is_sound(desk, rehearsal)
