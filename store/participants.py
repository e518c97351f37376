"""Who travels in which mobility, by a keyed digest of their address: names stay sealed.

Two mobilities of one organisation are so found to have somebody in common without opening any.
Digests are those of ``store.addresses.digest_of``.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import Fact, OrganisationId, PersonId, Reference
from domain.request import MobilityRequest
from store.cases import Case
from store.engine import single_statement
from store.tables import participant_address


class LiveCase(Case):
    """A mobility that is on its way, and those of the wanted people who travel in it."""

    request: MobilityRequest
    requested_at: datetime
    participants: dict[PersonId, str]  #: with the digests of their addresses


class Wanted(Fact):
    """Whose mobilities are looked for: those of this organisation that touch these days."""

    sending: OrganisationId
    earliest: date
    latest: date


async def keep_addresses(
    engine: AsyncEngine, reference: Reference, digests: Mapping[PersonId, str]
) -> None:
    """Keep by what digest each of these is known; what was kept of them before is replaced."""
    rows = [
        {"reference": reference, "person": person, "digest": digest}
        for person, digest in digests.items()
    ]
    kept_before = sa.and_(
        participant_address.c.reference == reference, participant_address.c.person.in_(digests)
    )
    async with engine.begin() as tx:
        await tx.execute(sa.delete(participant_address).where(kept_before))
        await tx.execute(insert(participant_address).values(rows).on_conflict_do_nothing())


async def live_cases(
    engine: AsyncEngine, wanted: Wanted, people: Collection[str]
) -> list[LiveCase]:
    """Mobilities on their way, oldest first, with those among ``people`` who travel in them.

    People are known by the digest of their address, or by their id in the directory. Whoever has
    withdrawn does not travel.
    """
    given = wanted.model_dump(mode="json") | {"people": list(people)}
    async with single_statement(engine) as connection:
        rows = await connection.execute(LIVE, given)
        return [_as_it_stands(LiveCase.model_validate(dict(row))) for row in rows.mappings()]


def _as_it_stands(case: LiveCase) -> LiveCase:
    if case.view is None:
        return case
    return case.model_copy(
        update={
            "request": case.view.as_it_stands(case.request),
            "participants": {
                p: d for p, d in case.participants.items() if p in case.view.taking_part
            },
        }
    )


LIVE = sa.text(
    """
    select reference, request, view, requested_at, coalesce(
      (select jsonb_object_agg(person, digest) from participant_address
       where participant_address.reference = mobility.reference
         and (digest = any(:people) or person = any(:people))), '{}'::jsonb) as participants
    from mobility
    where request ->> 'sending' = :sending and view ->> 'outcome' is null
      and coalesce(view -> 'moved_to' ->> 0, request ->> 'first_day') <= :latest
      and coalesce(view -> 'moved_to' ->> 1, request ->> 'last_day') >= :earliest
    order by reference
    """
).bindparams(sa.bindparam("people", type_=ARRAY(sa.Text)))
"""ISO days are in order as the texts that they are. What no worker has taken up yet is live too."""
