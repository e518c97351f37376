"""What joining the partnership touches: the office's days, and the directory."""

from collections.abc import Mapping
from datetime import datetime

from temporalio import activity

from activities.almanac import almanac_of
from domain.almanac import Almanac
from domain.deadlines import Asked, Plan
from domain.facts import Fact, OrganisationId, PersonId, Reference
from store.applications import admit, as_member, what_was_told
from store.cases import Store
from store.directory import read_directory


class OfficeQuestion(Fact):
    """Whose days are to be looked up, and from when on they are asked."""

    office: PersonId
    at: datetime


class Admission(Fact):
    """Who is a member now; no organisation where there was such a member before."""

    organisation: OrganisationId | None
    coordinator: PersonId


class Registrar:
    """Looks up the office that decides, and enters those it accepts in the directory."""

    def __init__(self, store: Store, plans: Mapping[Asked, Plan]) -> None:
        self._store = store
        self._plans = dict(plans)

    @activity.defn(name="look-up-office")
    async def look_up_office(self, question: OfficeQuestion) -> Almanac:
        """Look up the plan, the days and the colleagues of the office that decides."""
        directory = await read_directory(self._store.engine)
        return almanac_of(
            question.office, directory, self._plans[Asked.APPLICATION], since=question.at.date()
        )

    @activity.defn(name="admit-member")
    async def admit_member(self, reference: Reference) -> Admission:
        """Add an accepted applicant to the directory, with its logo; twice is once."""
        is_member = await admit(self._store, reference)
        told = await what_was_told(self._store, reference)
        home = told.organisation.id if is_member else None
        return Admission(organisation=home, coordinator=as_member(told).id)
