"""Logs are for operators: references, phases and numbers, never names, addresses or amounts."""

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger
from temporalio import activity, workflow

_SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(*, json: bool) -> None:
    """Send our own logs and the libraries' through one formatter, as JSON in production."""
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_message_of_errors,
                renderer,
            ],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _without_message_of_errors(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say which error and where, not its text: a database error may quote a row."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        if frames := traceback.extract_tb(error.__traceback__):
            event["where"] = f"{frames[-1].name}:{frames[-1].lineno}"
    return event
