"""How two mobilities that were merged point to each other on the pages."""

from collections.abc import Iterator

from domain.case_view import CaseView
from domain.events import MobilityMerged, MobilityTakenIn


def tie(event: object) -> str:
    """What the timeline says of the other mobility, empty where the event speaks of none."""
    match event:
        case MobilityMerged(into=other):
            return f": it goes on as {other}, see 'mobility timeline {other}'"
        case MobilityTakenIn(reference=other):
            return f": {other}, whose own history 'mobility timeline {other}' shows"
    return ""


def ties(view: CaseView) -> Iterator[tuple[str, str]]:
    """What the page of one mobility says of the others."""
    if view.merged_into:
        yield "goes on as", f"{view.merged_into}, see 'mobility show {view.merged_into}'"
    for other in view.taken_in:
        yield "merged with it", f"{other}, see 'mobility show {other}'"
