"""What may stand in the directory, and finding in it whom a request names."""

from collections import Counter
from zoneinfo import available_timezones

from activities.almanac import knows_region
from domain.errors import Refusal, RequestNotAcceptable
from domain.facts import OrganisationId
from domain.people import Organisation, Person, Role
from domain.request import check_themes
from starter.case_files import DirectorySection
from store.directory import Directory


class NotKnown(Refusal):
    """No mobility, person or organisation of that name is known here."""


class DirectoryNotAcceptable(Refusal):
    """Two people with one address, or a zone or a region that does not exist."""


def check_directory(known: Directory, section: DirectorySection) -> None:
    """Hold what is to be kept against itself and against what is there already.

    Raises:
        NotKnown: when a person or an offer names somebody or something that is nowhere.
        DirectoryNotAcceptable: when an id or an address would stand for two, or a zone or
            a region for none.
        RequestNotAcceptable: when an offer has a theme that is none.
    """
    _check_zones(section)
    _check_regions(section)
    _check_themes(section)
    _check_ids(section)
    _check_organisations(known, section)
    people = {p.id: p for p in (*known.people, *section.people)}
    if strangers := [o for o in section.offers if o.coordinator not in people]:
        raise NotKnown(
            f"Offer {strangers[0].id} names coordinator '{strangers[0].coordinator}', who is "
            "not in the directory: add them or correct the name."
        )
    _check_addresses(list(people.values()))


def _check_zones(section: DirectorySection) -> None:
    zones = available_timezones()
    named: list[tuple[str, str]] = [(o.id, o.zone) for o in section.organisations]
    named += [(o.id, o.zone) for o in section.offers]
    for name, zone in named:
        if zone not in zones:
            raise DirectoryNotAcceptable(
                f"{name} has zone '{zone}', which is no time zone: write it as Europe/Stockholm."
            )


def _check_regions(section: DirectorySection) -> None:
    for home in section.organisations:
        region = home.holiday_region
        if region and not (region.startswith(home.country) and knows_region(region)):
            raise DirectoryNotAcceptable(
                f"{home.id} has holiday_region '{region}', which is no region of {home.country} "
                "whose public holidays are known: write it as ES-CT, or leave it out."
            )


def _check_themes(section: DirectorySection) -> None:
    for offer in section.offers:
        check_themes(offer.themes)


def _check_ids(section: DirectorySection) -> None:
    for entries in (section.organisations, section.people, section.offers):
        counted = Counter(str(entry.id) for entry in entries)
        if twice := [name for name, times in counted.items() if times > 1]:
            raise DirectoryNotAcceptable(
                f"{twice[0]} stands there twice: take one out or give it an id of its own."
            )


def _check_organisations(known: Directory, section: DirectorySection) -> None:
    organisations = {o.id for o in (*known.organisations, *section.organisations)}
    named: list[tuple[str, OrganisationId]] = [(p.id, p.organisation) for p in section.people]
    named += [(o.id, o.organisation) for o in section.offers]
    for name, organisation in named:
        if organisation not in organisations:
            raise NotKnown(
                f"{name} names organisation '{organisation}', which is not in the directory: "
                "add it or correct the name."
            )


def _check_addresses(people: list[Person]) -> None:
    holders: dict[str, Person] = {}
    for person in people:
        first = holders.setdefault(person.email.casefold(), person)
        if first is not person:
            raise DirectoryNotAcceptable(
                f"{first.id} and {person.id} have the same address, {person.email}: one person has "
                "one id, so keep one of them or correct an address."
            )


def find_organisation(directory: Directory, name: str) -> Organisation:
    """The organisation of that name or id.

    Raises:
        NotKnown: when there is none.
    """
    found = directory.organisation(name)
    if found is None:
        raise NotKnown(
            f"Organisation '{name}' is not in the directory: correct the name, or add it with "
            "'mobility directory FILE'."
        )
    return found


def find_person(directory: Directory, email: str, role: Role) -> Person:
    """Whoever has that address, if they act in that role.

    Raises:
        NotKnown: when nobody has it.
        RequestNotAcceptable: when they act in other roles only.
    """
    found = directory.person(email)
    if found is None:
        raise NotKnown(
            f"{email} is not in the directory: correct the address, or add the person with "
            "'mobility directory FILE'."
        )
    if role not in found.roles:
        raise RequestNotAcceptable(f"{email} is not a {role}: name one, or correct the directory.")
    return found
