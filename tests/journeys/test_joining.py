"""Joining the partnership: accepted and at work at once, declined and told why, or lapsed."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowExecutionStatus
from temporalio.worker import Replayer

from activities.registrar import Registrar
from domain import joining as j
from domain.deadlines import Asked
from domain.errors import AlreadyDone, ApplicationNotAcceptable, WrongRole
from domain.facts import Reference
from domain.joining import ApplicationPurpose, ApplicationView, WhyDeclined
from domain.people import Role
from settings import Settings
from starter import auditing, joining
from starter.case_files import (
    CaseDocument,
    DirectorySection,
)
from starter.clock import VirtualClock
from starter.desk import FrontDesk, workflow_id
from store.cases import Store
from store.directory import read_directory
from store.journal import read_journal
from store.ledger import read_letters
from store.logos import read_logo
from tests.applying import OFFICE, TODAY, an_organisation, applied, until
from tests.builders import PLANS
from worker import sandbox
from workflows.joining import ApplicationWorkflow

pytestmark = pytest.mark.usefixtures("working")

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>'


async def closed(desk: FrontDesk, reference: Reference) -> ApplicationView:
    """Wait until it has come to its end, for Temporal too."""
    view = await until(desk, reference, lambda view: view.outcome is not None)
    handle = desk.client.get_workflow_handle(workflow_id(reference))
    async with asyncio.timeout(30):
        while (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
            await asyncio.sleep(0.02)
    return view


async def letters(desk: FrontDesk, reference: Reference) -> list[tuple[str, str]]:
    """What was written to whom, once all of it has left."""
    async with asyncio.timeout(30):
        while True:
            lines = await read_letters(desk.store.engine, reference)
            if all(line.settled_at for line in lines):
                return [(line.order.purpose, line.state) for line in lines]
            await asyncio.sleep(0.05)


async def in_clear(desk: FrontDesk, events: Iterable[Message]) -> str:
    """Every payload of a history, opened: whoever has the key could read this."""
    codec = desk.client.data_converter.payload_codec
    assert codec is not None
    found = [payload for event in events for payload in payloads_in(event)]
    assert found
    return " ".join(payload.data.decode() for payload in await codec.decode(found))


def payloads_in(message: Message) -> Iterator[Payload]:
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        parts = value.values() if isinstance(value, Mapping) else value
        for part in parts if not isinstance(value, Message) else (value,):
            if isinstance(part, Message):
                yield from payloads_in(part)


async def is_sound(desk: FrontDesk, reference: Reference) -> bool:
    verdict = await auditing.verify(desk.client, desk.store, reference)
    return verdict.is_sound and verdict.compared in {verdict.strokes, 0}


async def test_accepted_with_its_logo_it_requests_a_mobility_at_once(
    desk: FrontDesk, case: CaseDocument
) -> None:
    section = an_organisation()
    reference = await applied(desk, section, LOGO)
    with pytest.raises(WrongRole):
        await joining.accept_application(desk, reference, section.coordinator.email)

    await joining.accept_application(desk, reference, OFFICE)

    assert (await closed(desk, reference)).standing == "accepted"
    directory = await read_directory(desk.store.engine)
    home = directory.organisation(section.organisation.id)
    coordinator = directory.person(section.coordinator.email)
    assert home is not None
    assert coordinator is not None
    assert coordinator.roles == (Role.SENDING, Role.RECEIVING)
    logo = await read_logo(desk.store.engine, home.logo or "")
    assert logo is not None
    assert logo.content == LOGO
    assert (ApplicationPurpose.ACCEPTED, "handed over") in await letters(desk, reference)
    assert await is_sound(desk, reference)
    assert case.request is not None
    request = case.request.model_copy(update={"sending": home.id, "coordinator": coordinator.email})
    assert (await desk.request(request, today=TODAY, occasion=reference)).startswith("M-")
    with pytest.raises(AlreadyDone, match="made already"):
        await joining.apply_to_join(desk, section, LOGO, today=TODAY)


async def test_declined_with_a_reason_it_is_told_and_can_be_erased(
    desk: FrontDesk, store: Store
) -> None:
    section = an_organisation()
    reference = await applied(desk, section)

    await joining.decline_application(
        desk, reference, OFFICE, WhyDeclined.FULL, "Please write to us in autumn."
    )

    assert (await closed(desk, reference)).standing == "declined: no new members for now"
    assert (ApplicationPurpose.DECLINED, "handed over") in await letters(desk, reference)
    with pytest.raises(AlreadyDone, match="is declined already"):
        await joining.accept_application(desk, reference, OFFICE)
    history = await desk.client.get_workflow_handle(workflow_id(reference)).fetch_history()
    told = [section.coordinator.name, section.coordinator.email, section.organisation.name]
    said = await in_clear(desk, history.events)
    assert "DeclineApplication" in said or WhyDeclined.FULL in said
    assert [word for word in (*told, section.motivation, "in autumn") if word in said] == []
    await store.erase(reference)
    assert (await joining.find_application(desk, reference)).told is None
    bodies = "".join(line.body for line in await read_journal(store.engine, reference))
    assert section.organisation.id not in bodies
    assert section.coordinator.name not in bodies
    assert await is_sound(desk, reference)
    assert (await read_directory(store.engine)).organisation(section.organisation.id) is None


async def test_left_in_silence_it_lapses_and_the_same_file_applies_again(
    desk: FrontDesk, settings: Settings
) -> None:
    section = an_organisation()
    reference = await applied(desk, section)
    handle = desk.client.get_workflow_handle(workflow_id(reference))

    await VirtualClock(desk.client, settings).forward(handle, timedelta(days=45))

    assert (await closed(desk, reference)).standing == "lapsed"
    told = [purpose for purpose, _ in await letters(desk, reference)]
    assert told.count(ApplicationPurpose.TO_DECIDE) == 1 + len(PLANS[Asked.APPLICATION].reminders)
    assert told[-2:] == [ApplicationPurpose.OVERDUE, ApplicationPurpose.LAPSED]
    assert await is_sound(desk, reference)
    replayer = Replayer(
        workflows=[ApplicationWorkflow], workflow_runner=sandbox(),
        data_converter=desk.client.data_converter,
    )  # fmt: skip
    await replayer.replay_workflow(await handle.fetch_history())
    again = await applied(desk, section)
    assert again != reference
    with pytest.raises(AlreadyDone, match=again):
        await joining.apply_to_join(desk, section, None, today=TODAY)
    await joining.withdraw_application(desk, again, section.coordinator.email)
    assert (await closed(desk, again)).standing == "withdrawn"


async def test_an_operator_who_cancels_it_ends_it_and_the_applicant_is_told(
    desk: FrontDesk,
) -> None:
    reference = await applied(desk, an_organisation())

    await desk.client.get_workflow_handle(workflow_id(reference)).cancel()

    assert (await closed(desk, reference)).standing == "stopped"
    assert (ApplicationPurpose.LAPSED, "handed over") in await letters(desk, reference)
    assert await is_sound(desk, reference)


async def test_of_two_that_are_one_the_second_waits_for_the_first(desk: FrontDesk) -> None:
    section = an_organisation(oid="E10777001")
    reference = await applied(desk, section)
    other = an_organisation(oid="E10777001")

    with pytest.raises(ApplicationNotAcceptable, match=f"{reference} is an application"):
        await joining.apply_to_join(desk, other, None, today=TODAY)

    await joining.withdraw_application(desk, reference, section.coordinator.email)
    await closed(desk, reference)


async def test_admitted_again_by_another_worker_a_member_is_added_once(
    desk: FrontDesk, store: Store
) -> None:
    section = an_organisation()
    reference = await applied(desk, section, LOGO)
    registrar = Registrar(store, PLANS)

    admitted = await asyncio.gather(*(registrar.admit_member(reference) for _ in range(3)))
    changed = section.organisation.model_copy(update={"city": "Figueres"})
    await desk.keep_directory(DirectorySection(organisations=(changed,)))
    admitted.append(await registrar.admit_member(reference))

    assert {one.organisation for one in admitted} == {section.organisation.id}
    home = (await read_directory(store.engine)).organisation(section.organisation.id)
    assert home is not None
    assert home.city == "Figueres"


async def test_whoever_was_there_first_stays_and_the_other_is_told(
    desk: FrontDesk, store: Store
) -> None:
    section = an_organisation()
    reference = await applied(desk, section)
    message = j.AcceptApplication(by=(await _office(store)))
    await desk.keep_directory(DirectorySection(organisations=(section.organisation,)))
    with pytest.raises(ApplicationNotAcceptable, match="is a member already"):
        await joining.accept_application(desk, reference, OFFICE)

    # Said without the desk's look, as by two people at the same moment.
    await desk.say(reference, message)

    assert (await closed(desk, reference)).standing == "declined: a member already"
    assert (await read_directory(store.engine)).person(section.coordinator.email) is None


async def _office(store: Store) -> Any:
    found = (await read_directory(store.engine)).person(OFFICE)
    assert found is not None
    return found.id
