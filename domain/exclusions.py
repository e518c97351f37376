"""The hard rules: why an offer cannot be asked for a request, each in a plain phrase."""

from collections.abc import Callable, Mapping

from domain.hosting import HostingOffer
from domain.matching import Excluded, Rule
from domain.search import Search
from domain.standing import Known

FULL = (Rule.CAPACITY,)
"""What keeps out a host that only lacks a place: it may have one again."""
Check = Callable[[Search, HostingOffer, Known], str]
"""Says why an offer breaks a rule, and nothing where it keeps it."""


def left_out(search: Search, offer: HostingOffer, known: Known) -> Excluded | None:
    """Every rule that an offer breaks, the first of them in words; none if it can be asked."""
    broken = {rule: why for rule, check in CHECKS.items() if (why := check(search, offer, known))}
    if not broken:
        return None
    return Excluded(offer=offer.id, reason=next(iter(broken.values())), rules=tuple(broken))


def common_languages(search: Search, offer: HostingOffer) -> tuple[str, ...]:
    """The languages of the request that a host speaks as well as is asked.

    A level that nobody has stated is as good as is asked only where no level is asked.
    """
    least, shared = search.request.least_level, _shared_languages(search, offer)
    if least is None:
        return shared
    levels = ((language, offer.languages[language]) for language in shared)
    return tuple(name for name, level in levels if level and level.rank >= least.rank)


def _shared_languages(search: Search, offer: HostingOffer) -> tuple[str, ...]:
    asked = dict.fromkeys(search.request.languages)
    return tuple(language for language in asked if language in offer.languages)


def _own(search: Search, offer: HostingOffer, _: Known) -> str:
    is_own = offer.organisation == search.request.sending
    return "is the sending organisation itself" if is_own else ""


def _travels(search: Search, offer: HostingOffer, _: Known) -> str:
    travels = offer.coordinator in search.request.participants
    return "has a coordinator who travels" if travels else ""


def _other_part(search: Search, offer: HostingOffer, _: Known) -> str:
    others = (search.request.coordinator, search.request.office)
    has_other = offer.coordinator in others
    return "has a coordinator with another part in this mobility" if has_other else ""


def _paused(_: Search, offer: HostingOffer, known: Known) -> str:
    is_paused = known.standing(offer.organisation).is_paused
    return "is not asked for the time being: hosting is paused there" if is_paused else ""


def _eligibility(search: Search, offer: HostingOffer, _: Known) -> str:
    """The way from home to another country is what the programme pays for."""
    is_home = offer.country == search.country
    return f"is in {offer.country} too, and a visit goes to another country" if is_home else ""


def _activity(search: Search, offer: HostingOffer, _: Known) -> str:
    wanted = search.request.activity
    return "" if wanted in offer.activities else f"does not offer {wanted}"


def _dates(search: Search, offer: HostingOffer, _: Known) -> str:
    is_open = offer.opens <= search.request.first_day and search.request.last_day <= offer.closes
    return "" if is_open else f"is open from {offer.opens} to {offer.closes} only"


def _blackout(search: Search, offer: HostingOffer, _: Known) -> str:
    first, last = search.request.first_day, search.request.last_day
    met = next((period for period in offer.blackouts if period.meets(first, last)), None)
    return f"cannot take anybody from {met.first} to {met.last}" if met else ""


def _duration(search: Search, offer: HostingOffer, _: Known) -> str:
    days = search.request.length
    if days < offer.shortest_days:
        return f"takes visits of at least {offer.shortest_days} days, and this one has {days}"
    if offer.longest_days is not None and days > offer.longest_days:
        return f"takes visits of at most {offer.longest_days} days, and this one has {days}"
    return ""


def _group(search: Search, offer: HostingOffer, _: Known) -> str:
    """What would not fit even if nobody else came."""
    people = search.people
    if people < offer.smallest_group:
        return f"takes at least {offer.smallest_group} people together, and {people} travel"
    if people > offer.largest:
        return f"takes at most {offer.largest} people together, and {people} travel"
    if offer.per_week is not None and people > offer.per_week:
        return f"takes at most {offer.per_week} people a week, and {people} travel"
    return ""


def _capacity(search: Search, offer: HostingOffer, known: Known) -> str:
    """What would fit if nobody else came: such a host may have room again once others step back."""
    if search.people > most_at_once(offer):
        return ""
    others, people = known.occupied_by_others(offer.id), search.people
    if people > offer.places - others.on_a_day:
        left = max(0, offer.places - others.on_a_day)
        return f"has {left} of {offer.places} places left on these days, and {people} travel"
    if offer.per_week is not None and people > offer.per_week - others.in_a_week:
        left = max(0, offer.per_week - others.in_a_week)
        return f"has {left} of {offer.per_week} places left in that week, and {people} travel"
    return ""


def most_at_once(offer: HostingOffer) -> int:
    """The most people that one visit can have at a host that has nobody else."""
    return min(offer.places, offer.per_week or offer.places)


def _language(search: Search, offer: HostingOffer, _: Known) -> str:
    if common_languages(search, offer):
        return ""
    least, spoken = search.request.least_level, offer.languages
    if not (shared := _shared_languages(search, offer)):
        return "has no language in common"
    levels = ", ".join(f"{name}: {spoken[name] or 'level not stated'}" for name in shared)
    return f"does not speak {' or '.join(shared)} at {least} or better ({levels})"


def _declined(search: Search, offer: HostingOffer, _: Known) -> str:
    reason = search.declined.get(offer.id)
    return f"has declined: {reason}" if reason else ""


CHECKS: Mapping[Rule, Check] = {
    Rule.OWN: _own,
    Rule.TRAVELS: _travels,
    Rule.OTHER_PART: _other_part,
    Rule.PAUSED: _paused,
    Rule.ELIGIBILITY: _eligibility,
    Rule.ACTIVITY: _activity,
    Rule.DATES: _dates,
    Rule.BLACKOUT: _blackout,
    Rule.DURATION: _duration,
    Rule.GROUP: _group,
    Rule.CAPACITY: _capacity,
    Rule.LANGUAGE: _language,
    Rule.DECLINED: _declined,
}
"""Every rule, in the order in which they are told."""
