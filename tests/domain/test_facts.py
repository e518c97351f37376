import pytest
from pydantic import ValidationError

from domain.events import Phase
from domain.facts import Fact, State, Writing
from domain.mobility import Mobility
from tests.builders import a_request, completed, in_phase


def kinds_of(root: type[State] | type[Fact]) -> list[type[State] | type[Fact]]:
    children = root.__subclasses__()
    return [*children, *[kind for child in children for kind in kinds_of(child)]]


def test_an_older_worker_reads_a_newer_mobility_and_ignores_what_it_does_not_know() -> None:
    mobility = in_phase(Phase.AGREEMENT).mobility
    newer = mobility.model_dump(mode="json")
    newer["mood"] = "excellent"
    newer["agreement"]["seal"] = "red"
    newer["waits"]["signatures"]["weight"] = 7

    assert Mobility.model_validate(newer) == mobility


def test_a_fact_with_something_unknown_in_it_is_refused() -> None:
    request = a_request().model_dump(mode="json") | {"mood": "excellent"}

    with pytest.raises(ValidationError, match="mood"):
        type(a_request()).model_validate(request)


def test_a_fact_never_changes() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Writing(id="a", digest="b").id = "c"  # type: ignore[misc]


@pytest.mark.parametrize("kind", kinds_of(Fact), ids=lambda kind: kind.__name__)
def test_every_kind_of_fact_is_frozen_and_knows_all_its_fields(kind: type[Fact]) -> None:
    assert kind.model_config["frozen"] is True
    assert kind.model_config["extra"] == "forbid"


@pytest.mark.parametrize("kind", kinds_of(State), ids=lambda kind: kind.__name__)
def test_every_kind_of_state_ignores_what_it_does_not_know(kind: type[State]) -> None:
    assert kind.model_config["extra"] == "ignore"


@pytest.mark.parametrize("phase", Phase)
def test_a_mobility_carried_to_a_new_run_is_the_same_mobility(phase: Phase) -> None:
    mobility = in_phase(phase).mobility

    carried = Mobility.model_validate_json(mobility.model_dump_json())

    assert carried == mobility
    assert list(carried.heard.items()) == list(mobility.heard.items())


def test_two_mobilities_share_nothing() -> None:
    completed()

    fresh = Mobility(request=a_request())

    assert fresh == Mobility(request=a_request())
    assert fresh.waits == {}
    assert fresh.unrecorded == []
    assert fresh.evaluation.answers == {}
    assert fresh.visit.arrived == {}
    assert fresh.agreement.version == 0
