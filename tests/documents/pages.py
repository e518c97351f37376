"""Reading a PDF back as a person would."""

from io import BytesIO

from pypdf import PdfReader


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
