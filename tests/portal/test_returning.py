"""A host that is not asked any more is back with one click, whichever of its links it opens."""

import pytest
import sqlalchemy as sa

from domain.deadlines import Asked
from domain.facts import OrganisationId
from starter.desk import FrontDesk
from store.hosting_pauses import read_paused
from store.tables import NOW, hosting_pause
from tests.conftest import Begin
from tests.portal.conftest import BORAS, FRIDA, Link
from tests.portal.visitor import Visitor

pytestmark = pytest.mark.usefixtures("working")
HOME = OrganisationId("boras-wld")


async def test_a_paused_host_is_back_with_one_click(
    desk: FrontDesk, begin: Begin, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    # It sends here, and nobody is asked on its behalf: what other tests do is left alone.
    async with desk.store.engine.begin() as tx:
        await tx.execute(sa.insert(hosting_pause).values(organisation=HOME, since=NOW))
    coordinator = await link(rehearsal, BORAS)

    travelling = await visitor.get(await link(rehearsal, FRIDA))
    page = await visitor.say(coordinator, "resume-hosting")
    again = await visitor.post(f"{coordinator}/resume-hosting", [])

    assert "resume-hosting" not in travelling.forms
    assert "resume-hosting" not in page.forms
    assert HOME not in await read_paused(desk.store.engine)
    assert again.status == 409
    assert "is not paused" in again.alert
