"""Drawing up papers and keeping them."""

import asyncio
from datetime import date

from temporalio import activity

from activities.case_reader import OpenCase, open_case
from activities.names import CardResult, PaperOrder
from documents.agreement import draw_agreement
from documents.card import card_html, card_markdown, draw_card
from documents.certificate import draw_certificate
from domain.case_card import build_card, read_card_facts
from domain.contradictions import find_contradictions
from domain.events import AgreementDrawnUp, AgreementInForce, AttendanceConfirmed
from domain.facts import PersonId
from domain.papers import AgreementPaper, CertificatePaper
from store.cases import Store

AGREEMENT = "agreement.pdf"
FORMS = ("card.md", "card.html", "card.pdf")


class PaperMaker:
    """Draws up agreement, certificates and card. Drawing runs beside the event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @activity.defn(name="draw-agreement")
    async def draw_agreement(self, order: PaperOrder) -> str:
        """Draw up the agreement and return its hash, which every signature will carry.

        One that was in force until the visit was moved is kept beside it.
        """
        case = await open_case(self._store, order.reference)
        paper = _agreement_paper(case, order)
        content = await asyncio.to_thread(draw_agreement, paper)
        for old in _once_in_force(case):
            await self._store.keep_aside(
                case.reference, AGREEMENT, old.document, f"agreement-{old.version}.pdf"
            )
        return await self._store.keep_document(case.reference, AGREEMENT, content)

    @activity.defn(name="issue-certificates")
    async def issue_certificates(self, order: PaperOrder) -> dict[PersonId, str]:
        """Issue a certificate to everybody who attended, and return their hashes."""
        case = await open_case(self._store, order.reference)
        issued: dict[PersonId, str] = {}
        for person, days in _attended(case).items():
            paper = _certificate_paper(case, person, days, order)
            content = await asyncio.to_thread(draw_certificate, paper)
            name = f"certificate-{person}.pdf"
            issued[person] = await self._store.keep_document(order.reference, name, content)
        return issued

    @activity.defn(name="publish-card")
    async def publish_card(self, order: PaperOrder) -> CardResult:
        """Publish the card in three forms, unless its facts contradict each other."""
        case = await open_case(self._store, order.reference)
        facts = read_card_facts(case.entries)
        if contradictions := find_contradictions(facts, case.texts):
            # An earlier card, drawn up from facts that were corrected meanwhile, is not handed out.
            await self._store.discard_documents(order.reference, FORMS)
            return CardResult(contradictions=contradictions)
        card = build_card(
            facts, texts=case.texts, people=case.people,
            organisations=case.organisations, journal_head=case.head,
        )  # fmt: skip
        drawn = await asyncio.to_thread(draw_card, card)
        forms = dict(
            zip(FORMS, (card_markdown(card).encode(), card_html(card).encode(), drawn), strict=True)
        )
        return CardResult(
            documents={
                name: await self._store.keep_document(order.reference, name, content)
                for name, content in forms.items()
            }
        )


def _once_in_force(case: OpenCase) -> list[AgreementDrawnUp]:
    """The agreements that everybody has signed; none of them is in force while one is drawn up."""
    in_force = {event.version for event in case.events if isinstance(event, AgreementInForce)}
    drawn_up = [event for event in case.events if isinstance(event, AgreementDrawnUp)]
    return [event for event in drawn_up if event.version in in_force]


def _agreement_paper(case: OpenCase, order: PaperOrder) -> AgreementPaper:
    request, view = case.request, case.view
    if case.receiving is None or view.host is None:
        raise LookupError(f"{order.reference} has no receiving organisation yet.")
    return AgreementPaper(
        reference=order.reference,
        version=view.agreement_version + 1,
        drawn_up_on=order.at.date(),
        activity=request.activity,
        title=case.text(request.title),
        context=case.text(request.context),
        objectives=tuple((o.id, case.text(o.text)) for o in request.objectives),
        sending=case.sending,
        receiving=case.receiving,
        sending_coordinator=case.named(request.coordinator),
        receiving_coordinator=case.named(view.host.coordinator),
        participants=tuple(case.named(p) for p in view.taking_part),
        first_day=request.first_day,
        last_day=request.last_day,
        days=len(request.days),
        call_year=request.funding.call_year,
    )


def _certificate_paper(
    case: OpenCase, person: PersonId, days: tuple[date, ...], order: PaperOrder
) -> CertificatePaper:
    if case.receiving is None or case.view.host is None:
        raise LookupError(f"{order.reference} has no receiving organisation yet.")
    return CertificatePaper(
        reference=order.reference,
        issued_on=order.at.date(),
        participant=case.named(person),
        activity=case.request.activity,
        title=case.text(case.request.title),
        sending=case.sending,
        receiving=case.receiving,
        receiving_coordinator=case.named(case.view.host.coordinator),
        days=days,
        objectives=tuple(case.text(o.text) for o in case.request.objectives),
    )


def _attended(case: OpenCase) -> dict[PersonId, tuple[date, ...]]:
    confirmed = [event for event in case.events if isinstance(event, AttendanceConfirmed)]
    confirmed.sort(key=lambda event: event.day)
    attended = {
        person: tuple(event.day for event in confirmed if person in event.present)
        for person in case.view.taking_part
    }
    return {person: days for person, days in attended.items() if days}
