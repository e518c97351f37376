"""Sealing: one key per mobility, wrapped, destroyed for ever; every payload under its own."""

import asyncio

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import WorkflowSerializationContext

from store.cases import Store
from store.sealing import (
    ENCODING,
    SHARED,
    KeyDestroyed,
    KeyRing,
    SealingCodec,
    scope_of,
    sealing_converter,
)
from store.tables import data_key

KEK, OTHER_KEK = b"k" * 32, b"o" * 32
SECRET = b"Emelie is ill."
ONE, OTHER = "M-2026-0001", "M-2026-0002"


@pytest.fixture
def keys(store: Store) -> KeyRing:
    return KeyRing(store.engine, KEK)


async def rows(engine: AsyncEngine) -> list[tuple[object, ...]]:
    async with engine.connect() as connection:
        found = await connection.execute(sa.select(data_key).order_by(data_key.c.scope))
        return [tuple(row) for row in found]


async def test_what_was_sealed_for_a_mobility_opens_for_it(keys: KeyRing) -> None:
    sealed = await keys.seal(ONE, SECRET)

    assert SECRET not in sealed
    assert await keys.unseal(ONE, sealed) == SECRET


async def test_the_same_content_is_sealed_differently_each_time(keys: KeyRing) -> None:
    assert await keys.seal(ONE, SECRET) != await keys.seal(ONE, SECRET)


async def test_what_was_sealed_for_one_mobility_does_not_open_for_another(keys: KeyRing) -> None:
    sealed = await keys.seal(ONE, SECRET)

    with pytest.raises(InvalidTag):
        await keys.unseal(OTHER, sealed)


async def test_a_key_moved_to_another_mobility_does_not_unwrap(keys: KeyRing) -> None:
    await keys.key(ONE)
    async with keys._engine.begin() as tx:
        await tx.execute(sa.update(data_key).values(scope=OTHER))

    with pytest.raises(InvalidTag):
        await keys.key(OTHER)


async def test_changed_content_does_not_open(keys: KeyRing) -> None:
    sealed = await keys.seal(ONE, SECRET)

    with pytest.raises(InvalidTag):
        await keys.unseal(ONE, sealed[:-1] + bytes([sealed[-1] ^ 1]))


async def test_the_key_lies_in_the_table_wrapped_only(keys: KeyRing) -> None:
    key = await keys.key(ONE)

    [(scope, wrapped, _, destroyed_at)] = await rows(keys._engine)
    assert (scope, destroyed_at) == (ONE, None)
    assert isinstance(wrapped, bytes)
    assert len(key) == 32
    assert key not in wrapped
    with pytest.raises(InvalidTag):
        await KeyRing(keys._engine, OTHER_KEK).key(ONE)


async def test_another_process_finds_the_same_key(keys: KeyRing) -> None:
    sealed = await keys.seal(ONE, SECRET)

    assert await KeyRing(keys._engine, KEK).unseal(ONE, sealed) == SECRET


async def test_each_mobility_has_a_key_of_its_own(keys: KeyRing) -> None:
    assert await keys.key(ONE) != await keys.key(OTHER)


async def test_processes_that_meet_on_first_use_get_one_key(keys: KeyRing) -> None:
    rings = [KeyRing(keys._engine, KEK) for _ in range(8)]

    found = await asyncio.gather(*(ring.key(ONE) for ring in rings))

    assert len(set(found)) == 1
    assert len(await rows(keys._engine)) == 1


async def test_a_key_is_read_once_and_then_remembered(keys: KeyRing) -> None:
    key = await keys.key(ONE)
    async with keys._engine.begin() as tx:
        await tx.execute(sa.delete(data_key))

    assert await keys.key(ONE) == key
    assert await KeyRing(keys._engine, KEK).key(ONE) != key


