"""An application to join is decided, and thought better of, under a link as well."""

import pytest

from activities.links import link_to, token_of
from domain.facts import Reference
from domain.joining import ApplicationView
from starter.desk import FrontDesk
from store.applications import read_whole_application
from tests.applying import an_organisation, applied, until
from tests.portal.visitor import Fields, Visitor

pytestmark = pytest.mark.usefixtures("working")


async def links(desk: FrontDesk, reference: Reference) -> tuple[str, str]:
    """The office's and the applicant's."""
    case = await read_whole_application(desk.store, reference)
    office, applicant = [
        link_to("", reference, await token_of(desk.store.keys, reference, person, {}))
        for person in (case.office, case.told.coordinator)
    ]
    return office, applicant


def is_over(view: ApplicationView) -> bool:
    return view.outcome is not None


async def test_the_office_accepts_under_its_link(desk: FrontDesk, visitor: Visitor) -> None:
    section = an_organisation()
    reference = await applied(desk, section)
    office, _ = await links(desk, reference)

    page = await visitor.get(office)
    await visitor.say(office, "accept-application")

    assert section.motivation.split("\n")[0] in page.text
    assert set(page.forms) == {"accept-application", "decline-application"}
    assert (await until(desk, reference, is_over)).standing == "accepted"
    after = await visitor.get(office)
    assert not after.forms
    assert section.organisation.name in after.text


async def test_the_office_declines_with_a_reason_and_its_words(
    desk: FrontDesk, visitor: Visitor
) -> None:
    reference = await applied(desk, an_organisation())
    office, _ = await links(desk, reference)

    unread = await visitor.send(office, "decline-application", {"reason": "other"})
    typed: Fields = {"reason": "other", "note": "Try again in autumn."}
    await visitor.say(office, "decline-application", typed)

    assert unread.status == 422
    assert unread.alert
    view = await until(desk, reference, is_over)
    assert view.standing == "declined: other"
    case = await read_whole_application(desk.store, reference)
    assert "Try again in autumn." in case.texts.values()


async def test_the_applicant_thinks_better_of_it(desk: FrontDesk, visitor: Visitor) -> None:
    reference = await applied(desk, an_organisation())
    office, applicant = await links(desk, reference)
    page = await visitor.get(applicant)

    not_meant = await visitor.send(applicant, "withdraw-application")
    await visitor.say(applicant, "withdraw-application", {"sure": "yes"})

    assert set(page.forms) == {"withdraw-application"}
    assert not_meant.status == 422
    assert (await until(desk, reference, is_over)).standing == "withdrawn"
    late = await visitor.post(f"{office}/accept-application", [])
    assert late.status == 409
    assert late.alert


async def test_nobody_opens_another_s_application(desk: FrontDesk, visitor: Visitor) -> None:
    one = await applied(desk, an_organisation())
    other = await applied(desk, an_organisation())
    office, _ = await links(desk, one)

    assert (await visitor.get(office.replace(one, other))).status == 404
    assert (await visitor.get(office.replace("/a/", "/m/"))).status == 404


async def test_an_erased_application_has_no_pages(desk: FrontDesk, visitor: Visitor) -> None:
    reference = await applied(desk, an_organisation())
    office, applicant = await links(desk, reference)
    await visitor.say(applicant, "withdraw-application", {"sure": "yes"})
    await until(desk, reference, is_over)
    assert (await visitor.get(office)).status == 200

    await desk.store.erase(reference)

    assert [(await visitor.get(one)).status for one in (office, applicant)] == [404, 404]
