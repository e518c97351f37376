"""Sealing: everything personal about one mobility under one key, which can be destroyed.

The key seals Temporal's payloads and the texts, papers and names in PostgreSQL alike. It is itself
kept wrapped by the key-encryption key, which never enters the database. Destroying it makes all of
this unreadable for ever, while hashes, the journal and its chain stay what they are.
"""

import dataclasses
import hashlib
import hmac
import os
import re
import time
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Self, cast

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from store.engine import single_statement
from store.tables import NOW, data_key

ENCODING = b"binary/mobility-sealed"
SHARED = "_shared"
"""Scope of payloads that belong to no mobility."""
REMEMBERED_SECONDS = 60
"""How long a process may go on using a key after it was destroyed elsewhere."""
NONCE = 12
PACKING = 1
"""The quickest level of zlib: it halves a history, and a harder one gains little more."""
_WORKFLOW_ID = re.compile(r"^(?:mobility-(?=M)|application-(?=A))([AM]-\d{4}-\d+)(?:/|$)")


_DESTROYED = sa.select(data_key.c.destroyed_at).where(data_key.c.scope == sa.bindparam("scope"))


class KeyDestroyed(Exception):  # noqa: N818 - a state of the case, not a fault
    """The mobility was erased: what its key sealed cannot be read any more."""


def scope_of(workflow_id: str | None) -> str:
    """The mobility a workflow belongs to; everything of a mobility starts with its id."""
    found = _WORKFLOW_ID.match(workflow_id or "")
    return found[1] if found else SHARED


class KeyRing:
    """The data keys, one per mobility, wrapped by the key-encryption key."""

    def __init__(self, engine: AsyncEngine, key_encryption_key: bytes) -> None:
        self._engine = engine
        self._wrap = AESGCM(key_encryption_key)
        self._known: dict[str, tuple[float, bytes]] = {}

    async def key(self, scope: str) -> bytes:
        """The key of a mobility, made on first use.

        Raises:
            KeyDestroyed: when the mobility was erased.
        """
        known = self._known.get(scope)
        if known and known[0] > time.monotonic():
            return known[1]
        wrapped = await self._wrapped(scope)
        key = self._wrap.decrypt(wrapped[:NONCE], wrapped[NONCE:], scope.encode())
        self._known[scope] = (time.monotonic() + REMEMBERED_SECONDS, key)
        return key

    async def _wrapped(self, scope: str) -> bytes:
        nonce = os.urandom(NONCE)
        fresh = nonce + self._wrap.encrypt(nonce, AESGCM.generate_key(256), scope.encode())
        find = sa.select(data_key.c.wrapped).where(data_key.c.scope == scope)
        async with self._engine.begin() as tx:
            row = (await tx.execute(find)).first()
            if row is None:
                # Two processes may meet here: the first key stands, both read it back.
                await tx.execute(
                    insert(data_key).values(scope=scope, wrapped=fresh).on_conflict_do_nothing()
                )
                row = (await tx.execute(find)).one()
        if row.wrapped is None:
            raise KeyDestroyed(f"The key of {scope} was destroyed: its contents are erased.")
        return bytes(row.wrapped)

    async def destroy(self, scope: str) -> None:
        """Destroy a key for ever. A second time changes nothing."""
        self._known.pop(scope, None)
        async with self._engine.begin() as tx:
            await tx.execute(
                sa.update(data_key)
                .where(data_key.c.scope == scope, data_key.c.destroyed_at.is_(None))
                .values(wrapped=None, destroyed_at=NOW)
            )

    async def is_destroyed(self, scope: str) -> bool:
        """Whether a key was destroyed."""
        async with single_statement(self._engine) as connection:
            return await connection.scalar(_DESTROYED, {"scope": scope}) is not None

    async def seal(self, scope: str, content: bytes) -> bytes:
        """Seal something for one mobility."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(await self.key(scope)).encrypt(nonce, content, scope.encode())

    async def unseal(self, scope: str, sealed: bytes) -> bytes:
        """Open what was sealed for this mobility, and for no other."""
        key = AESGCM(await self.key(scope))
        return key.decrypt(sealed[:NONCE], sealed[NONCE:], scope.encode())

    async def digest(self, scope: str, text: str) -> str:
        """A hash of a text that nobody can guess from once the key is destroyed."""
        return hmac.new(await self.key(scope), text.encode(), hashlib.sha256).hexdigest()


@dataclasses.dataclass(frozen=True)
class SealingCodec(PayloadCodec, WithSerializationContext):
    """Seals every payload of a mobility's workflow with that mobility's key."""

    keys: KeyRing
    scope: str | None = None

    def with_context(self, context: SerializationContext) -> "SealingCodec":
        """Learn from Temporal which workflow a payload belongs to."""
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return dataclasses.replace(self, scope=scope_of(context.workflow_id))
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal payloads on their way to Temporal; packed first, since histories are kept long."""
        scope = self.scope or SHARED
        metadata = {"encoding": ENCODING, "scope": scope.encode()}
        return [
            Payload(
                metadata=metadata,
                data=await self.keys.seal(
                    scope, zlib.compress(payload.SerializeToString(), PACKING)
                ),
            )
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open payloads from Temporal; those of another mobility do not open."""
        return [await self._open(payload) for payload in payloads]

    async def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        scope = payload.metadata["scope"].decode()
        if self.scope not in (None, scope) and scope != SHARED:
            raise KeyDestroyed(f"A payload of {scope} was met in {self.scope}: not opened.")
        return Payload.FromString(zlib.decompress(await self.keys.unseal(scope, payload.data)))


class SealingConverter(DataConverter):
    """Makes the converter of one mobility once, not for every payload again."""

    def with_context(self, context: SerializationContext) -> Self:
        """The converter for the mobility that this context belongs to."""
        if not isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return super().with_context(context)
        return cast("Self", _converter_of(self, scope_of(context.workflow_id)))


@lru_cache(maxsize=4096)
def _converter_of(converter: SealingConverter, scope: str) -> SealingConverter:
    codec = cast("SealingCodec", converter.payload_codec)
    return dataclasses.replace(converter, payload_codec=dataclasses.replace(codec, scope=scope))


def sealing_converter(keys: KeyRing) -> SealingConverter:
    """Pydantic models, sealed; failure messages and stack traces sealed as well."""
    return SealingConverter(
        payload_converter_class=PydanticPayloadConverter,
        payload_codec=SealingCodec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
