"""A whole mobility told in commands, and the acts that end one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.deadlines import Asked
from domain.facts import Reference
from settings import Settings
from starter.case_files import CaseDocument
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.rehearsal import Rehearsal
from store.journal import read_journal
from tests.conftest import Begin
from tests.journeys.reading import kinds
from tests.starter.conftest import (
    ANA,
    BORAS,
    EMELIE,
    FRIDA,
    OFFICE,
    VESTLAND,
    Command,
    as_typed,
    written,
)
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")
Done = Callable[..., Awaitable[str]]


def _own_case(case: CaseDocument, title: str, *, host: str = ANA) -> dict[str, object]:
    """The customer's case under another title, evaluated by another host."""
    typed = as_typed(case)
    typed["request"]["title"] = title  # type: ignore[index]
    typed["evaluations"][2]["who"] = host  # type: ignore[index]
    return typed


@pytest.fixture
def done(process: Command, command: Command) -> Done:
    """Gives a command that must succeed; three of them as processes of their own, once."""
    of_their_own = {"request", "why", "documents"}
    one_at_a_time = asyncio.Lock()

    async def done(*words: str, **changes: str) -> str:
        if words[0] in of_their_own:
            of_their_own.remove(words[0])
            said = await process(*words, **changes)
        else:
            async with one_at_a_time:
                said = await command(*words, **changes)
        assert (said.code, said.complaint) == (0, ""), said
        return said.out

    return done


@pytest.mark.timeout(90)
async def test_a_mobility_goes_from_request_to_card_in_commands(
    done: Done, desk: FrontDesk, settings: Settings, case: CaseDocument, tmp_path: Path
) -> None:
    file = str(written(tmp_path / "mine.yaml", _own_case(case, "In commands", host=VESTLAND)))
    assert "4 organisations, 4 people and 2 hosting offers" in await done("directory", file)
    asked = await done("request", file, "--anyway")
    reference = Reference(asked.split()[0])
    assert asked == (
        f"{reference} is on its way: 'mobility why {reference}' tells what it waits for.\n"
    )
    rehearsal = Rehearsal(desk, VirtualClock(desk.client, settings), reference)

    await _a_place_is_found(done, rehearsal)
    await _everything_is_settled(done, rehearsal, file)
    await _the_visit_takes_place(done, rehearsal)
    await _everybody_looks_back(done, rehearsal, file)

    looks = ("why", "verify", "timeline")
    *told, listed = await asyncio.gather(*(done(look, reference) for look in looks), done("list"))
    assert "Closed: completed. Nobody is waited for." in told[0]
    assert "Sound: nothing was changed." in told[1]
    assert "journal: card published" in told[2]
    assert reference in listed
    papers = (await done("documents", reference, "--to", "papers")).split()
    assert f"papers/{reference}/card.pdf" in papers
    assert all((tmp_path / paper).stat().st_size for paper in papers)
    assert "is erased; its journal stays" in await done("erase", reference, "--yes")
    assert "Sound: nothing was changed." in await done("verify", reference)


async def _a_place_is_found(done: Done, rehearsal: Rehearsal) -> None:
    reference = rehearsal.reference
    await rehearsal.asked(Asked.PLACE)
    why = " ".join((await done("why", reference.lower())).split())
    assert "Waits for Ana Cáceres Gómez (receiving coordinator) to accept or decline" in why
    assert "otherwise the next host is asked." in why
    await done("decline", reference, "--as", ANA, "--reason", "no capacity", "--note", "Sorry.")
    await rehearsal.until(lambda view: view.pending_offer == "vestland-skills", "next host")
    accepted = await done("accept", reference, "--as", VESTLAND)
    assert accepted.startswith("Recorded as entry 6 of ")


