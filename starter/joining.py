"""The desk for those who want to join: takes applications in, and passes on what is decided."""

from datetime import date

from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain import joining as j
from domain.application import Application
from domain.errors import (
    AlreadyDone,
    OutOfPhase,
    Refusal,
)
from domain.facts import Fact, PersonId, Reference, Writing
from domain.joining import (
    APPLICATIONS,
    ApplicationEntry,
    ApplicationMessage,
    ApplicationView,
    Ending,
    WhyDeclined,
    is_application,
)
from domain.logos import kind_of_logo
from domain.messages import Receipt
from domain.people import Person, Role
from mail.returned import canonical
from starter.case_files import ApplicationSection
from starter.client import Unreachable
from starter.desk import FrontDesk, workflow_id
from starter.directory import NotKnown, find_person
from starter.joining_checks import check_applicant
from store.applications import (
    Applying,
    KeptApplication,
    application,
    keep_application,
    reference_of,
)
from store.directory import read_directory
from store.journal import read_journal
from store.sealing import SHARED
from workflows.joining import ApplicationWorkflow

NOT_YET = Reference("A")
"""Stands for the reference while nothing is reserved: what is refused leaves no trace."""


class OpenApplication(Fact):
    """An application that is under way or closed, as the store shows it."""

    reference: Reference
    view: ApplicationView
    told: Applying | None
    is_erased: bool


async def apply_to_join(
    desk: FrontDesk, section: ApplicationSection, logo: bytes | None, *, today: date
) -> Reference:
    """Take an application in and start it. The same application starts once while it is open.

    Raises:
        Refusal: when something in it cannot be, or the organisation is a member already.
        AlreadyDone: when it has applied and nobody has decided yet.
    """
    directory = await read_directory(desk.store.engine)
    office = find_person(directory, section.programme_office, Role.OFFICE)
    if logo is not None:
        kind_of_logo(logo)
    key = await _key_of(desk, section)
    await check_applicant(desk, directory, _told(section, NOT_YET))
    reference, _ = await desk.store.reserve_reference(key, today.year, APPLICATIONS)
    told = _told(section, reference)
    await keep_application(desk.store, reference, told, section.motivation, logo)
    motivation = await desk.store.stands_for(reference, section.motivation)
    applying = Application(
        reference=reference, applicant=told.coordinator.id, office=office.id,
        motivation=motivation, has_logo=logo is not None,
    )  # fmt: skip
    await _start(desk, applying)
    return reference


def _told(section: ApplicationSection, reference: Reference) -> Applying:
    """What is told; whoever applies has an id of the application's until they are a member."""
    entry = section.coordinator
    coordinator = Person(
        id=PersonId(f"{reference}-applicant"), name=entry.name, email=entry.email,
        organisation=section.organisation.id, profile=entry.profile, language=entry.language,
    )  # fmt: skip
    return Applying(organisation=section.organisation, coordinator=coordinator)


async def _key_of(desk: FrontDesk, section: ApplicationSection) -> str:
    """By what this application is known; one that came to nothing may be made again.

    Raises:
        AlreadyDone: when it is under way, or was accepted.
    """
    content = f"application\n{section.model_dump_json(exclude_none=True)}"
    earlier: Reference | None = None
    while True:
        key = await desk.store.keys.digest(SHARED, f"{content}\n{earlier or ''}")
        earlier = await reference_of(desk.store.engine, key)
        kept = await application(desk.store, earlier) if earlier else None
        if kept is None or kept.view is None:
            return key
        if kept.view.outcome in {None, Ending.ACCEPTED}:
            raise _done_already(kept.reference)


def _done_already(reference: Reference) -> AlreadyDone:
    return AlreadyDone(
        f"This application has been made already: it is {reference}, see 'mobility application "
        f"{reference}'."
    )


async def _start(desk: FrontDesk, applying: Application) -> None:
    try:
        await desk.client.start_workflow(
            ApplicationWorkflow.run,
            applying,
            id=workflow_id(applying.reference),
            task_queue=desk.task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        )
    except WorkflowAlreadyStartedError:
        raise _done_already(applying.reference) from None


