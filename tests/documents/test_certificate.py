from datetime import date, timedelta

import pytest

from documents.certificate import draw_certificate
from domain.papers import NamedPerson
from domain.request import Activity
from tests.documents import boras
from tests.documents.pages import HOSTILE, pages_of, text_of


def test_certificate_says_who_attended_what_where_and_when() -> None:
    told = text_of(draw_certificate(boras.certificate()))

    for words in (
        "Certificate of Attendance",
        "Public Employment Services of Catalonia (SOC) certifies that",
        "Frida Augustsson",
        "Working Life Department Borås Stad, Borås, Västra Götaland, Sweden",
        "took part in the job shadowing",
        "Inclusive Employment and Skills Cooperation Across Europe",
        "and attended on 3 days: 5-7 May 2026.",
        "See how early outreach and preventive work with young people are organised",
        "ISSUED ON 7 May 2026",
        "REFERENCE M-2026-0042",
    ):
        assert words in told, words


def test_certificate_names_only_days_truly_attended() -> None:
    told = text_of(draw_certificate(boras.certificate(days=(boras.DAYS[2], boras.DAYS[0]))))

    assert "attended on 2 days: 5 May 2026 and 7 May 2026." in told


def test_certificate_of_a_single_day() -> None:
    told = text_of(draw_certificate(boras.certificate(days=boras.DAYS[1:2])))

    assert "attended on 1 day: 6 May 2026." in told


@pytest.mark.parametrize("activity", Activity)
def test_certificate_names_every_activity(activity: Activity) -> None:
    told = text_of(draw_certificate(boras.certificate(activity=activity)))

    assert f"took part in the {activity.value}" in told


def test_certificate_is_deterministic() -> None:
    assert draw_certificate(boras.certificate()) == draw_certificate(boras.certificate())


def test_certificate_without_profile_and_objectives() -> None:
    someone = NamedPerson(name="Somebody", profile="")

    told = text_of(draw_certificate(boras.certificate(participant=someone, objectives=())))

    assert "OBJECTIVES" not in told
    assert "Somebody" in told


def test_certificate_stays_on_one_page_however_much_there_is_to_say() -> None:
    every_weekday = tuple(
        day for n in range(365) if (day := date(2026, 1, 5) + timedelta(days=n)).weekday() < 5
    )
    drawn = draw_certificate(
        boras.certificate(
            participant=NamedPerson(
                name="Maria del Carmen Alejandra Wolfeschlegelsteinhausenberger-Ó Súilleabháin",
                profile="coordination of vocational guidance, skills mapping and youth outreach",
            ),
            receiving=boras.SOC.model_copy(
                update={"name": "Department for Employment, Inclusion and Lifelong Learning " * 2}
            ),
            objectives=tuple(f"Objective {n}, told at some length " * 5 for n in range(14)),
            days=every_weekday,
        )
    )

    assert pages_of(drawn) == 1
    assert "Objective 13," in text_of(drawn)
    assert "REFERENCE M-2026-0042" in text_of(drawn)
    assert "between 5 January 2026 and 4 January 2027" in text_of(drawn)


def test_hostile_text_is_printed_as_it_stands() -> None:
    someone = NamedPerson(name=HOSTILE, profile=HOSTILE)

    drawn = draw_certificate(
        boras.certificate(title=HOSTILE, participant=someone, objectives=(HOSTILE,))
    )

    assert pages_of(drawn) == 1
    assert '#import "/etc/passwd": * #panic() $x^2$' in text_of(drawn)