async def test_a_key_is_not_remembered_for_ever(
    keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.sealing.REMEMBERED_SECONDS", 0)
    await keys.key(ONE)

    await KeyRing(keys._engine, KEK).destroy(ONE)

    with pytest.raises(KeyDestroyed):
        await keys.key(ONE)


async def test_what_a_destroyed_key_sealed_is_lost(keys: KeyRing) -> None:
    sealed = await keys.seal(ONE, SECRET)
    kept = await keys.seal(OTHER, SECRET)

    await keys.destroy(ONE)

    with pytest.raises(KeyDestroyed, match=f"The key of {ONE} was destroyed"):
        await keys.unseal(ONE, sealed)
    with pytest.raises(KeyDestroyed):
        await keys.seal(ONE, SECRET)
    with pytest.raises(KeyDestroyed):
        await keys.digest(ONE, "Emelie is ill.")
    assert await keys.unseal(OTHER, kept) == SECRET


async def test_nothing_of_a_destroyed_key_is_left_in_the_table(keys: KeyRing) -> None:
    await keys.key(ONE)
    assert not await keys.is_destroyed(ONE)

    await keys.destroy(ONE)

    [(_, wrapped, _, destroyed_at)] = await rows(keys._engine)
    assert wrapped is None
    assert destroyed_at is not None
    assert await keys.is_destroyed(ONE)


async def test_destroying_a_key_twice_changes_nothing(keys: KeyRing) -> None:
    await keys.key(ONE)
    await keys.destroy(ONE)
    once = await rows(keys._engine)

    await keys.destroy(ONE)

    assert await rows(keys._engine) == once


async def test_a_digest_says_nothing_without_the_key(keys: KeyRing) -> None:
    digest = await keys.digest(ONE, "ill")

    assert digest == await KeyRing(keys._engine, KEK).digest(ONE, "ill")
    assert digest != await keys.digest(OTHER, "ill")
    assert digest != await keys.digest(ONE, "ill.")


@pytest.mark.parametrize(
    ("workflow_id", "scope"),
    [
        ("mobility-M-2026-0001", ONE),
        ("mobility-M-2026-0001/follow-up", ONE),
        ("mobility-M-2026-12345", "M-2026-12345"),
        ("mobility-M-2026-0001x", SHARED),
        ("application-A-2027-0001", "A-2027-0001"),
        ("application-M-2026-0001", SHARED),
        ("mobility-A-2027-0001", SHARED),
        ("a-mobility-M-2026-0001", SHARED),
        ("somebody-else", SHARED),
        ("", SHARED),
        (None, SHARED),
    ],
)
def test_a_workflow_belongs_to_the_mobility_its_id_begins_with(
    workflow_id: str | None, scope: str
) -> None:
    assert scope_of(workflow_id) == scope


def in_workflow(keys: KeyRing, reference: str) -> SealingCodec:
    context = WorkflowSerializationContext(namespace="default", workflow_id=f"mobility-{reference}")
    return SealingCodec(keys).with_context(context)


def payload() -> Payload:
    return Payload(metadata={"encoding": b"json/plain", "note": SECRET}, data=SECRET)


async def test_a_payload_is_sealed_whole_and_opens_in_its_own_workflow(keys: KeyRing) -> None:
    codec = in_workflow(keys, ONE)

    [sealed] = await codec.encode([payload()])

    assert SECRET not in sealed.SerializeToString()
    assert dict(sealed.metadata) == {"encoding": ENCODING, "scope": ONE.encode()}
    assert await codec.decode([sealed]) == [payload()]


async def test_a_payload_opens_for_an_auditor_without_a_workflow(keys: KeyRing) -> None:
    sealed = await in_workflow(keys, ONE).encode([payload()])

    assert await SealingCodec(keys).decode(sealed) == [payload()]


async def test_a_payload_of_another_mobility_is_not_opened(keys: KeyRing) -> None:
    sealed = await in_workflow(keys, OTHER).encode([payload()])

    with pytest.raises(KeyDestroyed, match=f"A payload of {OTHER} was met in {ONE}"):
        await in_workflow(keys, ONE).decode(sealed)


async def test_a_payload_relabelled_for_another_mobility_does_not_open(keys: KeyRing) -> None:
    [sealed] = await in_workflow(keys, OTHER).encode([payload()])
    sealed.metadata["scope"] = ONE.encode()

    with pytest.raises(InvalidTag):
        await in_workflow(keys, ONE).decode([sealed])


async def test_what_belongs_to_no_mobility_is_sealed_under_the_shared_key(keys: KeyRing) -> None:
    [sealed] = await SealingCodec(keys).encode([payload()])

    assert sealed.metadata["scope"] == SHARED.encode()
    assert SECRET not in sealed.SerializeToString()
    assert await in_workflow(keys, ONE).decode([sealed]) == [payload()]


async def test_a_payload_that_was_never_sealed_passes_as_it_is(keys: KeyRing) -> None:
    assert await in_workflow(keys, ONE).decode([payload()]) == [payload()]


async def test_a_payload_of_an_erased_mobility_does_not_open(keys: KeyRing) -> None:
    codec = in_workflow(keys, ONE)
    sealed = await codec.encode([payload()])

    await keys.destroy(ONE)

    with pytest.raises(KeyDestroyed):
        await codec.decode(sealed)


async def test_messages_and_traces_of_failures_are_sealed_as_well(keys: KeyRing) -> None:
    converter = sealing_converter(keys).with_context(
        WorkflowSerializationContext(namespace="default", workflow_id=f"mobility-{ONE}")
    )
    failure = Failure()

    await converter.encode_failure(ValueError(SECRET.decode()), failure)

    assert SECRET not in failure.SerializeToString()
    assert str(await converter.decode_failure(failure)) == f"ValueError: {SECRET.decode()}"
