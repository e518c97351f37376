"""What the terminal shows, narrow or wide, in every phase."""

from io import StringIO

import pytest
from rich.console import Console, RenderableType

from domain import messages as m
from domain.case_view import view_of
from domain.events import Phase
from domain.matching import Rule
from domain.messages import Cause
from domain.people import Person
from starter import pages
from starter.auditing import Moment
from starter.desk import OpenMobility
from starter.directory_page import directory_page
from store.cases import Case
from store.directory import Directory
from store.ledger import LedgerLine, LetterState
from tests.builders import (
    BORAS,
    COORDINATOR,
    HOST,
    OFFICE,
    OPENED,
    ORGANISATIONS,
    PEOPLE,
    Journey,
    a_second_offer,
    an_offer,
    in_phase,
    ready_to_go,
)
from tests.domain.scenarios import every_host_is_full, other_dates_stay_unanswered

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


def test_why_says_which_other_dates_wait_for_an_answer() -> None:
    journey = in_phase(Phase.MATCHING)
    journey.put_forward_dates()
    mobility = _open(journey)

    told = _as_one(_printed(pages.why_page(mobility, _names(mobility)), 80))

    assert "Waits for Karin (sending coordinator) to accept or decline the dates that" in told
    assert "the host has put forward, 9-11 June 2026, until 9 February 2026;" in told


@pytest.mark.parametrize("width", WIDTHS)
def test_of_a_search_without_a_host_show_and_why_say_who_was_asked_and_what_would_help(
    width: int,
) -> None:
    journey = other_dates_stay_unanswered()
    ranking = journey.mobility.matching.ranking
    assert ranking is not None
    left_out = ranking.model_copy(
        update={"counts": {Rule.DATES: 12, Rule.LANGUAGE: 1}, "alone": {Rule.DATES: 11}}
    )
    begun = [
        entry.model_copy(update={"facts": {"ranking": left_out.model_dump(mode="json")}})
        if entry.kind == "HostsRanked" else entry
        for entry in journey.journal
    ]  # fmt: skip
    mobility = _open(journey)

    why = _printed(pages.why_page(mobility, _names(mobility), (), begun), width)
    show = _printed(pages.show_page(mobility, "A visit", _names(mobility), begun), width)

    assert max(map(len, [*why, *show])) <= width
    for told in map(_as_one, (why, show)):
        assert "Asked: SOC has put forward other dates, which nobody answered in time (9-11" in told
        assert "Not asked: 12 hosts are not open on all days of the visit, 1 host speaks" in told
        assert "What would help: 11 hosts could be asked if the visit were on other dates." in told


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


def test_why_tells_which_hosts_are_full_while_the_mobility_waits_for_a_place() -> None:
    told = _told_of(every_host_is_full())

    assert (
        "to move the visit or cancel the mobility, unless a place comes free first, until" in told
    )
    assert "20 April 2026; otherwise the mobility lapses: no host is found." in told
    assert "SOC is full on 5 May 2026. vestland has five requests open." in told
    assert "It is looked again every working morning" in told


def test_why_tells_that_only_the_first_day_is_waited_for() -> None:
    mobility = _open(ready_to_go())

    told = _as_one(_printed(pages.why_page(mobility, _names(mobility)), 80))

    assert told == "Everything is settled: it waits for the first day, 5 May 2026."


def _told_of(journey: Journey) -> str:
    mobility = _open(journey)
    return _as_one(_printed(pages.why_page(mobility, _names(mobility)), 80))


def test_why_tells_whose_clock_stands_still_and_who_is_asked_for_the_address() -> None:
    journey = in_phase(Phase.MATCHING)
    journey.lose(HOST)

    told = _told_of(journey)

    assert (
        "Paused since 2 February 2026 because letters to Ana do not arrive; Karin (sending "
        "coordinator) is asked for the address." in told
    )
    assert "until 12 February 2026 and as long after that as it stands still; otherwise" in told
    assert (
        "Waits for Karin (sending coordinator) to give another address of Ana, whom our letters do "
        "not reach, until" in told
    )


def test_why_tells_of_no_pause_where_no_clock_stands_still() -> None:
    journey = in_phase(Phase.AGREEMENT)
    journey.lose(OFFICE)

    told = _told_of(journey)

    assert f"Letters to {PEOPLE[OFFICE].name} do not arrive since" in told
    assert "(sending coordinator) is asked for the address." in told
    assert "Paused" not in told
    journey.wait_until(journey.mobility.waits["address"].falls)
    assert f"Letters to {PEOPLE[OFFICE].name} do not arrive since" in (later := _told_of(journey))
    assert "their time" not in later


def test_why_tells_of_a_clock_that_runs_on_though_no_letter_arrives() -> None:
    journey = in_phase(Phase.EVALUATION)
    journey.lose(HOST)
    journey.wait_until(journey.mobility.waits["address"].falls)

    told = _told_of(journey)

    assert "Letters to Ana do not arrive since 7 May 2026, and their time runs on." in told
    assert "stands still" not in told


def test_the_timeline_tells_who_is_asked_for_an_address() -> None:
    journey = in_phase(Phase.MATCHING)
    journey.lose(HOST)
    mobility, entry = _open(journey), journey.journal[-1]
    moment = Moment(at=entry.at, source="journal", what=entry.kind, n=entry.n, entry=entry)

    told = _as_one(_printed(pages.timeline_page([moment], _names(mobility)), 200))

    assert "address failed. Letters to Ana do not arrive since 2 February 2026; Karin" in told


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


