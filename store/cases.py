"""Mobilities as they are kept: the request, the view for reading, names, texts and papers."""

import hashlib
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.case_view import CaseView
from domain.facts import Fact, PersonId, Reference, Writing
from domain.joining import APPLICATIONS
from domain.people import Person
from domain.request import MobilityRequest
from store.engine import single_statement
from store.ledger import ERASED, LetterState
from store.sealing import KeyRing
from store.tables import (
    NOW,
    dead_address,
    document,
    journal,
    letter,
    mobility,
    participant,
    participant_address,
    person,
    writing,
)

ERASED_KEY = "erased/"
NOT_SHOWN: dict[str, list[str]] = {"themes": [], "languages": []}
"""What no page shows of a request, as it stands once a mobility was erased."""
# Statements that every letter and every look needs are put together once: putting one together
# costs as much as its way to the server.
_OF: sa.BindParameter[str] = sa.bindparam("reference")
_CASES = (
    sa.select(
        mobility.c.reference,
        mobility.c.request,
        mobility.c.view,
        mobility.c.request_key.startswith(ERASED_KEY).label("is_erased"),
    )
    .where(~mobility.c.reference.startswith(f"{APPLICATIONS}-"))
    .order_by(mobility.c.reference.desc())
)
_CASE = _CASES.where(mobility.c.reference == _OF)
_PARTICIPANTS = (
    sa.select(participant.c.sealed).where(participant.c.reference == _OF).order_by(participant.c.id)
)
_TEXTS = sa.select(writing.c.id, writing.c.sealed).where(writing.c.reference == _OF)
_DOCUMENT = sa.select(document.c.sealed).where(
    document.c.reference == _OF, document.c.name == sa.bindparam("name")
)

RESERVING = 0x4D4F43
"""One reference is reserved at a time: the same request may come on both sides of midnight."""


class Case(Fact):
    """One mobility for reading; its request has the dates that hold."""

    reference: Reference
    request: MobilityRequest | None
    view: CaseView | None
    is_erased: bool = False

    def as_it_stands(self) -> "Case":
        """The same with the dates the visit has been moved to, where it has been."""
        if self.request is None or self.view is None:
            return self
        return self.model_copy(update={"request": self.view.as_it_stands(self.request)})


