"""Whether a request was made before, or comes close to a mobility that is on its way."""

import json
from datetime import timedelta
from typing import Any

from domain.duplicates import NEAR_DAYS, Days, Live, NearMatch, near_match
from domain.errors import AlreadyDone, MayBeTheSame
from domain.events import Phase
from domain.facts import Reference
from domain.request import MobilityRequest
from mail.returned import canonical
from starter.case_files import RequestSection
from starter.draft import draft_request
from store.addresses import digest_of
from store.cases import Store
from store.directory import Directory, read_directory
from store.participants import LiveCase, Wanted, live_cases
from store.sealing import SHARED

IN_ANY_ORDER = {"themes", "fields", "tags", "languages", "participants"}
"""Lists of a request in which the order says nothing."""


def content_of(section: RequestSection, draft: MobilityRequest) -> str:
    """What makes a request this one and no other, however it is written down.

    What is left out is no part of it: a request is the same as before there was such a word.
    """
    content = section.model_dump(mode="json", exclude_none=True) | {
        "sending": draft.sending, "coordinator": draft.coordinator,
        "programme_office": draft.office,
    }  # fmt: skip
    for entry in content["participants"]:
        entry["email"] = entry["email"].casefold()
    plain = {name: _single_spaced(value) for name, value in content.items()}
    for name in IN_ANY_ORDER & plain.keys():
        plain[name] = sorted(plain[name], key=json.dumps)
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)


def _single_spaced(value: Any) -> Any:
    match value:
        case str():
            return " ".join(value.split())
        case list():
            return [_single_spaced(one) for one in value]
        case dict():
            return {name: _single_spaced(one) for name, one in value.items()}
    return value


async def key_of(
    store: Store, section: RequestSection, draft: MobilityRequest, occasion: str = ""
) -> str:
    """By what a request is known to be the same one, however it is written down."""
    return await store.keys.digest(SHARED, f"{occasion}\n{content_of(section, draft)}")


async def check_is_new(store: Store, section: RequestSection) -> None:
    """Ask beforehand what is asked when this is requested in earnest. It starts nothing.

    Raises:
        AlreadyDone: when this very request has been made before.
        MayBeTheSame: when it comes close to a mobility on its way.
        Refusal: when somebody or something in it is not known here.
    """
    directory = await read_directory(store.engine)
    key = await key_of(store, section, draft_request(section, directory))
    if known := await store.reference_of(key):
        raise done_already(known)
    await ask_about_near_match(store, section, directory, key)


async def ask_about_near_match(
    store: Store, section: RequestSection, directory: Directory, key: str
) -> None:
    """Ask about the mobility that a request comes closest to.

    Raises:
        MayBeTheSame: when there is one, and it is another than this very request.
    """
    near = await _near_match(store, section, directory)
    # It may be this very request, made a moment ago by somebody else.
    if near and not await store.reference_of(key):
        raise MayBeTheSame(near.sentence())


def done_already(reference: Reference) -> AlreadyDone:
    """What is said to whoever makes the same request again."""
    return AlreadyDone(
        f"This request has been made already: it is {reference}, see 'mobility show {reference}'; "
        "to ask anew, change something in it."
    )


async def _near_match(
    store: Store, section: RequestSection, directory: Directory
) -> NearMatch | None:
    """The mobility of the same organisation that this request comes closest to, if to any."""
    sending = directory.organisation(section.sending)
    if sending is None:
        return None
    around = timedelta(days=NEAR_DAYS + 1)
    wanted = Wanted(
        sending=sending.id, earliest=section.first_day - around, latest=section.last_day + around
    )
    names = await _names(store, section, directory)
    cases = await live_cases(store.engine, wanted, names)
    days = Days(section.first_day, section.last_day)
    return near_match(days, [await _live(store, case, section, names) for case in cases])


async def _names(store: Store, section: RequestSection, directory: Directory) -> dict[str, str]:
    """What those who are to travel are called, by all that they may be known by."""
    names: dict[str, str] = {}
    for entry in section.participants:
        names[await digest_of(store.keys, canonical(entry.email))] = entry.name
        if found := directory.person(entry.email):
            names[found.id] = entry.name
    return names


async def _live(
    store: Store, case: LiveCase, section: RequestSection, names: dict[str, str]
) -> Live:
    request = case.request
    known = {key for one in case.participants.items() for key in one}
    return Live(
        reference=case.reference,
        phase=case.view.phase if case.view else Phase.MATCHING,
        requested_on=case.requested_at.date(),
        days=Days(request.first_day, request.last_day),
        in_common=tuple(dict.fromkeys(name for key, name in names.items() if key in known)),
        has_same_words=await _has_same_words(store, section, request),
    )


async def _has_same_words(store: Store, section: RequestSection, other: MobilityRequest) -> bool:
    """Whether title and objectives are the same, in whatever order, without opening any of them."""
    ours = {await store.stands_for(other.reference, text) for text in section.objectives}
    title = await store.stands_for(other.reference, section.title)
    return title == other.title and ours == {objective.text for objective in other.objectives}
