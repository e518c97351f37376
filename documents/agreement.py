"""The agreement that sending organisation, receiving organisation and every participant sign."""

from documents.typesetting import typeset
from documents.wording import counted, paragraphs, place_of, said_day
from domain.case_card import said_dates
from domain.papers import AgreementPaper, NamedPerson
from domain.people import Organisation, Role


def draw_agreement(paper: AgreementPaper) -> bytes:
    """Draw up the agreement as a PDF. Its bytes are what every signature is tied to."""
    return typeset("agreement.typ", _facts(paper))


def _facts(paper: AgreementPaper) -> dict[str, object]:
    return {
        "reference": paper.reference,
        "version": paper.version,
        "drawn_up_on": said_day(paper.drawn_up_on),
        "activity": paper.activity.capitalize(),
        "title": paper.title,
        "context": paragraphs(paper.context),
        "objectives": [text for _, text in paper.objectives],
        "sending": _party(paper.sending, paper.sending_coordinator),
        "receiving": _party(paper.receiving, paper.receiving_coordinator),
        "participants": [
            {"name": person.name, "profile": person.profile} for person in paper.participants
        ],
        "dates": said_dates((paper.first_day, paper.last_day)),
        "days": counted(paper.days, "day"),
        "call_year": paper.call_year,
        "signatories": _signatories(paper),
    }


def _party(organisation: Organisation, coordinator: NamedPerson) -> dict[str, str]:
    return {
        "name": organisation.name,
        "place": place_of(organisation),
        "oid": organisation.oid or "",
        "coordinator": coordinator.name,
        "email": coordinator.email,
    }


def _signatories(paper: AgreementPaper) -> list[dict[str, str]]:
    coordinators = (
        (paper.sending_coordinator, Role.SENDING, paper.sending),
        (paper.receiving_coordinator, Role.RECEIVING, paper.receiving),
    )
    return [
        {"name": person.name, "role": Role.PARTICIPANT.capitalize(), "party": "in person"}
        for person in paper.participants
    ] + [
        {"name": person.name, "role": role.capitalize(), "party": f"for {organisation.name}"}
        for person, role, organisation in coordinators
    ]
