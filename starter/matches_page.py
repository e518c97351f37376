"""The hosts of one mobility in the terminal: who is asked in what order, and why not others."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.table import Table
from rich.text import Text

from domain import events as e
from domain.facts import OfferId, OrganisationId
from domain.matching import Criterion, Excluded, Ranked, Ranking
from domain.relaxing import Line, what_would_help, why_nobody
from starter.pages import Names, said

NARROW = 100
"""Below so many columns there is no room for a column of each criterion."""
HEADS = {
    Criterion.THEMES: "themes", Criterion.FIELDS: "fields", Criterion.TAGS: "tags",
    Criterion.LANGUAGES: "languages", Criterion.ROOM: "room", Criterion.ANSWERS: "answers",
    Criterion.QUICKNESS: "soon", Criterion.BALANCE: "balance", Criterion.ACCESS: "access",
}  # fmt: skip
ASKED = "asked, has until "
Homes = Mapping[OfferId, OrganisationId]


def matches_page(events: Iterable[e.Event], names: Names, homes: Homes) -> RenderableType:
    """The last ranking of a mobility, and what came of asking the hosts in it."""
    history = list(events)
    rankings = [n for n, event in enumerate(history) if isinstance(event, e.HostsRanked)]
    if not rankings:
        return Text("Its hosts are not ranked yet: ask again in a moment.")
    event = history[rankings[-1]]
    assert isinstance(event, e.HostsRanked)  # noqa: S101 - that is how it was found
    ranking, answers = event.ranking, answers_in(history[rankings[-1] :])
    parts: list[RenderableType] = []
    asked = _hosts(ranking, names, answers)
    parts += _section("Hosts, in the order in which they are asked", asked)
    if ranking.full:
        parts += _section("Full on these days", [_Hosts(ranking.full, names, answers)])
    parts += _section("Cannot be asked", _excluded(ranking, names, homes))
    parts += _section("What keeps hosts out", _lines(why_nobody(ranking)))
    parts += _section("What would help", _lines(what_would_help(ranking)))
    return Group(*parts[:-1])


def offers_named(events: Iterable[e.Event]) -> set[OfferId]:
    """The offers that are named and do not say whose they are."""
    rankings = (event.ranking for event in events if isinstance(event, e.HostsRanked))
    return {out.offer for ranking in rankings for out in ranking.excluded}


def answers_in(events: Iterable[e.Event]) -> dict[OfferId, str]:
    """What came of asking each host, in words."""
    answers: dict[OfferId, str] = {}
    for event in events:
        match event:
            case e.ProposalMade(offer=offer, answer_by=due):
                answers[offer] = f"{ASKED}{said(due)}"
            case e.ProposalDeclined(offer=offer, reason=reason):
                answers[offer] = f"declined: {reason}"
            case e.ProposalLapsed(offer=offer):
                answers[offer] = "did not answer in time"
            case e.OtherDatesProposed(offer=offer, first_day=first, last_day=last):
                answers[offer] = f"has put forward {said(first)} to {said(last)}"
            case e.OtherDatesDeclined(offer=offer):
                answers[offer] = "its other dates were declined"
            case e.OtherDatesLapsed(offer=offer):
                answers[offer] = "its other dates were not answered in time"
            case e.PlaceAccepted(offer=offer):
                answers[offer] = "accepted"
            case e.MobilityEnded():
                asked = (o for o, said_so in answers.items() if said_so.startswith(ASKED))
                answers |= dict.fromkeys(list(asked), "asked, and the mobility ended first")
    return answers


class _Hosts:
    """Hosts with their points: a column for each criterion, where there is room for that."""

    def __init__(
        self, hosts: tuple[Ranked, ...], names: Names, answers: Mapping[OfferId, str]
    ) -> None:
        self._hosts, self._names, self._answers = hosts, names, answers

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield self._narrow() if options.max_width < NARROW else self._wide()

    def _wide(self) -> Table:
        criteria = [c for c in Criterion if any(c in host.contributions for host in self._hosts)]
        table = Table("", "host", "points", box=None, pad_edge=False, header_style="dim")
        for criterion in criteria:
            table.add_column(HEADS[criterion], justify="right")
        table.add_column("answer")
        table.columns[2].justify = "right"
        for n, host in enumerate(self._hosts, start=1):
            points = (str(host.contributions.get(criterion, "")) for criterion in criteria)
            table.add_row(
                str(n), self._name(host), Text(str(host.score), style="bold"), *points,
                self._answers.get(host.offer, ""),
            )  # fmt: skip
        return table

    def _narrow(self) -> Table:
        table = Table("", "host", "points", box=None, pad_edge=False, header_style="dim")
        table.columns[2].justify = "right"
        for n, host in enumerate(self._hosts, start=1):
            line = self._name(host)
            points = (f"{HEADS[c]} {value}" for c, value in _in_order(host))
            line.append("\n" + ", ".join(points), style="dim")
            if answer := self._answers.get(host.offer):
                line.append(f"\n{answer}")
            table.add_row(str(n), line, Text(str(host.score), style="bold"))
        return table

    def _name(self, host: Ranked) -> Text:
        name = Text(f"{self._names.organisation(host.organisation)} ({host.country})")
        name.append(f"\noffer {host.offer}", style="dim")
        if host.turn > 1:
            name.append(f", number {host.turn} of this organisation", style="dim")
        return name


def _in_order(host: Ranked) -> Iterator[tuple[Criterion, int]]:
    return ((c, host.contributions[c]) for c in Criterion if c in host.contributions)


def _hosts(
    ranking: Ranking, names: Names, answers: Mapping[OfferId, str]
) -> Iterator[RenderableType]:
    if not ranking.hosts:
        yield Text("No host can be asked.", style="yellow")
        return
    yield _Hosts(ranking.hosts, names, answers)
    if ranking.more:
        yield Text(f"{ranking.more:,} more could be asked besides.", style="dim")


def _excluded(ranking: Ranking, names: Names, homes: Homes) -> Iterator[RenderableType]:
    """Those that are named and not only full: the first rule in words, the others by name."""
    if not ranking.excluded:
        return
    table, full = Table.grid(padding=(0, 2)), {host.offer for host in ranking.full}
    for out in ranking.excluded:
        if out.offer in full:
            continue
        organisation = homes.get(out.offer)
        whose = names.organisation(organisation) if organisation else "not in the directory"
        name = Text(f"{whose}\n").append(f"offer {out.offer}", style="dim")
        table.add_row(name, Text(_reasons(out)))
    yield table
    if ranking.more_excluded:
        yield Text(f"{ranking.more_excluded:,} more cannot be asked.", style="dim")


def _reasons(out: Excluded) -> str:
    others = ", ".join(out.rules[1:])
    return f"{out.reason}; also: {others}" if others else out.reason


def _lines(lines: tuple[Line, ...]) -> Iterator[RenderableType]:
    return (Text(line.said) for line in lines)


def _section(title: str, parts: Iterable[RenderableType]) -> list[RenderableType]:
    """A title with what stands below it, and an empty line; nothing if nothing does."""
    told = list(parts)
    return [Text(title.upper(), style="bold cyan"), *told, Text()] if told else []