# Looking at one, and speaking about it.


async def find_application(desk: FrontDesk, reference: str) -> OpenApplication:
    """Find an application.

    Raises:
        NotKnown: when there is none of that reference.
        Unreachable: when it was started but no worker has opened it yet.
    """
    found: KeptApplication | None = None
    if is_application(reference):
        found = await application(desk.store, Reference(reference.upper()))
    if found is None:
        raise NotKnown(
            f"There is no application {reference}: 'mobility applications' shows all of them."
        )
    if found.view is None:
        raise Unreachable(
            f"{found.reference} waits for a worker: start one with 'mobility up'. If it stays so, "
            "it was interrupted: send the file again."
        )
    return OpenApplication(
        reference=found.reference, view=found.view, told=found.told, is_erased=found.is_erased
    )


async def accept_application(desk: FrontDesk, reference: str, who: str) -> Receipt:
    """The programme office says yes, if the organisation can still be added.

    Raises:
        Refusal: when it may not be said, or there is such a member by now.
    """
    found = await find_application(desk, reference)
    by = await _speaker(desk, found, who)
    if found.told is not None and found.view.outcome is None and not found.view.is_accepted:
        directory = await read_directory(desk.store.engine)
        await check_applicant(desk, directory, found.told, found.reference)
    return await _say(desk, found, j.AcceptApplication(by=by))


async def decline_application(
    desk: FrontDesk, reference: str, who: str, reason: WhyDeclined, text: str
) -> Receipt:
    """The programme office says no.

    Raises:
        Refusal: when it may not be said.
    """
    found = await find_application(desk, reference)
    by, note, new = await _speaker(desk, found, who), None, list[Writing]()
    if text.strip():
        note = await desk.store.stands_for(found.reference, text)
        new = await desk.store.keep_texts(found.reference, [text])
    try:
        return await _say(desk, found, j.DeclineApplication(by=by, reason=reason, note=note))
    except Refusal:
        await desk.store.forget_texts(found.reference, new)
        raise


async def withdraw_application(desk: FrontDesk, reference: str, who: str) -> Receipt:
    """The applicant does not want to join any more.

    Raises:
        Refusal: when it may not be said.
    """
    found = await find_application(desk, reference)
    return await _say(desk, found, j.WithdrawApplication(by=await _speaker(desk, found, who)))


async def _speaker(desk: FrontDesk, found: OpenApplication, who: str) -> PersonId:
    """Whoever has that address: the applicant, or somebody of the directory."""
    if found.is_erased:
        raise OutOfPhase(f"{found.reference} was erased: nothing can be said about it any more.")
    told = found.told
    if told and canonical(who) == canonical(told.coordinator.email):
        return told.coordinator.id
    directory = await read_directory(desk.store.engine)
    known = directory.person(who)
    if known is None:
        raise NotKnown(f"{who} has no part in {found.reference}: check the address.")
    return known.id


async def _say(desk: FrontDesk, found: OpenApplication, message: ApplicationMessage) -> Receipt:
    try:
        return await desk.say(found.reference, message)
    except Unreachable:
        # One that has ended hears nothing; what it came to says why.
        now = await find_application(desk, found.reference)
        if now.view.outcome is None:
            raise
        raise AlreadyDone(
            f"The application is {now.view.outcome} already: nothing about it can be changed."
        ) from None


async def what_people_wrote(desk: FrontDesk, found: OpenApplication) -> tuple[str, str]:
    """Why they want to join, and what the office said to a no; empty where nothing is left."""
    if found.is_erased:
        return "", ""
    texts = await desk.store.texts(found.reference)
    motivation = note = ""
    for line in await read_journal(desk.store.engine, found.reference):
        match event := ApplicationEntry.model_validate_json(line.body).event():
            case j.ApplicationReceived():
                motivation = texts[event.motivation.id]
            case j.ApplicationDeclined() if event.note:
                note = texts[event.note.id]
    return motivation, note
