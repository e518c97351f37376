"""The table of contents: the journey on one screen, and every message people may send it."""

import asyncio

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain import messages as m
    from domain.addresses import address_corrected, letter_failed
    from domain.asking import hear_event
    from domain.case_view import CaseView, view_of
    from domain.events import Outcome, Phase
    from domain.facts import PersonId
    from domain.matchmaking import EventWord
    from domain.messages import Cause, Receipt
    from domain.mobility import Mobility
    from domain.reach import FailedLetter
    from workflows.case_file import CaseFile
    from workflows.patience import addresses_corrected
    from workflows.phases.agenda import agree_on_agenda, follow_changes
    from workflows.phases.agreement import reach_agreement
    from workflows.phases.evaluation import evaluate_and_publish
    from workflows.phases.grant import settle_grant
    from workflows.phases.matching import find_a_host
    from workflows.phases.visit import accompany_visit

PHASE = SearchAttributeKey.for_keyword("MobilityPhase")
OUTCOME = SearchAttributeKey.for_keyword("MobilityOutcome")
SENDING = SearchAttributeKey.for_keyword("SendingOrganisation")
RECEIVING = SearchAttributeKey.for_keyword("ReceivingOrganisation")
JOURNAL_HEAD = SearchAttributeKey.for_keyword("JournalHead")


