"""A round is answered once: whoever asks again, for whatever has happened since, hears the same."""

from datetime import date

import sqlalchemy as sa

from activities.matchmaking import EventPlanner
from activities.names import EventRound, RoundAnswered
from domain.case_view import view_of
from domain.facts import OfferId, Reference
from domain.holding import Hindrance
from domain.journal import body_of
from domain.matchmaking import MatchmakingEvent
from store.cases import Store
from store.directory import Directory, keep_directory
from store.matchmaking import keep_event, read_answers, read_standings
from store.tables import hosting_offer, hosting_pause, journal, mobility
from tests.builders import (
    OFFICE,
    OPENED,
    ORGANISATIONS,
    SOC,
    SOC_OFFER,
    Journey,
    a_request,
    an_offer,
    in_event,
)

EVENT = MatchmakingEvent(
    reference="E-2026-01", name="Fair", office=OFFICE, closes=date(2026, 2, 20)
)
FITS_WITHOUT_A_WARNING = 256 * 1024
"""What Temporal takes in one message before it warns; the limit is eight times as much."""


async def _kept(store: Store, journey: Journey | None = None) -> None:
    """A request of the event with its ranking, as its own mobility has left them in the store."""
    offer = an_offer()
    await keep_directory(store.engine, Directory(organisations=(), people=(), offers=(offer,)))
    journey = journey or in_event()
    request = a_request(event=EVENT.reference)
    async with store.engine.begin() as tx:
        view = view_of(journey.mobility).model_dump(mode="json")
        facts = request.model_dump(mode="json")
        of = {"reference": request.reference, "request_key": "event", "n": journey.mobility.n}
        await tx.execute(sa.insert(mobility).values(**of, request=facts, view=view))
        for entry in journey.journal:
            line = {"n": entry.n, "kind": entry.kind, "at": entry.at, "body": body_of(entry)}
            where = {"reference": entry.reference, "run_id": "r", "activity_id": "1"}
            await tx.execute(sa.insert(journal).values(**line, **where, chain=str(entry.n)))


async def test_a_round_is_answered_once(store: Store) -> None:
    await keep_event(store.engine, EVENT)
    await _kept(store)
    planner, first = EventPlanner(store), EventRound(event=EVENT, round=1)
    [standing] = await read_standings(store.engine, EVENT.reference)
    assert standing.ranked[0][0] == an_offer().id

    answered = await planner.answer_round(first)
    async with store.engine.begin() as tx:
        await tx.execute(sa.delete(hosting_offer))

    assert answered.pairs == ((standing.reference, an_offer().id),)
    assert await planner.answer_round(first) == answered
    assert (await planner.answer_round(EventRound(event=EVENT, round=2))).pairs == ()
    [one, two] = await read_answers(store.engine, EVENT.reference)
    assert one.is_as_published
    assert two.is_as_published
    assert await planner.still_open(EVENT.reference) == (standing.reference,)
    await planner.end(EVENT.reference)
    assert await planner.event_facts(EVENT.reference) is None


def test_the_pairs_of_two_thousand_requests_fit_into_one_message() -> None:
    pairs = tuple(
        (Reference(f"M-2027-{n:04d}"), OfferId(f"an-organisation-with-a-name-{n:04d}"))
        for n in range(2000)
    )

    whole = RoundAnswered(sha256="0" * 64, pairs=pairs).model_dump_json()

    assert len(whole) < FITS_WITHOUT_A_WARNING


async def test_whoever_was_turned_away_by_a_full_host_is_known_by_its_journal(store: Store) -> None:
    journey = in_event()
    journey.full = {SOC_OFFER: Hindrance.FULL}
    journey.event_says(SOC_OFFER)
    await _kept(store, journey)
    [turned_away] = await read_standings(store.engine, EVENT.reference)
    assert (turned_away.turned_away, turned_away.at) == ((SOC_OFFER,), None)


async def test_nobody_is_sent_to_a_host_that_is_paused(store: Store) -> None:
    await keep_event(store.engine, EVENT)
    await _kept(store)
    home = Directory(organisations=(ORGANISATIONS[SOC],), people=(), offers=())
    await keep_directory(store.engine, home)
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(hosting_pause).values(organisation=SOC, since=OPENED))

    answered = await EventPlanner(store).answer_round(EventRound(event=EVENT, round=1))

    assert answered.pairs == ()
