"""The logos of organisations, each kept once and known by its hash."""

from dataclasses import dataclass
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.logos import LogoKind, kind_of_logo
from store.engine import single_statement
from store.tables import logo


@dataclass(frozen=True)
class Logo:
    """One picture as it is kept."""

    kind: LogoKind
    content: bytes


async def keep_logo(engine: AsyncEngine, content: bytes) -> str:
    """Keep a picture and say by which hash it is known. Kept twice, it is there once.

    Raises:
        LogoNotAcceptable: when it cannot be a logo.
    """
    async with single_statement(engine) as connection:
        return await put_logo(connection, content)


async def put_logo(connection: AsyncConnection, content: bytes) -> str:
    """The same within a transaction that has more to do."""
    kind, digest = kind_of_logo(content), sha256(content).hexdigest()
    row = {"sha256": digest, "kind": kind.value, "content": content}
    await connection.execute(insert(logo).values(row).on_conflict_do_nothing())
    return digest


async def read_logo(engine: AsyncEngine, digest: str) -> Logo | None:
    """The picture of that hash, none when it was never kept."""
    wanted = sa.select(logo.c.kind, logo.c.content).where(logo.c.sha256 == digest)
    async with single_statement(engine) as connection:
        found = (await connection.execute(wanted)).first()
    return Logo(LogoKind(found.kind), bytes(found.content)) if found else None
