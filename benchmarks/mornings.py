"""Mobilities that all remind on one morning: thousands of people asked how their visit was."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import sqlalchemy as sa

from domain.case_view import view_of
from domain.deadlines import Asked
from domain.facts import PersonId, Reference
from domain.journal import Record
from domain.people import Person
from domain.request import MobilityRequest
from domain.waits import end_of
from store.cases import Store
from store.directory import keep_directory
from store.journal import write_down
from store.tables import NOW, letter, mobility, writing
from tests.builders import BORAS, Journey, a_request, in_evaluation
from tests.store.kept import DIRECTORY, TOLD

PEOPLE_EACH = 4
AT_ONCE = 8
PATTERN = Reference("M-2026-0000")


async def keep_mobilities(store: Store, letters: int) -> None:
    """Keep as many mobilities as have so many participants to be reminded."""
    await keep_directory(store.engine, DIRECTORY)
    record, request = _record(first_reminded()).model_dump_json(), _request().model_dump_json()
    numbers = iter(range(1, -(-letters // PEOPLE_EACH) + 1))

    async def keep() -> None:
        for n in numbers:
            await _keep(store, Reference(f"M-2026-{n:04d}"), record, request)

    await asyncio.gather(*(keep() for _ in range(AT_ONCE)))


def first_reminded() -> Journey:
    """A mobility on the evening of the day on which all its people are reminded first."""
    pattern = in_evaluation(_request())
    wait = pattern.mobility.waits[Asked.EVALUATION.value]
    pattern.wait_until(end_of(max(r.moments[0] for r in wait.reminders.values()).date()))
    return pattern


def _request() -> MobilityRequest:
    participants = tuple(PersonId(f"{PATTERN}-p{n}") for n in range(1, PEOPLE_EACH + 1))
    return a_request(reference=PATTERN, participants=participants)


def _record(journey: Journey) -> Record:
    return Record(
        reference=PATTERN, entries=tuple(journey.journal), view=view_of(journey.mobility),
        letters=tuple(order for order in journey.letters() if order.ordinal == 1),
    )  # fmt: skip


async def _keep(store: Store, reference: Reference, record: str, request: str) -> None:
    kept = MobilityRequest.model_validate_json(_own(request, reference))
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(mobility).values(reference=reference, request_key=reference))
    await store.keep_request(kept)
    people = [
        Person(id=p, name=f"Reader {n}", email=f"{p.lower()}@example.org", organisation=BORAS)
        for n, p in enumerate(kept.participants, start=1)
    ]  # fmt: skip
    await store.keep_participants(reference, people)
    rows = [row async for row in _texts(store, reference)]
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(writing), rows)
    stroke = Record.model_validate_json(_own(record, reference))
    await write_down(store.engine, stroke, run_id="run", activity_id="1")


def _own(text: str, reference: Reference) -> str:
    """The same of another mobility, whose texts have ids of their own."""
    text = text.replace(PATTERN, reference)
    for name in TOLD:
        text = text.replace(f'"id":"{name}"', f'"id":"{reference}/{name}"')
    return text


async def _texts(store: Store, reference: Reference) -> AsyncIterator[dict[str, object]]:
    for name, text in TOLD.items():
        sealed = await store.keys.seal(reference, text.encode())
        yield {"id": f"{reference}/{name}", "reference": reference, "digest": "0", "sealed": sealed}


async def let_reminders_fall_due(store: Store, letters: int) -> None:
    """So many reminders to participants are due now, and nothing else."""
    chosen: Sequence[str]
    async with store.engine.begin() as tx:
        to_participants = letter.c.person.startswith("M-")
        found = sa.select(letter.c.key).where(to_participants).order_by(letter.c.key).limit(letters)
        chosen = (await tx.execute(found)).scalars().all()
        if len(chosen) < letters:
            raise ValueError(f"There are only {len(chosen)} reminders.")
        anew = {
            "state": "intended", "settled_at": None, "next_attempt_at": NOW, "attempts": 0,
            "unanswered": 0, "counted_at": None,
        }  # fmt: skip
        await tx.execute(sa.update(letter).values(state="withheld", settled_at=NOW))
        for some in range(0, letters, 1000):
            keys = chosen[some : some + 1000]
            await tx.execute(sa.update(letter).where(letter.c.key.in_(keys)).values(anew))
