"""The customer's own case, read from the sample file, as the papers need it."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from domain.agenda import SessionKind
from domain.case_card import CaseCard, Testimonial
from domain.facts import OrganisationId, Reference
from domain.papers import (
    AgreementPaper,
    CalendarMethod,
    CalendarPaper,
    CertificatePaper,
    NamedPerson,
    PlannedSession,
)
from domain.people import Organisation
from domain.request import Activity

REFERENCE = Reference("M-2026-0042")
DAYS = (date(2026, 5, 5), date(2026, 5, 6), date(2026, 5, 7))
HEAD = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_CASE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "examples" / "boras-soc-2026.yaml").read_text(encoding="utf-8")
)
_REQUEST = _CASE["request"]


def _organisation(name: str) -> Organisation:
    found = next(o for o in _CASE["directory"]["organisations"] if o["id"] == name)
    return Organisation(**found | {"id": OrganisationId(found["id"])})


BORAS = _organisation("boras-wld")
SOC = _organisation("soc")
PARTICIPANTS = tuple(
    NamedPerson(name=p["name"], profile=p["profile"], email=p["email"])
    for p in _REQUEST["participants"]
)
SENDER = NamedPerson(name="Coordinator of Borås", profile="", email="coordinator@boras.example")
HOST = NamedPerson(name="Ana Cáceres Gómez", profile="", email="ana.caceres@soc.example")
OBJECTIVES: tuple[str, ...] = tuple(_REQUEST["objectives"])


def agreement(**changes: Any) -> AgreementPaper:
    """The agreement of the case."""
    return AgreementPaper(
        **{
            "reference": REFERENCE,
            "version": 1,
            "drawn_up_on": date(2026, 2, 10),
            "activity": Activity.JOB_SHADOWING,
            "title": _REQUEST["title"],
            "context": _REQUEST["context"],
            "objectives": tuple((str(n), text) for n, text in enumerate(OBJECTIVES, start=1)),
            "sending": BORAS,
            "receiving": SOC,
            "sending_coordinator": SENDER,
            "receiving_coordinator": HOST,
            "participants": PARTICIPANTS,
            "first_day": DAYS[0],
            "last_day": DAYS[-1],
            "days": 3,
            "call_year": 2025,
        }
        | changes
    )


def certificate(**changes: Any) -> CertificatePaper:
    """The certificate of the first participant."""
    return CertificatePaper(
        **{
            "reference": REFERENCE,
            "issued_on": date(2026, 5, 7),
            "participant": PARTICIPANTS[0],
            "activity": Activity.JOB_SHADOWING,
            "title": _REQUEST["title"],
            "sending": BORAS,
            "receiving": SOC,
            "receiving_coordinator": HOST,
            "days": DAYS,
            "objectives": OBJECTIVES,
        }
        | changes
    )


def card(**changes: Any) -> CaseCard:
    """The published card of the case."""
    frida, emelie, ana = _CASE["evaluations"]
    return CaseCard(
        **{
            "reference": REFERENCE,
            "activity": Activity.JOB_SHADOWING,
            "title": _REQUEST["title"],
            "receiving": SOC,
            "sending": BORAS,
            "days": DAYS,
            "context": _REQUEST["context"],
            "objectives": OBJECTIVES,
            "seen": _CASE["follow_up"]["seen"],
            "shadowed": tuple(p.profile for p in PARTICIPANTS),
            "adapted": _CASE["follow_up"]["adapted"],
            "caption": f"{BORAS.name} at {SOC.name}, Barcelona, 5-7 May 2026",
            "lessons_of_host": tuple(ana["lessons"]),
            "lessons_of_participants": (*frida["lessons"], *emelie["lessons"]),
            "testimonials": (
                Testimonial(text=frida["testimonial"], said_by="Frida Augustsson, participant"),
                Testimonial(text=emelie["testimonial"], said_by="Emelie Persson, participant"),
                Testimonial(text=ana["testimonial"], said_by="Ana Cáceres Gómez, host"),
            ),
            "silent": (),
            "entries": 57,
            "journal_head": HEAD,
        }
        | changes
    )


def bare_card() -> CaseCard:
    """A card of a visit after which nobody said anything."""
    return card(
        seen="", adapted="", shadowed=(), lessons_of_host=(), lessons_of_participants=(),
        testimonials=(), silent=("a participant", "a participant", "the receiving organisation"),
    )  # fmt: skip


def agenda(**changes: Any) -> CalendarPaper:
    """The accepted agenda of the case, for the calendar of the sending coordinator."""
    return CalendarPaper(
        **{
            "reference": REFERENCE,
            "method": CalendarMethod.REQUEST,
            "sequence": 31,
            "title": _REQUEST["title"],
            "zone": "Europe/Madrid",
            "stamped_at": datetime(2026, 3, 20, 14, 5, 9, tzinfo=UTC),
            "organiser": HOST,
            "reader": SENDER,
            "sessions": tuple(
                _session(n, planned) for n, planned in enumerate(_CASE["agenda"], start=1)
            ),
        }
        | changes
    )


def _session(number: int, planned: dict[str, Any]) -> PlannedSession:
    wanted = planned.get("participants", [p.email for p in PARTICIPANTS])
    return PlannedSession(
        id=f"s{number}",
        day=planned["day"],
        starts=time.fromisoformat(planned["starts"]),
        ends=time.fromisoformat(planned["ends"]),
        kind=SessionKind(planned.get("kind", "shared")),
        title=planned["title"],
        place=planned["place"],
        participants=tuple(p.name for p in PARTICIPANTS if p.email in wanted),
        objectives=tuple(OBJECTIVES[n - 1] for n in planned["objectives"]),
    )
