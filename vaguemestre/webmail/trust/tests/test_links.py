"""Links that ask before they are followed because of where they lead, in plain words as in a formatted text."""

import re
from datetime import datetime
from html import escape, unescape
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from vaguemestre.mailbox.sandbox.cleaner import Way
from vaguemestre.mailbox.testing.specimens import BY_NAME
from vaguemestre.testing import letter
from vaguemestre.webmail.content.plain_text import linked_text
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.messages import html_letter
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.trust import lookalikes
from vaguemestre.webmail.trust.blocklist import edits, lookup
from vaguemestre.webmail.trust.blocklist.lookup import Lookup
from vaguemestre.webmail.trust.link_checks import LinkRewriter

# Where the links of the museum's plain texts truly lead.
PLAIN = {
    "plain_link_as_a_number": "216.58.214.206",
    "plain_link_in_foreign_letters": "www.xn--c-amiens-06g.fr",
    "plain_link_in_punycode": "xn--c-amiens-06g.fr",
    "plain_link_of_backslashes": "evil.example",
    "plain_link_of_three_slashes": "evil.example",
    "plain_link_percent_encoded": "evil.example",
    "plain_link_that_imitates": "www.ac-amlens.fr",
    "plain_link_turned_round": "evil.example",
    "plain_link_with_a_user": "evil.example",
    "plain_link_with_invisible_letters": "www.ac-amiens.fr.evil.example",
}


def asked(html: str) -> list[str]:
    return [unescape(url) for url in re.findall(r'href="(/webmail/lien/[^"]*)"', html)]


def test_each_plain_text_of_the_museum_asks_and_the_page_names_the_true_site(
    desk: MailBrowser, subtests: pytest.Subtests
) -> None:
    assert set(PLAIN) == {name for name in BY_NAME if name.startswith("plain_link_")}
    for name, site in PLAIN.items():
        with subtests.test(name):
            uid = desk.put_as_it_is(BY_NAME[name].make())
            page = body(desk.get(desk.url(tail=f"{uid}/")))
            [url] = asked(page)
            question = body(desk.get(url))
            assert f"<h1>Ce lien mène à {site}</h1>" in question
            assert "Son texte dit autre chose" not in question, "it says nothing but itself"
            assert ("n’est pas ac-amiens.fr" in question) is ("c-am" in site)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.ac-amiens.fr/a@b", "https://pod.ac-amiens.fr:8443/", "https://ac-lille.fr/", "https://education.gouv.fr",
        "https://archives.example/2026/https://www.lemonde.example/", "https://envoi.example/?de=jean@impots.gouv.fr",
        "https://envoi.example/?vers=https%3A%2F%2Fac-amiens.fr%2F", "http://X.fr./a%20b",
    ],
)  # fmt: skip
def test_an_honest_address_in_plain_words_opens_directly(db: None, address: str) -> None:
    """Also one that names another site behind its own, as archives and newsletters do."""
    assert f'<a href="{address}" target' in linked_text(f"Voir {address} demain", LinkRewriter("a1", Lookup()))


def test_a_site_that_imitates_ours_asks_whatever_the_text_says(desk: MailBrowser, cleaner: Path) -> None:
    uid = desk.put(
        html_letter(
            '<a href="https://ac-amlens.fr/a">ici</a> <a href="https://pod.ac-amiens.fr/">là</a>'
            '<a href="https://boutique.example/">ailleurs</a>'
        )
    )
    frame = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    [url] = asked(frame)
    assert 'title="https://ac-amlens.fr/a"' in frame
    assert 'class="listed"' not in frame
    page = body(desk.get(url))
    assert "ac-amlens.fr n’est pas ac-amiens.fr" in page
    assert "Son texte dit autre chose" not in page


def test_a_site_hidden_behind_signs_is_judged_as_browsers_read_it(db: None) -> None:
    leads = LinkRewriter("a1", Lookup())
    for address in ("https:\\\\ac-amlens.fr/", "https://%61c-amlens.fr/", "https://x@AC-AMLENS.fr.:8443/"):
        assert leads(address).url != address


def test_what_imitates_is_asked_about_on_paper_and_in_an_attached_message(desk: MailBrowser, cleaner: Path) -> None:
    outer = letter("x", subject="Transmis", text="https://ac-amlens.fr/a")
    outer.add_attachment(html_letter('<a href="https://ac-amlens.fr/b">ici</a>'))
    uid = desk.put(outer)
    for tail in (f"{uid}/", f"{uid}/impression/", f"{uid}/pieces/2/corps/"):
        assert len(asked(body(desk.get(desk.url(tail=tail))))) == 1


def test_the_page_that_asks_shows_an_address_in_the_order_of_its_letters(desk: MailBrowser) -> None:
    uid = desk.put_as_it_is(BY_NAME["plain_link_turned_round"].make())
    page = body(desk.get(desk.url(tail=f"{uid}/")))
    [question] = asked(page)
    for html in (page, body(desk.get(question))):
        assert "https://evil.example/%E2%80%AErf.sneima-ca.www//:sptth<" in html


