"""Whose page it is: a link opens one person's part in one mobility, and nothing else."""

import re
from dataclasses import dataclass

from activities.case_reader import OpenCase, open_case
from activities.links import holder_of
from domain.case_view import CaseView, roles_in
from domain.errors import Refusal
from domain.facts import Reference
from domain.lifecycle import check_permission
from domain.messages import Message
from domain.people import Person, Role
from mail.speech import Speech
from portal.wording import speech_of
from store.cases import Store
from store.sealing import KeyDestroyed

REFERENCE = re.compile(r"M-\d{4}-\d{1,9}")


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a link, with the mobility that it opens as it now stands."""

    case: OpenCase
    person: Person
    token: str

    @property
    def view(self) -> CaseView:
        """How the mobility stands."""
        return self.case.view

    @property
    def speech(self) -> Speech:
        """The language in which they read their page."""
        return speech_of(self.person.language)

    @property
    def roles(self) -> tuple[Role, ...]:
        """In what capacities they take part now; none once they have withdrawn or declined."""
        travels = self.person.id in self.view.taking_part
        roles = roles_in(self.case.request, self.view, self.person.id)
        return tuple(role for role in roles if role is not Role.PARTICIPANT or travels)

    @property
    def is_only_asked(self) -> bool:
        """Whether they are a host that has not said yes: it sees profiles, and no names."""
        return self.roles == (Role.RECEIVING,) and not self.view.is_matched

    @property
    def may_know_host(self) -> bool:
        """Until a host has said yes, who is asked is between it and the sending coordinator."""
        return self.view.is_matched or bool({Role.SENDING, Role.RECEIVING} & {*self.roles})

    def may(self, kind: type[Message]) -> bool:
        """Whether the table of messages lets them say this now."""
        try:
            check_permission(kind, self.view.phase, self.roles)
        except Refusal:
            return False
        return True


async def find_holder(store: Store, reference: str, token: str) -> Holder | None:
    """Whose link this is; nobody's when the mobility is unknown or erased, or the link dead."""
    name = Reference(reference)
    if not REFERENCE.fullmatch(reference):
        return None
    try:
        # Asked of the store: a key may be remembered here for a while after it was destroyed.
        if await store.is_erased(name):
            return None
        case = await open_case(store, name)
        found = await holder_of(store.keys, name, token, case.people.values(), case.renewals)
    except (LookupError, KeyDestroyed):
        return None
    return Holder(case, case.people[found], token) if found else None
