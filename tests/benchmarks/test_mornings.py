"""The morning that a benchmark plays is one: a benchmark that measures nothing would not tell."""

from benchmarks.mornings import PEOPLE_EACH, first_reminded


def test_everybody_who_travelled_is_reminded_once() -> None:
    reminders = [order.to for order in first_reminded().letters() if order.ordinal == 1]

    travellers = [person for person in reminders if person.startswith("M-")]
    assert len(travellers) == len(set(travellers)) == PEOPLE_EACH
