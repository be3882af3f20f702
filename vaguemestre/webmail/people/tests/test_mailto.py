"""A `mailto:` address with everything in it, and what a stranger would like it to do."""

from urllib.parse import quote, urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given, strategies as st

from vaguemestre.webmail.people import mailto
from vaguemestre.webmail.people.address_list import parse_recipients
from vaguemestre.webmail.people.mailto import Mailto, parse_mailto
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.chips import people
from vaguemestre.webmail.testing.pages import body

WHOLE = (
    "mailto:jean@x.example,Zo%C3%A9%20%3Czoe@x.example%3E?to=ana@x.example&cc=paul@x.example&BCC=secret@x.example"
    "&subject=Sortie%20%C3%A0%20Amiens&body=Bonjour,%0D%0A%0D%0A1+1%20=%202%20%F0%9F%9A%8C&attach=/etc/passwd&from=dieu@ciel.example"
)


def test_everything_in_it() -> None:
    assert parse_mailto(WHOLE) == Mailto(
        to="jean@x.example\nZoé <zoe@x.example>\nana@x.example",
        cc="paul@x.example",
        bcc="secret@x.example",
        subject="Sortie à Amiens",
        body="Bonjour,\n\n1+1 = 2 🚌",
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("mailto:", Mailto()),
        ("MAILTO:jean@x.example", Mailto(to="jean@x.example")),
        ("https://x.example/?to=jean@x.example", Mailto()),
        ("javascript:alert(1)", Mailto()),
        ("", Mailto()),
        ("mailto:?subject=a&subject=b", Mailto(subject="a")),
        ("mailto:%2Fx?subject=%ff%00", Mailto(to="/x", subject="�")),
        ("mailto:a%2Cb%20%3Cjean@x.example%3E", Mailto(to='"a, b" <jean@x.example>')),
        ("mailto:jean+ami@x.example", Mailto(to="jean+ami@x.example")),
    ],
)
def test_forms(address: str, expected: Mailto) -> None:
    assert parse_mailto(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "mailto:jean@x.example%0D%0ABcc:evil@x.example",
        "mailto:jean@x.example?cc=paul@x.example%0ABcc:%20evil@x.example",
        "mailto:jean@x.example?subject=Bonjour%0D%0ABcc:%20evil@x.example",
        "mailto:jean@x.example?subject=x%0A%0Acorps",
    ],
)
def test_no_line_of_a_header_comes_in(address: str) -> None:
    said = parse_mailto(address)
    assert said.bcc == ""
    assert "\n" not in said.subject
    addresses = {one.address for text in (said.to, said.cc) for one in parse_recipients(text) if one.valid}
    assert addresses <= {"jean@x.example", "paul@x.example"}


@given(st.text(max_size=300))
def test_whatever_is_asked_it_is_plain(text: str) -> None:
    said = parse_mailto(f"mailto:{text}")
    assert "\n" not in said.subject
    assert all(sign in "\n\t" or sign.isprintable() for sign in said.body)
    for field in (said.to, said.cc, said.bcc):
        assert [str(one) for one in parse_recipients(field)] == [line for line in field.split("\n") if line]


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_was_written_well_comes_back(subject: str, text: str) -> None:
    asked = [quote(words, safe="", errors="replace") for words in (subject, text)]
    said = parse_mailto(f"mailto:jean@x.example?subject={asked[0]}&body={asked[1]}")
    assert said.to == "jean@x.example"
    if subject.isprintable() and subject.isascii():
        assert said.subject == " ".join(subject.split())
    if text.isprintable() and text.isascii():
        assert said.body == text


def test_a_link_of_ours_says_the_same() -> None:
    link = urlsplit(mailto.compose_url(parse_mailto(WHOLE)))
    assert link.path == "/webmail/ecrire/"
    assert mailto.parse_compose_link(QueryDict(link.query)) == parse_mailto(WHOLE)


def test_the_handler_opens_the_sheet_and_says_who_is_hidden(desk: MailBrowser) -> None:
    html = body(desk.get(f"/webmail/ecrire/?mailto={quote(WHOLE, safe='')}"))
    assert people(html, "a") == ["jean@x.example", "Zoé <zoe@x.example>", "ana@x.example"]
    assert people(html, "cci") == ["secret@x.example"]
    assert "Ce lien met quelqu’un en copie cachée" in html
    assert 'value="Sortie à Amiens"' in html
    assert "1+1 = 2 🚌" in html
    assert "passwd" not in html
    assert "ciel.example" not in html
    assert "Ce lien met" not in body(desk.get("/webmail/ecrire/?mailto=mailto%3Ajean%40x.example"))


def test_its_text_is_text(desk: MailBrowser) -> None:
    html = body(desk.get("/webmail/ecrire/?mailto=mailto:x@y.example%3Fbody=%253Cscript%253Ealert(1)%253C/script%253E"))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_settings_offer_it_where_the_browser_can(desk: MailBrowser) -> None:
    html = body(desk.get("/webmail/reglages/"))
    assert 'data-protocol="mailto" data-url="/webmail/ecrire/?mailto=%s"' in html
    assert "Écrire depuis un site" in html
