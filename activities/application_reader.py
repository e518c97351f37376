"""What a letter about an application is written from."""

from domain.facts import Writing
from domain.joining import ApplicationDeclined
from domain.letters import LetterOrder
from mail.applications import ApplicationContext
from store.applications import WholeApplication


def application_context(
    case: WholeApplication, order: LetterOrder, link: str = ""
) -> ApplicationContext:
    """The facts of one letter, from the application as it now stands."""
    entry = case.entries[order.event - 1]
    event, recipient = entry.event(), case.people[order.to]
    note = event.note if isinstance(event, ApplicationDeclined) else None
    [motivation] = [e.event() for e in case.entries[:1]]
    return ApplicationContext(
        order=order,
        event=event,
        view=case.view,
        recipient=recipient,
        home=case.organisations[recipient.organisation],
        organisation=case.told.organisation,
        coordinator=case.told.coordinator,
        office=case.office,
        office_home=case.organisations[case.office.organisation],
        motivation=_text(case, getattr(motivation, "motivation", None)),
        note=_text(case, note),
        link=link,
    )


def _text(case: WholeApplication, writing: Writing | None) -> str:
    return case.texts[writing.id] if writing else ""
