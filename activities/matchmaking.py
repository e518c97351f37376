"""What a matchmaking event has done for it: its rounds computed and kept, and who is left."""

import asyncio

from temporalio import activity

from activities.names import EventRound, RoundAnswered
from domain.facts import OfferId, Reference
from domain.matchmaking import MatchmakingEvent, new_pairs, question_of
from matchmaking.assignment import assign
from store.cases import Store
from store.directory import read_directory
from store.hosting_pauses import read_paused
from store.matchmaking import (
    end_event,
    keep_answer,
    read_answers,
    read_event,
    read_standings,
    read_taken,
)


class EventPlanner:
    """Brings together the requests and the offers of an event."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @activity.defn(name="event-facts")
    async def event_facts(self, reference: str) -> MatchmakingEvent | None:
        """The facts of an event as they are kept now; none when it is over."""
        return await read_event(self._store.engine, reference)

    @activity.defn(name="answer-round")
    async def answer_round(self, asked: EventRound) -> RoundAnswered:
        """Compute a round, keep it with its proof, and tell whom it brings together.

        Answered before, it is the same answer again, whatever has happened since: hosts may have
        been asked by it already.
        """
        engine, event = self._store.engine, asked.event
        known = [a for a in await read_answers(engine, event.reference) if a.round == asked.round]
        if known:
            [answer] = known
            pairs = new_pairs(answer.solution.instance, answer.solution.assignment)
            return _answered(answer.sha256, pairs)
        standings = await read_standings(engine, event.reference)
        directory = await read_directory(engine)
        named = {offer for standing in standings for offer, _ in standing.ranked}
        taken = await read_taken(engine, named, event.reference)
        paused = await read_paused(engine)
        question = question_of(event, standings, directory.offers, taken, paused)
        solution = await asyncio.to_thread(assign, question)
        sha256 = await keep_answer(engine, event.reference, asked.round, solution)
        return _answered(sha256, new_pairs(solution.instance, solution.assignment))

    @activity.defn(name="still-open")
    async def still_open(self, reference: str) -> tuple[Reference, ...]:
        """The requests of an event that no host has accepted and that go on."""
        return tuple(
            standing.reference
            for standing in await read_standings(self._store.engine, reference)
            if not standing.is_matched
        )

    @activity.defn(name="end-event")
    async def end(self, reference: str) -> None:
        """Nobody joins it, and nobody waits for it, any more."""
        await end_event(self._store.engine, reference)


def _answered(sha256: str, pairs: list[tuple[Reference, OfferId]]) -> RoundAnswered:
    return RoundAnswered(sha256=sha256, pairs=tuple(pairs))
