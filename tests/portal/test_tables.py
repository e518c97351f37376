"""Nothing that people are asked, or may say, is without its form."""

from importlib import resources

from domain.deadlines import Asked
from domain.lifecycle import PERMISSIONS
from domain.people import Language
from portal import applications
from portal.acts import ACTS, NOT_SAID_HERE
from portal.asks import ASKED_ELSEWHERE, ASKS, CAME_UP
from portal.wording import templates_in

TEMPLATES = resources.files("portal") / "templates"


def _named(folder: str) -> set[str]:
    return {file.name.removesuffix(".html") for file in (TEMPLATES / folder).iterdir()}


def test_every_question_has_its_template_and_its_forms() -> None:
    assert set(ASKS) == set(Asked) - set(ASKED_ELSEWHERE)
    assert _named("asks") == {asked.value for asked in ASKS}
    for ask in ASKS.values():
        assert {*ask.acts, *ask.or_else} <= ACTS.keys()
        assert ask.acts or ask.or_else


def test_everything_people_may_say_has_its_form() -> None:
    assert {act.says for act in ACTS.values()} == set(PERMISSIONS) - set(NOT_SAID_HERE)
    assert _named("acts") == {*ACTS, *applications.ACTS}
    assert set(CAME_UP) <= ACTS.keys()


def test_every_template_can_be_read() -> None:
    pages = templates_in(Language.ENGLISH)

    for name in pages.list_templates():
        assert pages.get_template(name).name == name
