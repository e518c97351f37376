"""The hard rules: why an offer cannot be asked for a request, each in a plain phrase."""

from collections.abc import Callable, Mapping

from domain.demand import Demand
from domain.hosting import HostingOffer
from domain.matching import Excluded, Rule
from domain.standing import Known

FULL = (Rule.CAPACITY,)
"""What keeps out a host that only lacks a place: it may have one again."""
Check = Callable[[Demand, HostingOffer, Known], str]
"""Says why an offer breaks a rule, and nothing where it keeps it."""


def left_out(demand: Demand, offer: HostingOffer, known: Known) -> Excluded | None:
    """Every rule that an offer breaks, the first of them in words; none if it can be asked."""
    broken = tuple(rule for rule, check in CHECKS.items() if check(demand, offer, known))
    return left_out_by(broken, demand, offer, known) if broken else None


def left_out_by(
    broken: tuple[Rule, ...], demand: Demand, offer: HostingOffer, known: Known
) -> Excluded:
    """The rules that an offer is known to break, the first of them in words."""
    return Excluded(offer=offer.id, reason=CHECKS[broken[0]](demand, offer, known), rules=broken)


def common_languages(demand: Demand, offer: HostingOffer) -> tuple[str, ...]:
    """The languages of the request that a host speaks as well as is asked.

    A level that nobody has stated is as good as is asked only where no level is asked.
    """
    least, shared = demand.request.least_level, _shared_languages(demand, offer)
    if least is None:
        return shared
    levels = ((language, offer.languages[language]) for language in shared)
    return tuple(name for name, level in levels if level and level.rank >= least.rank)


def _shared_languages(demand: Demand, offer: HostingOffer) -> tuple[str, ...]:
    asked = dict.fromkeys(demand.request.languages)
    return tuple(language for language in asked if language in offer.languages)


def _own(demand: Demand, offer: HostingOffer, _: Known) -> str:
    is_own = offer.organisation == demand.request.sending
    return "is the sending organisation itself" if is_own else ""


def _travels(demand: Demand, offer: HostingOffer, _: Known) -> str:
    travels = offer.coordinator in demand.request.participants
    return "has a coordinator who travels" if travels else ""


def _other_part(demand: Demand, offer: HostingOffer, _: Known) -> str:
    others = (demand.request.coordinator, demand.request.office)
    has_other = offer.coordinator in others
    return "has a coordinator with another part in this mobility" if has_other else ""


def _paused(_: Demand, offer: HostingOffer, known: Known) -> str:
    is_paused = known.standing(offer.organisation).is_paused
    return "is not asked for the time being: hosting is paused there" if is_paused else ""


def _eligibility(demand: Demand, offer: HostingOffer, _: Known) -> str:
    """The way from home to another country is what the programme pays for."""
    is_home = offer.country == demand.country
    return f"is in {offer.country} too, and a visit goes to another country" if is_home else ""


def _activity(demand: Demand, offer: HostingOffer, _: Known) -> str:
    wanted = demand.request.activity
    return "" if wanted in offer.activities else f"does not offer {wanted}"


def _dates(demand: Demand, offer: HostingOffer, _: Known) -> str:
    is_open = offer.opens <= demand.request.first_day and demand.request.last_day <= offer.closes
    return "" if is_open else f"is open from {offer.opens} to {offer.closes} only"


def _blackout(demand: Demand, offer: HostingOffer, _: Known) -> str:
    first, last = demand.request.first_day, demand.request.last_day
    met = next((period for period in offer.blackouts if period.meets(first, last)), None)
    return f"cannot take anybody from {met.first} to {met.last}" if met else ""


def _duration(demand: Demand, offer: HostingOffer, _: Known) -> str:
    days = demand.request.length
    if days < offer.shortest_days:
        return f"takes visits of at least {offer.shortest_days} days, and this one has {days}"
    if offer.longest_days is not None and days > offer.longest_days:
        return f"takes visits of at most {offer.longest_days} days, and this one has {days}"
    return ""


def _group(demand: Demand, offer: HostingOffer, _: Known) -> str:
    """What would not fit even if nobody else came."""
    people = demand.people
    if people < offer.smallest_group:
        return f"takes at least {_people(offer.smallest_group)} together, and {_travel(people)}"
    if people > offer.largest:
        return f"takes at most {_people(offer.largest)} together, and {_travel(people)}"
    if offer.per_week is not None and people > offer.per_week:
        return f"takes at most {_people(offer.per_week)} a week, and {_travel(people)}"
    return ""


def _capacity(demand: Demand, offer: HostingOffer, known: Known) -> str:
    """What would fit if nobody else came: such a host may have room again once others step back."""
    if demand.people > most_at_once(offer):
        return ""
    others, people = known.occupied_by_others(offer.id), demand.people
    if people > offer.places - others.on_a_day:
        left = max(0, offer.places - others.on_a_day)
        return f"has {left} of {offer.places} places left on these days, and {_travel(people)}"
    if offer.per_week is not None and people > offer.per_week - others.in_a_week:
        left = max(0, offer.per_week - others.in_a_week)
        return f"has {left} of {offer.per_week} places left in that week, and {_travel(people)}"
    return ""


def most_at_once(offer: HostingOffer) -> int:
    """The most people that one visit can have at a host that has nobody else."""
    return min(offer.places, offer.per_week or offer.places)


def _people(number: int) -> str:
    return f"{number} {'person' if number == 1 else 'people'}"


def _travel(number: int) -> str:
    return f"{number} {'travels' if number == 1 else 'travel'}"


def _language(demand: Demand, offer: HostingOffer, _: Known) -> str:
    if common_languages(demand, offer):
        return ""
    least, spoken = demand.request.least_level, offer.languages
    if not (shared := _shared_languages(demand, offer)):
        return "has no language in common"
    levels = ", ".join(f"{name}: {spoken[name] or 'level not stated'}" for name in shared)
    return f"does not speak {' or '.join(shared)} at {least} or better ({levels})"


def _declined(demand: Demand, offer: HostingOffer, _: Known) -> str:
    reason = demand.declined.get(offer.id)
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
