"""Merging: two mobilities that are one. One of them ends, the other goes on and holds its head.

The one that ends is told first. Its journal has an end then, and the hash at that end is what the
other takes in: it stands for all of its history. If nobody comes to tell the other, the first says
where it goes on, and the same command said again makes up for it.
"""

from datetime import datetime

from domain.errors import AlreadyDone, MergeNotAcceptable
from domain.events import MobilityMerged, MobilityTakenIn, Outcome
from domain.facts import Reference
from domain.messages import Cause, MergeMobility, TakeInMobility
from domain.mobility import Mobility


def check_are_two(going: Reference, staying: Reference) -> None:
    """One mobility is no two.

    Raises:
        MergeNotAcceptable: when both are the same.
    """
    if going == staying:
        raise MergeNotAcceptable(
            f"{going} cannot be merged with itself: name another mobility that is to go on."
        )


def check_may_merge(mobility: Mobility, message: MergeMobility) -> None:
    """Hold the merge against what would be lost by it: somebody's visit, or money that was paid.

    Raises:
        MergeNotAcceptable: naming who or what would be lost, and what to do instead.
    """
    own, into = mobility.request.reference, message.into
    check_are_two(own, into)
    if left_out := [p for p in mobility.taking_part if p not in message.people]:
        raise MergeNotAcceptable(
            f"{left_out[0]} takes part in {own} and not in {into}, so that visit would be lost: "
            "merge the other way round, or withdraw them here first."
        )
    if mobility.grant.instalment_paid_on is not None:
        raise MergeNotAcceptable(
            f"The first instalment of {own} has been paid, and would be lost sight of: merge the "
            f"other way round, {into} into {own}, or cancel {own}, which asks it back."
        )


def merge(mobility: Mobility, message: MergeMobility, *, at: datetime) -> None:
    """End this mobility in favour of the other."""
    mobility.merged_into = message.into
    people = {p: message.people[p] for p in mobility.taking_part}
    mobility.happened(MobilityMerged(into=message.into, people=people), at=at, by=message.by)
    mobility.end(Outcome.CANCELLED, Cause.MERGED, at=at, by=message.by)


def check_may_take_in(mobility: Mobility, message: TakeInMobility) -> None:
    """Take in each mobility once, and never itself.

    Raises:
        AlreadyDone: when it was taken in before.
        MergeNotAcceptable: when it is this very mobility.
    """
    own, other = mobility.request.reference, message.reference
    check_are_two(other, own)
    if other in mobility.taken_in:
        raise AlreadyDone(f"{other} has been merged with {own} already: nothing is left to do.")


def take_in(mobility: Mobility, message: TakeInMobility, *, at: datetime) -> None:
    """Tie the history of the other to this one."""
    mobility.taken_in[message.reference] = message.head
    mobility.happened(
        MobilityTakenIn(reference=message.reference, head=message.head), at=at, by=message.by
    )
