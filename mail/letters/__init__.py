"""The letters, a folder each; where one states what no other does, a function beside it."""

from collections.abc import Callable, Mapping

from domain.letters import Purpose
from mail.context import LetterContext
from mail.letters.address_wanted import address_wanted
from mail.letters.card_stopped import card_stopped
from mail.letters.grant_decided import grant_decided
from mail.letters.grant_to_decide import grant_to_decide
from mail.letters.host_asked_for_a_place import host_asked_for_a_place
from mail.letters.instalment_due import instalment_due
from mail.letters.match_made import match_made
from mail.letters.mobility_ended import mobility_ended
from mail.letters.no_host_found import no_host_found
from mail.letters.other_dates_declined import other_dates_declined
from mail.letters.other_dates_to_answer import other_dates_to_answer
from mail.letters.visit_begins import visit_begins
from mail.letters.visit_moved import visit_moved

OWN_FACTS: Mapping[Purpose, Callable[[LetterContext], object]] = {
    Purpose.ADDRESS_WANTED: address_wanted,
    Purpose.CARD_STOPPED: card_stopped,
    Purpose.GRANT_DECIDED: grant_decided,
    Purpose.GRANT_TO_DECIDE: grant_to_decide,
    Purpose.HOST_ASKED_FOR_A_PLACE: host_asked_for_a_place,
    Purpose.INSTALMENT_DUE: instalment_due,
    Purpose.MATCH_MADE: match_made,
    Purpose.MOBILITY_ENDED: mobility_ended,
    Purpose.NO_HOST_FOUND: no_host_found,
    Purpose.OTHER_DATES_DECLINED: other_dates_declined,
    Purpose.OTHER_DATES_TO_ANSWER: other_dates_to_answer,
    Purpose.VISIT_BEGINS: visit_begins,
    Purpose.VISIT_MOVED: visit_moved,
}
"""What a letter states of its own, as ``own`` in its template. Most state what all may."""
