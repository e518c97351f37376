"""Applications as they are kept: in the tables of mobilities, under references of their own.

What an applicant has told is sealed with the application's own key until it is a member. A member
is in the directory as every other is, and stays there whatever becomes of the application.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.facts import Fact, PersonId, Reference
from domain.joining import APPLICATIONS, ApplicationEntry, ApplicationView
from domain.people import Organisation, Person, Role
from store.cases import ERASED_KEY, Store
from store.directory import read_directory
from store.engine import single_statement
from store.journal import read_journal
from store.logos import put_logo
from store.sealing import KeyDestroyed
from store.tables import document, mobility, organisation, person

ORGANISATION, LOGO, ADMITTED = "organisation", "logo", "admitted"
"""What is kept of an application beside its coordinator and texts; the last is a note, and empty.

The note is made in the transaction that admits a member: done again, that is known to be done.
"""
ADMITTING = 0x4D454D
"""Members are admitted one at a time: two of them may be the same."""


class Applying(Fact):
    """What an applicant tells of itself."""

    organisation: Organisation
    coordinator: Person


class KeptApplication(Fact):
    """One application for reading; what was told is none once it was erased."""

    reference: Reference
    view: ApplicationView | None
    told: Applying | None
    is_erased: bool


@dataclass(frozen=True)
class WholeApplication:
    """Everything there is of an application, in clear, for as long as a letter is written."""

    view: ApplicationView
    entries: tuple[ApplicationEntry, ...]
    told: Applying
    texts: dict[str, str]
    office: Person
    people: dict[PersonId, Person]
    organisations: dict[str, Organisation]


async def keep_application(
    store: Store, reference: Reference, told: Applying, motivation: str, logo: bytes | None
) -> None:
    """Keep what an applicant has told, sealed."""
    facts = told.organisation.model_dump_json().encode()
    await store.keep_document(reference, ORGANISATION, facts)
    if logo is not None:
        await store.keep_document(reference, LOGO, logo)
    await store.keep_texts(reference, [motivation])
    await store.keep_participants(reference, [told.coordinator])


async def what_was_told(store: Store, reference: Reference) -> Applying:
    """What an applicant has told.

    Raises:
        KeyDestroyed: when it was erased.
        KeyError: when the application was interrupted before it was kept.
    """
    facts = await store.document(reference, ORGANISATION)
    [coordinator] = (await store.participants(reference)).values()
    return Applying(organisation=Organisation.model_validate_json(facts), coordinator=coordinator)


_APPLICATIONS = (
    sa.select(
        mobility.c.reference,
        mobility.c.view,
        mobility.c.request_key.startswith(ERASED_KEY).label("is_erased"),
    )
    .where(mobility.c.reference.startswith(f"{APPLICATIONS}-"))
    .order_by(mobility.c.reference.desc())
)
_APPLICATION = _APPLICATIONS.where(mobility.c.reference == sa.bindparam("reference"))


async def applications(store: Store) -> list[KeptApplication]:
    """Every application, newest first."""
    return await _read(store, _APPLICATIONS, {})


async def application(store: Store, reference: Reference) -> KeptApplication | None:
    """One application, none when there is no such reference."""
    found = await _read(store, _APPLICATION, {"reference": reference})
    return found[0] if found else None


async def _read(store: Store, which: sa.Executable, of: dict[str, str]) -> list[KeptApplication]:
    async with single_statement(store.engine) as connection:
        rows = (await connection.execute(which, of)).all()
    return [
        KeptApplication(
            reference=row.reference, is_erased=row.is_erased,
            view=ApplicationView.model_validate(row.view) if row.view else None,
            told=await _told_if_any(store, row.reference),
        )
        for row in rows
    ]  # fmt: skip


async def _told_if_any(store: Store, reference: Reference) -> Applying | None:
    try:
        return await what_was_told(store, reference)
    except (KeyDestroyed, KeyError):
        return None


async def reference_of(engine: AsyncEngine, request_key: str) -> Reference | None:
    """The application that is known by this key, if there is one."""
    known = sa.select(mobility.c.reference).where(mobility.c.request_key == request_key)
    async with single_statement(engine) as connection:
        found = await connection.scalar(known)
    return Reference(found) if found else None


async def read_whole_application(store: Store, reference: Reference) -> WholeApplication:
    """Read one application whole.

    Raises:
        LookupError: when it is not in the store, or not begun.
        KeyDestroyed: when it was erased.
    """
    found = await application(store, reference)
    if found is None or found.view is None:
        raise LookupError(f"{reference} is not in the store.")
    told, directory = await what_was_told(store, reference), await read_directory(store.engine)
    lines = await read_journal(store.engine, reference)
    people = {p.id: p for p in directory.people} | {told.coordinator.id: told.coordinator}
    return WholeApplication(
        view=found.view,
        entries=tuple(ApplicationEntry.model_validate_json(line.body) for line in lines),
        told=told,
        texts=dict(await store.texts(reference)),
        office=people[found.view.office],
        people=people,
        organisations={str(o.id): o for o in (*directory.organisations, told.organisation)},
    )


def as_member(told: Applying) -> Person:
    """The coordinator as the directory has them: under an id of the organisation's."""
    return told.coordinator.model_copy(
        update={
            "id": PersonId(f"{told.organisation.id}-coordinator"),
            "roles": (Role.SENDING, Role.RECEIVING),
        }
    )


async def admit(store: Store, reference: Reference) -> bool:
    """Add an applicant to the directory with its logo, all of it or nothing; twice is once.

    False when somebody of the same id, number or address is there already: nothing is added.
    """
    told, logo = await what_was_told(store, reference), await _logo(store, reference)
    async with store.engine.begin() as tx:
        await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(ADMITTING)))
        if await _is_admitted(tx, reference):
            return True
        if await _is_taken(tx, told):
            return False
        home = told.organisation
        if logo is not None:
            home = home.model_copy(update={"logo": await put_logo(tx, logo)})
        await _add(tx, home, as_member(told))
        await tx.execute(
            insert(document).values(reference=reference, name=ADMITTED, sha256="", sealed=None)
        )
        return True


async def _logo(store: Store, reference: Reference) -> bytes | None:
    try:
        return await store.document(reference, LOGO)
    except KeyError:
        return None


async def _is_admitted(tx: AsyncConnection, reference: Reference) -> bool:
    note = sa.select(document.c.name).where(
        document.c.reference == reference, document.c.name == ADMITTED
    )
    return await tx.scalar(note) is not None


async def _is_taken(tx: AsyncConnection, told: Applying) -> bool:
    home, who = told.organisation, as_member(told)
    same = [organisation.c.id == home.id]
    same += [organisation.c.facts["oid"].astext == home.oid] if home.oid else []
    same += [organisation.c.facts["pic"].astext == home.pic] if home.pic else []
    known = sa.select(organisation.c.id).where(sa.or_(*same))
    address = sa.func.lower(person.c.email) == who.email.lower()
    somebody = sa.select(person.c.id).where(sa.or_(person.c.id == who.id, address))
    return bool((await tx.execute(known)).first() or (await tx.execute(somebody)).first())


async def _add(tx: AsyncConnection, home: Organisation, who: Person) -> None:
    facts = {"id": home.id, "facts": home.model_dump(mode="json")}
    await tx.execute(insert(organisation).values(facts))
    facts = {"id": who.id, "facts": who.model_dump(mode="json")}
    await tx.execute(insert(person).values(facts | {"email": who.email}))