def test_the_lines_of_a_grant_are_shown_by_the_names_to_type() -> None:
    before, after = in_phase(Phase.PREPARATION), ready_to_go()

    asked, decided = (
        _as_one(_printed(pages.show_page(m, "", _names(m), journey.journal), 200))
        for journey in (before, after)
        for m in (_open(journey),)
    )

    for line in before.mobility.grant.lines:
        whose = f" ({PEOPLE[line.participant].name})" if line.participant else ""
        assert f"{line.id}{whose}: " in asked
        assert f"{line.id}{whose}: " in decided
    assert "euro awarded" in decided
    assert "euro awarded" not in asked


def _shown(journey: Journey) -> str:
    mobility = _open(journey)
    page = pages.show_page(mobility, "", _names(mobility), journey.journal)
    return _as_one(_printed(page, 200))


def test_a_visit_that_was_moved_is_shown_on_its_days_with_what_is_to_be_done_anew() -> None:
    journey = in_phase(Phase.PREPARATION)
    journey.award()
    journey.put_agenda()
    assert "moved" not in _shown(journey)

    number = journey.move(length=4)
    moved = _shown(journey)
    journey.sign(*journey.mobility.signatories)
    anew = _shown(journey)

    assert "job shadowing, 9-12 June 2026, 4 days" in moved
    assert f"moved to these days by entry {number}" in moved
    assert "due once all have signed anew, paid not yet" in moved
    assert "version 2, 0 signatures, to be signed" in moved
    assert "version 1, asked for anew once all have signed" in moved
    assert "euro awarded" not in anew
    assert "version 1, which fell when the visit was moved" in anew


@pytest.mark.parametrize("signed_anew", [True, False])
def test_of_a_mobility_that_was_moved_and_then_cancelled_nothing_is_awaited(
    *, signed_anew: bool
) -> None:
    journey = in_phase(Phase.PREPARATION)
    journey.award()
    journey.put_agenda()
    journey.accept_agenda()
    journey.move()
    if signed_anew:
        journey.sign(*journey.mobility.signatories)

    journey.say(m.CancelMobility(by=COORDINATOR, cause=Cause.OTHER))

    shown = _shown(journey)
    assert "version 1, which fell when the visit was moved" in shown
    assert "not accepted" not in shown
    assert ("instalment never confirmed as paid" in shown) is signed_anew
    assert " due " not in shown


def test_a_mobility_that_was_cancelled_before_its_agenda_was_accepted_awaits_no_answer() -> None:
    journey = in_phase(Phase.PREPARATION)
    journey.put_agenda()
    assert "version 1, not accepted yet" in _shown(journey)

    journey.say(m.CancelMobility(by=COORDINATOR, cause=Cause.OTHER))

    assert "version 1, not accepted" in _shown(journey)
    assert "yet" not in _shown(journey)


def test_a_mobility_closed_without_its_card_says_so() -> None:
    mobility = _open(in_phase(Phase.CLOSED))
    without = mobility.model_copy(update={"view": mobility.view.model_copy(update={"card": {}})})

    told = _as_one(_printed(pages.why_page(without, _names(without)), 80))

    assert told == "Closed: completed, without a card. Nobody is waited for."


@pytest.mark.parametrize(
    ("state", "remark", "told"),
    [
        (LetterState.REFUSED, "550 5.1.1 no such box", "delivered: the mail server refused it;"),
        (LetterState.RENDERED, "not handed over", "delivered: the mail server has not taken it"),
        (LetterState.BOUNCED, "550 5.1.1 no such box", "delivered: it came back;"),
        (LetterState.UNKNOWN, "no answer", "delivered: nobody can know whether it arrived;"),
        (LetterState.HANDED_OVER, "250 OK", ""),
        (LetterState.INTENDED, None, ""),
    ],
)
def test_why_tells_of_a_letter_that_did_not_arrive(
    state: LetterState, remark: str | None, told: str
) -> None:
    journey = in_phase(Phase.MATCHING)
    mobility = _open(journey)
    [order] = [one for one in journey.letters() if one.while_asked]
    letter = LedgerLine(
        key=order.key, order=order, state=state, intended_at=OPENED, attempts=1, unanswered=0,
        message_id=None, rendered_sha256=None, remark=remark,
        settled_at=None if state in (LetterState.RENDERED, LetterState.INTENDED) else OPENED,
    )  # fmt: skip

    page = _as_one(_printed(pages.why_page(mobility, _names(mobility), [letter]), 80))

    assert ("The letter to Ana could not be" in page) == bool(told)
    assert told in page
    assert "550" not in page


@pytest.mark.parametrize("width", WIDTHS)
def test_the_directory_shows_every_id_that_files_use(width: int) -> None:
    offers = (an_offer(), a_second_offer())
    directory = Directory(
        organisations=tuple(ORGANISATIONS.values()), people=tuple(PEOPLE.values()), offers=offers
    )

    lines = _printed(directory_page(directory), width)

    assert max(map(len, lines)) <= width
    ids: list[str] = [one.id for one in directory.organisations]
    ids += [person.id for person in directory.people] + [offer.id for offer in offers]
    for thing in ids:
        assert thing in "".join(lines) or width < 80
    assert "karin@a.example" in "".join(lines) or width < 80


def test_an_empty_directory_tells_how_to_fill_it() -> None:
    empty = Directory(organisations=(), people=(), offers=())

    assert _printed(directory_page(empty), 80) == [
        "Nothing is in the directory yet: 'mobility directory FILE' fills it."
    ]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("AgreementSigned", "agreement signed"), ("PhaseEntered", "phase entered")],
)
def test_kinds_of_events_are_told_in_words(kind: str, words: str) -> None:
    assert pages.in_words(kind) == words
