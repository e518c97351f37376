"""One mobility from request to card, everything answered by clicking, without JavaScript."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from domain.deadlines import Asked
from domain.events import Outcome
from domain.people import Language
from portal.wording import speech_of
from starter.case_files import CaseDocument, EvaluationEntry, SessionEntry
from starter.rehearsal import Rehearsal
from tests.conftest import Begin
from tests.portal.conftest import ANA, BORAS, EMELIE, FRIDA, OFFICE, Link
from tests.portal.visitor import Visitor

pytestmark = [pytest.mark.usefixtures("working"), pytest.mark.timeout(300)]
BROWSERS = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
CHROMIUM = next((found for found in BROWSERS if found), None)
PHONE = ViewportSize(width=360, height=780)
NAMES = {FRIDA: "Frida Augustsson", EMELIE: "Emelie Persson", ANA: "Ana Cáceres Gómez"}
LANGUAGES = {ANA: Language.CATALAN}


@pytest_asyncio.fixture(scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A real browser, where there is one."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: the journey by clicking is not tried")
    # A profile of its own: several test runs may have one each.
    home = tmp_path_factory.mktemp("browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
            env={**os.environ, "HOME": str(home)},
        )
        yield browser
        await browser.close()


class Reader:
    """Somebody at their own page, on a phone."""

    def __init__(self, page: Page, who: str) -> None:
        self.page = page
        self._say = speech_of(LANGUAGES.get(who, Language.SWEDISH)).gettext

    async def click(self, words: str) -> None:
        """Press a button, and see that it is recorded."""
        await self.page.get_by_role("button", name=self._say(words), exact=True).first.click()
        await self.page.get_by_role("status").wait_for()
        assert await self.page.get_by_role("alert").count() == 0
        await self.fits()

    async def fill(self, label: str, value: str) -> None:
        await self.page.get_by_label(self._say(label), exact=True).first.fill(value)

    async def unfold(self, words: str) -> None:
        await self.page.locator("summary", has_text=self._say(words)).first.click()

    async def fits(self) -> None:
        """Nothing on the page is wider than the phone."""
        width = await self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], self.page.url


class Clicking:
    """Opens one page after another, each in a browser that knows nothing of those before."""

    def __init__(self, browser: Browser, visitor: Visitor, link: Link, of: Rehearsal) -> None:
        self._browser, self._link, self._of = browser, link, of
        self._portal = f"http://127.0.0.1:{visitor.port}"
        self._asked_for: list[str] = []
        self._said: list[str] = []

    async def reader(self, who: str) -> Reader:
        for left in self._browser.contexts:
            await left.close()
        context = await self._browser.new_context(viewport=PHONE, java_script_enabled=False)
        page = await context.new_page()
        page.on("request", lambda request: self._asked_for.append(request.url))
        page.on("console", lambda message: self._said.append(message.text))
        answer = await page.goto(self._portal + await self._link(self._of, who))
        assert answer is not None
        assert answer.status == 200
        reader = Reader(page, who)
        await reader.fits()
        return reader

    def assert_stayed_at_home(self) -> None:
        """Nothing was fetched from elsewhere, and no rule of our own headers was broken."""
        assert self._asked_for
        assert self._said == []
        assert all(url.startswith(self._portal) for url in self._asked_for)


async def test_journey_by_clicking(
    browser: Browser, begin: Begin, case: CaseDocument, visitor: Visitor, link: Link, tmp_path: Path
) -> None:
    rehearsal = await begin()
    at = Clicking(browser, visitor, link, rehearsal)

    await rehearsal.asked(Asked.PLACE)
    await (await at.reader(ANA)).click("Yes, we have a place")
    await rehearsal.asked(Asked.SIGNATURES)
    for who, name in (NAMES | {BORAS: "Coordinator of Borås"}).items():
        await sign(await at.reader(who), name, tmp_path)
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    await award(await at.reader(OFFICE))
    await rehearsal.asked(Asked.INSTALMENT)
    boras = await at.reader(BORAS)
    await boras.fill("Paid on", (await rehearsal.today()).isoformat())
    await boras.click("Confirm the payment")
    await put_agenda(await at.reader(ANA), case.agenda or ())
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    await (await at.reader(BORAS)).click("Accept the agenda")
    await the_visit(at, rehearsal)
    await rehearsal.asked(Asked.EVALUATION, Asked.FOLLOW_UP)
    for who, entry in zip((FRIDA, EMELIE, ANA), case.evaluations or (), strict=True):
        await evaluate(await at.reader(who), entry)
    await follow_up(await at.reader(BORAS))
    view = await rehearsal.closed()

    assert view.outcome is Outcome.COMPLETED
    assert await downloaded(await at.reader(FRIDA), "The card", tmp_path)
    assert await downloaded(await at.reader(FRIDA), "Your certificate of attendance", tmp_path)
    at.assert_stayed_at_home()


async def downloaded(reader: Reader, title: str, folder: Path) -> bool:
    words = speech_of(Language.SWEDISH).gettext(title)
    async with reader.page.expect_download() as downloading:
        await reader.page.get_by_role("link", name=words).first.click()
    download = await downloading.value
    file = folder / download.suggested_filename
    await download.save_as(file)
    return file.read_bytes().startswith(b"%PDF")


async def sign(reader: Reader, name: str, folder: Path) -> None:
    async with reader.page.expect_download() as downloading:
        await reader.page.locator("a.download").click()
    await (await downloading.value).save_as(folder / "agreement.pdf")
    await reader.fill("Your full name", name.upper())
    await reader.click("Sign the agreement")


async def award(reader: Reader) -> None:
    await reader.page.locator("[name=line-4]").fill("700,50")
    await reader.page.locator("[name=decision][value=awarded]").check()
    await reader.click("Record the decision")


async def put_agenda(reader: Reader, agenda: tuple[SessionEntry, ...]) -> None:
    page = reader.page
    for n, entry in enumerate(agenda, start=1):
        row = f"[name=s{n}-"
        await page.locator(f"{row}day]").fill(entry.day.isoformat())
        await page.locator(f"{row}from]").fill(f"{entry.starts:%H:%M}")
        await page.locator(f"{row}to]").fill(f"{entry.ends:%H:%M}")
        await page.locator(f"{row}title]").fill(entry.title)
        await page.locator(f"{row}place]").fill(entry.place)
        await page.locator(f"{row}kind]").select_option(entry.kind.value)
        for objective in entry.objectives:
            await page.locator(f"{row}serves][value='{objective}']").check()
        if entry.participants != "all":
            away = "emelie" if entry.participants[0].startswith("frida") else "frida"
            await page.locator(f"{row}who]").nth(0 if away == "frida" else 1).uncheck()
    await reader.click("Put forward the agenda")


async def the_visit(at: Clicking, rehearsal: Rehearsal) -> None:
    days = (await rehearsal.mobility()).request.days
    await rehearsal.day_comes(days[-1])
    await rehearsal.asked(Asked.ATTENDANCE)
    host = await at.reader(ANA)
    await host.click("Confirm the arrival")
    for day in days:
        await host.page.locator(f"button[value='{day}']").click()
        await host.page.get_by_role("status").wait_for()
    await host.click("Confirm the departure")


async def evaluate(reader: Reader, entry: EvaluationEntry) -> None:
    for n, mark in enumerate(entry.marks, start=1):
        await reader.page.locator(f"[name=mark-O{n}][value='{mark}']").check()
    await reader.fill("What you learnt", "\n".join(entry.lessons))
    await reader.fill("A sentence that may be quoted on the card, if you like", entry.testimonial)
    await reader.page.locator("[name=consent][value=anonymous]").check()
    await reader.click("Send the evaluation")


async def follow_up(reader: Reader) -> None:
    await reader.fill("How many days the visit truly lasted, as you know it", "3")
    await reader.fill("What the visitors saw", "How early outreach works.")
    await reader.fill("What you will do with it at home", "We work more closely together.")
    await reader.click("Send it")


async def test_refused_form_opens_where_it_was_and_is_read_out(
    browser: Browser, begin: Begin, visitor: Visitor, link: Link
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    reader = await Clicking(browser, visitor, link, rehearsal).reader(ANA)
    request = (await rehearsal.mobility()).request

    await reader.unfold("Put forward other dates")
    await reader.fill("First day", request.first_day.isoformat())
    await reader.fill("Last day", request.last_day.isoformat())
    await reader.page.locator("#propose-dates button").click()

    assert await reader.page.get_by_role("alert").is_visible()
    assert await reader.page.locator("#propose-dates-first_day").input_value() == str(
        request.first_day
    )
    await reader.fits()
