"""People whose every word is a secret of its own, and the journeys in which they say all."""

import secrets
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from activities.letter_book import LedgerBook
from domain.agenda import SessionKind
from domain.deadlines import Asked
from domain.errors import WrongRole
from domain.evaluation import Consent
from domain.events import Outcome
from domain.facts import OfferId, OrganisationId, PersonId
from domain.grant import GrantDecision
from domain.hosting import HostingOffer
from domain.matching import DeclineReason
from domain.messages import Cause
from domain.people import Organisation, Person, Role
from domain.request import Activity
from mail.returned import canonical
from settings import Settings
from starter.case_files import (
    CaseDocument,
    DirectorySection,
    EvaluationEntry,
    FollowUpEntry,
    ParticipantEntry,
    RequestSection,
    SessionEntry,
)
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from starter.story import holder, the_visit_takes_place
from store.ledger import read_letters

TOKEN = secrets.token_hex(4)
DIRECTORY = ("coordinator", "office", "host", "second")
PEOPLE = ("frida", "emelie", "maria")
SAID_OF = {
    "request": ("title", "context", "objective"),
    "endings": ("refusal", "decline", "cancelling", "fair", "exams"),
    "way": ("full", "withdrawal", "grantreason", "return"),
    "agenda": ("session", "place"),
    "afterwards": ("lesson", "testimonial", "seen", "adapted", "cardtitle", "cardcontext"),
}


def secret(field: str) -> str:
    """A word that stands in this field and nowhere else in the world."""
    return f"{field}{TOKEN}"


NAMES = {
    f"{kind}{who}" for who in (*DIRECTORY, *PEOPLE) for kind in ("name", "email")
} | {f"profile{who}" for who in PEOPLE} | {"emailmoved"}  # fmt: skip
"""Emelie has two addresses, the second of them corrected."""
SECRETS = {secret(f) for f in NAMES} | {secret(f) for fields in SAID_OF.values() for f in fields}
UNHEARD = secret("unheard")
"""Written in a message that is refused: nobody ever reads it."""


def address(who: str) -> str:
    return f"{secret(f'email{who}')}@people.example"


def somebody(who: str, role: Role, where: str) -> Person:
    return Person(
        id=PersonId(f"leaks-{who}"), name=secret(f"name{who}"), email=address(who),
        organisation=OrganisationId(where), roles=(role,),
    )  # fmt: skip


def an_organisation(name: str, country: str, zone: str) -> Organisation:
    return Organisation(
        id=OrganisationId(name), name=name, city="City", region="Region", country=country, zone=zone
    )


def an_offer(who: str, where: str, themes: tuple[str, ...]) -> HostingOffer:
    """An offer in Esperanto, which no other request and no other offer speaks."""
    return HostingOffer(
        id=OfferId(f"leaks-{who}"), organisation=OrganisationId(where),
        coordinator=PersonId(f"leaks-{who}"), country="ES", zone="Europe/Madrid",
        activities=(Activity.JOB_SHADOWING,), themes=themes, languages=("eo",),
        opens=date(2026, 1, 1), closes=date(2099, 12, 31), places=4,
    )  # fmt: skip


SECTION = DirectorySection(
    organisations=(
        an_organisation("leaks-sending", "SE", "Europe/Stockholm"),
        an_organisation("leaks-one", "ES", "Europe/Madrid"),
        an_organisation("leaks-two", "ES", "Europe/Madrid"),
    ),
    people=(
        somebody("coordinator", Role.SENDING, "leaks-sending"),
        somebody("office", Role.OFFICE, "leaks-sending"),
        somebody("host", Role.RECEIVING, "leaks-one"),
        somebody("second", Role.RECEIVING, "leaks-two"),
    ),
    offers=(an_offer("host", "leaks-one", ("inclusion",)), an_offer("second", "leaks-two", ())),
)


class Beginning:
    """Requests the same thing again and again."""

    def __init__(self, desk: FrontDesk, settings: Settings, case: CaseDocument) -> None:
        assert case.request is not None
        self.desk, self.settings = desk, settings
        self.section: RequestSection = case.request.model_copy(
            update={
                "sending": "leaks-sending",
                "coordinator": address("coordinator"),
                "programme_office": address("office"),
                "title": f"About {secret('title')}",
                "context": f"Because of {secret('context')}.",
                "objectives": (f"See {secret('objective')}",),
                "participants": tuple(
                    ParticipantEntry(
                        name=secret(f"name{who}"), email=address(who),
                        profile=secret(f"profile{who}"),
                    )
                    for who in PEOPLE
                ),
                "languages": ("eo",),
            }
        )  # fmt: skip

    async def __call__(self) -> Rehearsal:
        today = datetime.now(UTC).date()
        occasion = secrets.token_hex(8)
        reference = await self.desk.request(self.section, today=today, occasion=occasion)
        clock = VirtualClock(self.desk.client, self.settings)
        return Rehearsal(self.desk, clock, reference, with_post=True)


