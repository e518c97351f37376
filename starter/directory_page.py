"""The directory as people see it in the terminal: who and what is in it."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from domain.hosting import HostingOffer
from store.directory import Directory


def directory_page(directory: Directory) -> RenderableType:
    """Every organisation with its people and its hosting offers, by the ids that files use."""
    if not directory.organisations:
        return Text("Nothing is in the directory yet: 'mobility directory FILE' fills it.")
    organisations = Table("organisation", "name", "city", "country", "zone", box=None)
    for one in directory.organisations:
        organisations.add_row(
            Text(one.id), Text(one.name), Text(one.city), one.country, Text(one.zone)
        )
    people = Table("person", "name", "e-mail", "roles", "language", "organisation", box=None)
    for person in directory.people:
        people.add_row(
            Text(person.id), Text(person.name), Text(person.email), ", ".join(person.roles),
            person.language, Text(person.organisation),
        )  # fmt: skip
    parts: list[RenderableType] = [organisations, Text(), people]
    if directory.offers:
        parts += [Text(), _offers(directory.offers)]
    for part in parts:
        if isinstance(part, Table):
            for column in part.columns:
                column.overflow = "fold"
    return Group(*parts)


def _offers(offers: tuple[HostingOffer, ...]) -> Table:
    table = Table("hosting offer", "coordinator", "activities", "open", "places", box=None)
    for offer in offers:
        table.add_row(
            Text(offer.id), Text(offer.coordinator), ", ".join(offer.activities),
            f"{offer.opens} to {offer.closes}", str(offer.places),
        )  # fmt: skip
    return table
