"""The domain's own words in letters, and its sentences on record, in the reader's language."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

from domain.agenda import SessionKind
from domain.deadlines import MEANINGS
from domain.events import Outcome, Phase
from domain.grant import Category, GrantDecision, RateStatus
from domain.host_search import HostSaid
from domain.joining import WhyDeclined
from domain.matching import DeclineReason
from domain.messages import Cause
from domain.people import Role
from domain.relaxing import HELP, WHY
from domain.request import Activity
from mail.speech import Speech

VOCABULARIES: tuple[type[StrEnum], ...] = (
    Role, Phase, Activity, SessionKind, DeclineReason, Category, RateStatus, GrantDecision, Cause,
    Outcome, WhyDeclined, HostSaid,
)  # fmt: skip
"""Fixed lists whose words letters show."""
ENDINGS = {
    Outcome.COMPLETED: "The mobility was completed",
    Outcome.WITHDRAWN: "The mobility was withdrawn",
    Outcome.DECLINED: "The mobility was declined",
    Outcome.LAPSED: "The mobility has lapsed",
    Outcome.CANCELLED: "The mobility was cancelled",
}
"""How a mobility ended, as a whole sentence: in most languages the word alone depends on it."""
MERGED = "The mobility was merged with another one"
"""How a duplicate ended: for its readers nothing was cancelled."""
RECORDED = (
    # Why an amount of the grant is what it is.
    "%(units)s x %(rate)s euro: %(basis)s",
    "no rate on file: %(basis)s",
    "%(basis)s, more than %(limit)s at the base rate",
    "%(activity)s days of activity and %(travel)s of travel",
    "%(km)s km one way, read in the distance calculator on %(day)s",
    "participants",
    # What cannot be true beside something else.
    "The follow-up states %(days)s days; %(truth)s.",
    "The agenda has nothing on %(day)s; %(truth)s.",
    'The %(text)s says "%(words)s"; %(truth)s.',
    "The host confirms that %(person)s arrived on %(came)s and was present on %(day)s.",
    "The host confirms that %(person)s left on %(gone)s and was present on %(day)s.",
    "the attendance confirmed by the host says %(held)s days (%(day)s)",
    "title", "context", "account of the visit", "account of what will be adapted",
)  # fmt: skip
"""Sentences that grants and cards put on record in English, in the order they are tried."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DAY = rf"(\d{{1,2}})(?: ({'|'.join(_MONTHS)}))?(?: (\d{{4}}))?"
_DAYS = re.compile(rf"{_DAY}(?: ?- ?{_DAY})?")


def domain_words() -> Iterator[str | tuple[str, str]]:
    """Every word and sentence of the domain that a letter may hold, for one and for many."""
    for vocabulary in VOCABULARIES:
        yield from vocabulary
    for meaning in MEANINGS.values():
        yield from meaning
    yield from ENDINGS.values()
    yield MERGED
    yield from RECORDED
    yield from WHY.values()
    yield from HELP.values()


def said_again(text: str, speech: Speech) -> str:
    """A sentence on record, in another language; one that is not known stays as it is."""
    for sentence in RECORDED:
        if found := _pattern(sentence).fullmatch(text):
            words = {name: _word(name, word, speech) for name, word in found.groupdict().items()}
            return speech.gettext(sentence) % words
    return text


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", sentence)
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)),
        re.DOTALL,
    )


def _word(name: str, word: str, speech: Speech) -> str:
    match name:
        case "basis" | "truth" | "text":
            return said_again(word, speech)
        case "day" | "came" | "gone":
            return speech.listed(_days(run, speech) for run in word.split(" and "))
        case "rate":
            return speech.number(Decimal(word))
    return word


def _days(run: str, speech: Speech) -> str:
    """A day or a run of days such as ``2026-05-07``, ``7 May 2026`` or ``5-7 May 2026``."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", run):
        first = last = date.fromisoformat(run)
    elif found := _DAYS.fullmatch(run):
        day, month, year, last_day, last_month, last_year = found.groups()
        last = _date(last_day or day, last_month or month, last_year or year)
        first = _date(day, month or last_month, year or last_year)
    else:
        return run
    return speech.dates(first, last)


def _date(day: str, month: str, year: str) -> date:
    return date(int(year), _MONTHS.index(month) + 1, int(day))
