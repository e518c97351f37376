"""The papers a holder may download: a strict list for each capacity, and nothing beside it."""

from typing import NamedTuple

from domain.people import Role
from portal.holder import Holder


class Paper(NamedTuple):
    """One paper: what it is called on the page, and where the store keeps it."""

    title: str
    kept_as: str


AGREEMENT = "The agreement"
CERTIFICATE = "Your certificate of attendance"
CARD = "The card"
SIGNATORIES = {Role.SENDING, Role.RECEIVING, Role.PARTICIPANT}


def papers_of(holder: Holder) -> dict[str, Paper]:
    """The agreement for who signs it, one's own certificate, and the card once it is published."""
    view, papers = holder.view, {}
    if not holder.roles:
        return {}
    signs = view.is_matched and bool(SIGNATORIES & {*holder.roles})
    if signs and view.agreement_document:
        papers["agreement.pdf"] = Paper(AGREEMENT, "agreement.pdf")
    if holder.person.id in view.certificates:
        kept_as = f"certificate-{holder.person.id}.pdf"
        papers["certificate.pdf"] = Paper(CERTIFICATE, kept_as)
    if "card.pdf" in view.card and not holder.is_only_asked:
        papers["card.pdf"] = Paper(CARD, "card.pdf")
    return papers
