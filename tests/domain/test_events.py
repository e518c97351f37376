import json

import pytest
from pydantic import ValidationError

from domain.events import EVENTS, Entry, Event
from tests.builders import completed
from tests.domain.scenarios import EVERY_SCENARIO

JOURNAL = [entry for drive in EVERY_SCENARIO for entry in drive().journal]


def test_every_kind_of_event_is_known_by_its_name() -> None:
    assert set(EVENTS.values()) == set(Event.__subclasses__())
    assert {kind.__name__ for kind in Event.__subclasses__()} == set(EVENTS)


def test_every_kind_of_event_happens_on_some_journey() -> None:
    assert {entry.kind for entry in JOURNAL} == set(EVENTS)


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_an_event_read_back_from_the_journal_is_the_event_that_was_written(kind: str) -> None:
    entries = [entry for entry in JOURNAL if entry.kind == kind]

    for entry in entries:
        kept = json.dumps(entry.model_dump(mode="json"))
        read = Entry.model_validate(json.loads(kept))

        assert read == entry
        assert type(read.event()) is EVENTS[kind]
        assert read.event() == entry.event()
        assert read.event().model_dump(mode="json") == entry.facts


def test_an_entry_with_a_fact_nobody_knows_is_not_read() -> None:
    entry = completed().journal[0]
    changed = entry.model_copy(update={"facts": entry.facts | {"surprise": 1}})

    with pytest.raises(ValidationError, match="surprise"):
        changed.event()


def test_no_name_address_or_text_stands_in_the_journal() -> None:
    journal = "".join(entry.model_dump_json() for entry in JOURNAL)

    assert "p-frida" in journal
    for secret in ("Frida", "example", "outreach", "Borås wants"):
        assert secret not in journal
