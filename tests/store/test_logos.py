"""Logos are kept once, under the hash by which organisations name them."""

from hashlib import sha256

import pytest
import sqlalchemy as sa

from domain.errors import LogoNotAcceptable
from domain.logos import LogoKind
from store.cases import Store
from store.logos import Logo, keep_logo, read_logo
from store.tables import logo

DRAWN = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


async def test_a_logo_is_kept_once_under_its_hash(store: Store) -> None:
    first, again = [await keep_logo(store.engine, DRAWN) for _ in range(2)]

    assert first == again == sha256(DRAWN).hexdigest()
    assert await read_logo(store.engine, first) == Logo(LogoKind.SVG, DRAWN)
    assert await read_logo(store.engine, "another") is None


async def test_what_is_no_picture_is_not_kept(store: Store) -> None:
    with pytest.raises(LogoNotAcceptable):
        await keep_logo(store.engine, b"%PDF-1.7")

    async with store.engine.connect() as connection:
        assert (await connection.execute(sa.select(logo))).all() == []
