"""A host that is not asked for places any more says with one click that it is back.

It is about the organisation, not about the mobility whose link was opened: its reader may have no
part in that one at all.
"""

from portal.holder import Holder
from starter.desk import FrontDesk
from starter.hosting import bring_back
from store.hosting_pauses import read_paused

RESUME = "resume-hosting"
DONE = "Thank you: your organisation is asked for places again."


async def is_paused(desk: FrontDesk, holder: Holder) -> bool:
    """Whether the holder answers for a host that is not asked for the time being."""
    person = holder.person
    travels = person.id in holder.case.request.participants
    return not travels and person.organisation in await read_paused(desk.store.engine)


async def resume(desk: FrontDesk, holder: Holder) -> None:
    """Have the holder's organisation asked again.

    Raises:
        AlreadyDone: when it is not paused.
    """
    await bring_back(desk, holder.person.organisation, holder.person.id)
