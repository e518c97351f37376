"""Two mobilities on their way that are one are made one: said to both, in an order that holds.

The one that ends hears of it first, and the other takes in the head of its journal. Whoever stops
in between gives the same command again, and what is missing is made up for.
"""

from domain.case_view import roles_in
from domain.errors import AlreadyDone, MergeNotAcceptable, OutOfPhase, Refusal, WrongRole
from domain.facts import Fact, PersonId
from domain.lifecycle import PERMISSIONS
from domain.merging import check_are_two
from domain.messages import MergeMobility, Receipt, TakeInMobility
from domain.people import Person
from mail.returned import canonical
from starter.desk import FrontDesk, OpenMobility
from starter.errand import errand
from starter.names import in_names
from store.journal import read_journal

People = dict[PersonId, Person]


class Merged(Fact):
    """What came of it; nothing is said of the one that ends where it had ended so before."""

    ended: Receipt | None
    taken_in: Receipt


async def merge(desk: FrontDesk, reference: str, into: str, who: str) -> Merged:
    """End one mobility in favour of another, which holds on to its history.

    Raises:
        Refusal: when something would be lost by it, or somebody else has to say it.
        Unreachable: when no worker answers; it is safe to say it again.
    """
    by = (await errand(desk, reference, who)).by
    await errand(desk, into, who)
    going, staying = await desk.mobility(reference), await desk.mobility(into)
    check_are_two(going.reference, staying.reference)
    _check_may(going, staying, by)
    is_half_done = going.view.merged_into == staying.reference
    ended = None if is_half_done else await _end(desk, going, staying, by)
    head = (await read_journal(desk.store.engine, going.reference))[-1].chain
    take_in = TakeInMobility(by=by, reference=going.reference, head=head)
    return Merged(ended=ended, taken_in=await desk.say(staying.reference, take_in))


def _check_may(going: OpenMobility, staying: OpenMobility, by: PersonId) -> None:
    """What only the desk can know beforehand, since it looks at both."""
    own, into = going.reference, staying.reference
    if own in staying.view.taken_in:
        raise AlreadyDone(f"{own} has been merged with {into} already: nothing is left to do.")
    if staying.view.outcome is not None:
        raise OutOfPhase(f"{into} is closed: nothing can be merged with it any more.")
    if going.request.sending != staying.request.sending:
        raise MergeNotAcceptable(
            f"{own} and {into} are of two organisations: cancel the one that is not to go on."
        )
    allowed = set(PERMISSIONS[MergeMobility].roles)
    for mobility in (going, staying):
        allowed &= set(roles_in(mobility.request, mobility.view, by))
    if not allowed:
        raise WrongRole(
            f"To merge {own} with {into} is for whoever is the sending coordinator of both or the "
            "programme office of both: ask them to do it."
        )


async def _end(
    desk: FrontDesk, going: OpenMobility, staying: OpenMobility, by: PersonId
) -> Receipt:
    here, there = await desk.people(going.reference), await desk.people(staying.reference)
    people = _same_people(going, here, staying, there)
    message = MergeMobility(by=by, into=staying.reference, people=people)
    try:
        return await desk.say(going.reference, message)
    except Refusal as refusal:
        names = {str(p): here[p].name for p in going.view.taking_part}
        raise type(refusal)(in_names(str(refusal), names)) from None


def _same_people(
    going: OpenMobility, here: People, staying: OpenMobility, there: People
) -> dict[PersonId, PersonId]:
    """Who is who: people of the directory have one id everywhere, others are known by address."""
    travelling = staying.view.taking_part
    by_address = {canonical(there[p].email): p for p in travelling}
    found = {
        p: p if p in travelling else by_address.get(canonical(here[p].email))
        for p in going.view.taking_part
    }
    return {p: other for p, other in found.items() if other is not None}
