"""What can be a logo: told by the content, and nothing that does more than show itself."""

import pytest

from domain.errors import LogoNotAcceptable
from domain.logos import LARGEST_LOGO, LogoKind, kind_of_logo

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">{}</svg>'


def drawn(inside: str = "") -> bytes:
    return SVG.format(inside).encode()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, LogoKind.PNG),
        (JPEG, LogoKind.JPEG),
        (drawn(), LogoKind.SVG),
        (b"\xef\xbb\xbf" + drawn(), LogoKind.SVG),
        (b"<?xml version='1.0' encoding='UTF-8'?>\n<!-- Bor\xc3\xa5s -->" + drawn(), LogoKind.SVG),
        (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">' + drawn(), LogoKind.SVG),
        (drawn('<path style="fill:url(#sky)"/><use x:href="#sun"/>'), LogoKind.SVG),
        (drawn('<image href="data:image/png;base64,AA=="/><!-- by hand -->'), LogoKind.SVG),
        (PNG.ljust(LARGEST_LOGO, b"\0"), LogoKind.PNG),
    ],
)
def test_a_picture_is_known_by_its_content(content: bytes, kind: LogoKind) -> None:
    assert kind_of_logo(content) is kind


@pytest.mark.parametrize(
    "content", [b"GIF89a", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"<html/>", b"<svg>", b"\xff", b"x"]
)
def test_what_is_no_picture_is_no_logo(content: bytes) -> None:
    with pytest.raises(LogoNotAcceptable, match="give a PNG, JPEG or SVG file"):
        kind_of_logo(content)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        '<g onload="x()"/>',
        "<foreignObject/>",
        '<image href="https://a.example/seen.png"/>',
        '<a x:href="javascript:x()"/>',
        '<set attributeName="href" to="javascript:x()"/>',
        "<style>@import 'https://a.example/a.css';</style>",
        "<path style=\"fill:url( 'https://a.example/p')\"/>",
    ],
)
def test_a_drawing_that_does_more_than_show_itself_is_no_logo(inside: str) -> None:
    with pytest.raises(LogoNotAcceptable, match="does more than show itself"):
        kind_of_logo(drawn(inside))


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE svg [<!ATTLIST svg onload CDATA "x()">]>',
        '<?xml-stylesheet href="https://a.example/a.css"?>',
    ],
)
def test_nor_is_one_with_something_beside_its_tags(before: str) -> None:
    with pytest.raises(LogoNotAcceptable, match="does more than show itself"):
        kind_of_logo(before.encode() + drawn())


def test_a_logo_has_a_size() -> None:
    with pytest.raises(LogoNotAcceptable, match="empty file"):
        kind_of_logo(b"")
    with pytest.raises(LogoNotAcceptable, match="has 500 KB, and at most 500"):
        kind_of_logo(PNG.ljust(LARGEST_LOGO + 1, b"\0"))
