"""Which names are taken for the same one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.likeness import are_alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Borås Stad", "Boras stad", True),
        ("Borås Stad", "Stad, Borås", True),
        ("Escola d’Adults de Girona", "Escola d'Adults de Girona", True),
        ("Escola d’Adults de Girona", "Escola Adults de Girona", True),
        ("Public Employment Services of Catalonia", "Public Employment Service of Catalonia", True),
        ("Escola d’Adults de Girona", "Escola d’Adults de Lleida", False),
        ("Vestland County", "Rogaland County", False),
        ("Borås Stad", "Göteborgs Stad", False),
    ],
)
def test_spelling_makes_no_other_name(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is alike


@given(st.text(min_size=1))
def test_every_name_is_like_itself_in_any_case(name: str) -> None:
    assert are_alike(name, name)
