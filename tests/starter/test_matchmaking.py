"""An event at the desk: opened, joined, looked at, and refused in one sentence."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.assignment import Assignment, Kind, Mode
from domain.facts import PersonId, Reference
from domain.matchmaking import MatchmakingEvent, a_place_is_worth, question_of
from matchmaking.assignment import assign
from matchmaking.check_certificate import check
from starter.case_files import CaseDocument
from starter.matchmaking import checked
from starter.matchmaking_page import result_page
from starter.running import console
from store.cases import Store
from store.directory import Directory
from store.matchmaking import (
    Answer,
    AnswerChanged,
    digest,
    end_event,
    keep_answer,
    keep_event,
)
from tests.domain.test_matchmaking import OFFERS, a_standing
from tests.starter.conftest import BORAS, OFFICE, Command, as_typed, what_is_kept, written

pytestmark = pytest.mark.usefixtures("working", "desk")
TODAY = datetime.now(UTC).date()
ONE, TWO = Reference("M-2026-0001"), Reference("M-2026-0002")
Typed = dict[str, Any]


def typed(**changes: object) -> Typed:
    facts = {
        "reference": "E-2027-01", "name": "Autumn meeting", "programme_office": OFFICE,
        "closes": str(TODAY + timedelta(days=3)), "rounds": 2,
    }  # fmt: skip
    return {"event": facts | changes}


async def test_an_event_is_opened_once_and_listed(command: Command, tmp_path: Path) -> None:
    file = str(written(tmp_path / "event.yaml", typed()))

    opened, again = await command("event", file), await command("event", file)
    listed = await command("events")

    assert opened.code == 0
    assert "requests join it with 'event: E-2027-01'." in opened.out
    assert again.code == 2
    assert "There is an event E-2027-01 already" in again.complaint
    assert "Autumn meeting" in listed.out
    early = await command("event-result", "e-2027-01")
    assert early.code == 2
    assert "E-2027-01 has not answered yet: it closes at the end of" in early.complaint


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reference": "meeting"}, "'event > reference' should be a reference such as E-2027-01"),
        ({"closes": "2020-01-01"}, "closes 2020-01-01 lies in the past"),
        ({"programme_office": BORAS}, f"{BORAS} is not a programme office"),
        ({"rounds": 0}, "'event > rounds' should be greater than or equal to 1, not '0'"),
        ({"mode": "fair"}, "'event > mode' should be 'best total' or 'stable'"),
    ],
)
async def test_an_event_with_a_mistake_is_refused_with_its_sentence(
    command: Command, tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    said = await command("event", str(written(tmp_path / "event.yaml", typed(**change))))

    assert (said.code, said.out) == (2, "")
    assert sentence in said.complaint


async def test_a_request_joins_only_an_event_that_is_open(
    command: Command, case: CaseDocument, store: Store, tmp_path: Path
) -> None:
    over = an_event("E-2027-02")
    await keep_event(store.engine, over)
    await end_event(store.engine, over.reference)
    request: Typed = as_typed(case)
    for event in ("E-2027-02", "E-2099-99"):
        request["request"] |= {"event": event, "title": "Of its own"}
        before = await what_is_kept(store)
        said = await command("request", str(written(tmp_path / "mine.yaml", request)))
        assert said.code == 2
        assert f"No matchmaking event {event} is open: 'mobility events'" in said.complaint
        assert await what_is_kept(store) == before


def an_event(reference: str, **changes: object) -> MatchmakingEvent:
    facts = {"reference": reference, "name": "Fair", "office": PersonId("office-1"),
             "closes": TODAY, "mode": Mode.BEST_TOTAL}  # fmt: skip
    return MatchmakingEvent.model_validate(facts | changes)


async def test_the_result_is_shown_proved_and_written_for_the_checker(
    command: Command, store: Store, tmp_path: Path
) -> None:
    event = an_event("E-2027-03")
    await keep_event(store.engine, event)
    question = question_of(event, (a_standing(ONE), a_standing(TWO)), OFFERS, {})
    await keep_answer(store.engine, event.reference, 1, assign(question))
    proof = tmp_path / "proof.json"

    said = await command("event-result", event.reference, "--certificate", str(proof))

    assert said.code == 0
    assert "2 of 2 requests have a host, 18 points." in said.out
    assert "Certificate verified: yes. It proves that nothing is better." in said.out
    assert f"python matchmaking/check_certificate.py {proof}" in " ".join(said.out.split())
    assert check(json.loads(proof.read_text("utf-8"))).startswith("VERIFIED: 2 placed")
    missing = await command("event-result", "E-2099-01")
    assert missing.code == 2
    assert "There is no event E-2099-01: 'mobility events'" in missing.complaint
    odd = await command("event-together", event.reference, ONE, TWO)
    assert odd.code == 2
    assert "E-2027-03 has answered already" in odd.complaint


async def test_an_answer_is_kept_once_and_never_replaced(store: Store) -> None:
    event = an_event("E-2027-04")
    await keep_event(store.engine, event)
    solution = assign(question_of(event, (a_standing(ONE),), OFFERS, {}))
    first = await keep_answer(store.engine, event.reference, 1, solution)

    assert await keep_answer(store.engine, event.reference, 1, solution) == first
    other = solution.model_copy(update={"assignment": Assignment(pairs={}, total=0)})
    with pytest.raises(AnswerChanged, match="Round 1 of E-2027-04 was answered otherwise"):
        await keep_answer(store.engine, event.reference, 1, other)
    assert json.loads(other.model_dump_json())["assignment"]["pairs"] == {}


def test_what_is_not_proved_best_says_how_near_it_is() -> None:
    event, alone = an_event("E-2027-05"), a_standing(Reference("M-2026-0003"), ranked=())
    question = question_of(event, (a_standing(ONE), a_standing(TWO), alone), OFFERS, {})
    solution, worth = assign(question), a_place_is_worth(question)
    assert worth == 1 + 3 * 9
    for missing, sentence in (
        (0, "It proves that nothing is better."),
        (7, "that no more requests could have a host, and that the best has at most 7 more points"),
        (worth, "It proves that at most 1 more could have a host."),
    ):
        bound = solution.assignment.total + missing
        kind = Kind.BOUND if missing else Kind.OPTIMUM
        proof = solution.certificate.model_copy(update={"bound": bound, "kind": kind})
        answered = solution.model_copy(update={"certificate": proof})
        answer = Answer(round=1, solution=answered, sha256=digest(answered))
        result = checked(event, answer, Directory(organisations=(), people=(), offers=()))
        with console.capture() as shown:
            console.print(result_page(result._replace(is_verified=True)))
        assert sentence in " ".join(shown.get().split())


def test_who_travels_together_has_the_points_once_and_says_with_whom() -> None:
    event = an_event("E-2027-06", together=((ONE, TWO),))
    offers = [offer.model_copy(update={"places": 9}) for offer in OFFERS]
    solution = assign(question_of(event, (a_standing(ONE), a_standing(TWO)), offers, {}))
    answer = Answer(round=1, solution=solution, sha256=digest(solution))
    result = checked(event, answer, Directory(organisations=(), people=(), offers=()))

    with console.capture() as shown:
        console.print(result_page(result))

    [line] = [line for line in shown.get().splitlines() if TWO in line and "with" in line]
    assert line.split()[-2:] == ["with", ONE]
    assert not any(word.isdecimal() for word in line.split())
