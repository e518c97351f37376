"""The front desk: takes requests in, and passes on what people say to their mobilities."""

import asyncio
import re
from datetime import date, timedelta

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain import errors
from domain.case_view import CaseView
from domain.errors import AlreadyDone, OutOfPhase, Refusal
from domain.facts import Fact, PersonId, Reference
from domain.joining import ApplicationMessage, is_application
from domain.matchmaking import MatchmakingEvent
from domain.messages import Message, Receipt
from domain.mobility import Mobility
from domain.people import Language, Person, Role, in_one_list
from domain.request import MobilityRequest, Objective
from mail.returned import canonical
from starter.case_files import DirectorySection, RequestSection
from starter.client import Unreachable
from starter.directory import NotKnown
from starter.directory_rules import check_directory
from starter.draft import checked_draft
from starter.same_request import ask_about_near_match, done_already, key_of
from store.addresses import digest_of
from store.cases import Store
from store.directory import Directory, keep_directory, read_directory, read_members
from store.matchmaking import keep_event, read_event, read_events
from store.offers import themes_offered
from store.participants import keep_addresses
from workflows.matchmaking import EventState, MatchmakingEventWorkflow
from workflows.mobility import PHASE, SENDING, MobilityWorkflow

ANSWER_SECONDS = 30
"""How long a person waits at the desk before being told that nobody answers."""


PROBLEMS = SearchAttributeKey.for_keyword_list("TemporalReportedProblems")
"""Where Temporal itself notes that a workflow fails at the same step."""
FAILS_AGAIN = 3
"""A step is tried again when a worker was replaced; more often than this, something is wrong."""
NO_WORKER = (
    "The message was sent, and no worker has answered yet: start one with 'mobility up' and say it "
    "again; it will count once."
)
NO_ANSWER = "Temporal does not answer: start it, on this machine with 'mobility up'."
NOT_THERE = "Temporal does not know this mobility: its history was removed, or is somewhere else."
UNFORESEEN = (
    "The message could not be taken in, and nothing has changed: look into the worker's log, and "
    "report it with the command you gave."
)


class OpenMobility(Fact):
    """A mobility that has been requested, as the store shows it."""

    reference: Reference
    request: MobilityRequest
    view: CaseView
    is_erased: bool = False


def workflow_id(reference: Reference) -> str:
    """The name under which Temporal knows a mobility, or an application."""
    return f"application-{reference}" if is_application(reference) else f"mobility-{reference}"


def event_id(event: str) -> str:
    """The name under which Temporal knows a matchmaking event."""
    return f"event-{event}"


