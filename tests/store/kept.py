"""Journeys of the builders, kept in a store as the workflow would keep them."""

from datetime import timedelta

import sqlalchemy as sa

from domain.case_view import view_of
from domain.facts import PersonId, Reference, Writing
from domain.host_book import book_after
from domain.journal import Record
from domain.people import Organisation, Person
from store.cases import Store
from store.directory import Directory, keep_directory
from store.journal import write_down
from store.ledger import LedgerLine, Rendering
from store.tables import mobility, writing
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    ORGANISATIONS,
    PEOPLE,
    REFERENCE,
    SECOND_HOST,
    TEXTS,
    VESTLAND,
    Journey,
    an_offer,
)

TOLD = TEXTS | {
    "session-title": "Beside an outreach adviser",
    "session-place": "Employment office Sants",
    "place-1": "SOC head office",
    "place-2": "Town hall of Terrassa",
    "new-title": "Round table with the outreach team",
    "note": "Please begin an hour later.",
}
"""What every text of the builders' journeys says."""
MEMBERS = (
    *ORGANISATIONS.values(),
    Organisation(
        id=VESTLAND, name="Vestland County", city="Bergen", region="Vestland", country="NO",
        zone="Europe/Oslo",
    ),
)  # fmt: skip
DIRECTORY = Directory(
    organisations=MEMBERS,
    people=(
        *(PEOPLE[person] for person in (COORDINATOR, OFFICE, HOST)),
        Person(id=SECOND_HOST, name="Nils", email="nils@c.example", organisation=VESTLAND),
    ),
    offers=(an_offer(),),
)


def stroke(journey: Journey, since: int = 0, until: int | None = None) -> Record:
    """What has happened after entry ``since``, with the letters that follow from it now."""
    entries = tuple(journey.journal[since:until])
    numbers = {entry.n for entry in entries}
    return Record(
        reference=journey.mobility.request.reference,
        entries=entries,
        view=view_of(journey.mobility),
        letters=tuple(order for order in journey.letters(since) if order.event in numbers),
        hosting=book_after(entries, journey.mobility),
    )


async def take_in(store: Store, journey: Journey) -> Reference:
    """Reserve the reference, and keep the request with its people and texts."""
    reference, _ = await store.reserve_reference("the request", 2026)
    await keep_directory(store.engine, DIRECTORY)
    await store.keep_request(journey.mobility.request)
    people: tuple[PersonId, ...] = (FRIDA, EMELIE)
    await store.keep_participants(reference, [PEOPLE[person] for person in people])
    async with store.engine.begin() as tx:
        for name, text in TOLD.items():
            sealed = await store.keys.seal(reference, text.encode())
            row = {"id": name, "reference": reference, "digest": "0" * 64, "sealed": sealed}
            await tx.execute(sa.insert(writing).values(row))
    return reference


async def take_in_as(store: Store, journey: Journey) -> None:
    """Take a request in under its own reference, beside others; its texts are its own too."""
    request = journey.mobility.request
    reference = request.reference
    names = {name: f"{reference}/{name}" for name in TOLD}
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(mobility).values(reference=reference, request_key=reference))
        for name, text in TOLD.items():
            sealed = await store.keys.seal(reference, text.encode())
            row = {"id": names[name], "reference": reference, "digest": "0", "sealed": sealed}
            await tx.execute(sa.insert(writing).values(row))
    await keep_directory(store.engine, DIRECTORY)
    own = {
        "title": _own(request.title, names), "context": _own(request.context, names),
        "objectives": tuple(
            o.model_copy(update={"text": _own(o.text, names)}) for o in request.objectives
        ),
    }  # fmt: skip
    journey.mobility.request = request.model_copy(update=own)
    await store.keep_request(journey.mobility.request)
    await store.keep_participants(reference, [PEOPLE[person] for person in (FRIDA, EMELIE)])


def _own(text: Writing, names: dict[str, str]) -> Writing:
    return text.model_copy(update={"id": names[text.id]})


async def write(
    store: Store, journey: Journey, *, run_id: str = "run-1",
    settles_for: timedelta = timedelta(),
) -> str:  # fmt: skip
    """Write down what has happened since the last time, in one stroke."""
    record = stroke(journey, journey.mobility.recorded)
    journey.mobility.recorded = journey.mobility.n
    return await write_down(
        store.engine,
        record,
        run_id=run_id,
        activity_id=str(record.entries[0].n),
        settles_for=settles_for,
    )


async def keep_all_of(store: Store, journey: Journey) -> Reference:
    """A whole journey taken in and written down at once."""
    reference = await take_in(store, journey)
    await write(store, journey)
    return reference


def as_rendered(line: LedgerLine, message_id: str = "<x@y>") -> Rendering:
    """A letter about to leave, with no text worth keeping."""
    return Rendering(
        line=line, message_id=message_id, sha256="ab", message=b"", sealed_for=(REFERENCE,)
    )
