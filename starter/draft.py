"""A request as a person wrote it, turned into references: everybody in it is found or refused."""

from collections.abc import Iterable
from datetime import date

from domain.errors import RequestNotAcceptable
from domain.facts import PersonId, Reference, Writing
from domain.people import Role
from domain.ranking import check_themes_are_offered
from domain.request import MobilityRequest, Objective
from starter.case_files import RequestSection
from starter.directory import find_organisation, find_person
from starter.directory_rules import odd_tags
from starter.standards import odd_language
from store.directory import Directory

NOTHING_YET = Writing(id="", digest="")

AS_WRITTEN = {
    "activity", "themes", "fields", "tags", "languages", "least_level", "fewer_opportunities",
    "event",
    "first_day", "last_day", "funding",
}  # fmt: skip
"""What goes into the request as it stands in the file."""


def checked_draft(
    section: RequestSection, directory: Directory, offered: Iterable[str], *, today: date
) -> MobilityRequest:
    """The request with everybody found and every rule kept, before any text of it is kept.

    ``offered`` are the themes of all hosts.

    Raises:
        NotKnown: for an organisation or a person who is not in the directory.
        RequestNotAcceptable: when dates, durations or people break a rule.
    """
    draft = draft_request(section, directory)
    draft.check(today=today)
    _check_words(draft)
    check_themes_are_offered(draft, offered)
    return draft


def draft_request(section: RequestSection, directory: Directory) -> MobilityRequest:
    """The request with everybody found, before any text of it is kept.

    Raises:
        NotKnown: for an organisation or a person who is not in the directory.
        RequestNotAcceptable: when somebody cannot have the part that is given to them.
    """
    sending = find_organisation(directory, section.sending)
    coordinator = find_person(directory, section.coordinator, Role.SENDING)
    if coordinator.organisation != sending.id:
        raise RequestNotAcceptable(
            f"coordinator {section.coordinator} does not belong to {sending.name}: name one of its "
            "own coordinators."
        )
    emails = [entry.email.casefold() for entry in section.participants]
    if twice := [email for email in emails if emails.count(email) > 1]:
        raise RequestNotAcceptable(f"participant {twice[0]} stands there twice: take one out.")
    _check_names(section, directory)
    office = find_person(directory, section.programme_office, Role.OFFICE)
    if office.email.casefold() in (coordinator.email.casefold(), *emails):
        raise RequestNotAcceptable(
            f"programme_office {section.programme_office} has another part in this mobility: "
            "nobody decides on their own grant."
        )
    return MobilityRequest(
        reference=Reference(""),
        sending=sending.id,
        coordinator=coordinator.id,
        office=office.id,
        participants=tuple(PersonId(email) for email in emails),
        title=NOTHING_YET,
        context=NOTHING_YET,
        objectives=tuple(
            Objective(id=f"O{n}", text=NOTHING_YET) for n in range(1, len(section.objectives) + 1)
        ),
        **section.model_dump(include=AS_WRITTEN, exclude_none=True),
    )


def _check_words(draft: MobilityRequest) -> None:
    """Languages are languages, and tags are short: they stay in the journal in clear for ever."""
    if odd := next(filter(None, map(odd_language, draft.languages)), None):
        raise RequestNotAcceptable(f"The request has language {odd}.")
    if odd := odd_tags(draft.tags):
        raise RequestNotAcceptable(odd)


def _check_names(section: RequestSection, directory: Directory) -> None:
    """Whoever is in the directory is called the same here: one person has one name."""
    for entry in section.participants:
        found = directory.person(entry.email)
        if found and found.name.casefold().split() != entry.name.casefold().split():
            raise RequestNotAcceptable(
                f"participant {entry.email} is {found.name} in the directory and {entry.name} "
                "here: give the same name, or correct the directory."
            )
