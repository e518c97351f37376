"""What the terminal shows, narrow or wide, in every phase."""

from io import StringIO

import pytest
from rich.console import Console, RenderableType

from domain.case_view import view_of
from domain.events import Phase
from domain.people import Person
from starter import pages
from starter.desk import OpenMobility
from store.cases import Case
from tests.builders import BORAS, HOST, ORGANISATIONS, PEOPLE, Journey, in_phase, ready_to_go

WIDTHS = (60, 80, 200)


def _printed(page: RenderableType, width: int) -> list[str]:
    out = StringIO()
    Console(file=out, width=width, markup=False, emoji=False).print(page)
    return out.getvalue().splitlines()


def _open(journey: Journey) -> OpenMobility:
    request = journey.mobility.request
    return OpenMobility(
        reference=request.reference, request=request, view=view_of(journey.mobility)
    )


def _names(mobility: OpenMobility | None = None) -> pages.Names:
    return pages.Names(PEOPLE, ORGANISATIONS.values(), mobility)


def _as_one(lines: list[str]) -> str:
    return " ".join(" ".join(lines).replace("│", " ").split())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("phase", Phase)
def test_a_mobility_is_shown_whole_in_every_phase(phase: Phase, width: int) -> None:
    mobility = _open(in_phase(phase))

    lines = _printed(pages.show_page(mobility, "A visit [to see]", _names(mobility)), width)

    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines)
    assert "A visit [to see]" in lines[0]
    assert "Borås Stad, Karin (sending coordinator)" in _as_one(lines)
    waits = "Nobody is waited for." if phase is Phase.CLOSED else "Waits for "
    assert waits in _as_one(lines)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_never_cuts_a_reference_or_a_date(width: int) -> None:
    journeys = [in_phase(phase) for phase in Phase]
    cases = [
        Case(reference=o.reference, request=o.request, view=o.view) for o in map(_open, journeys)
    ]
    cases.append(Case(reference=cases[0].reference, request=None, view=None))

    lines = _printed(pages.list_page(cases, _names()), width)

    assert max(map(len, lines)) <= width
    assert "".join(lines).count("M-2026-0001") == len(cases)
    assert "not taken up yet" in _as_one(lines) or width < 80
    for case in cases[:-1]:
        if case.view and case.view.next_due:
            assert f"{case.view.next_due:%Y-%m-%d}" in "".join(lines)


def test_an_empty_list_tells_how_to_begin() -> None:
    assert _printed(pages.list_page([], _names()), 80) == [
        "No mobility has been requested yet: 'mobility request FILE' starts one."
    ]


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.CLOSED])
def test_why_tells_for_what_on_whom_until_when_and_what_then(phase: Phase) -> None:
    mobility = _open(in_phase(phase))

    told = _as_one(_printed(pages.why_page(mobility, _names(mobility)), 80))

    for question in mobility.view.questions:
        assert f"to {question.act}, until {pages.said(question.due)}" in told
        assert f"; otherwise {question.silence}." in told
        for person in question.people:
            assert PEOPLE[person].name in told
    assert mobility.view.questions


def test_why_tells_that_only_the_first_day_is_waited_for() -> None:
    mobility = _open(ready_to_go())

    told = _as_one(_printed(pages.why_page(mobility, _names(mobility)), 80))

    assert told == "Everything is settled: it waits for the first day, 5 May 2026."


def test_names_that_look_like_markup_are_names() -> None:
    mobility = _open(in_phase(Phase.AGREEMENT))
    odd = Person(id=HOST, name="[/bold] :smile: [red]Ana", email="a@b.example", organisation=BORAS)
    names = pages.Names({**PEOPLE, HOST: odd}, ORGANISATIONS.values(), mobility)

    told = _as_one(_printed(pages.show_page(mobility, "[/oops]", names), 200))

    assert "[/bold] :smile: [red]Ana" in told
    assert "[/oops]" in told


def test_names_that_were_erased_leave_their_capacity() -> None:
    mobility = _open(in_phase(Phase.AGREEMENT))
    names = pages.Names({}, [], mobility)

    told = _as_one(_printed(pages.show_page(mobility, "", names), 200))

    assert "p-frida (participant)" in told
    assert "Frida" not in told


@pytest.mark.parametrize(
    ("kind", "words"),
    [("AgreementSigned", "agreement signed"), ("PhaseEntered", "phase entered")],
)
def test_kinds_of_events_are_told_in_words(kind: str, words: str) -> None:
    assert pages.in_words(kind) == words
