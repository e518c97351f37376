"""A matchmaking event: it opens, closes, answers in rounds, and leaves nobody waiting."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.matchmaking import EventPlanner
    from activities.names import EventRound
    from domain.facts import Reference, State
    from domain.matchmaking import EventWord, MatchmakingEvent
    from workflows.effort import matchmaking, quick

AT_ONCE = 100
"""How many requests are told at the same time; Temporal allows two thousand messages under way."""


class EventState(State):
    """What an event carries from one run to the next: its facts, and the rounds answered so far."""

    event: MatchmakingEvent
    rounds: tuple[str, ...] = ()  #: the digest of each answer that was published


@workflow.defn(name="MatchmakingEvent")
class MatchmakingEventWorkflow:
    """One event. Each round is a run of its own, so that no history grows long."""

    @workflow.init
    def __init__(self, state: EventState) -> None:
        """Open the event, new or carried over from its last round."""
        self._state = state

    @workflow.run
    async def run(self, state: EventState) -> tuple[str, ...]:
        """Answer one round after another until nobody is left; return the digests published."""
        if not state.rounds:
            await _until(state.event.closes_at)
        if len(state.rounds) < state.event.rounds and await self._still_open():
            await self._round()
            workflow.continue_as_new(state)
        await self._end()
        return state.rounds

    @workflow.query
    def standing(self) -> EventState:
        """How far the event is."""
        return self._state

    async def _round(self) -> None:
        """Publish the best answer, have its hosts asked, and give them time."""
        number = len(self._state.rounds) + 1
        facts = await workflow.execute_activity_method(
            EventPlanner.event_facts, self._state.event.reference, **quick()
        )
        self._state.event = facts or self._state.event
        answered = await workflow.execute_activity_method(
            EventPlanner.answer_round, EventRound(event=self._state.event, round=number),
            **matchmaking(),
        )  # fmt: skip
        self._state.rounds = (*self._state.rounds, answered.sha256)
        reference = self._state.event.reference
        await _tell(
            [(r, EventWord(event=reference, round=number, offer=o)) for r, o in answered.pairs]
        )
        if answered.pairs:
            await workflow.sleep(timedelta(days=self._state.event.answer_days))

    async def _end(self) -> None:
        """Whoever has no host goes on alone; nobody waits for this event any more."""
        event, rounds = self._state.event.reference, len(self._state.rounds)
        await workflow.execute_activity_method(EventPlanner.end, event, **quick())
        left = await self._still_open()
        await _tell([(reference, EventWord(event=event, round=rounds)) for reference in left])

    async def _still_open(self) -> tuple[Reference, ...]:
        return await workflow.execute_activity_method(
            EventPlanner.still_open, self._state.event.reference, **matchmaking()
        )


async def _until(moment: datetime) -> None:
    if moment > workflow.now():
        await workflow.sleep(moment - workflow.now())


async def _tell(words: Sequence[tuple[Reference, EventWord]]) -> None:
    """Tell each request its word; one that has ended in the meantime has nothing to hear."""
    for begin in range(0, len(words), AT_ONCE):
        await asyncio.gather(*(_signal(r, word) for r, word in words[begin : begin + AT_ONCE]))


async def _signal(reference: Reference, word: EventWord) -> None:
    mobility = workflow.get_external_workflow_handle(f"mobility-{reference}")
    try:
        await mobility.signal("event_decided", word)
    except ApplicationError:
        workflow.logger.info("mobility-has-ended")
