"""Whether a request comes close to a mobility that is on its way already."""

from datetime import timedelta

from domain.duplicates import NEAR_DAYS, Days, Live, NearMatch, near_match
from domain.events import Phase
from domain.request import MobilityRequest
from mail.returned import canonical
from starter.case_files import RequestSection
from store.addresses import digest_of
from store.cases import Store
from store.directory import Directory
from store.participants import LiveCase, Wanted, live_cases


async def find_near_match(
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
