"""The door of the portal: which address leads where, and how it is opened."""

import asyncio
import logging
import os
import signal
import sys
from typing import Any

import structlog
import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

import logs
from local import StackTrouble
from portal import answers
from portal.headers import Guarded
from settings import SettingMissing, Settings
from starter.client import Unreachable
from starter.desk import FrontDesk
from starter.running import open_desk, settings_at_hand

MOBILITY, APPLICATION = "/m/{reference}/{token}", "/a/{reference}/{token}"

log = structlog.get_logger()


def app(desk: FrontDesk) -> Guarded:
    """The portal, at which what is said goes to this desk."""
    starlette = Starlette(
        routes=[
            Route("/health", answers.health),
            Route("/style.css", answers.style),
            Route(MOBILITY + "/papers/{name}", answers.paper),
            *_pages(MOBILITY, answers.MOBILITIES),
            *_pages(APPLICATION, answers.APPLICATIONS),
        ],
        exception_handlers={
            HTTPException: answers.not_answered,
            SQLAlchemyError: answers.down,
            OSError: answers.down,
            Exception: answers.broken,
        },
    )
    starlette.state.desk = desk
    return Guarded(starlette)


def _pages(address: str, pages: answers.Pages[Any]) -> list[Route]:
    return [
        Route(address, pages.show),
        Route(address + "/{act}", pages.back, methods=["GET"]),
        Route(address + "/{act}", pages.say, methods=["POST"]),
    ]


def server(desk: FrontDesk, bind: str) -> uvicorn.Server:
    """The server at one address. What is asked for holds secrets, so none of it is ever logged."""
    host, _, port = bind.rpartition(":")
    config = uvicorn.Config(
        app(desk), host, int(port), access_log=False, log_config=None, server_header=False,
        ws="none", lifespan="off",
    )  # fmt: skip
    # Without this, whoever attaches a handler later would read addresses after all.
    logging.getLogger("uvicorn.access").disabled = True
    return uvicorn.Server(config)


async def serve(settings: Settings) -> None:
    """Answer until asked to stop, then close what is open."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server stops at the signal, and raises it once more when it has.
        asyncio.get_running_loop().add_signal_handler(number, lambda: None)
    async with open_desk(settings) as desk:
        log.info("portal-ready", bind=settings.portal_bind)
        await server(desk, settings.portal_bind).serve()


def main() -> None:
    """Run the portal of this environment."""
    code = 0
    try:
        settings = settings_at_hand()
        logs.configure(json=settings.is_production)
        asyncio.run(serve(settings))
    except (StackTrouble, SettingMissing, Unreachable) as trouble:
        code = 1
        sys.stderr.write(f"{trouble}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's runtime may abort a Python process that is just ending (sdk-python issue 300).
    os._exit(code)
