"""Somebody with a browser, as far as HTTP goes: opens pages, reads their forms, sends them."""

import asyncio
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from itertools import pairwise
from urllib.parse import urlencode, urljoin

Fields = dict[str, str | list[str] | None]
_LOOSE = ("input", "meta", "link", "br")


@dataclass
class FormOnPage:
    """One form as a browser would send it, untouched."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)

    def filled(self, changes: Fields) -> list[tuple[str, str]]:
        """The same with other values; none takes a field out, a list ticks several."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        new = [
            (name, one)
            for name, value in changes.items()
            for one in ([value] if isinstance(value, str) else value or [])
        ]
        return kept + new


class _Reader(HTMLParser):
    """Reads the forms, the words and the structure of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, FormOnPage] = {}
        self.words: list[str] = []
        self.headings: list[int] = []
        self.unlabelled: list[str] = []
        self.open: list[str] = []
        self._form: FormOnPage | None = None
        self._select = self._area = ""
        self._labels: set[str] = set()
        self._controls: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _LOOSE:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label" and "for" in given:
            self._labels.add(given["for"])
        if tag == "form":
            self._form = self.forms[given["id"]] = FormOnPage(given["action"])
        if self._form is not None:
            self._take(tag, given, self._form)

    def _take(self, tag: str, given: dict[str, str], form: FormOnPage) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            self._controls.append((given.get("id", ""), "label" in self.open))
        if tag == "input":
            is_tick = given.get("type") in ("checkbox", "radio")
            if not is_tick or "checked" in given:
                form.fields.append((name, value))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            form.fields.append((self._select, value))
        elif tag == "textarea":
            self._area = name
            form.fields.append((name, ""))
        elif tag == "button":
            form.buttons.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form.fields[-1] = (self._area, self._form.fields[-1][1] + data.lstrip("\n"))
        if not {"style", "script"} & {*self.open}:
            self.words.append(data)

    def close(self) -> None:
        super().close()
        assert not self.open, f"left open: {self.open}"
        self.unlabelled = [
            name for name, inside in self._controls if not inside and name not in self._labels
        ]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def page(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.html)
        reader.close()
        return reader

    @property
    def text(self) -> str:
        """The words of the page, on one line."""
        return " ".join(" ".join(self.page.words).split())

    @property
    def forms(self) -> dict[str, FormOnPage]:
        return self.page.forms

    @property
    def alert(self) -> str:
        """Why something was not recorded; empty where nothing says so."""
        found = re.search(r'role="alert".*?</strong>(.*?)</p>', self.html, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", "", found[1]).split()) if found else ""


@dataclass(frozen=True)
class Visitor:
    """Goes to one portal, with no memory but what it is told."""

    port: int

    async def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Answer:
        return await asyncio.to_thread(self._ask, method, path, body, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, given)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read())
        finally:
            connection.close()

    async def get(self, path: str) -> Answer:
        return await self.ask("GET", path)

    async def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        kind = "application/x-www-form-urlencoded"
        return await self.ask("POST", path, urlencode(fields).encode(), Content_Type=kind)

    async def send(self, link: str, act: str, changes: Fields | None = None) -> Answer:
        """Open a page, fill in one of its forms, send it."""
        form = (await self.get(link)).forms[act]
        return await self.post(urljoin(link, form.action), form.filled(changes or {}))

    async def say(self, link: str, act: str, changes: Fields | None = None) -> Answer:
        """The same, and follow to the page that says it is recorded."""
        answer = await self.send(link, act, changes)
        assert answer.status == 303, (answer.status, answer.alert)
        page = await self.get(urljoin(f"{link}/{act}", answer.headers["location"]))
        assert (page.status, 'role="status"' in page.html) == (200, True)
        return page


def assert_well_made(answer: Answer) -> None:
    """A page as machines that read it out need it, and with nothing from elsewhere."""
    page = answer.page
    assert page.unlabelled == []
    assert (page.headings[0], page.headings.count(1)) == (1, 1)
    for above, below in pairwise(page.headings):
        assert below <= above + 1, page.headings
    ids = re.findall(r'\bid="([^"]+)"', answer.html)
    assert len(ids) == len(set(ids))
    for named in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', answer.html):
        assert set(named.split()) <= set(ids)
    assert not re.search(r"<(?:script|img)|<[^>]*\s(?:style|on\w+)=", answer.html)
    assert not re.search(r"(?:href|src|action)=.https?:", answer.html)
