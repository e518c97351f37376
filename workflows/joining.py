"""Joining the partnership: asked, reminded of, decided, and admitted or told why not."""

import asyncio

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.journal import JournalKeeper
    from activities.registrar import OfficeQuestion, Registrar
    from domain import joining as j
    from domain.application import Application, view_of
    from domain.application_letters import ApplicationRecord, letters_after
    from domain.errors import Refusal
    from domain.journal import GENESIS
    from domain.messages import Receipt
    from workflows.effort import quick

JOURNAL_HEAD = SearchAttributeKey.for_keyword("JournalHead")


@workflow.defn(name="Application")
class ApplicationWorkflow:
    """One application to join, from its file to its end."""

    @workflow.init
    def __init__(self, application: Application) -> None:
        """Open it."""
        self.application = application
        self._pen = asyncio.Lock()
        application.open(at=workflow.now())

    @workflow.run
    async def run(self, application: Application) -> str:
        """Have it decided and carry the decision out; return what it came to."""
        while application.outcome is None:
            try:
                await self._go_on()
            except (asyncio.CancelledError, ActivityError) as stopped:
                # An activity under way turns an operator's cancellation into its own error.
                if not is_cancelled_exception(stopped):
                    raise
                application.stop(at=workflow.now())
        await self._written()
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.upsert_search_attributes([JOURNAL_HEAD.value_set(application.journal_head)])
        return str(application.outcome)

    async def _go_on(self) -> None:
        application = self.application
        if application.is_accepted:
            await self._admit()
        elif application.wait is None:
            await self._ask()
        elif not application.pass_time(at=workflow.now()):
            await self._decided_or_due()
        await self._written()

    async def _ask(self) -> None:
        question = OfficeQuestion(office=self.application.office, at=workflow.now())
        almanac = await workflow.execute_activity_method(
            Registrar.look_up_office, question, **quick()
        )
        if not self.application.is_decided:
            self.application.ask_for_decision(almanac, at=workflow.now())

    async def _decided_or_due(self) -> None:
        application, moment = self.application, self.application.next_moment()
        timeout = moment - workflow.now() if moment else None
        try:
            await workflow.wait_condition(lambda: application.is_decided, timeout=timeout)
        except TimeoutError:
            return

    async def _admit(self) -> None:
        admitted = await workflow.execute_activity_method(
            Registrar.admit_member, self.application.reference, **quick()
        )
        self.application.admit(admitted.organisation, admitted.coordinator, at=workflow.now())

    async def _written(self) -> None:
        """Return once everything that has happened so far is in the journal."""
        mine = self.application.n
        async with self._pen:
            if self.application.recorded < mine:
                await self._write_down()

    async def _write_down(self) -> None:
        application = self.application
        entries = tuple(application.unrecorded)
        letters = tuple(order for entry in entries for order in letters_after(entry, application))
        record = ApplicationRecord(
            reference=application.reference, entries=entries, view=view_of(application),
            letters=letters, follows=application.journal_head or GENESIS,
        )  # fmt: skip
        application.journal_head = await workflow.execute_activity_method(
            JournalKeeper.record_application, record, **quick()
        )
        application.recorded = entries[-1].n
        application.unrecorded = application.unrecorded[len(entries) :]

    @workflow.query
    def view(self) -> j.ApplicationView:
        """The application as it stands now."""
        return view_of(self.application)

    @workflow.update
    async def accept_application(self, message: j.AcceptApplication) -> Receipt:
        """The programme office says yes."""
        return await self._take(message)

    @accept_application.validator
    def _may_accept(self, message: j.AcceptApplication) -> None:
        self._check(message)

    @workflow.update
    async def decline_application(self, message: j.DeclineApplication) -> Receipt:
        """The programme office says no, and why."""
        return await self._take(message)

    @decline_application.validator
    def _may_decline(self, message: j.DeclineApplication) -> None:
        self._check(message)

    @workflow.update
    async def withdraw_application(self, message: j.WithdrawApplication) -> Receipt:
        """The applicant does not want to join any more."""
        return await self._take(message)

    @withdraw_application.validator
    def _may_withdraw(self, message: j.WithdrawApplication) -> None:
        self._check(message)

    def _check(self, message: j.ApplicationMessage) -> None:
        """Refuse what may not be said, before anything is written to the history."""
        info = workflow.current_update_info()
        if info is None or info.id not in self.application.heard:
            try:
                self.application.check_may(message)
            except Refusal as refusal:
                raise _as_told(refusal) from None

    async def _take(self, message: j.ApplicationMessage) -> Receipt:
        """Take a message in, and answer once it is written down."""
        info = workflow.current_update_info()
        message_id = info.id if info is not None else ""
        try:
            event = self.application.hear(message, at=workflow.now(), message_id=message_id)
        except Refusal as refusal:
            raise _as_told(refusal) from None
        await self._written()
        return Receipt(event=event, phase=view_of(self.application).standing)


def _as_told(refusal: Refusal) -> ApplicationError:
    """A refusal as it reaches the client, by its class name."""
    return ApplicationError(str(refusal), type=type(refusal).__name__, non_retryable=True)
