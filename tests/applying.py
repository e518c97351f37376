"""Applications to join, made at a real desk."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from domain.facts import Reference
from domain.joining import ApplicationView
from starter import joining
from starter.case_files import EXAMPLE, ApplicationSection, read_file
from starter.desk import FrontDesk
from store.applications import application

OFFICE = "office@erasmus.example"
TODAY = datetime.now(UTC).date()
Until = Callable[[ApplicationView], bool]


def an_organisation(**changes: Any) -> ApplicationSection:
    """The example's, as another organisation each time."""
    section = read_file(EXAMPLE.with_name("girona-joins-2027.yaml")).application
    assert section is not None
    mark = uuid.uuid4().hex[:12]
    home = section.organisation.model_copy(
        update={"id": f"org-{mark}", "name": mark, "oid": None, "pic": None} | changes
    )
    who = section.coordinator.model_copy(update={"email": f"{mark}@org.example"})
    return section.model_copy(update={"organisation": home, "coordinator": who})


async def applied(
    desk: FrontDesk, section: ApplicationSection, logo: bytes | None = None
) -> Reference:
    """An application of which the office has been asked."""
    reference = await joining.apply_to_join(desk, section, logo, today=TODAY)
    await until(desk, reference, lambda view: view.question is not None)
    return reference


async def until(desk: FrontDesk, reference: Reference, is_so: Until) -> ApplicationView:
    async with asyncio.timeout(30):
        while True:
            found = await application(desk.store, reference)
            if found and found.view and is_so(found.view):
                return found.view
            await asyncio.sleep(0.02)