@workflow.defn(name="Mobility")
class MobilityWorkflow:
    """One mobility, from request to closing."""

    @workflow.init
    def __init__(self, mobility: Mobility) -> None:
        """Open the case, new or carried over from an earlier run."""
        self.file = CaseFile(mobility)
        if mobility.n == 0:
            mobility.open(at=workflow.now())

    @workflow.run
    async def run(self, mobility: Mobility) -> str:
        """Carry the mobility through its phases; return its outcome."""
        try:
            await asyncio.gather(self._journey(), addresses_corrected(self.file))
            if mobility.outcome is None:
                await self._go_on_in_a_new_run()
            await self._close()
        except (asyncio.CancelledError, ActivityError) as stopped:
            # An activity under way turns an operator's cancellation into its own error.
            if not is_cancelled_exception(stopped):
                raise
            if mobility.outcome is None:
                mobility.end(Outcome.CANCELLED, Cause.OPERATOR, at=workflow.now())
            await self._close()
            raise
        return str(mobility.outcome)

    async def _journey(self) -> None:
        await self._go_through_phases()
        while self.file.must_start_over:
            self.file.start_over()
            self._show_phase()
            await self._go_through_phases()

    async def _go_through_phases(self) -> None:
        await asyncio.gather(self._phases(), follow_changes(self.file))

    async def _phases(self) -> None:
        for phase in (find_a_host, reach_agreement, prepare, accompany_visit,
                      evaluate_and_publish):  # fmt: skip
            await phase(self.file)
            self.file.renewal_asked |= workflow.info().is_continue_as_new_suggested()
            if self.file.must_stop:
                break
            self._show_phase()

    async def _close(self) -> None:
        await self.file.written()
        await workflow.wait_condition(workflow.all_handlers_finished)
        outcome = OUTCOME.value_set(str(self.file.mobility.outcome))
        workflow.upsert_search_attributes([outcome, *self._standing()])

    async def _go_on_in_a_new_run(self) -> None:
        await self.file.written()
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(self.file.mobility)

    def _show_phase(self) -> None:
        workflow.upsert_search_attributes(self._standing())

    def _standing(self) -> list[SearchAttributeUpdate[str]]:
        """Phase and head of the journal, in clear: they outlive the mobility's key."""
        mobility = self.file.mobility
        host = mobility.matching.host
        standing = [PHASE.value_set(mobility.phase), JOURNAL_HEAD.value_set(mobility.journal_head)]
        return [*standing, RECEIVING.value_set(host.organisation)] if host else standing

    @workflow.query
    def view(self) -> CaseView:
        """The case as it stands now."""
        return view_of(self.file.mobility)

    @workflow.signal
    def renew(self) -> None:
        """An operator asks to go on in a new run, with a short history."""
        self.file.renewal_asked = True

    @workflow.signal
    async def letter_failed(self, failed: FailedLetter) -> None:
        """The post tells of a letter that cannot arrive; no person says this."""
        letter_failed(self.file.mobility, failed, at=self.file.now)
        await self.file.written()

    @workflow.signal
    async def address_changed(self, person: PersonId) -> None:
        """The directory has another address of somebody who was out of reach."""
        address_corrected(self.file.mobility, person, at=self.file.now)
        await self.file.written()

    @workflow.signal
    async def event_decided(self, word: EventWord) -> None:
        """A matchmaking event says whom to ask, or that it is over."""
        hear_event(self.file.mobility, word, at=self.file.now)
        await self.file.written()

    @workflow.update
    async def accept_proposal(self, message: m.AcceptProposal) -> Receipt:
        """The host has a place."""
        return await self.file.take(message)

    @accept_proposal.validator
    def _may_accept_proposal(self, message: m.AcceptProposal) -> None:
        self.file.check(message)

    @workflow.update
    async def decline_proposal(self, message: m.DeclineProposal) -> Receipt:
        """The host has none."""
        return await self.file.take(message)

    @decline_proposal.validator
    def _may_decline_proposal(self, message: m.DeclineProposal) -> None:
        self.file.check(message)

    @workflow.update
    async def propose_other_dates(self, message: m.ProposeOtherDates) -> Receipt:
        """The host would have a place on other dates."""
        return await self.file.take(message)

    @propose_other_dates.validator
    def _may_propose_other_dates(self, message: m.ProposeOtherDates) -> None:
        self.file.check(message)

    @workflow.update
    async def accept_other_dates(self, message: m.AcceptOtherDates) -> Receipt:
        """The visit moves to them."""
        return await self.file.take(message)

    @accept_other_dates.validator
    def _may_accept_other_dates(self, message: m.AcceptOtherDates) -> None:
        self.file.check(message)

    @workflow.update
    async def decline_other_dates(self, message: m.DeclineOtherDates) -> Receipt:
        """They do not suit."""
        return await self.file.take(message)

    @decline_other_dates.validator
    def _may_decline_other_dates(self, message: m.DeclineOtherDates) -> None:
        self.file.check(message)

    @workflow.update
    async def sign_agreement(self, message: m.SignAgreement) -> Receipt:
        """A signatory signs."""
        return await self.file.take(message)

    @sign_agreement.validator
    def _may_sign_agreement(self, message: m.SignAgreement) -> None:
        self.file.check(message)

    @workflow.update
    async def refuse_to_sign(self, message: m.RefuseToSign) -> Receipt:
        """A signatory will not sign."""
        return await self.file.take(message)

    @refuse_to_sign.validator
    def _may_refuse_to_sign(self, message: m.RefuseToSign) -> None:
        self.file.check(message)

    @workflow.update
    async def decide_grant(self, message: m.DecideGrant) -> Receipt:
        """The programme office decides."""
        return await self.file.take(message)

    @decide_grant.validator
    def _may_decide_grant(self, message: m.DecideGrant) -> None:
        self.file.check(message)

    @workflow.update
    async def confirm_instalment(self, message: m.ConfirmInstalment) -> Receipt:
        """The first instalment is paid."""
        return await self.file.take(message)

    @confirm_instalment.validator
    def _may_confirm_instalment(self, message: m.ConfirmInstalment) -> None:
        self.file.check(message)

    @workflow.update
    async def put_agenda(self, message: m.PutAgenda) -> Receipt:
        """The host puts forward an agenda."""
        return await self.file.take(message)

    @put_agenda.validator
    def _may_put_agenda(self, message: m.PutAgenda) -> None:
        self.file.check(message)

    @workflow.update
    async def accept_agenda(self, message: m.AcceptAgenda) -> Receipt:
        """The sending side accepts it."""
        return await self.file.take(message)

    @accept_agenda.validator
    def _may_accept_agenda(self, message: m.AcceptAgenda) -> None:
        self.file.check(message)

    @workflow.update
    async def return_agenda(self, message: m.ReturnAgenda) -> Receipt:
        """The sending side asks for changes."""
        return await self.file.take(message)

    @return_agenda.validator
    def _may_return_agenda(self, message: m.ReturnAgenda) -> None:
        self.file.check(message)

    @workflow.update
    async def confirm_arrival(self, message: m.ConfirmArrival) -> Receipt:
        """Participants have arrived."""
        return await self.file.take(message)

    @confirm_arrival.validator
    def _may_confirm_arrival(self, message: m.ConfirmArrival) -> None:
        self.file.check(message)

    @workflow.update
    async def confirm_attendance(self, message: m.ConfirmAttendance) -> Receipt:
        """Who was present on one day."""
        return await self.file.take(message)

    @confirm_attendance.validator
    def _may_confirm_attendance(self, message: m.ConfirmAttendance) -> None:
        self.file.check(message)

    @workflow.update
    async def confirm_departure(self, message: m.ConfirmDeparture) -> Receipt:
        """Participants have left."""
        return await self.file.take(message)

    @confirm_departure.validator
    def _may_confirm_departure(self, message: m.ConfirmDeparture) -> None:
        self.file.check(message)

    @workflow.update
    async def answer_evaluation(self, message: m.AnswerEvaluation) -> Receipt:
        """Somebody evaluates."""
        return await self.file.take(message)

    @answer_evaluation.validator
    def _may_answer_evaluation(self, message: m.AnswerEvaluation) -> None:
        self.file.check(message)

    @workflow.update
    async def report_follow_up(self, message: m.ReportFollowUp) -> Receipt:
        """What was seen and will be adapted."""
        return await self.file.take(message)

    @report_follow_up.validator
    def _may_report_follow_up(self, message: m.ReportFollowUp) -> None:
        self.file.check(message)

    @workflow.update
    async def correct_address(self, message: m.CorrectAddress) -> Receipt:
        """Another address is on file."""
        return await self.file.take(message)

    @correct_address.validator
    def _may_correct_address(self, message: m.CorrectAddress) -> None:
        self.file.check(message)

    @workflow.update
    async def move_visit(self, message: m.MoveVisit) -> Receipt:
        """The visit is to take place on other days."""
        return await self.file.take(message)

    @move_visit.validator
    def _may_move_visit(self, message: m.MoveVisit) -> None:
        self.file.check(message)

    @workflow.update
    async def withdraw_participant(self, message: m.WithdrawParticipant) -> Receipt:
        """A participant stops."""
        return await self.file.take(message)

    @withdraw_participant.validator
    def _may_withdraw_participant(self, message: m.WithdrawParticipant) -> None:
        self.file.check(message)

    @workflow.update
    async def decline_mobility(self, message: m.DeclineMobility) -> Receipt:
        """The host can no longer take anybody."""
        return await self.file.take(message)

    @decline_mobility.validator
    def _may_decline_mobility(self, message: m.DeclineMobility) -> None:
        self.file.check(message)

    @workflow.update
    async def cancel_mobility(self, message: m.CancelMobility) -> Receipt:
        """The sending side or the office stops it."""
        return await self.file.take(message)

    @cancel_mobility.validator
    def _may_cancel_mobility(self, message: m.CancelMobility) -> None:
        self.file.check(message)

    @workflow.update
    async def merge_mobility(self, message: m.MergeMobility) -> Receipt:
        """It goes on in another mobility."""
        return await self.file.take(message)

    @merge_mobility.validator
    def _may_merge_mobility(self, message: m.MergeMobility) -> None:
        self.file.check(message)

    @workflow.update
    async def take_in_mobility(self, message: m.TakeInMobility) -> Receipt:
        """Another mobility was merged with this one."""
        return await self.file.take(message)

    @take_in_mobility.validator
    def _may_take_in_mobility(self, message: m.TakeInMobility) -> None:
        self.file.check(message)


async def prepare(file: CaseFile) -> None:
    """Settle the grant beside the agenda; neither waits for the other."""
    mobility = file.mobility
    if mobility.phase is Phase.AGREEMENT:
        mobility.enter(Phase.PREPARATION, at=workflow.now())
    await asyncio.gather(settle_grant(file), agree_on_agenda(file))
