"""Reading a PDF back as a person would."""

from io import BytesIO

from pypdf import PageObject, PdfReader

FOOTER = 0.07
"""The part of a page below its text."""


def text_of(pdf: bytes) -> str:
    """All the words of a PDF, on one line."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return " ".join(" ".join(pages).split())


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(PdfReader(BytesIO(pdf)).pages)


HOSTILE = (
    "#import \"/etc/passwd\": * #panic() $x^2$ \\ *bold* _it_ `raw` <script>alert('x')</script> "
    "[link](javascript:alert(1)) ![i](https://evil.example/x.png) {{ 7*7 }} &amp; | @ref // end"
)


def depths_of(pdf: bytes) -> list[float]:
    """How far down each page its text reaches, from 0 to 1, its footer left aside."""
    return [_depth(page) for page in PdfReader(BytesIO(pdf)).pages]


def _depth(page: PageObject) -> float:
    height = float(page.mediabox.height)
    found: list[float] = []

    def note(text: str, to_page: list[float], to_text: list[float], *_: object) -> None:
        if text.strip():
            found.append(to_text[4] * to_page[1] + to_text[5] * to_page[3] + to_page[5])

    page.extract_text(visitor_text=note)
    body = (y for y in found if y > height * FOOTER)
    return 1 - min(body) / height
