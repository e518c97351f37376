"""Bad input gets one sentence and exit code 2, and changes nothing."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from domain.facts import Reference
from starter.case_files import CaseDocument
from starter.desk import FrontDesk
from store.cases import Store
from store.directory import read_directory
from tests.starter.conftest import (
    ANA,
    BORAS,
    EMELIE,
    FRIDA,
    OFFICE,
    VESTLAND,
    Command,
    as_typed,
    what_is_kept,
    written,
)

pytestmark = pytest.mark.usefixtures("working")
Typed = Any
"""What a person typed: nothing is known about it."""


def _a_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.strip().endswith((".", ").")) and "Traceback" not in text


# A request that cannot be taken in, by what is wrong in its file.


def _set(field: str, value: object) -> Callable[[Typed], None]:
    def change(typed: Typed) -> None:
        *way, last = field.split(".")
        place = typed
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[last] = value

    return change


def _without(field: str) -> Callable[[Typed], None]:
    def change(typed: Typed) -> None:
        section, _, name = field.partition(".")
        if name:
            del typed[section][name]
        else:
            del typed[section]

    return change


def _swapped(typed: Typed) -> None:
    days = typed["request"]
    days["first_day"], days["last_day"] = days["last_day"], days["first_day"]


def _in_year_9999(typed: Typed) -> None:
    typed["request"] |= {"first_day": "9999-12-07", "last_day": "9999-12-09"}


def _twice(typed: Typed) -> None:
    typed["request"]["participants"].append(deepcopy(typed["request"]["participants"][0]))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_without("request"), "has no section 'request:': add it"),
        (_without("request.title"), "'request > title' is missing: add it."),
        (_set("request.titel", "x"), "'request > titel' is not a word we know here"),
        (_set("request.title", ""), "'request > title' is empty: fill it in."),
        (_set("request.context", " \n"), "'request > context' is empty: fill it in."),
        (_set("request.first_day", "9999-12-05"), "first_day 9999-12-05: swap the two"),
        (_in_year_9999, "first_day 9999-12-07 is more than two years away: choose"),
        (_set("request.funding.call_year", 1850), "call_year 1850 is not a call that pays for"),
        (_set("request.funding.call_year", 2999), "call_year 2999 is not a call that pays for"),
        (_set("request.funding.distance_read_on", "2099-01-01"), "distance_read_on 2099-01-01 is"),
        (_set("request.objectives", []), "'request > objectives' is empty: fill it in."),
        (_set("request.participants", "Frida"), "should be a list, each line of it beginning"),
        (_set("request.sending", "borås"), "Organisation 'borås' is not in the directory"),
        (_set("request.coordinator", "x@y.example"), "x@y.example is not in the directory"),
        (_set("request.coordinator", ANA), f"{ANA} is not a sending coordinator: name one"),
        (_set("request.coordinator", OFFICE), f"{OFFICE} is not a sending coordinator: name one"),
        (_set("request.programme_office", BORAS), f"{BORAS} is not a programme office"),
        (_set("request.sending", "soc"), "does not belong to Public Employment Services"),
        (_set("request.first_day", "2020-05-05"), "lies in the past"),
        (_set("request.first_day", "5 May 2027"), "should be a day such as 2026-05-31, not '5 May"),
        (_set("request.first_day", "2027-02-30"), "should be a day such as 2026-05-31, not '2027"),
        (_set("request.last_day", "2099-05-05"), "A job shadowing lasts 2 to 60 days"),
        (_swapped, "swap the two or correct one of them."),
        (_set("request.activity", "party"), "should be 'job shadowing', 'teaching'"),
        (_set("request.participants.0.email", "frida"), "should be an e-mail address, not 'frida'"),
        (_twice, f"participant {FRIDA} stands there twice: take one out."),
        (_set("request.participants.0.email", ANA), f"{ANA} is Ana Cáceres Gómez in the directory"),
        (
            _set("request.themes", ["skills mapping", "Frida's back"]),
            "'Frida's back' is not a theme",
        ),
        (_set("request.themes", ["x" * 41]), "at most 40 letters, digits, spaces and hyphens."),
        (_set("request.themes", [f"t {n}" for n in range(11)]), "There are 11 themes: keep the 10"),
        (_set("request.themes", ["depression"]), "No host offers the theme 'depression': choose"),
        (_set("request.themes", ["depression"]), "youth employment, or leave it out."),
        (_set("request.languages", ["en", "she signs"]), "'she signs' is not a language: write"),
        (_set("request.languages", ["en", "zz"]), "'zz', which is no language by ISO 639: write"),
        (_set("request.tags", ["her, back"]), "'her, back' is not a tag: give at most 40 letters"),
        (_set("request.tags", [f"t{n}" for n in range(21)]), "There are 21 tags: keep the 20 that"),
        (_set("request.fields", ["092", "09"]), "'09' is a broad field: name a narrow one of it"),
        (_set("request.funding.national_agency", "of Frida"), "is not an agency: write it as its"),
        (_set("request.funding.travel_days", 6), "at most 2 are paid without green travel"),
        (_set("request.funding.travel_days", 7), "should be less than or equal to 6, not '7'"),
        (_set("request.funding.distance_km", "far"), "should be a whole number, not 'far'"),
        (_set("request.funding.green_travel", "perhaps"), "should be yes or no, not 'perhaps'"),
    ],
)
async def test_a_request_with_a_mistake_is_refused_with_its_sentence(
    command: Command, case: CaseDocument, store: Store, standing: dict[str, Reference],
    tmp_path: Path, change: Callable[[Typed], None], sentence: str,
) -> None:  # fmt: skip
    typed: Typed = as_typed(case)
    typed["request"]["title"] = "A visit of its own"
    change(typed)
    before = await what_is_kept(store)

    said = await command("request", str(written(tmp_path / "mine.yaml", typed)))

    assert (said.code, said.out) == (2, "")
    assert sentence in said.complaint
    assert _a_sentence(said.complaint)
    assert await what_is_kept(store) == before
    assert standing


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "holds no sections: begin with 'request:'"),
        (b"just words", "holds no sections: begin with 'request:'"),
        (b"- a\n- list\n", "holds no sections: begin with 'request:'"),
        (b"request: \xff", "is not UTF-8 text: save it as UTF-8."),
        (b"request:\n\ttitle: x\n", "line 2: correct it there."),
        (b"request:\n  title: Jobs: and more\n", "line 2: correct it there."),
        (b"request: {}\nrequest: {}\n", "'request' stands there twice, line 2: correct it there."),
        (b"request: [unclosed\n", "correct it there."),
        (b"request: \x00", "is not YAML"),
        (b"request: " + b"[" * 5000, "is not YAML as it is used here"),
        (b"request: !!int many", "is not YAML as it is used here"),
        (b"request: later", "'request' should be a section of its own"),
        (b"requests: {}", "'requests' is not a word we know here"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused(
    command: Command, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)

    said = await command("request", str(file))

    assert said.code == 2
    assert str(file) in said.complaint
    assert sentence in said.complaint
    assert _a_sentence(said.complaint)


async def test_a_file_that_is_not_there_is_refused(command: Command, tmp_path: Path) -> None:
    for file in (tmp_path / "none.yaml", tmp_path):
        said = await command("request", str(file))

        assert said.code == 2
        assert said.complaint.startswith(f"{file} cannot be read (")
        assert _a_sentence(said.complaint)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_set("directory.people.0.organisation", "nowhere"), "names organisation 'nowhere'"),
        (_set("directory.offers.0.coordinator", "nobody"), "names coordinator 'nobody'"),
        (
            _set("directory.people.0.roles", ["boss"]),
            "people 1, roles > 1: should be 'participant'",
        ),
        (_set("directory.organisations.0.zone", "Europe/Boras"), "zone 'Europe/Boras', which is"),
        (_set("directory.offers.1.zone", "Oslo"), "vestland-skills has zone 'Oslo', which is no"),
        (
            _set("directory.organisations.1.holiday_region", "ES-XX"),
            "soc has holiday_region 'ES-XX', which is no region of ES",
        ),
        (
            _set("directory.organisations.0.holiday_region", "ES-CT"),
            "boras-wld has holiday_region 'ES-CT', which is no region of SE",
        ),
        (_set("directory.people.0.email", "not an address"), "should be an e-mail address, not"),
        (_set("directory.organisations.0.country", "Sweden"), "two capital letters, such as SE"),
        (_set("directory.offers.0.country", "es"), "as two capital letters, such as SE, not 'es'"),
        (_set("directory.offers.0.opens", "2031-01-01"), "before it opens 2031-01-01: swap the"),
        (
            _set("directory.offers.0.themes", ["Ask Ana!"]),
            "'Ask Ana!' is not a theme: give at most",
        ),
        (_set("directory.offers.0.places", -1), "should be greater than or equal to 1, not '-1'"),
        (_set("directory.people.0.id", "newcomer"), "boras-coordinator and newcomer have the same"),
        (_set("directory.people.1.email", BORAS.upper()), "soc-coordinator have the same address"),
        (_set("directory", {}), "holds no organisations, people or offers: add one."),
        (_set("directory.people.0.id", "office-1"), "office-1 stands there twice: take one out"),
    ],
)
async def test_a_directory_with_a_mistake_is_refused(
    command: Command, case: CaseDocument, desk: FrontDesk, tmp_path: Path,
    change: Callable[[Typed], None], sentence: str,
) -> None:  # fmt: skip
    typed = as_typed(case)
    change(typed)
    before = await read_directory(desk.store.engine)

    said = await command("directory", str(written(tmp_path / "mine.yaml", typed)))

    assert said.code == 2
    assert sentence in said.complaint
    assert _a_sentence(said.complaint)
    assert await read_directory(desk.store.engine) == before


# Something said to a mobility that may not be said.


@pytest.mark.parametrize(
    ("stage", "words", "who", "sentence"),
    [
        ("place", "accept", VESTLAND, "To accept a request for a place is for the receiving"),
        ("place", "accept", "x@y.example", "x@y.example has no part in M-"),
        ("place", "sign", BORAS, "one can only sign the agreement in phase agreement."),
        ("place", "cancel --cause illness", ANA, "To cancel the mobility is for the sending"),
        ("place", "decline-mobility --cause other", ANA, "one can only decline the mobility in"),
        ("place", "withdraw --cause other --participant x@y.example", BORAS, "has no part in M-"),
        ("place", f"withdraw --cause other --participant {EMELIE}", FRIDA, "yourself only"),
        ("signatures", "sign --document wrong", BORAS, "document"),
        ("signatures", "sign", OFFICE, "you act as programme office: ask them to do it."),
        ("signatures", "decline --reason other", ANA, "one can only decline a request for a"),
        ("signatures", "arrive", ANA, "one can only confirm an arrival in phase visit."),
        ("grant", "award", BORAS, "To decide on the grant is for the programme office"),
        ("grant", "award", OFFICE, "No rate is on file for organisational-support"),
        ("grant", "award --amount cake=5", OFFICE, "There is no line cake in this grant: it has"),
        ("grant", "award --amount organisational-support=-5", OFFICE, "-5 euro for"),
        ("grant", "award --decision rejected", OFFICE, "needs a reason"),
        (
            "grant",
            "award --amount organisational-support=1000000.01",
            OFFICE,
            "more than any grant",
        ),
        ("grant", "award --amount organisational-support=9e99", OFFICE, "is not LINE=EURO"),
        ("grant", "award --decision rejected --reason _", OFFICE, "needs a reason"),
        ("agenda", "return-agenda --note _", BORAS, "with what should change: say it in the note."),
        ("grant", "award --amount organisational-support", OFFICE, "is not LINE=EURO"),
        ("grant", "award --amount organisational-support=NaN", OFFICE, "is not LINE=EURO"),
        ("grant", "award --amount organisational-support=1.005", OFFICE, "is not LINE=EURO"),
        (
            "place",
            "move --from FIRST --to LAST",
            ANA,
            "Until a host has said yes, only the sending",
        ),
        ("place", "propose-dates FIRST LAST", ANA, "You are asked for these very days, 2"),
        ("place", "propose-dates LAST FIRST", ANA, "swap the two or correct one of them."),
        ("place", "propose-dates 5.5 LAST", ANA, "'5.5' is not a day: write it as 2026-05-31"),
        ("place", "propose-dates FIRST LAST", BORAS, "To put forward other dates is for the rece"),
        ("place", "accept-dates", BORAS, "No other dates are on the table"),
        ("place", "accept-dates", ANA, "To accept other dates is for the sending coordinator"),
        ("place", "move --from FIRST --to LAST", OFFICE, "To move the visit is for the sending"),
        (
            "grant",
            "move --from FIRST --to LAST",
            BORAS,
            "nothing more to do; give other dates to move",
        ),
        ("grant", "move --from LAST --to FIRST", BORAS, "swap the two or correct one of them."),
        ("grant", "move --from 2020-01-01 --to 2020-01-03", ANA, "lies in the past"),
        ("grant", "move --from FIRST --to 2099-01-01", ANA, "A job shadowing lasts 2 to 60 days"),
        ("grant", "move --from 5.5 --to LAST", BORAS, "'5.5' is not a day: write it as 2026-05-31"),
        ("grant", "move --from FIRST", BORAS, "Missing option '--to'"),
        ("visit", "move --from FIRST --to LAST", ANA, "one can only move the visit in phase"),
        ("grant", "pay", BORAS, "No instalment is due: the grant has not been awarded."),
        ("grant", "accept-agenda", BORAS, "No agenda is on the table"),
        ("agenda", "pay --on 2020-01-01", BORAS, "is not between the award on"),
        ("agenda", "award --amount organisational-support=5", OFFICE, "awarded already."),
        ("agenda", "put-agenda FILE", BORAS, "To put forward an agenda is for the receiving"),
        ("agenda", "put-agenda FILE", ANA, "This agenda is on the table already"),
        ("signatures", "correct-address x@y.example --to a@b.example", BORAS, "has no part in M-"),
        (
            "signatures",
            f"correct-address {FRIDA} --to a@b.example",
            BORAS,
            "Nobody asks for another address of Frida Augustsson",
        ),
        ("signatures", f"correct-address {FRIDA} --to a@b.example", FRIDA, "for the sending coord"),
        ("closed", f"correct-address {FRIDA} --to a@b.example", BORAS, "The mobility is closed:"),
        ("visit", "attend 2020-01-01", ANA, "is not a day of the visit"),
        ("visit", "attend LAST", ANA, "is still to come"),
        ("visit", "attend FIRST", ANA, "The arrival of Frida Augustsson is not confirmed"),
        ("visit", "attend FIRST", BORAS, "To confirm attendance is for the receiving"),
        ("visit", "arrive --on 2020-01-01", ANA, "does not fit a visit of"),
        ("visit", "depart --on FIRST", ANA, "is not confirmed: confirm it first."),
        ("visit", "evaluate FILE", FRIDA, "one can only answer the evaluation in phase"),
        ("evaluation", "evaluate FILE", BORAS, f"has no evaluation with 'who: {BORAS}'"),
        ("evaluation", "follow-up FILE", ANA, "To report the follow-up is for the sending"),
        ("evaluation", "cancel --cause other", BORAS, "one can only cancel the mobility in phase"),
        ("closed", "cancel --cause illness", BORAS, "The mobility is closed: nothing about it"),
        ("closed", "accept", ANA, "The mobility is closed: nothing about it"),
        ("place", "merge PLACE", BORAS, "cannot be merged with itself: name another mobility"),
        ("place", "merge CLOSED", BORAS, "is closed: nothing can be merged with it any more."),
        ("place", "merge M-1999-0001", BORAS, "There is no mobility M-1999-0001"),
        ("place", "merge VISIT", FRIDA, "is for whoever is the sending coordinator of both or the"),
        ("place", "merge VISIT", "x@y.example", "x@y.example has no part in M-"),
        (
            "visit",
            "merge PLACE",
            BORAS,
            "one can only merge the mobility with another one in phase",
        ),
        ("closed", "merge PLACE", BORAS, "The mobility is closed: nothing about it"),
    ],
)
async def test_what_may_not_be_said_is_refused_and_leaves_no_trace(
    command: Command, standing: dict[str, Reference], store: Store, case: CaseDocument,
    case_file: Path, stage: str, words: str, who: str, sentence: str,
) -> None:  # fmt: skip
    assert case.request is not None
    reference = standing[stage]
    stand_for = {
        "FILE": str(case_file), "FIRST": str(case.request.first_day),
        "LAST": str(case.request.last_day), "_": " ",
        "PLACE": standing["place"], "VISIT": standing["visit"], "CLOSED": standing["closed"],
    }  # fmt: skip
    verb, *rest = words.split()
    before = await what_is_kept(store, reference)

    said = await command(verb, reference, *[stand_for.get(w, w) for w in rest], "--as", who)

    assert (said.code, said.out) == (2, "")
    assert sentence in said.complaint
    assert _a_sentence(said.complaint)
    assert await what_is_kept(store, reference) == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("agenda.0.day", "2020-01-01", "outside the visit"),
        ("agenda.0.ends", "06:00", "ends before it starts"),
        ("agenda.0.objectives", [9], "which the request does not have"),
        ("agenda.1.starts", "10:00", "overlap for participant Frida Augustsson: move one"),
        ("agenda.0.starts", "13:00", "Session 1 ("),
        ("agenda.2.participants", ["x@y.example"], "x@y.example has no part in"),
        (
            "agenda.0.starts",
            "09:30+02:00",
            "is 09:30+02:00: write the time on the host's own clock",
        ),
        (
            "agenda.1.ends",
            "17:00Z",
            "'agenda > 2 > ends' is 17:00+00:00: write the time on the host",
        ),
        ("agenda.0.starts", "soon", "should be a time such as 09:30, not 'soon'"),
        ("evaluations.0.marks", [5, 5], "give one mark from 1 to 5 for each."),
        ("evaluations.0.marks", [5, 5, 6], "should be less than or equal to 5, not '6'"),
        ("evaluations.0.consent", "maybe", "'evaluations > 1 > consent' should be"),
        ("follow_up.stated_days", 0, "should be greater than or equal to 1, not '0'"),
        ("follow_up.seen", "", "'follow_up > seen' is empty: fill it in."),
    ],
)
async def test_a_file_for_a_running_mobility_with_a_mistake_leaves_no_trace(
    command: Command, standing: dict[str, Reference], store: Store, case: CaseDocument,
    tmp_path: Path, field: str, value: object, sentence: str,
) -> None:  # fmt: skip
    typed: Typed = as_typed(case)
    # Texts nobody has seen before, so that one left behind would be counted.
    typed["agenda"][0]["title"] = f"Another welcome {field}"
    _set(field, value)(typed)
    stage, verb, who = {
        "agenda": ("grant", "put-agenda", ANA),
        "evaluations": ("evaluation", "evaluate", FRIDA),
        "follow_up": ("evaluation", "follow-up", BORAS),
    }[field.partition(".")[0]]
    file = written(tmp_path / "mine.yaml", typed)
    before = await what_is_kept(store, standing[stage])

    said = await command(verb, standing[stage], str(file), "--as", who)

    assert said.code == 2
    assert sentence in said.complaint
    assert _a_sentence(said.complaint)
    assert await what_is_kept(store, standing[stage]) == before


@pytest.mark.parametrize("verb", ["put-agenda", "evaluate", "follow-up"])
async def test_a_file_without_the_section_is_refused(
    command: Command, standing: dict[str, Reference], case: CaseDocument, tmp_path: Path, verb: str
) -> None:
    name = {"put-agenda": "agenda", "evaluate": "evaluations", "follow-up": "follow_up"}[verb]
    typed = as_typed(case)
    del typed[name]
    file = written(tmp_path / "mine.yaml", typed)

    said = await command(verb, standing["evaluation"], str(file), "--as", BORAS)

    assert said.code == 2
    assert (
        said.complaint
        == f"{file} has no section '{name}:': add it, as in examples/boras-soc-2026.yaml.\n"
    )


# Words the command line does not know.


@pytest.mark.parametrize(
    ("organisation", "who", "sentence"),
    [
        ("nowhere", ANA, "There is no organisation nowhere: 'mobility directory' shows all"),
        ("soc", "x@y.example", "Nobody in the directory has the address x@y.example: correct it."),
        ("soc", BORAS, "does not work at Public Employment Services of Catalonia (SOC): ask"),
        ("soc", ANA, "Services of Catalonia (SOC) is not paused: it is asked for places as usual."),
        ("soc", OFFICE, "Services of Catalonia (SOC) is not paused: it is asked for places as"),
    ],
)
async def test_a_host_is_brought_back_by_its_own_people_or_the_office_if_it_is_paused(
    command: Command, organisation: str, who: str, sentence: str
) -> None:
    said = await command("resume-hosting", organisation, "--as", who)

    assert said.code == 2
    assert sentence in said.complaint
    assert _a_sentence(said.complaint)


@pytest.mark.parametrize(
    "verb", ["show", "why", "matches", "timeline", "verify", "documents", "erase --yes"]
)
@pytest.mark.parametrize("reference", ["M-2020-0001", "[red]", "'; drop table journal"])
async def test_a_reference_nobody_knows_is_refused(
    command: Command, verb: str, reference: str
) -> None:
    said = await command(*verb.split(), reference)

    assert said.code == 2
    assert said.complaint == (
        f"There is no mobility {reference}: 'mobility list' shows all of them.\n"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("decline M-1 --as a@b.example --reason mood", "'mood' is not one of 'no capacity'"),
        ("cancel M-1 --as a@b.example --cause mood", "'mood' is none of illness, reasons of work"),
        ("cancel M-1 --as a@b.example --cause no_host", "'no_host' is none of illness"),
        ("award M-1 --as a@b.example --decision maybe", "'maybe' is not one of 'awarded'"),
        ("pay M-1 --as a@b.example --on yesterday", "'yesterday' is not a day: write it as 2026"),
        ("attend M-1 1/5 --as a@b.example", "'1/5' is not a day: write it as 2026-05-31"),
        ("resume-hosting", "Missing argument 'ORGANISATION'"),
        ("resume-hosting soc", "Missing option '--as'"),
        ("accept M-1", "Missing option '--as'"),
        ("accept", "Missing argument 'REF'"),
        ("request", "Missing argument 'FILE'"),
        ("return-agenda M-1 --as a@b.example", "Missing option '--note'"),
        ("acept M-1", "No such command 'acept'"),
        ("accept M-1 --us a@b.example", "No such option"),
    ],
)
async def test_a_slip_on_the_command_line_is_one_sentence(
    command: Command, words: str, sentence: str
) -> None:
    said = await command(*words.split())

    assert (said.code, said.out) == (2, "")
    assert sentence in said.complaint
    assert "--help')." in said.complaint
    assert _a_sentence(said.complaint)
