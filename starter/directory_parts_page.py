"""One part of the directory as people read it in the terminal: each entry with all that it says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from domain.facts import PersonId
from domain.hosting import HostingOffer, Period
from domain.isced import FIELDS
from domain.people import Languages, Organisation, Person
from starter.pages import said
from store.directory import Directory

Facts = Iterator[tuple[str, str]]


def organisations_page(directory: Directory) -> RenderableType:
    """Every organisation: where and what it is, its numbers, its people and its offers."""
    if not directory.organisations:
        return Text("No organisation is in the directory: 'mobility organisations FILE' adds some.")
    contacts = defaultdict[str, list[Person]](list)
    offers = defaultdict[str, list[str]](list)
    for person in directory.people:
        contacts[person.organisation].append(person)
    for offer in directory.offers:
        offers[offer.organisation].append(offer.id)
    names = {person.id: person.name for person in directory.people}
    return Group(
        *(
            _entry(one.id, one.name, _of_organisation(one, contacts[one.id], offers[one.id], names))
            for one in directory.organisations
        )
    )


def _of_organisation(
    one: Organisation, contacts: Iterable[Person], offers: Iterable[str], names: dict[PersonId, str]
) -> Facts:
    yield "place", f"{one.city}, {one.region}, {one.country}"
    codes = (one.subdivision, one.nuts and f"NUTS {one.nuts}")
    yield "region", ", ".join(code for code in codes if code)
    yield "kind", one.kind or ""
    numbers = (one.oid and f"OID {one.oid}", one.pic and f"PIC {one.pic}")
    yield "numbers", ", ".join(number for number in numbers if number)
    yield "languages", _languages(one.languages)
    yield "days off", f"{one.holiday_region or one.country}, {one.zone}"
    for n, person in enumerate(contacts):
        roles = f" ({', '.join(person.roles)})" if person.roles else ""
        yield "" if n else "contacts", f"{person.name}{roles}"
    yield "promoters", ", ".join(names.get(who, who) for who in one.promoters)
    yield "offers", ", ".join(offers)
    yield "logo", "on file" if one.logo else ""


def people_page(directory: Directory) -> RenderableType:
    """Everybody who answers for an organisation, and in what capacity."""
    if not directory.people:
        return Text("Nobody is in the directory: 'mobility people FILE' adds some.")
    homes = {one.id: one.name for one in directory.organisations}
    return Group(
        *(
            _entry(one.id, one.name, _of_person(one, homes.get(one.organisation, one.organisation)))
            for one in directory.people
        )
    )


def _of_person(one: Person, home: str) -> Facts:
    yield "organisation", home
    yield "e-mail", one.email
    yield "roles", ", ".join(one.roles)
    yield "profile", one.profile
    yield "language", one.language.value


def offers_page(directory: Directory) -> RenderableType:
    """Every hosting offer that stands: for what, when, for how many, and in which languages."""
    if not directory.offers:
        return Text("No hosting offer is in the directory: 'mobility offers FILE' adds some.")
    homes = {one.id: one.name for one in directory.organisations}
    names = {person.id: person.name for person in directory.people}
    return Group(
        *(
            _entry(
                one.id, homes.get(one.organisation, one.organisation),
                _of_offer(one, names.get(one.coordinator, one.coordinator)),
            )
            for one in directory.offers
        )
    )  # fmt: skip


def _of_offer(one: HostingOffer, coordinator: str) -> Facts:
    yield "to ask", coordinator
    yield "activities", ", ".join(one.activities)
    yield "themes", ", ".join(one.themes)
    for n, code in enumerate(one.fields):
        yield "" if n else "fields", f"{code} {FIELDS[code]}"
    yield "tags", ", ".join(one.tags)
    yield "open", _days(Period(first=one.opens, last=one.closes))
    yield "blackouts", "; ".join(map(_days, one.blackouts))
    yield "places", _places(one)
    yield "group", _from_to(one.smallest_group, one.largest, "people")
    if one.shortest_days > 1 or one.longest_days:
        yield "visit", _from_to(one.shortest_days, one.longest_days, "days")
    yield "languages", _languages(one.languages)
    yield "accessibility", ", ".join(one.accessibility)


def _places(one: HostingOffer) -> str:
    week = f", {one.per_week} a week" if one.per_week else ""
    return f"{one.places} a day{week}"


def _from_to(least: int, most: int | None, what: str) -> str:
    return f"{least} {what} or more" if most is None else f"{least} to {most} {what}"


def _days(period: Period) -> str:
    if period.first == period.last:
        return said(period.first)
    return f"{said(period.first)} to {said(period.last)}"


def _languages(languages: Languages) -> str:
    return ", ".join(f"{one} {level}" if level else one for one, level in languages.items())


def _entry(which: str, name: str, facts: Facts) -> RenderableType:
    heading = Text(which, style="bold")
    heading.append(f"  {name}", style="none")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in facts:
        if value:
            table.add_row(label, Text(value))
    return Group(heading, Padding(table, (0, 0, 1, 2)))
