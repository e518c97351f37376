"""Every page at every stage: for machines, for readers of four languages, and for nobody else."""

import pytest

from domain.deadlines import Asked
from domain.people import Language
from portal.headers import HEADERS
from starter.case_files import CaseDocument, ParticipantEntry
from starter.rehearsal import Rehearsal
from tests.conftest import Begin
from tests.portal.conftest import ANA, BORAS, EMELIE, FRIDA, OFFICE, Link
from tests.portal.english import english_in
from tests.portal.visitor import Visitor, assert_well_made
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")
STAGES = (
    stages.asked_for_a_place, stages.waiting_for_an_address, stages.agenda_on_the_table,
    stages.looking_back,
)  # fmt: skip
"""Some that differ most; test_every_page.py goes through all there are, without a server."""
SIGN, PAY = {"sign", "refuse"}, {"pay"}
ASKED_AT = {
    "asked_for_a_place": {ANA: {"accept", "decline", "propose-dates"}},
    "waiting_for_an_address": {
        BORAS: SIGN | {"correct-address"}, ANA: SIGN, FRIDA: SIGN, EMELIE: SIGN,
    },
    "agenda_on_the_table": {BORAS: {"accept-agenda", "return-agenda"} | PAY},
    "looking_back": {
        BORAS: {"follow-up"}, ANA: {"evaluate"}, FRIDA: {"evaluate"}, EMELIE: {"evaluate"},
    },
}  # fmt: skip
"""The forms that each question brings to whoever is asked it."""
OFFERED_AT = {
    "agenda_on_the_table": {OFFICE: PAY, ANA: {"put-agenda"}},
    "looking_back": {OFFICE: PAY, BORAS: PAY},
}
"""The forms that are there without being asked for."""
COME_UP = {"move", "withdraw", "decline-mobility", "cancel"}


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
async def test_everybody_finds_what_is_asked_of_them_and_well_made(
    stage: stages.Reach, begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stage(rehearsal, case)

    for who in (ANA, BORAS, OFFICE, FRIDA, EMELIE):
        answer = await visitor.get(await link(rehearsal, who))
        assert answer.status == 200
        assert_well_made(answer)
        assert {n: answer.headers.get(n.lower()) for n in HEADERS} == HEADERS
        asked = ASKED_AT[stage.__name__].get(who, set())
        offered = OFFERED_AT.get(stage.__name__, {}).get(who, set())
        assert answer.forms.keys() - COME_UP == asked | offered, who
        assert ('id="nothing"' in answer.html) is (not asked), who


async def test_headers_stand_on_every_answer(begin: Begin, visitor: Visitor, link: Link) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    ana = await link(rehearsal, ANA)

    answers = [
        await visitor.get("/health"), await visitor.get("/style.css"), await visitor.get("/x"),
        await visitor.get(f"{ana}/accept"), await visitor.post(f"{ana}/decline", []),
        await visitor.ask("PUT", ana), await visitor.post(f"{ana}/decline", [("x", "x" * 300_000)]),
    ]  # fmt: skip

    assert [a.status for a in answers] == [200, 200, 404, 303, 422, 405, 413]
    for answer in answers:
        assert {n: answer.headers.get(n.lower()) for n in HEADERS} == HEADERS
        assert "set-cookie" not in answer.headers


async def test_participants_read_it_in_their_own_language(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    languages = [Language.SPANISH, Language.CATALAN]
    assert case.request is not None
    rehearsal = await begin(
        participants=tuple(
            entry.model_copy(update={"language": language})
            for entry, language in zip(case.request.participants, languages, strict=True)
        )
    )
    await stages.agenda_on_the_table(rehearsal, case)

    readers = zip((FRIDA, EMELIE, ANA, BORAS), [*languages, "ca", "sv"], strict=True)

    for who, language in readers:
        page = await visitor.get(await link(rehearsal, who))
        assert f'<html lang="{language}">' in page.html
        assert english_in(page.text) == []


async def test_host_that_is_only_asked_sees_profiles_and_no_names(
    begin: Begin, visitor: Visitor, link: Link
) -> None:
    secret = ParticipantEntry(
        name="Sigrid Sentinel", email="sigrid@boras.example", profile="weaving"
    )
    rehearsal = await begin(participants=(secret,))
    await rehearsal.asked(Asked.PLACE)

    answer = await visitor.get(await link(rehearsal, ANA))

    assert "weaving" in answer.text
    assert "Sentinel" not in answer.html
    assert "sigrid@" not in answer.html
    assert f"{rehearsal.reference}-p1" not in answer.html


async def test_nobody_but_the_sending_coordinator_learns_which_host_is_asked(
    begin: Begin, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)

    pages = {who: await visitor.get(await link(rehearsal, who)) for who in (BORAS, FRIDA, OFFICE)}

    assert {who: "Ana Cáceres" in page.html for who, page in pages.items()} == {
        BORAS: True, FRIDA: False, OFFICE: False
    }  # fmt: skip
    assert "Public Employment Services" not in pages[FRIDA].html
    assert pages[FRIDA].forms.keys() == {"withdraw"}


async def test_participant_sees_no_amounts_of_others_and_the_host_none(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.in_preparation(rehearsal, case)
    await visitor.say(
        await link(rehearsal, OFFICE), "award",
        {"decision": "awarded in part", "line-0": "201", "line-2": "202", "line-4": "7777",
         "reason": "It is so."},
    )  # fmt: skip
    await rehearsal.asked(Asked.INSTALMENT)

    seen = {who: (await visitor.get(await link(rehearsal, who))).text
            for who in (FRIDA, EMELIE, ANA, BORAS, OFFICE)}  # fmt: skip

    known = ("201,00", "202,00", "777,00")
    amounts = {who: {one for one in known if one in text} for who, text in seen.items()}
    assert amounts == {
        FRIDA: {"201,00"}, EMELIE: {"202,00"}, ANA: set(), BORAS: {"201,00", "202,00", "777,00"},
        OFFICE: {"201,00", "202,00", "777,00"},
    }  # fmt: skip


async def test_whoever_has_withdrawn_is_told_that_and_nothing_else(
    begin: Begin, case: CaseDocument, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    emelie = await link(rehearsal, EMELIE)

    page = await visitor.say(emelie, "withdraw", {"sure": "yes", "cause": "illness"})

    told = page.html.partition("<footer>")[0]
    assert page.forms == {}
    assert "Du deltar inte längre" in page.text
    for secret in ("Frida", "Ana C", "Inclusive Employment", "Barcelona", "2027-", "papers/"):
        assert secret not in told


async def test_other_peoples_words_stay_words(begin: Begin, visitor: Visitor, link: Link) -> None:
    rehearsal = await begin(title='"><script>alert(1)</script>{{ 7 * 7 }}')
    await rehearsal.asked(Asked.PLACE)

    answer = await visitor.get(await link(rehearsal, BORAS))

    assert "<script" not in answer.html
    assert '"><script>alert(1)</script>{{ 7 * 7 }}' in answer.text


async def test_nothing_personal_and_no_token_is_logged(
    begin: Begin, visitor: Visitor, link: Link, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level("INFO")
    rehearsal: Rehearsal = await begin(
        title="Sentineltitle",
        participants=(
            ParticipantEntry(name="Sentinelname", email="sentinel@mail.example", profile="x"),
        ),
    )
    await rehearsal.asked(Asked.PLACE)
    links = {who: await link(rehearsal, who) for who in (ANA, BORAS, FRIDA)}

    for path in links.values():
        await visitor.get(path)
        await visitor.post(f"{path}/decline", [("reason", "odd"), ("note", "Sentinelnote")])
        await visitor.get(f"{path}xx")
    await visitor.say(links[ANA], "decline", {"reason": "other", "note": "Sentinelnote"})

    out = capfd.readouterr()
    logged = caplog.text + out.out + out.err
    assert "entinel" not in logged
    for path in links.values():
        assert path.rpartition("/")[2] not in logged