async def _everything_is_settled(done: Done, rehearsal: Rehearsal, file: str) -> None:
    reference = rehearsal.reference
    await rehearsal.asked(Asked.SIGNATURES)
    signatories = (BORAS, VESTLAND, FRIDA, EMELIE)
    await asyncio.gather(*(done("sign", reference, MOBILITY_AS=who) for who in signatories))
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    await asyncio.gather(
        done("award", reference, "--as", OFFICE, "--amount", "organisational-support=0"),
        done("put-agenda", reference, file, "--as", VESTLAND),
    )
    await asyncio.gather(
        done("pay", reference, "--as", BORAS),
        done("return-agenda", reference, "--as", BORAS, "--note", "Later on the first day?"),
    )
    await rehearsal.asked(Asked.AGENDA)
    await done("put-agenda", reference, file, "--as", VESTLAND)
    await done("accept-agenda", reference, "--as", BORAS)
    shown = await done("show", reference)
    assert "In commands" in shown
    assert "version 2, accepted" in shown
    assert "Everything is settled: it waits for the first day" in shown


async def _the_visit_takes_place(done: Done, rehearsal: Rehearsal) -> None:
    reference = rehearsal.reference
    days = [str(day) for day in (await rehearsal.mobility()).request.days]
    await rehearsal.day_comes(date.fromisoformat(days[-1]))
    await rehearsal.asked(Asked.ATTENDANCE)
    await done("arrive", reference, "--as", VESTLAND, "--on", days[0])
    await asyncio.gather(*(done("attend", reference, day, "--as", VESTLAND) for day in days))
    await done("depart", reference, "--as", VESTLAND, "--on", days[-1])


async def _everybody_looks_back(done: Done, rehearsal: Rehearsal, file: str) -> None:
    reference = rehearsal.reference
    await rehearsal.asked(Asked.EVALUATION, Asked.FOLLOW_UP)
    await asyncio.gather(
        *(done("evaluate", reference, file, "--as", who) for who in (FRIDA, EMELIE, VESTLAND)),
        done("follow-up", reference, file, "--as", BORAS),
    )
    await rehearsal.closed()


@pytest.mark.parametrize(
    ("stage", "words", "event", "outcome"),
    [
        ("signatures", f"refuse --as {FRIDA} --note No", "MobilityEnded", "declined: a party"),
        ("signatures", f"cancel --as {OFFICE} --cause other", "MobilityEnded", "cancelled: other"),
        ("grant", f"decline-mobility --as {ANA} --cause other", "MobilityEnded", "declined: other"),
        ("grant", f"withdraw --as {FRIDA} --cause illness", "ParticipantWithdrew", ""),
        (
            "grant", f"withdraw --as {BORAS} --cause illness --participant {EMELIE}",
            "ParticipantWithdrew", "",
        ),
        ("place", f"propose-dates LATER LATEST --as {ANA} --note Fair", "OtherDatesProposed", ""),
        ("dates", f"accept-dates --as {BORAS}", "OtherDatesAccepted", ""),
        ("dates", f"decline-dates --as {BORAS} --note Exams", "OtherDatesDeclined", ""),
        ("grant", f"move --as {ANA} --from LATER --to LATEST --note Strike", "VisitMoved", ""),
        (
            "grant", f"award --as {OFFICE} --decision rejected --reason Spent", "GrantDecided",
            "declined: grant rejected",
        ),
    ],
)  # fmt: skip
async def test_an_act_that_ends_something_is_recorded(
    command: Command, begin: Begin, case: CaseDocument, desk: FrontDesk,
    stage: str, words: str, event: str, outcome: str,
) -> None:  # fmt: skip
    rehearsal = await begin()
    reach = {
        "place": stages.asked_for_a_place, "dates": stages.other_dates_on_the_table,
        "signatures": stages.asked_for_signatures, "grant": stages.in_preparation,
    }[stage]  # fmt: skip
    await reach(rehearsal, case)
    days = (await rehearsal.mobility()).request.days
    on = timedelta(days=1) if stage == "place" else timedelta(0)
    later = {"LATER": str(days[1]), "LATEST": str(days[-1] + on)}
    verb, *rest = words.split()

    said = await command(verb, rehearsal.reference, *[later.get(word, word) for word in rest])

    assert (said.code, said.complaint) == (0, "")
    assert said.out.startswith("Recorded as entry ")
    if outcome:
        view = await rehearsal.closed()
        assert f"{view.outcome}: {view.cause}".startswith(outcome)
    assert event in await kinds(desk, rehearsal)


