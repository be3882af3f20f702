"""A mail's own colours on a dark sheet: legible, or left on a light one."""

import re

import pytest
from hypothesis import given, strategies as st
from tinycss2.color3 import RGBA, parse_color

from vaguemestre.mailbox.sandbox.cleaner.allow_list import clean_html
from vaguemestre.mailbox.sandbox.cleaner.dark_colours import CONTRAST, DARK_SHEET, contrast, dark_colour

MARK = "0123456789abcdef"


@pytest.mark.parametrize(
    ("html", "look"),
    [
        ("<p>Bonjour</p>", "plain"),
        ('<p style="font-family:Arial;margin:0">x</p>', "plain"),
        ('<p style="color:windowtext">x</p>', "inked"),
        ('<p style="color:#1F497D">x</p>', "inked"),
        ('<font color="red">x</font>', "inked"),
        ('<body bgcolor="#ffffff" text="#000000">x</body>', "inked"),
        ('<body bgcolor="white"><p style="background:white;color:black">x</p></body>', "inked"),
        ("<style>p{color:navy}</style><p>x</p>", "inked"),
        ('<table bgcolor="#f4f4f4"><tr><td>x</table>', "own"),
        ('<p style="background:yellow">x</p>', "own"),
        ("<style>td{background-color:#003366}</style><table><tr><td>x</table>", "own"),
        ('<td background="https://evil.example/a.png">x', "plain"),  # no cell outside a table
        ('<table background="https://evil.example/a.png"><tr><td>x</table>', "own"),
        ('<p style="background:url(https://evil.example/a.png)">x</p>', "own"),
        ("<p style='background-image:linear-gradient(red,blue)'>x</p>", "own"),
        ('<p style="background:transparent;color:red">x</p>', "inked"),
        ('<p style="background:none">x</p>', "inked"),
    ],
)
def test_the_look_of_a_mail(html: str, look: str) -> None:
    assert clean_html(html, MARK, reading=True).look == look


def test_inks_have_a_value_for_each_sheet() -> None:
    html = clean_html(
        '<p style="color:#000;margin:0">a <font color="navy" face="Arial">b</font></p>', MARK, reading=True
    ).html
    assert '<p style="color:#000;color:light-dark(#000, #e6e6e6);margin:0">' in html
    assert re.search(r'<font face="Arial" style="color:#000080;color:light-dark\(#000080, #[0-9a-f]{6}\)">b', html)
    assert 'style="color:red' in clean_html('<p style="color:red">a</p>', MARK).html
    assert "light-dark" not in clean_html('<p style="color:red">a</p>', MARK).html


def test_white_grounds_go() -> None:
    html = clean_html(
        '<body bgcolor="#fff" text="#333"><p style="background:white;padding:1px">x</p></body>', MARK, reading=True
    ).html
    assert "background" not in html
    assert "bgcolor" not in html
    assert 'style="padding:1px"' in html
    assert html.startswith('<div style="color:#333333;color:light-dark(#333333, ')


def test_a_drawn_mail_is_left_as_it_is() -> None:
    html = '<table bgcolor="#003366"><tbody><tr><td style="color:#fff">x</td></tr></tbody></table>'
    assert clean_html(html, MARK, reading=True).html == html


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_every_ink_is_legible_on_the_dark_sheet(rgb: tuple[float, float, float]) -> None:
    found = parse_color(dark_colour(RGBA(*rgb, 1)))
    assert isinstance(found, RGBA)
    assert contrast((found.red, found.green, found.blue), DARK_SHEET) >= CONTRAST - 0.1  # of a rounded value


def test_the_dark_sheet_is_that_of_the_theme() -> None:
    assert "#" + "".join(f"{round(value * 255):02x}" for value in DARK_SHEET) == "#1c222b"


@pytest.mark.parametrize(
    ("html", "look"),
    [
        ("<font color=red>a</font><table bgcolor=black><tr><td>b</table>", "own"),
        ('<p style="color:red">a<p style="color:red">b<p style="color:red" background="https://a.example/b">c', "own"),
        ('<p style="color:red">a<p style="color:red">b', "inked"),
        ('<p style="margin:0">a<p style="margin:0" bgcolor="#fff">b', "inked"),
    ],
)
def test_a_style_that_was_judged_hides_nothing_beside_it(html: str, look: str) -> None:
    assert clean_html(html, MARK, reading=True).look == look
