"""The weights of the criteria: ours, those of an office over them, and what is not acceptable."""

from importlib import resources

import pytest

from domain.weighing import WeightsNotAcceptable, read_weights
from tests.builders import WEIGHTS

OURS = (resources.files("domain.weights") / "hosts.toml").read_text("utf-8")


def test_the_office_changes_the_criterion_it_names_and_nothing_else() -> None:
    weights = read_weights(OURS, "[themes]\neach = 1\nmost = 3\n")

    assert (weights.themes.each, weights.themes.most) == (1, 3)
    assert weights.model_copy(update={"themes": WEIGHTS.themes}) == WEIGHTS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[themes]\neach = -1\nmost = 3\n", "'themes > each': Input should be greater than or"),
        ("[themes]\neach = 1.5\nmost = 3\n", "'themes > each': Input should be a valid integer"),
        ("[themes]\neach = 1\n", "'themes > most': Field required"),
        ("[room]\nspare = 1\nmost = 1\n", "'room > most': Extra inputs are not permitted"),
        ("[charm]\neach = 1\n", "name 'charm': choose from themes, fields, tags, languages, room"),
        ("[themes\n", "are not TOML"),
        ("themes = 3\n", "at 'themes'"),
    ],
)
def test_weights_that_make_no_sense_are_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(WeightsNotAcceptable) as refused:
        read_weights(OURS, text)

    assert said in str(refused.value)


def test_weights_cover_every_criterion() -> None:
    with pytest.raises(WeightsNotAcceptable, match="themes"):
        read_weights()