class FrontDesk:
    """Takes requests in, finds mobilities and people, passes messages on."""

    def __init__(self, store: Store, client: Client, *, task_queue: str) -> None:
        self.store = store
        self.client = client
        self.task_queue = task_queue

    async def keep_directory(self, section: DirectorySection) -> Directory:
        """Add or replace organisations, people and offers.

        Raises:
            NotKnown: when one names somebody or something that is nowhere.
            DirectoryNotAcceptable: when an id, an address or a zone is not what it has to be.
        """
        known = await read_directory(self.store.engine)
        check_directory(known, section)
        await keep_directory(self.store.engine, _with_their_logos(section, known))
        return await read_directory(self.store.engine)

    async def request(
        self, section: RequestSection, *, today: date, occasion: str = "", anyway: bool = False
    ) -> Reference:
        """Take a request in and start its mobility. The same request starts one mobility.

        ``occasion`` sets apart requests that are meant to be made again, such as rehearsals;
        ``anyway`` is said of one that comes close to a mobility on its way and is not the same.

        Raises:
            NotKnown: for an organisation or a person who is not in the directory.
            RequestNotAcceptable: when dates, durations or people break a rule.
            AlreadyDone: when this very request has been made before.
            MayBeTheSame: when it comes close to a mobility on its way, and nobody said ``anyway``.
        """
        directory = await read_members(self.store.engine)
        offered = await themes_offered(self.store.engine)
        draft = checked_draft(section, directory, offered, today=today)
        await self._check_event(draft, today)
        key = await key_of(self.store, section, draft, occasion)
        if not (anyway or occasion):
            await ask_about_near_match(self.store, section, directory, key)
        reference, known = await self.store.reserve_reference(key, today.year)
        # What is kept for a mobility on its way is not touched, whatever the directory says now.
        if known and await self._is_on_its_way(reference):
            raise done_already(reference)
        request = await self._deposit(draft, section, reference, directory)
        try:
            await self.client.start_workflow(
                MobilityWorkflow.run,
                Mobility(request=request),
                id=workflow_id(reference),
                task_queue=self.task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(PHASE, "matching"),
                        SearchAttributePair(SENDING, request.sending),
                    ]
                ),
            )
        except WorkflowAlreadyStartedError:
            raise done_already(reference) from None
        return reference

    async def _check_event(self, draft: MobilityRequest, today: date) -> None:
        if draft.event is None:
            return
        event = await read_event(self.store.engine, draft.event)
        if event is None:
            raise NotKnown(
                f"No matchmaking event {draft.event} is open: 'mobility events' shows all of them."
            )
        event.check_may_join(draft, today=today)

    async def open_event(self, event: MatchmakingEvent) -> None:
        """Open a matchmaking event: requests may join it from now on.

        Raises:
            AlreadyDone: when there is an event of that reference.
        """
        if not await keep_event(self.store.engine, event):
            known = [e for e, _ in await read_events(self.store.engine, event.reference)]
            if known != [event] or await self._is_running(event.reference):
                raise AlreadyDone(
                    f"There is an event {event.reference} already: give yours another reference, "
                    "or see 'mobility events'."
                )
        await self.client.start_workflow(
            MatchmakingEventWorkflow.run, EventState(event=event), id=event_id(event.reference),
            task_queue=self.task_queue, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )  # fmt: skip

    async def _is_running(self, event: str) -> bool:
        try:
            await self.client.get_workflow_handle(event_id(event)).describe()
        except RPCError as trouble:
            if trouble.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def _is_on_its_way(self, reference: Reference) -> bool:
        """Whether the mobility was started; a request may have been interrupted before."""
        case = await self.store.case(reference)
        if case is not None and case.view is not None:
            return True
        try:
            await self.handle(reference).describe()
        except RPCError as trouble:
            if trouble.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def _deposit(
        self,
        draft: MobilityRequest,
        section: RequestSection,
        reference: Reference,
        directory: Directory,
    ) -> MobilityRequest:
        """Keep names and texts in the store; what goes into the history stands for them.

        One person is one id: a coordinator who travels signs once and may say all she may.
        """
        people = [
            Person(
                id=found.id if found else PersonId(f"{reference}-p{n}"), name=entry.name,
                email=entry.email, organisation=draft.sending, profile=entry.profile,
                roles=(Role.PARTICIPANT,),
                language=entry.language or (found.language if found else Language.ENGLISH),
            )
            for n, entry in enumerate(section.participants, start=1)
            for found in (directory.person(entry.email),)
        ]  # fmt: skip
        texts = (section.title, section.context, *section.objectives)
        title, context, *objectives = [
            await self.store.stands_for(reference, text) for text in texts
        ]
        request = draft.model_copy(
            update={
                "reference": reference,
                "participants": tuple(person.id for person in people),
                "title": title,
                "context": context,
                "objectives": tuple(
                    Objective(id=f"O{n}", text=text) for n, text in enumerate(objectives, start=1)
                ),
            }
        )
        await self.store.keep_texts(reference, texts)
        await self.store.keep_participants(reference, people)
        await keep_addresses(
            self.store.engine, reference,
            {p.id: await digest_of(self.store.keys, canonical(p.email)) for p in people},
        )  # fmt: skip
        await self.store.keep_request(request)
        return request

    def handle(self, reference: Reference) -> WorkflowHandle[MobilityWorkflow, str]:
        """The running or closed workflow of a mobility."""
        return self.client.get_workflow_handle_for(MobilityWorkflow.run, workflow_id(reference))

    async def mobility(self, reference: str) -> OpenMobility:
        """Find a mobility.

        Raises:
            NotKnown: when there is none of that reference.
            Unreachable: when it was started but no worker has opened it yet.
        """
        case = await self.store.case(Reference(reference.upper()))
        if case is None or case.request is None:
            raise NotKnown(f"There is no mobility {reference}: 'mobility list' shows all of them.")
        if case.view is None:
            raise Unreachable(
                f"{case.reference} waits for a worker: start one with 'mobility up'. If it stays "
                "so, its request was interrupted: send that again."
            )
        return OpenMobility(
            reference=case.reference, request=case.request, view=case.view,
            is_erased=case.is_erased,
        )  # fmt: skip

    async def people(
        self, reference: Reference, directory: Directory | None = None
    ) -> dict[PersonId, Person]:
        """Everybody who may have a part in a mobility: the directory, then its participants."""
        directory = directory or await read_directory(self.store.engine)
        known = {person.id: person for person in directory.people}
        return in_one_list(known, await self.store.participants(reference))

    async def say(
        self, reference: Reference, message: Message | ApplicationMessage, *, occasion: str = ""
    ) -> Receipt:
        """Pass a message on and wait until it is written down. Said twice, it is heard once.

        Raises:
            Refusal: when it may not be said, with the sentence of the rule.
            Unreachable: when no worker answers; it is safe to say it again.
        """
        kind = type(message).__name__
        update = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
        content = f"{kind}\n{message.model_dump_json()}\n{occasion}"
        # Keyed: the id stays in the history in clear, and few messages are hard to guess.
        once = (await self.store.keys.digest(reference, content))[:32]
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                receipt: Receipt = await self.handle(reference).execute_update(
                    update, message, id=once, result_type=Receipt
                )
                return receipt
        except WorkflowUpdateFailedError as failure:
            if refusal := _refusal(failure):
                raise refusal from None
            raise await self._unheard(reference, UNFORESEEN) from None
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            raise await self._unheard(reference, NO_WORKER) from None
        except RPCError as trouble:
            is_there = trouble.status is not RPCStatusCode.NOT_FOUND
            raise await self._unheard(reference, NO_ANSWER if is_there else NOT_THERE) from None

    async def _unheard(self, reference: Reference, otherwise: str) -> Exception:
        """Why nobody has heard: it came to its end, it is stuck, or what else there is to say."""
        case = await self.store.case(reference)
        if case and case.view and case.view.outcome is not None:
            return OutOfPhase("The mobility is closed: nothing about it can be changed any more.")
        if await self._is_stuck(reference):
            return Unreachable(
                f"{reference} is stuck: an operator has to look at it (see the runbook)."
            )
        return Unreachable(otherwise)

    async def _is_stuck(self, reference: Reference) -> bool:
        """Whether it stopped without an end, or fails at the same step again and again."""
        try:
            found = await self.handle(reference).describe(rpc_timeout=timedelta(seconds=5))
        except RPCError:
            return False
        if found.status is not WorkflowExecutionStatus.RUNNING:
            return True
        fails = found.raw_description.pending_workflow_task.attempt > FAILS_AGAIN
        return fails or bool(found.typed_search_attributes.get(PROBLEMS))


def _with_their_logos(section: DirectorySection, known: Directory) -> Directory:
    """What is to be kept; an organisation that names no logo keeps the one it has."""
    logos = {home.id: home.logo for home in known.organisations}
    return Directory(
        organisations=tuple(
            home.model_copy(update={"logo": home.logo or logos.get(home.id)})
            for home in section.organisations
        ),
        people=section.people,
        offers=section.offers,
    )


def _refusal(failure: WorkflowUpdateFailedError) -> Refusal | None:
    """The refusal that travelled as an application error, by its class name."""
    cause = failure.cause
    if isinstance(cause, ApplicationError) and cause.type:
        kind = getattr(errors, cause.type, None)
        if isinstance(kind, type) and issubclass(kind, Refusal):
            return kind(cause.message)
    return None