# The same thing twice.


async def test_the_same_request_by_two_processes_at_once_starts_one_mobility(
    process: Command, desk: FrontDesk, case: CaseDocument, tmp_path: Path
) -> None:
    typed = _own_case(case, "Twice at once")
    for n, entry in enumerate(typed["request"]["participants"]):  # type: ignore[index]
        entry["email"] = f"twice-at-once-{n}@boras.example"
    file = str(written(tmp_path / "mine.yaml", typed))
    before = len(await desk.store.cases())

    said = await asyncio.gather(*(process("request", file) for _ in range(3)))

    assert sorted(one.code for one in said) == [0, 2, 2]
    [started] = [one.out.split()[0] for one in said if one.code == 0]
    refused = {one.complaint for one in said if one.code == 2}
    sentence = (
        f"This request has been made already: it is {started}, see 'mobility show {started}'; "
        "to ask anew, change something in it.\n"
    )
    assert refused == {sentence}
    assert len(await desk.store.cases()) == before + 1


@pytest.mark.parametrize(
    ("stage", "words", "who"),
    [
        ("place", "accept", ANA),
        ("signatures", "sign", EMELIE),
        ("grant", "award --amount organisational-support=0", OFFICE),
        ("awarded", "pay --on TODAY", OFFICE),
        ("agenda", "accept-agenda", BORAS),
        ("visit", "arrive --on FIRST", ANA),
        ("evaluation", "evaluate FILE", FRIDA),
    ],
)
async def test_the_same_act_sent_three_times_counts_once(
    command: Command, begin: Begin, case: CaseDocument, case_file: Path, desk: FrontDesk,
    stage: str, words: str, who: str,
) -> None:  # fmt: skip
    reaches = {
        "place": stages.asked_for_a_place, "signatures": stages.asked_for_signatures,
        "grant": stages.in_preparation, "awarded": stages.awarded,
        "agenda": stages.agenda_on_the_table, "visit": stages.visiting,
        "evaluation": stages.looking_back,
    }  # fmt: skip
    rehearsal = await begin()
    await reaches[stage](rehearsal, case)
    request = (await rehearsal.mobility()).request
    stand_for = {
        "FILE": str(case_file), "FIRST": str(request.first_day),
        "TODAY": str(await rehearsal.today()),
    }  # fmt: skip
    verb, *rest = [stand_for.get(word, word) for word in words.split()]

    said = [await command(verb, rehearsal.reference, *rest, "--as", who) for _ in range(3)]

    assert {one.code for one in said} == {0}
    assert len({one.out.split(";")[0] for one in said}) == 1
    n = int(said[0].out.split()[3])
    lines = await read_journal(desk.store.engine, rehearsal.reference)
    kind = lines[n - 1].entry.kind
    assert [line.entry.kind for line in lines if line.entry.by == lines[n - 1].entry.by].count(
        kind
    ) == 1


async def test_a_follow_up_that_says_nothing_new_is_refused(
    command: Command, begin: Begin, case: CaseDocument, case_file: Path
) -> None:
    rehearsal = await begin()
    await stages.looking_back(rehearsal, case)
    words = ("follow-up", rehearsal.reference, str(case_file), "--as", BORAS)

    said = [await command(*words) for _ in range(2)]

    assert [one.code for one in said] == [0, 2]
    assert said[1].complaint == "You have reported exactly this already.\n"