async def carried_through(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)
    first = await rehearsal.acts(address("host"))
    await first.decline(DeclineReason.NO_CAPACITY, f"We are {secret('full')}.")
    await rehearsal.until(lambda v: v.receiving == "leaks-two", "asked of the second host")
    await rehearsal.days_pass(4)
    await (await rehearsal.acts(address("second"))).accept()
    await rehearsal.asked(Asked.SIGNATURES)
    with pytest.raises(WrongRole):
        await (await rehearsal.acts(address("frida"))).cancel(Cause.OTHER, UNHEARD)
    leaving = await rehearsal.acts(address("maria"))
    await leaving.withdraw("", Cause.ILLNESS, f"It is {secret('withdrawal')}.")
    await rehearsal.until(
        lambda v: v.agreement_version == 2 and bool(v.agreement_document), "before the signatories"
    )
    await rehearsal.asked(Asked.SIGNATURES)
    await the_address_of_emelie_is_corrected(rehearsal)
    for who in ("coordinator", "second", "frida", "moved"):
        await (await rehearsal.acts(address(who))).sign()
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    await the_grant_is_decided(rehearsal)
    await the_agenda_goes_to_and_fro(rehearsal)
    await the_visit_takes_place(rehearsal)
    await everybody_looks_back(rehearsal)


async def the_address_of_emelie_is_corrected(rehearsal: Rehearsal) -> None:
    await rehearsal.post_comes()
    store = rehearsal.desk.store
    emelie = (await rehearsal.mobility()).view.taking_part[-1]
    ledger = await read_letters(store.engine, rehearsal.reference)
    came_back = next(line for line in ledger if line.order.to == emelie)
    # In a second mobility her address is known by then, and her letters do not even leave.
    if message_id := came_back.message_id:
        emelies = canonical(address("emelie"))
        assert await LedgerBook(store).bounced(message_id, emelies, "failed", is_about_address=True)
    await rehearsal.until(lambda view: emelie in view.out_of_reach, "without Emelie")
    sending = await rehearsal.acts(address("coordinator"))
    await sending.correct_address(emelie, address("moved"))


async def the_grant_is_decided(rehearsal: Rehearsal) -> None:
    office = await rehearsal.acts(address("office"))
    traveller = (await rehearsal.mobility()).view.taking_part[0]
    amounts = {"organisational-support": Decimal(0), f"travel/{traveller}": Decimal(1)}
    await office.decide_grant(
        GrantDecision.AWARDED_IN_PART, amounts, f"Because of {secret('grantreason')}."
    )
    await rehearsal.asked(Asked.INSTALMENT)
    sending = await holder(rehearsal, Role.SENDING)
    await sending.confirm_instalment(await rehearsal.today())


async def the_agenda_goes_to_and_fro(rehearsal: Rehearsal) -> None:
    days = (await rehearsal.mobility()).request.days
    shared = [
        SessionEntry(
            day=day, starts=time(9), ends=time(12), objectives=(1,),
            title=f"On {secret('session')}", place=f"At {secret('place')}",
        )
        for day in days
    ]  # fmt: skip
    shadowing = [
        shared[0].model_copy(
            update={
                "starts": time(14), "ends": time(16), "kind": SessionKind.SHADOWING,
                "participants": (address(who),),
            }
        )
        for who in ("frida", "moved")
    ]  # fmt: skip
    await (await rehearsal.acts(address("second"))).put_agenda([*shared, *shadowing])
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    sending = await rehearsal.acts(address("coordinator"))
    await sending.return_agenda(f"Too much {secret('return')}.")
    await rehearsal.asked(Asked.AGENDA)
    await (await rehearsal.acts(address("second"))).put_agenda([*shared, *shadowing])
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    await (await rehearsal.acts(address("coordinator"))).accept_agenda()


async def everybody_looks_back(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.EVALUATION, Asked.FOLLOW_UP)
    for who in ("frida", "moved", "second"):
        entry = EvaluationEntry(
            who=address(who), marks=(5,), lessons=(f"We learnt {secret('lesson')}.",),
            testimonial=f"It was {secret('testimonial')}.", consent=Consent.WITH_NAME,
        )  # fmt: skip
        await (await rehearsal.acts(address(who))).evaluate(entry)
    follow_up = FollowUpEntry(
        stated_days=len((await rehearsal.mobility()).request.days),
        seen=f"They saw {secret('seen')}.", adapted=f"They adapt {secret('adapted')}.",
        title=f"On {secret('cardtitle')}", context=f"Out of {secret('cardcontext')}.",
    )  # fmt: skip
    await (await rehearsal.acts(address("coordinator"))).report_follow_up(follow_up)
    assert (await rehearsal.closed()).outcome is Outcome.COMPLETED


async def refused_to_sign(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)
    await (await rehearsal.acts(address("host"))).accept()
    await rehearsal.asked(Asked.SIGNATURES)
    await (await rehearsal.acts(address("emelie"))).refuse(f"Not under {secret('refusal')}.")
    await rehearsal.closed()


async def given_up_by_the_host(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)
    await (await rehearsal.acts(address("host"))).accept()
    await rehearsal.asked(Asked.SIGNATURES)
    host = await rehearsal.acts(address("host"))
    await host.decline_mobility(Cause.HOST_UNABLE, f"There is {secret('decline')}.")
    await rehearsal.closed()


async def other_dates_are_declined(rehearsal: Rehearsal) -> None:
    days = [day + timedelta(weeks=5) for day in (await rehearsal.mobility()).request.days]
    host = await rehearsal.acts(address("host"))
    await host.propose_dates(days[0], days[-1], f"It is {secret('fair')}.")
    await rehearsal.asked(Asked.OTHER_DATES)
    sending = await rehearsal.acts(address("coordinator"))
    await sending.decline_dates(f"Those days are {secret('exams')}.")
    await rehearsal.asked(Asked.PLACE)


async def cancelled(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)
    await other_dates_are_declined(rehearsal)
    sending = await rehearsal.acts(address("coordinator"))
    await sending.cancel(Cause.WORK, f"All because of {secret('cancelling')}.")
    await rehearsal.closed()
