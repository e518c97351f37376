"""What each question looks like on the page of somebody who is asked it, and with which forms."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.deadlines import Asked


class Ask(NamedTuple):
    """One kind of question: the acts that answer it, and those folded away beneath them."""

    acts: tuple[str, ...]
    or_else: tuple[str, ...] = ()


ASKS: Mapping[Asked, Ask] = {
    Asked.PLACE: Ask(("accept",), ("decline", "propose-dates")),
    Asked.OTHER_DATES: Ask(("accept-dates",), ("decline-dates",)),
    Asked.FREE_PLACE: Ask((), ("move", "cancel")),
    Asked.SIGNATURES: Ask(("sign",), ("refuse",)),
    Asked.GRANT_DECISION: Ask(("award",)),
    Asked.INSTALMENT: Ask(("pay",)),
    Asked.AGENDA: Ask(("put-agenda",)),
    Asked.AGENDA_ACCEPTANCE: Ask(("accept-agenda",), ("return-agenda",)),
    Asked.AGENDA_CHANGE: Ask(("accept-agenda",), ("return-agenda",)),
    Asked.ATTENDANCE: Ask(("arrive", "attend", "depart")),
    Asked.EVALUATION: Ask(("evaluate",)),
    Asked.FOLLOW_UP: Ask(("follow-up",)),
    Asked.CARD_FACTS: Ask(("follow-up",)),
    Asked.ADDRESS: Ask(("correct-address",)),
}
"""Every question a mobility puts; the template of each has its name."""

ASKED_ELSEWHERE = (Asked.APPLICATION,)
"""An application to join is no mobility: its page is in applications.py."""

CAME_UP = ("move", "withdraw", "decline-mobility", "cancel")
"""What may be said at any time, once something has come up."""
