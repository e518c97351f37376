"""Opens the desk for one command, on the addresses of the environment or on the embedded stack."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from cryptography.exceptions import InvalidTag
from rich.console import Console
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from temporalio.service import RPCError

from local import StackTrouble
from settings import SettingMissing, Settings, read_environment
from starter.client import Unreachable, connect, open_store
from starter.desk import FrontDesk

if TYPE_CHECKING:
    from local.stack import Stack

Result = TypeVar("Result")
NO_SUCH_TABLE = "42P01"
ADDRESSES = ("DATABASE_URL", "TEMPORAL_ADDRESS", "SMTP_URL")

console = Console(highlight=False, markup=False, emoji=False)
complaints = Console(stderr=True, highlight=False, markup=False, emoji=False)


def local_stack() -> "Stack":
    """The embedded stack of this folder.

    Raises:
        StackTrouble: where its parts are not installed, as in production.
    """
    try:
        from local.stack import Stack  # noqa: PLC0415 - what it needs is not in the image
    except ImportError:
        raise StackTrouble(
            "The embedded stack is not installed here: set TEMPORAL_ADDRESS, DATABASE_URL, "
            "SMTP_URL and MOBILITY_KEY."
        ) from None
    return Stack(read_environment().mobility_home)


def is_embedded() -> bool:
    """Whether commands go to the embedded stack: unless the environment names any address."""
    return not any(name in os.environ for name in ADDRESSES)  # noqa: TID251 - which, not what


def settings_at_hand() -> Settings:
    """Those of the environment if it names any address, else those of the embedded stack.

    Raises:
        StackTrouble: when there is neither.
    """
    return local_stack().settings() if is_embedded() else read_environment()


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[FrontDesk]:
    """The desk, open for as long as the block lasts.

    Raises:
        Unreachable: when Temporal or PostgreSQL does not answer, or has no tables.
        SettingMissing: when MOBILITY_KEY does not open what is kept.
    """
    store = open_store(settings)
    try:
        client = await connect(settings, store, identity="desk")
        yield FrontDesk(store, client, task_queue=settings.mobility_task_queue)
    except InvalidTag:
        raise SettingMissing(
            "MOBILITY_KEY does not open what is kept here: give the key it was sealed with."
        ) from None
    except RPCError as trouble:
        raise Unreachable(
            f"Temporal does not answer as it should ({trouble.status.name.lower()}): check "
            "TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, or start it with 'mobility up'."
        ) from None
    except (SQLAlchemyError, OSError) as trouble:
        if isinstance(trouble, OSError) and trouble.filename:
            raise
        raise Unreachable(_about_database(trouble)) from None
    finally:
        await store.engine.dispose()


def _about_database(trouble: Exception) -> str:
    """What is wrong, without the library's words: they may tell addresses and contents."""
    if isinstance(trouble, IntegrityError):
        return (
            "PostgreSQL does not keep this beside what is there already: nothing has changed; look "
            "at what stands there and try again."
        )
    if getattr(getattr(trouble, "orig", None), "sqlstate", "") == NO_SUCH_TABLE:
        return "PostgreSQL has no tables yet: bring them up to date, here with 'mobility up'."
    return "PostgreSQL does not answer: check DATABASE_URL, or start it with 'mobility up'."


def at_desk(business: Callable[[FrontDesk], Awaitable[Result]]) -> Result:
    """Do one piece of business at the desk."""

    async def visit() -> Result:
        async with open_desk(settings_at_hand()) as desk:
            return await business(desk)

    return asyncio.run(visit())
