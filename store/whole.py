"""One mobility whole, in two statements: what its letters and papers are written from."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from domain.case_view import CaseView
from domain.events import Entry
from domain.facts import OrganisationId, PersonId, Reference
from domain.people import Organisation, Person
from domain.request import MobilityRequest
from store.cases import Store
from store.engine import single_statement
from store.links import Renewals
from store.sealing import KeyDestroyed


@dataclass(frozen=True)
class Whole:
    """Everything that is kept of one mobility but its papers, with those of the directory it names.

    The request has the dates that hold.
    """

    request: MobilityRequest
    view: CaseView
    entries: tuple[Entry, ...]
    head: str
    participants: Mapping[PersonId, Person]
    texts: Mapping[str, str]
    people: Mapping[PersonId, Person]
    organisations: Mapping[OrganisationId, Organisation]
    renewals: Renewals


_WHOLE = sa.text(
    """
    select cast(request as text) as request, cast(view as text) as view,
      array(select body from journal j where j.reference = m.reference order by n) as bodies,
      (select chain from journal j where j.reference = m.reference order by n desc limit 1) as head,
      array(select sealed from participant p where p.reference = m.reference order by id)
        as participants,
      array(select id from writing w where w.reference = m.reference order by id) as names,
      array(select sealed from writing w where w.reference = m.reference order by id) as texts,
      array(select distinct person from letter l where l.reference = m.reference) as readers,
      array(select person from link_renewal r where r.reference = m.reference order by person)
        as renewed,
      array(select times from link_renewal r where r.reference = m.reference order by person)
        as times
    from mobility m where reference = :reference
    """
)

_NAMED = sa.text(
    """
    with named as materialized (
      select id, facts from person where id = any(cast(:words as text[]))
    )
    select array(select cast(facts as text) from named order by id) as people,
      array(
        select cast(facts as text) from organisation
        where id = any(cast(:words as text[]) || array(select facts ->> 'organisation' from named))
        order by id
      ) as organisations
    """
)


async def read_whole(store: Store, reference: Reference) -> Whole:
    """Read one mobility whole.

    Raises:
        LookupError: when the mobility is not in the store, or not begun.
        KeyDestroyed: when it was erased.
    """
    async with single_statement(store.engine) as connection:
        row = (await connection.execute(_WHOLE, {"reference": reference})).first()
        if row is None or row.request is None or row.view is None:
            raise LookupError(f"{reference} is not in the store.")
        named = (await connection.execute(_NAMED, {"words": _words_of(row)})).one()
    sealed = [*row.participants, *row.texts]
    opened = [await store.keys.unseal(reference, bytes(one)) for one in sealed]
    participants, texts = opened[: len(row.participants)], opened[len(row.participants) :]
    people = [Person.model_validate_json(facts) for facts in named.people]
    organisations = [Organisation.model_validate_json(facts) for facts in named.organisations]
    travelling = [Person.model_validate_json(facts) for facts in participants]
    view = CaseView.model_validate_json(row.view)
    return Whole(
        request=view.as_it_stands(MobilityRequest.model_validate_json(row.request)),
        view=view,
        entries=tuple(Entry.model_validate_json(body) for body in row.bodies),
        head=row.head,
        participants={person.id: person for person in travelling},
        texts={name: text.decode() for name, text in zip(row.names, texts, strict=True)},
        people={person.id: person for person in people},
        organisations={organisation.id: organisation for organisation in organisations},
        renewals=dict(zip(map(PersonId, row.renewed), row.times, strict=True)),
    )


def _words_of(row: "sa.Row[tuple[object, ...]]") -> list[str]:
    """Every word in what is kept of a mobility: whomever it names is among them.

    The rest of the directory is not read, however large it is.
    """
    pages = (json.loads(page) for page in (row.request, row.view, *row.bodies))
    return list({*row.readers, *(word for page in pages for word in _words_in(page))})


def _words_in(page: object) -> Iterator[str]:
    if isinstance(page, str):
        yield page
    elif isinstance(page, dict):
        yield from page
        for value in page.values():
            yield from _words_in(value)
    elif isinstance(page, list):
        for value in page:
            yield from _words_in(value)


_AS_OF = sa.text(
    """
    select m.reference, m.n, k.destroyed_at is not null as is_erased
    from mobility m left join data_key k on k.scope = m.reference
    where m.reference = any(:references)
    """
)


async def as_of(store: Store, references: Sequence[Reference]) -> list[int | KeyDestroyed]:
    """The number of each mobility's last entry, to see whether anything has happened since.

    Of a mobility that was erased it says so; of one that is not in the store, 0.
    """
    async with single_statement(store.engine) as connection:
        rows = (await connection.execute(_AS_OF, {"references": list(references)})).all()
    known = {row.reference: row for row in rows}
    return [_last_entry(reference, known.get(reference)) for reference in references]


def _last_entry(
    reference: Reference, row: "sa.Row[tuple[str, int, bool]] | None"
) -> int | KeyDestroyed:
    if row is None:
        return 0
    return KeyDestroyed(f"{reference} was erased.") if row.is_erased else row.n
