"""The ways to the store and to Temporal, for the desk and for the worker."""

import base64

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import GrpcCompression, RPCError

from settings import SettingMissing, Settings
from store.cases import Store
from store.engine import open_engine
from store.sealing import KeyRing, sealing_converter

KEY_BYTES = 32


class Unreachable(Exception):  # noqa: N818 - told to the person in front of the screen
    """Temporal or its worker does not answer: one sentence with what to do."""


def open_store(settings: Settings) -> Store:
    """The store and the keys to it.

    Raises:
        SettingMissing: when DATABASE_URL or MOBILITY_KEY is missing or malformed.
    """
    try:
        engine = open_engine(settings.required("database_url"))
    except (SQLAlchemyError, ImportError, ValueError):
        raise SettingMissing(
            "DATABASE_URL must read like postgresql+asyncpg://user:password@host:5432/name."
        ) from None
    try:
        key = base64.b64decode(settings.required("mobility_key"), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingMissing(
            f"MOBILITY_KEY is not {KEY_BYTES} bytes in base64: make one with "
            f"'openssl rand -base64 {KEY_BYTES}'."
        )
    return Store(engine, KeyRing(engine, key))


async def connect(settings: Settings, store: Store, *, identity: str) -> Client:
    """Temporal, with every payload sealed. Compression costs more here than it saves.

    ``identity`` is what histories show in clear: which part of ours spoke, never on which machine.

    Raises:
        Unreachable: when the server does not answer.
    """
    address = settings.required("temporal_address")
    try:
        return await Client.connect(
            address,
            namespace=settings.temporal_namespace,
            identity=identity,
            data_converter=sealing_converter(store.keys),
            grpc_compression=GrpcCompression.NONE,
        )
    except (RuntimeError, RPCError):
        raise Unreachable(
            f"Temporal does not answer at {address}: start it, on this machine with 'mobility up'."
        ) from None
