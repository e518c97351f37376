"""Records the journeys whose histories are replayed: ``make histories``.

They are recorded in clear, of made-up people, so that they can be read in a review. Record anew
only when running mobilities need not survive the change; otherwise add to them.
"""

import asyncio
import os
import sys
import tempfile
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.deadlines import Asked
from domain.messages import Cause
from domain.people import Role
from local.stack import Stack
from starter.case_files import EXAMPLE, CaseDocument, move, read_file, section
from starter.client import open_store
from starter.clock import VirtualClock
from starter.demo import weeks_to_a_coming_year
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import everybody_signs, holder, tell_the_story
from store.engine import migrate
from tests.workflows import stages
from worker import build_worker

FOLDER = Path(__file__).parent / "histories"
Journey = Callable[[Rehearsal, CaseDocument], Awaitable[None]]


async def nobody_signs(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The agreement lapses."""
    await stages.asked_for_signatures(rehearsal, case)
    await rehearsal.days_pass(60)
    await rehearsal.closed()


async def second_host(rehearsal: Rehearsal, _case: CaseDocument) -> None:
    """The first host is silent, the second accepts, and the sending side cancels."""
    await rehearsal.asked(Asked.PLACE)
    await rehearsal.days_pass(11)
    await (await holder(rehearsal, Role.RECEIVING)).accept()
    await rehearsal.asked(Asked.SIGNATURES)
    await (await holder(rehearsal, Role.SENDING)).cancel(Cause.OTHER)
    await rehearsal.closed()


async def withdrawal(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """Both participants withdraw during the preparation."""
    await stages.agenda_on_the_table(rehearsal, case)
    for person in (await rehearsal.mobility()).view.taking_part:
        await (await rehearsal.acts(person)).withdraw("", Cause.ILLNESS)
    await rehearsal.closed()


async def agenda_changes(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The accepted agenda is changed; another change stays unanswered, and the visit begins."""
    await stages.prepared(rehearsal, case)
    first, *rest = case.agenda or ()
    sooner = first.model_copy(update={"starts": time(8, 30), "ends": time(11, 30)})
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda((sooner, *rest))
    await rehearsal.asked(Asked.AGENDA_CHANGE)
    await (await holder(rehearsal, Role.SENDING)).accept_agenda()
    await (await holder(rehearsal, Role.RECEIVING)).put_agenda((first, *rest))
    await rehearsal.asked(Asked.AGENDA_CHANGE)
    await rehearsal.day_comes((await rehearsal.mobility()).request.first_day)
    await rehearsal.asked(Asked.ATTENDANCE)


async def still_open(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The visit has begun, and the journey is under way."""
    await stages.visiting(rehearsal, case)


async def contradiction(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The card is stopped, corrected, published."""
    await stages.looking_back(rehearsal, case)
    right = section(case.follow_up, "follow_up", EXAMPLE)
    wrong = right.model_copy(update={"stated_days": 2})
    for entry in case.evaluations or ():
        await (await rehearsal.acts(entry.who)).evaluate(entry)
    await (await holder(rehearsal, Role.SENDING)).report_follow_up(wrong)
    await rehearsal.asked(Asked.CARD_FACTS)
    await (await holder(rehearsal, Role.SENDING)).report_follow_up(right)
    await rehearsal.closed()


async def address_corrected(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """A signatory is out of reach until their address is corrected, the other for good."""
    await stages.asked_for_signatures(rehearsal, case)
    mobility = await rehearsal.mobility()
    lost, too = mobility.view.taking_part[-1], mobility.view.host
    assert too is not None
    await stages.out_of_reach(rehearsal, lost, too.coordinator)
    await rehearsal.days_pass(3)
    await (await holder(rehearsal, Role.SENDING)).correct_address(lost, "found@boras.example")
    await rehearsal.days_pass(80)
    await rehearsal.closed()


async def moved(rehearsal: Rehearsal, case: CaseDocument) -> None:
    """The visit is moved while a host is asked, and again when the grant is awarded."""
    await stages.asked_for_a_place(rehearsal, case)
    await _move(rehearsal, Role.SENDING)
    await rehearsal.until(lambda view: view.pending_offer is not None, "asked anew")
    await stages.awarded(rehearsal, case)
    await _move(rehearsal, Role.RECEIVING)
    await everybody_signs(rehearsal)
    await rehearsal.asked(Asked.INSTALMENT, Asked.AGENDA)
    await (await holder(rehearsal, Role.SENDING)).cancel(Cause.OTHER)
    await rehearsal.closed()


async def _move(rehearsal: Rehearsal, role: Role) -> None:
    days = [day + timedelta(weeks=5) for day in (await rehearsal.mobility()).request.days]
    await (await holder(rehearsal, role)).move(days[0], days[-1])


JOURNEYS: dict[str, Journey] = {
    "straight-through": tell_the_story,
    "nobody-signs": nobody_signs,
    "second-host": second_host,
    "withdrawal": withdrawal,
    "agenda-changes": agenda_changes,
    "still-open": still_open,
    "contradiction": contradiction,
    "address-corrected": address_corrected,
    "moved": moved,
}


async def record(stack: Stack) -> None:
    """Play every journey and keep its history, in clear."""
    settings = stack.settings().model_copy(update={"mobility_task_queue": "histories"})
    store = open_store(settings)
    client = await Client.connect(
        settings.required("temporal_address"), data_converter=pydantic_data_converter,
        identity="recorder",
    )  # fmt: skip
    document = read_file(EXAMPLE)
    case = move(document, weeks_to_a_coming_year(document, datetime.now(UTC).date()))
    desk = FrontDesk(store, client, task_queue=settings.mobility_task_queue)
    await desk.keep_directory(section(case.directory, "directory", EXAMPLE))
    FOLDER.mkdir(exist_ok=True)
    async with build_worker(client, store, settings, are_apart=True):
        for name, journey in JOURNEYS.items():
            reference = await desk.request(
                section(case.request, "request", EXAMPLE),
                today=datetime.now(UTC).date(),
                occasion=uuid.uuid4().hex,
            )
            await journey(Rehearsal(desk, VirtualClock(client, settings), reference), case)
            history = await desk.handle(reference).fetch_history()
            (FOLDER / f"{name}.json").write_text(history.to_json() + "\n", "utf-8")
            print(f"{name}: {len(history.events)} events")
    await store.engine.dispose()


def main() -> None:
    """Start a stack of its own, record, and stop it again."""
    with tempfile.TemporaryDirectory(prefix="mobility-histories-") as folder:
        stack = Stack(Path(folder))
        try:
            migrate(stack.start().required("database_url"))
            asyncio.run(record(stack))
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # Temporal's runtime may abort a Python process that is just ending (sdk-python issue 300).
    os._exit(0)
