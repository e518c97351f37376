"""What can be an organisation's logo: a small picture that does nothing but show itself."""

import re
from enum import StrEnum
from xml.etree import ElementTree as ET

from domain.errors import LogoNotAcceptable

LARGEST_LOGO = 500_000
"""Bytes. A logo stands beside a name, in letters and on cards; ours are a tenth of that."""

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# A few entities unfold into gigabytes; attributes declared and style sheets named show in no tag.
_BESIDE_THE_TAGS = re.compile(r"<!(?:ENTITY|ATTLIST)|<\?xml-stylesheet", re.IGNORECASE)
_ACTIVE = {"script", "foreignobject", "iframe", "object", "embed", "handler"}
_LOOKS_ELSEWHERE = re.compile(r"url\(\s*['\"]?(?!#|data:image/)|@import|javascript:", re.IGNORECASE)


class LogoKind(StrEnum):
    """What kind of picture it is, told by its content and never by its name."""

    PNG = "image/png"
    JPEG = "image/jpeg"
    SVG = "image/svg+xml"


def kind_of_logo(content: bytes) -> LogoKind:
    """What kind of picture this is, if it can be a logo.

    Raises:
        LogoNotAcceptable: when it is empty, too large, no picture, or more than a picture.
    """
    if not content:
        raise LogoNotAcceptable("The logo is an empty file: give a PNG, JPEG or SVG picture.")
    if len(content) > LARGEST_LOGO:
        raise LogoNotAcceptable(
            f"The logo has {len(content) // 1000} KB, and at most {LARGEST_LOGO // 1000} are kept: "
            "save it smaller."
        )
    if content.startswith(_PNG) and content[12:16] == b"IHDR":
        return LogoKind.PNG
    if content.startswith(_JPEG):
        return LogoKind.JPEG
    _check_drawing(_drawing(content))
    return LogoKind.SVG


def _drawing(content: bytes) -> ET.Element:
    try:
        text = content.decode("utf-8-sig")
        if _BESIDE_THE_TAGS.search(text):
            raise _more_than_a_picture()
        drawing = ET.fromstring(text)  # noqa: S314 - without entities there is nothing to unfold
    except (UnicodeDecodeError, ET.ParseError):
        drawing = None
    if drawing is None or _name(drawing.tag) != "svg":
        raise LogoNotAcceptable(
            "The logo is no picture that can be shown: give a PNG, JPEG or SVG file."
        )
    return drawing


def _check_drawing(drawing: ET.Element) -> None:
    """An SVG is a page: shown to people it could run a script, or tell others who looks at it."""
    for part in drawing.iter():
        words = [part.text or "", *(value for name, value in part.items() if _name(name) != "href")]
        links = [value for name, value in part.items() if _name(name) == "href"]
        if (
            _name(part.tag) in _ACTIVE
            or any(_name(name).startswith("on") for name in part.keys())  # noqa: SIM118 - no dict
            or any(_LOOKS_ELSEWHERE.search(word) for word in words)
            or not all(link.strip().startswith(("#", "data:image/")) for link in links)
        ):
            raise _more_than_a_picture()


def _more_than_a_picture() -> LogoNotAcceptable:
    return LogoNotAcceptable(
        "The logo is an SVG that does more than show itself (scripts, links, entities): save it "
        "as plain SVG, or as PNG."
    )


def _name(tag: object) -> str:
    return str(tag).rpartition("}")[2].casefold()