class Store:
    """The store with the keys to it: whatever names a person goes through here."""

    def __init__(self, engine: AsyncEngine, keys: KeyRing) -> None:
        self.engine = engine
        self.keys = keys

    async def reserve_reference(
        self, request_key: str, year: int, initial: str = "M"
    ) -> tuple[Reference, bool]:
        """The reference of this request; the same request gets the same one, and says so.

        Those of mobilities begin with M, those of applications with A.
        """
        async with self.engine.begin() as tx:
            await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(RESERVING)))
            known = await tx.scalar(
                sa.select(mobility.c.reference).where(mobility.c.request_key == request_key)
            )
            if known:
                return Reference(known), True
            prefix = f"{initial}-{year}-"
            last = await tx.scalar(
                sa.select(
                    sa.func.max(sa.cast(sa.func.substr(mobility.c.reference, 8), sa.Integer))
                ).where(mobility.c.reference.startswith(prefix))
            )
            reference = Reference(f"{prefix}{(last or 0) + 1:04d}")
            await tx.execute(insert(mobility).values(reference=reference, request_key=request_key))
            return reference, False

    async def reference_of(self, request_key: str) -> Reference | None:
        """The reference of this request, none when it was never made."""
        find = sa.select(mobility.c.reference).where(mobility.c.request_key == request_key)
        async with single_statement(self.engine) as connection:
            known = await connection.scalar(find)
        return Reference(known) if known else None

    async def keep_request(self, request: MobilityRequest) -> None:
        """Keep a request beside its reference."""
        async with single_statement(self.engine) as tx:
            await tx.execute(
                sa.update(mobility)
                .where(mobility.c.reference == request.reference)
                .values(request=request.model_dump(mode="json"))
            )

    async def case(self, reference: Reference) -> Case | None:
        """One mobility, none when there is no such reference."""
        cases = await self._cases(_CASE, {"reference": reference})
        return cases[0] if cases else None

    async def cases(self) -> list[Case]:
        """Every mobility, newest first."""
        return await self._cases(_CASES, {})

    async def _cases(self, which: sa.Executable, of: dict[str, str]) -> list[Case]:
        async with single_statement(self.engine) as connection:
            rows = await connection.execute(which, of)
            return [Case.model_validate(dict(row)).as_it_stands() for row in rows.mappings()]

    # Names and texts.

    async def keep_participants(self, reference: Reference, people: list[Person]) -> None:
        """Keep the people of one mobility, sealed."""
        rows = [
            {"id": person.id, "reference": reference,
             "sealed": await self.keys.seal(reference, person.model_dump_json().encode())}
            for person in people
        ]  # fmt: skip
        await self._keep(participant, rows)

    async def participants(self, reference: Reference) -> dict[PersonId, Person]:
        """The people of one mobility by their id."""
        async with single_statement(self.engine) as connection:
            rows = await connection.execute(_PARTICIPANTS, {"reference": reference})
            opened = [await self.keys.unseal(reference, bytes(s)) for s in rows.scalars()]
        people = [Person.model_validate_json(text) for text in opened]
        return {person.id: person for person in people}

    async def stands_for(self, reference: Reference, text: str) -> Writing:
        """What stands for a text: the same text is known by the same digest."""
        digest = await self.keys.digest(reference, text)
        return Writing(id=f"{reference}/{digest[:16]}", digest=digest)

    async def keep_texts(self, reference: Reference, texts: Sequence[str]) -> list[Writing]:
        """Keep texts, sealed, and return those that were not there before."""
        written = {text: await self.stands_for(reference, text) for text in texts}
        rows = [
            {"id": stand_in.id, "reference": reference, "digest": stand_in.digest,
             "sealed": await self.keys.seal(reference, text.encode())}
            for text, stand_in in written.items()
        ]  # fmt: skip
        kept = await self._keep(writing, rows)
        return [stand_in for stand_in in written.values() if stand_in.id in kept]

    async def forget_texts(self, reference: Reference, texts: Sequence[Writing]) -> None:
        """Remove texts of a message that was refused, unless the journal speaks of them."""
        if not texts:
            return
        spoken_of = sa.exists().where(
            journal.c.reference == reference, sa.func.strpos(journal.c.body, writing.c.id) > 0
        )
        async with single_statement(self.engine) as tx:
            await tx.execute(
                sa.delete(writing).where(
                    writing.c.reference == reference,
                    writing.c.id.in_([t.id for t in texts]),
                    ~spoken_of,
                )
            )

    async def texts(self, reference: Reference) -> Mapping[str, str]:
        """Every text of one mobility by its id."""
        async with single_statement(self.engine) as connection:
            rows = await connection.execute(_TEXTS, {"reference": reference})
            return {
                row.id: (await self.keys.unseal(reference, bytes(row.sealed))).decode()
                for row in rows
            }

    async def _keep(self, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> set[str]:
        """Keep rows that are not there yet, and return their ids."""
        if not rows:
            return set()
        statement = insert(table).values(rows).on_conflict_do_nothing().returning(table.c.id)
        async with single_statement(self.engine) as tx:
            return set((await tx.execute(statement)).scalars())

    # Papers.

    async def keep_document(self, reference: Reference, name: str, content: bytes) -> str:
        """Keep a paper under its name and return its hash; drawn up again, it replaces the old."""
        sha256 = hashlib.sha256(content).hexdigest()
        sealed = await self.keys.seal(reference, content)
        row = {"sha256": sha256, "sealed": sealed}
        async with single_statement(self.engine) as tx:
            await tx.execute(
                insert(document)
                .values(reference=reference, name=name, **row)
                .on_conflict_do_update(index_elements=["reference", "name"], set_=row)
            )
        return sha256

    async def keep_aside(self, reference: Reference, name: str, sha256: str, under: str) -> None:
        """Keep a paper under another name besides, if it is still the one of this hash."""
        found = sa.select(
            document.c.reference, sa.literal(under), document.c.sha256, document.c.sealed
        ).where(
            document.c.reference == reference, document.c.name == name, document.c.sha256 == sha256
        )
        columns = ["reference", "name", "sha256", "sealed"]
        aside = insert(document).from_select(columns, found).on_conflict_do_nothing()
        async with single_statement(self.engine) as tx:
            await tx.execute(aside)

    async def discard_documents(self, reference: Reference, names: Sequence[str]) -> None:
        """Take back papers that were drawn up and are not to be published."""
        async with single_statement(self.engine) as tx:
            await tx.execute(
                sa.update(document)
                .where(document.c.reference == reference, document.c.name.in_(names))
                .values(sealed=None)
            )

    async def document(self, reference: Reference, name: str) -> bytes:
        """One paper of a mobility.

        Raises:
            KeyError: when there is none of that name.
        """
        async with single_statement(self.engine) as connection:
            sealed = await connection.scalar(_DOCUMENT, {"reference": reference, "name": name})
        if sealed is None:
            raise KeyError(name)
        return await self.keys.unseal(reference, bytes(sealed))

    async def documents(self, reference: Reference) -> dict[str, bytes]:
        """Every paper of one mobility by its name."""
        async with single_statement(self.engine) as connection:
            rows = await connection.execute(
                sa.select(document.c.name, document.c.sealed)
                .where(document.c.reference == reference, document.c.sealed.is_not(None))
                .order_by(document.c.name)
            )
            return {row.name: await self.keys.unseal(reference, bytes(row.sealed)) for row in rows}

    async def is_erased(self, reference: Reference) -> bool:
        """Whether the key of this mobility has been destroyed."""
        return await self.keys.is_destroyed(reference)

    async def erase(self, reference: Reference) -> None:
        """Destroy the key of a closed mobility and remove what it sealed. The journal stays.

        What could be guessed from goes too: the hash of the request, which is keyed with a key that
        stays; the hashes of letters, which have no key; and the answers of the mail server, which
        may quote an address. Of the request only what the list and the pages show is left.
        """
        async with self.engine.begin() as tx:
            for table in (participant, participant_address, writing):
                await tx.execute(sa.delete(table).where(table.c.reference == reference))
            await tx.execute(
                sa.update(document).where(document.c.reference == reference).values(sealed=None)
            )
            await tx.execute(
                sa.update(mobility)
                .where(mobility.c.reference == reference)
                .values(
                    request_key=f"{ERASED_KEY}{reference}",
                    request=mobility.c.request.concat(NOT_SHOWN),
                )
            )
            await _stop_letters(tx, reference)
        await self.keys.destroy(reference)


async def _stop_letters(tx: AsyncConnection, reference: Reference) -> None:
    """Settle the letters of an erased mobility; of the others no remark stays but our own.

    No text stays either, nor that of a letter which speaks of other mobilities besides. That an
    address of the directory is dead is still good to know; of one of a participant it is not.
    """
    of_directory = (
        sa.exists()
        .where(letter.c.key == dead_address.c.letter)
        .where(person.c.id == letter.c.person)
    )
    await tx.execute(
        sa.delete(dead_address).where(dead_address.c.reference == reference, ~of_directory)
    )
    its_own = letter.c.reference == reference
    words = sa.func.string_to_array(letter.c.sealed_for, " ")
    await tx.execute(
        sa.update(letter)
        .where(sa.or_(its_own, sa.literal(reference) == sa.func.any(words)))
        .where(letter.c.message.is_not(None))
        .values(message=None)
    )
    await tx.execute(sa.update(letter).where(its_own).values(rendered_sha256=None))
    await tx.execute(
        sa.update(letter)
        .where(its_own, letter.c.settled_at.is_not(None), letter.c.remark != ERASED)
        .values(remark=None)
    )
    await _release_gathered(tx, reference)
    may_have_left = letter.c.unanswered > 0
    state = sa.case((may_have_left, LetterState.UNKNOWN), else_=LetterState.WITHHELD)
    await tx.execute(
        sa.update(letter)
        .where(its_own, letter.c.settled_at.is_(None))
        .values(state=state, settled_at=NOW, remark=ERASED)
    )


async def _release_gathered(tx: AsyncConnection, reference: Reference) -> None:
    """Let reminders of other mobilities leave by themselves that were to leave in one of these."""
    stopped = sa.select(letter.c.key).where(
        letter.c.reference == reference, letter.c.settled_at.is_(None)
    )
    await tx.execute(
        sa.update(letter)
        .where(letter.c.reference != reference, letter.c.merged_into.in_(stopped))
        .where(letter.c.state == LetterState.MERGED)
        .values(
            state=LetterState.INTENDED, merged_into=None, settled_at=None, remark=None,
            next_attempt_at=NOW,
        )
    )  # fmt: skip
