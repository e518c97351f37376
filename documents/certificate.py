"""The certificate of attendance, which the receiving organisation issues on departure."""

from documents.typesetting import typeset
from documents.wording import counted, place_of, said_day, said_runs
from domain.papers import CertificatePaper


def draw_certificate(paper: CertificatePaper) -> bytes:
    """Draw up one participant's certificate as a PDF of one page: only days truly attended."""
    return typeset("certificate.typ", _facts(paper))


def _facts(paper: CertificatePaper) -> dict[str, object]:
    return {
        "reference": paper.reference,
        "issued_on": said_day(paper.issued_on),
        "name": paper.participant.name,
        "profile": paper.participant.profile,
        "activity": paper.activity.value,
        "title": paper.title,
        "sending": paper.sending.name,
        "sending_place": place_of(paper.sending),
        "receiving": paper.receiving.name,
        "receiving_place": place_of(paper.receiving),
        "coordinator": paper.receiving_coordinator.name,
        "days": counted(len(set(paper.days)), "day"),
        "dates": said_runs(paper.days),
        "objectives": list(paper.objectives),
    }