@pytest.mark.parametrize(
    "name",
    [
        "html_link_turned_round", "html_link_in_a_link", "html_link_under_a_picture", "html_link_with_hidden_letters",
        "html_link_over_two_lines",
    ],
)  # fmt: skip
def test_no_link_of_such_a_mail_opens_where_its_text_does_not_say(desk: MailBrowser, cleaner: Path, name: str) -> None:
    uid = desk.put_as_it_is(BY_NAME[name].make())
    frame = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert 'href="https://evil.example/b"' not in frame
    assert 'href="https://evil.example/"' not in frame
    assert len(asked(frame)) >= 2
    assert frame.count("<bdi>") == (3 if "round" in name else 0)


SENT_ON = "https://www.google.com/url?sa=D&q="


def test_a_page_that_sends_on_is_left_out(desk: MailBrowser, cleaner: Path) -> None:
    """In plain words where it ends is what is read, too."""
    href = escape(f"{SENT_ON}https://honnete.example/a")
    frame = body(desk.get(desk.url(tail=f"{desk.put(html_letter(f'<a href="{href}">Lire</a>'))}/corps/")))
    assert '<a href="https://honnete.example/a" target' in frame
    plain = body(
        desk.get(desk.url(tail=f"{desk.put(letter('x', text=f'Voir {SENT_ON}https://honnete.example/a .'))}/"))
    )
    assert re.search(r'<a href="https://honnete.example/a"[^>]*>https://honnete.example/a</a>', plain)
    assert "google" not in frame + plain.partition('id="lecture"')[2]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://ac-amlens.fr/", "ac-amlens.fr n’est pas ac-amiens.fr"),
        ("https://ac-amiens.fr@evil.example/", "Ce lien mène à evil.example"),
        ("http://3627734734/", "Ce lien mène à 216.58.214.206"),
    ],
)
def test_behind_a_page_that_sends_on_nothing_is_hidden(
    desk: MailBrowser, cleaner: Path, address: str, said: str
) -> None:
    for tail, message in (
        ("", letter("x", text=f"{SENT_ON}{address}")),
        ("corps/", html_letter(f'<a href="{escape(SENT_ON + address)}">Lire</a>')),
    ):
        page = body(desk.get(desk.url(tail=f"{desk.put(message)}/{tail}")))
        [question] = asked(page)
        asks = body(desk.get(question))
        assert said in asks
        assert f'href="{address}"' in asks
        assert "google" not in asks


def test_two_hundred_links_cost_one_query_and_each_site_is_looked_at_once(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    looked: list[str] = []

    def looks(domain: str, _known: str) -> bool:
        looked.append(domain)
        return False

    lookalikes._imitated.cache_clear()
    monkeypatch.setattr(lookalikes, "_looks_like", looks)
    leads = LinkRewriter("a1", Lookup())
    with django_assert_num_queries(1):
        for number in range(200):
            leads(f"https://clic.lettre-{number % 4}.example/{number}")
    assert len(looked) == 4 * 2, "once for our own domain, once for the State's"


ADDRESSES = [
    "https://exemple.example/article/1?suivi=abc", "http://exemple.example/", "https://exemple.example",
    "https://www.ac-amlens.fr/a", "https://ac-amiens.fr.evil.example/", "https://ac-amiens.fr/", "https://piege.example/",
    "https://a.reseau.example/x", "https://partage.example/depot/x", "https://partage.example/autre",
    "https://www.google.com/url?q=https://piege.example/", "https://www.google.com/url?x=1", "https://google.com/maps",
    "https://t.umblr.com/redirect?z=1", "https://urldefense.com/v3/a", "https://r.example/?u=https://piege.example",
    "https://r.example/http/piege.example", "https://piege.example./", "https://PIEGE.example/", "https://1.2.3.4/",
    "https://0x7f.1/", "https://3627734734/", "https://xn--c-amiens-06g.fr/", "https://-.example/", "https://../",
    "https://partage.example/depot/../x", "https://partage.example/Depot/X", "https://a.example:443/", "https:///a",
]  # fmt: skip


@pytest.mark.parametrize("junk", [False, True])
@pytest.mark.parametrize("full", [False, True])
def test_the_short_way_says_what_the_long_way_says(
    db: None, now: datetime, monkeypatch: pytest.MonkeyPatch, *, full: bool, junk: bool
) -> None:
    if full:
        edits.add_entries(["piege.example", "*.reseau.example", "partage.example/depot"], by="operator", now=now)
    monkeypatch.setattr("django.core.signing.time.time", lambda: 1_795_000_000.0)

    def ways() -> list[tuple[Way, bool]]:
        leads = LinkRewriter("a1", Lookup(), junk=junk)
        return [(leads(address, misleads), leads.listed) for address in ADDRESSES for misleads in (False, True)]

    short = ways()
    monkeypatch.setattr(Lookup, "plain_site", lambda *_: "")
    assert short == ways()
    assert any(way.url == address for (way, _), address in zip(short[::2], ADDRESSES, strict=True)) is not junk


def test_the_short_way_counts_too(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "MOST", 2)
    leads = LinkRewriter("a1", Lookup())
    assert [leads(f"https://a.example/{number}").url.startswith("https://a") for number in (1, 2, 3, 1)] == [
        True, True, False, True,
    ]  # fmt: skip
