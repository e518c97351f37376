"""Facts of a card that cannot both be true: one of them stops publication.

The customer's own card says "2 -days", "5-7 May 2026" and "three-day programme" at once. Here the
attendance the host confirmed is the truth; whatever else states a length or a date is held against
it: every text that the card prints, and what the follow-up, the agenda and the arrivals say.
"""

from collections.abc import Iterator, Mapping

from domain.case_card import CardFacts, said_runs
from domain.evaluation import Consent
from domain.facts import Writing
from domain.stated_dates import stated_dates
from domain.stated_lengths import stated_lengths


def find_contradictions(facts: CardFacts, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Every pair of recorded facts that cannot both be true, each pair in one sentence."""
    held = len(facts.days)
    days = f"{held} day{'' if held == 1 else 's'}"
    truth = f"the attendance confirmed by the host says {days} ({said_runs(facts.days)})"
    found: list[str] = []
    if facts.follow_up and facts.follow_up.stated_days != held:
        found.append(f"The follow-up states {facts.follow_up.stated_days} days; {truth}.")
    for name, writing in _printed(facts):
        found += [
            f'The {name} says "{quote}"; {truth}.'
            for quote in dict.fromkeys(_untrue(facts, texts[writing.id]))
        ]
    if unplanned := [day for day in facts.days if day not in facts.planned]:
        found.append(f"The agenda has nothing on {unplanned[0]:%-d %B %Y}; {truth}.")
    return (*found, *_people_contradictions(facts))


def _untrue(facts: CardFacts, text: str) -> Iterator[str]:
    """What a text says of the visit that the attendance does not bear out."""
    for length in stated_lengths(text, facts.request.activity):
        if length.days != len(facts.days):
            yield length.quote
    for dates in stated_dates(text, facts.request.activity):
        if facts.days and not dates.fits(facts.days):
            yield dates.quote


def _printed(facts: CardFacts) -> Iterator[tuple[str, Writing]]:
    """Every text that the card prints, under the name by which people know it."""
    yield "title", facts.title
    yield "context", facts.context
    for n, objective in enumerate(facts.request.objectives, start=1):
        yield f"objective {n}", objective.text
    if facts.follow_up:
        yield "account of the visit", facts.follow_up.seen
        yield "account of what will be adapted", facts.follow_up.adapted
    for person, answer in facts.answers.items():
        whose = "the host" if person == facts.receiving_coordinator else "a participant"
        yield from ((f"lesson of {whose}", lesson) for lesson in answer.lessons)
        if answer.testimonial and answer.consent is not Consent.NO:
            yield f"testimonial of {whose}", answer.testimonial


def _people_contradictions(facts: CardFacts) -> Iterator[str]:
    for person in facts.request.participants:
        days = [day for day in facts.days if person in facts.attendance[day]]
        if not days:
            continue
        came, left = facts.arrived.get(person), facts.departed.get(person)
        if came and came > days[0]:
            yield (
                f"The host confirms that {person} arrived on {came:%-d %B %Y} and was present on "
                f"{days[0]:%-d %B %Y}."
            )
        if left and left < days[-1]:
            yield (
                f"The host confirms that {person} left on {left:%-d %B %Y} and was present on "
                f"{days[-1]:%-d %B %Y}."
            )
