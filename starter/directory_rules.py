"""What may stand in the directory: held against itself, what is there already, and the world."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import NamedTuple
from zoneinfo import available_timezones

from activities.almanac import knows_region
from domain.errors import Refusal, RequestNotAcceptable
from domain.hosting import MOST_TAGS, HostingOffer, first_odd_tag
from domain.people import Organisation, Person
from domain.request import check_themes
from starter.case_files import DirectorySection
from starter.directory import DirectoryNotAcceptable, NotKnown
from starter.standards import odd_country, odd_language, odd_nuts, odd_subdivision
from store.directory import Directory


class Part(StrEnum):
    """The parts of the directory, by their names in files."""

    ORGANISATIONS = "organisations"
    PEOPLE = "people"
    OFFERS = "offers"


class Mistake(NamedTuple):
    """One entry that cannot stay as it is: which, in which column, and the sentence that says why.

    Nothing is taken in when there is one.
    """

    part: Part
    n: int
    column: str
    refusal: Refusal


@dataclass(frozen=True)
class Named:
    """Ids that stand in the same files, though their own entries cannot be read yet.

    Whoever names one of them has made no mistake.
    """

    organisations: frozenset[str] = field(default_factory=frozenset)
    people: frozenset[str] = field(default_factory=frozenset)


Told = Iterator[Mistake]
Told_of_one = Iterator[tuple[str, Refusal]]


def check_directory(known: Directory, section: DirectorySection) -> None:
    """Hold what is to be kept against all that it has to be.

    Raises:
        NotKnown: when a person, an offer or an organisation names somebody or something that is
            nowhere.
        DirectoryNotAcceptable: when an id or an address would stand for two, or a zone, a country,
            a region or a language for none.
        RequestNotAcceptable: when an offer has a theme that is none.
    """
    for mistake in mistakes(known, section):
        raise mistake.refusal


def mistakes(known: Directory, section: DirectorySection, named: Named = Named()) -> Told:
    """Everything that is wrong with what is to be kept, part by part and entry by entry."""
    organisations: set[str] = {o.id for o in (*known.organisations, *section.organisations)}
    people = {p.id: p for p in (*known.people, *section.people)}
    organisations |= named.organisations
    names = {*people, *named.people}
    zones = _zones()
    for n, home in enumerate(section.organisations):
        for column, refusal in _about_organisation(home, names, zones):
            yield Mistake(Part.ORGANISATIONS, n, column, refusal)
    for n, person in enumerate(section.people):
        for column, refusal in _home_is_known(person, organisations):
            yield Mistake(Part.PEOPLE, n, column, refusal)
    for n, offer in enumerate(section.offers):
        for column, refusal in _about_offer(offer, organisations, names, zones):
            yield Mistake(Part.OFFERS, n, column, refusal)
    yield from _about_ids(section)
    yield from _about_addresses(section.people, people.values())


@cache
def _zones() -> set[str]:
    """Every time zone of the world: looking them up takes longer than a whole file of entries."""
    return available_timezones()


def _about_organisation(home: Organisation, people: set[str], zones: set[str]) -> Told_of_one:
    yield from _about_place(home.id, home.country, home.zone, zones)
    region = home.holiday_region
    if region and not (region.startswith(f"{home.country}-") and knows_region(region)):
        yield (
            "holiday_region",
            DirectoryNotAcceptable(
                f"{home.id} has holiday_region '{region}', which is no region of {home.country} "
                "whose public holidays are known: write it as ES-CT, or leave it out."
            ),
        )
    if home.subdivision and (odd := odd_subdivision(home.subdivision, home.country)):
        yield "subdivision", DirectoryNotAcceptable(f"{home.id} has subdivision {odd}.")
    if home.nuts and (odd := odd_nuts(home.nuts, home.country)):
        yield "nuts", DirectoryNotAcceptable(f"{home.id} has nuts {odd}.")
    yield from _about_languages(home.id, home.languages)
    for promoter in home.promoters:
        if promoter not in people:
            yield (
                "promoters",
                NotKnown(
                    f"{home.id} names promoter '{promoter}', who is not in the directory: add them "
                    "or correct the name."
                ),
            )


def _about_place(name: str, country: str, zone: str, zones: set[str]) -> Told_of_one:
    if odd := odd_country(country):
        yield "country", DirectoryNotAcceptable(f"{name} has country {odd}.")
    if zone not in zones:
        yield (
            "zone",
            DirectoryNotAcceptable(
                f"{name} has zone '{zone}', which is no time zone: write it as Europe/Stockholm."
            ),
        )


def _about_languages(name: str, languages: Iterable[str]) -> Told_of_one:
    for language in languages:
        if odd := odd_language(language):
            yield "languages", DirectoryNotAcceptable(f"{name} has language {odd}.")


def _home_is_known(one: Person | HostingOffer, organisations: set[str]) -> Told_of_one:
    if one.organisation not in organisations:
        yield (
            "organisation",
            NotKnown(
                f"{one.id} names organisation '{one.organisation}', which is not in the directory: "
                "add it or correct the name."
            ),
        )


def _about_offer(
    offer: HostingOffer, organisations: set[str], people: set[str], zones: set[str]
) -> Told_of_one:
    yield from _home_is_known(offer, organisations)
    if offer.coordinator not in people:
        yield (
            "coordinator",
            NotKnown(
                f"Offer {offer.id} names coordinator '{offer.coordinator}', who is not in the "
                "directory: add them or correct the name."
            ),
        )
    yield from _about_place(offer.id, offer.country, offer.zone, zones)
    yield from _about_languages(offer.id, offer.languages)
    try:
        check_themes(offer.themes)
    except RequestNotAcceptable as refusal:
        yield "themes", refusal
    if about := odd_tags(offer.tags):
        yield "tags", DirectoryNotAcceptable(about)


def odd_tags(tags: Sequence[str]) -> str | None:
    """What is wrong with tags, and what to do; none if they are all tags and not too many."""
    if len(tags) > MOST_TAGS:
        return f"There are {len(tags)} tags: keep the {MOST_TAGS} that matter most."
    odd = first_odd_tag(tags)
    if odd is None:
        return None
    return f"'{odd}' is not a tag: give at most 40 letters, digits, spaces and any of . + # -."


def _about_ids(section: DirectorySection) -> Told:
    for part in Part:
        seen: set[str] = set()
        entries: Sequence[Organisation | Person | HostingOffer] = getattr(section, part)
        for n, entry in enumerate(entries):
            if entry.id in seen:
                yield Mistake(
                    part, n, "id",
                    DirectoryNotAcceptable(
                        f"{entry.id} stands there twice: take one out or give it an id of its own."
                    ),
                )  # fmt: skip
            seen.add(entry.id)


def _about_addresses(given: Sequence[Person], everybody: Iterable[Person]) -> Told:
    """One person has one id; where two have one address, the newcomer is told."""
    at = {person.id: n for n, person in enumerate(given)}
    holders: dict[str, Person] = {}
    for person in everybody:
        first = holders.setdefault(person.email.casefold(), person)
        if first is not person:
            yield Mistake(
                Part.PEOPLE, at.get(person.id, at.get(first.id, 0)), "email",
                DirectoryNotAcceptable(
                    f"{first.id} and {person.id} have the same address, {person.email}: one person "
                    "has one id, so keep one of them or correct an address."
                ),
            )  # fmt: skip
