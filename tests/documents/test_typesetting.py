import subprocess
import sys
from pathlib import Path

from documents.agreement import draw_agreement
from documents.typesetting import typeset
from tests.documents import boras
from tests.documents.pages import text_of

DRAW_ELSEWHERE = (
    "import hashlib;"
    "from tests.documents import boras;"
    "from documents.agreement import draw_agreement;"
    "print(hashlib.sha256(draw_agreement(boras.agreement())).hexdigest())"
)
MAIN = Path(__file__).parents[2]


def test_same_facts_give_the_same_bytes() -> None:
    assert draw_agreement(boras.agreement()) == draw_agreement(boras.agreement())


def test_other_facts_give_other_bytes() -> None:
    assert draw_agreement(boras.agreement()) != draw_agreement(boras.agreement(version=2))


def test_neither_folder_nor_clock_nor_home_nor_time_zone_has_a_say(tmp_path: Path) -> None:
    def drawn(**environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", DRAW_ELSEWHERE],
            cwd=tmp_path,
            env={"PYTHONPATH": str(MAIN)} | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    here = drawn()
    elsewhere = drawn(
        HOME=str(tmp_path), TZ="Asia/Tokyo", LC_ALL="C", SOURCE_DATE_EPOCH="1", PYTHONHASHSEED="7"
    )

    assert here == elsewhere
    assert len(here.strip()) == 64


def test_a_paper_carries_no_date_of_its_own() -> None:
    assert b"CreationDate" not in draw_agreement(boras.agreement())
    assert b"CreateDate" not in draw_agreement(boras.agreement())


def test_a_letter_our_fonts_lack_does_not_keep_anybody_from_a_paper() -> None:
    someone = boras.PARTICIPANTS[0].model_copy(update={"name": "Yamada 山田 \U0001f600"})

    drawn = draw_agreement(boras.agreement(participants=(someone,)))

    assert "Yamada" in text_of(drawn)
    assert drawn == draw_agreement(boras.agreement(participants=(someone,)))


def test_a_paper_is_tagged_for_screen_readers() -> None:
    drawn = draw_agreement(boras.agreement())

    assert b"/MarkInfo" in drawn or b"/StructTreeRoot" in drawn
    assert b"pdfuaid" in drawn


def test_only_text_that_can_be_printed_reaches_a_template() -> None:
    drawn = typeset("certificate.typ", {
        "reference": "M-2026-0042", "issued_on": "7 May 2026", "name": "Fri\x00da\u202e Au\ud800",
        "profile": "", "activity": "course", "title": "One\nline", "sending": "A",
        "sending_place": "B", "receiving": "C", "receiving_place": "D", "coordinator": "E",
        "days": "1 day", "dates": "7 May 2026", "objectives": [],
    })  # fmt: skip

    assert "Fri da Au" in text_of(drawn)
    assert "One line" in text_of(drawn)
