"""Remote images: blocked, shown once, always shown; through our proxy, which tells their server nothing."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from html import unescape
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from vaguemestre.contacts.models import Contact, ContactAddress
from vaguemestre.mailbox.sandbox.fetcher import fetch_share
from vaguemestre.strangers import PNG, FilesAnswer, Trap, from_files, say, trapped
from vaguemestre.testing import letter
from vaguemestre.webmail.models import ImageTrust
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.messages import html_letter
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.trust import remote_images

PROXIED = re.compile(r'src="(/webmail/distantes/[^"]*)"')


@pytest.fixture
def trap(settings: Settings) -> Iterator[Trap]:
    settings.OUTSIDE = {**settings.OUTSIDE, "permitted": "127.0.0.1"}
    with trapped() as trap:
        yield trap


def put(desk: MailBrowser, trap: Trap, sender: str = "anne@librairie.example", role: str = "inbox") -> int:
    message = html_letter(f'<p>Voici</p><img src="{trap.url}/logo.png?id=7"><img src="{trap.url}/o" width=1 height=1>')
    del message["From"]
    message["From"] = f"Anne <{sender}>"
    return desk.put(message, role)


def shown(desk: MailBrowser, uid: int, tail: str = "corps/?images=oui", role: str = "inbox") -> list[str]:
    return [unescape(url) for url in PROXIED.findall(body(desk.get(desk.url(role, f"{uid}/{tail}"))))]


def fetch(answer: HttpResponse) -> FilesAnswer:
    """By the process that speaks with strangers' servers."""
    return from_files(answer, permitted="127.0.0.1")


def test_nothing_is_asked_for_until_the_person_wants_it(desk: MailBrowser, cleaner: Path, trap: Trap) -> None:
    uid = put(desk, trap)
    html = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert trap.url not in html
    assert not PROXIED.search(html)
    assert "1 image distante bloquée et 1 mouchard bloqué" in html
    assert 'data-images="blocked"' in html
    assert not trap.heard


def test_once(desk: MailBrowser, cleaner: Path, trap: Trap) -> None:
    uid = put(desk, trap)
    [url] = shown(desk, uid)
    response = desk.get(url)
    assert response["Cache-Control"] == "private, no-store"
    assert not trap.heard  # not by the process that has the session
    fetched = fetch(response)
    assert (fetched.content, fetched.headers["Content-Type"]) == (PNG, "image/png")
    [(line, headers, _form)] = trap.heard  # the tracker was not asked
    assert line == "GET /logo.png?id=7 HTTP/1.1"
    assert not {"Cookie", "Referer", "X-Forwarded-For", "X-Real-Ip", "Forwarded", "Accept-Language"} & set(headers)
    html = body(desk.get(desk.url(tail=f"{uid}/corps/?images=oui")))
    assert "Images affichées cette fois" in html
    assert "1 mouchard reste bloqué" in html
    assert shown(desk, uid, "corps/") == []


@pytest.mark.parametrize(("choice", "other"), [("expediteur", False), ("domaine", True)])
def test_always(desk: MailBrowser, cleaner: Path, trap: Trap, choice: str, other: bool) -> None:
    uid, neighbour_s = put(desk, trap), put(desk, trap, "paul@librairie.example")
    response = desk.post(desk.url(tail=f"{uid}/images/"), {"pour": choice, "retour": desk.url(tail=f"{uid}/")})
    assert response["Location"] == desk.url(tail=f"{uid}/")
    assert len(shown(desk, uid, "corps/")) == 1
    assert bool(shown(desk, neighbour_s, "corps/")) is other
    assert "data-images" not in body(desk.get(desk.url(tail=f"{uid}/corps/")))
    desk.post(desk.url(tail=f"{uid}/images/"), {"pour": choice})  # twice is once
    assert ImageTrust.objects.count() == 1


def test_the_settings_say_who_and_take_it_back(
    desk: MailBrowser, neighbour: MailBrowser, cleaner: Path, trap: Trap
) -> None:
    uid = put(desk, trap, "Été@Librairie.example".lower())
    page = "/webmail/reglages/images/"
    assert "Aucun expéditeur ici" in body(desk.get(page))
    desk.post(desk.url(tail=f"{uid}/images/"), {"pour": "domaine"})
    assert "Tout librairie.example" in body(desk.get(page))
    assert "librairie.example" not in body(neighbour.get(page))
    trust = ImageTrust.objects.get()
    assert neighbour.post(f"{page}{trust.pk}/retrait/").status_code == 404
    assert desk.post(f"{page}{trust.pk}/retrait/").status_code == 302
    assert shown(desk, uid, "corps/") == []
    assert desk.post(f"{page}{trust.pk}/retrait/").status_code == 404


def test_a_domain_of_everybody_is_not_offered(desk: MailBrowser, cleaner: Path, trap: Trap) -> None:
    uid = put(desk, trap, "anne@orange.fr")
    question = body(desk.get(desk.url(tail=f"{uid}/images/")))
    assert "Pour anne@orange.fr" in question
    assert "Pour tout" not in question
    desk.post(desk.url(tail=f"{uid}/images/"), {"pour": "domaine"})
    assert ImageTrust.objects.get().sender == "anne@orange.fr"


def test_trust_does_not_hold_in_junk_nor_for_who_pretends(desk: MailBrowser, cleaner: Path, trap: Trap) -> None:
    remote_images.trust(desk.mail.account, "anne@librairie.example", desk.mail.account.created_at)
    assert shown(desk, put(desk, trap, role="junk"), "corps/", "junk") == []
    forged = html_letter(f'<img src="{trap.url}/x">').as_bytes()
    result = (
        "Authentication-Results: messagerie.ac-amiens.fr; dmarc=fail header.from=librairie.example (policy=reject)\n"
    )
    uid = desk.put(result.encode() + forged.replace(b"From: Anne Auteur <anne", b"From: Anne <anne"))
    assert shown(desk, uid, "corps/") == []


def test_an_address_works_for_its_account_its_message_and_ten_minutes(
    desk: MailBrowser, neighbour: MailBrowser, cleaner: Path, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid, other = put(desk, trap), put(desk, trap)
    [url] = shown(desk, uid)
    assert neighbour.get(url).status_code == 404
    assert desk.get(url.replace(f"/{uid}/", f"/{other}/")).status_code == 404
    assert desk.get(url[:-2]).status_code == 404
    assert desk.get(f"/webmail/distantes/{desk.id()}/{uid}/?u=aHR0cDovLzguOC44Ljgv").status_code == 404
    assert desk.get(f"/webmail/distantes/{desk.id()}/{uid}/").status_code == 404
    monkeypatch.setattr("vaguemestre.webmail.trust.remote_images.LIFE", -remote_images.LIFE)
    assert desk.get(url).status_code == 404
    desk.client.cookies.clear()
    assert desk.get(url).status_code == 302
    assert not trap.heard


def test_nothing_inside_is_reached(desk: MailBrowser, cleaner: Path, trap: Trap) -> None:
    [url] = shown(desk, put(desk, trap))
    answer = from_files(desk.get(url))
    assert (answer.status, answer.content) == (204, b"")
    assert not trap.heard


def test_a_network_of_the_authority_is_not_asked(
    desk: MailBrowser, cleaner: Path, trap: Trap, caplog: pytest.LogCaptureFixture
) -> None:
    [url] = shown(desk, desk.put(html_letter('<img src="http://8.8.8.8/x.png">')))
    with caplog.at_level("INFO", "vaguemestre.files"):
        assert from_files(desk.get(url), refused="192.0.2.0/24 8.8.8.0/24").status == 204
    assert "not fetched: inside" in caplog.text


def test_what_is_no_picture_is_not_passed_on(desk: MailBrowser, cleaner: Path, trap: Trap) -> None:
    trap.answers["/logo.png"] = lambda request: say(request, 200, b"<svg onload='x()'/>", {"Content-Type": "image/png"})
    [url] = shown(desk, put(desk, trap))
    assert fetch(desk.get(url)).status == 204


def test_where_the_installation_fetches_nothing(
    desk: MailBrowser, cleaner: Path, trap: Trap, settings: Settings
) -> None:
    uid = put(desk, trap)
    [url] = shown(desk, uid)
    settings.OUTSIDE = {**settings.OUTSIDE, "images": False}
    assert desk.get(url).status_code == 404
    assert shown(desk, uid) == []
    assert "Afficher les images" not in body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert "Afficher les images" not in body(desk.get(desk.url(tail=f"{uid}/")))
    assert desk.post(desk.url(tail=f"{uid}/images/"), {"pour": "expediteur"}).status_code == 404
    assert "elle ne s’affiche jamais" in body(desk.get("/webmail/reglages/images/"))


def test_a_letter_with_a_thousand_images_shows_two_hundred(desk: MailBrowser, cleaner: Path, trap: Trap) -> None:
    uid = desk.put(html_letter("".join(f'<img src="{trap.url}/{number}.png">' for number in range(1000))))
    assert len(shown(desk, uid)) == remote_images.MOST


def test_what_it_costs(
    desk: MailBrowser, cleaner: Path, trap: Trap, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """For an image the session's own query and no word to Dovecot; for the body also whom one trusts, and the theme."""
    uid = put(desk, trap)
    [url] = shown(desk, uid)
    trips.clear()
    with django_assert_num_queries(1):
        desk.get(url)
    assert trips == []
    with django_assert_num_queries(3):
        desk.get(desk.url(tail=f"{uid}/corps/"))


def test_a_message_without_sender_or_html_offers_nothing(desk: MailBrowser) -> None:
    assert desk.get(desk.url(tail=f"{desk.put(b'Subject: x\r\n\r\nx')}/images/")).status_code == 404
    assert "remote-images" not in body(desk.get(desk.url(tail=f"{desk.put(letter('x@ac-amiens.fr'))}/")))


def test_slow_servers_do_not_keep_everybody_waiting(desk: MailBrowser, cleaner: Path, trap: Trap) -> None:
    """Beyond one's share a picture is asked for again a little later: no thread is held meanwhile."""
    uid = put(desk, trap)
    [url] = shown(desk, uid)
    with ExitStack() as waiting:
        for _ in range(fetch_share.MOST_OF_ONE):
            assert waiting.enter_context(fetch_share.fetch_share(desk.mail.key))
        response = fetch(desk.get(url))
        assert response.status == 302
        assert not trap.heard
        again = response.headers["Location"]
        assert again.endswith("&encore=1")
        assert fetch(desk.get(again)).headers["Location"] == again
        with fetch_share.fetch_share("a0000002") as granted:
            assert granted
    assert fetch(desk.get(again)).content == PNG
    assert not fetch_share._under_way


def test_those_of_contacts_by_choice(desk: MailBrowser, cleaner: Path, trap: Trap) -> None:
    known, stranger = put(desk, trap), put(desk, trap, "zoe@librairie.example")
    card = Contact.objects.create(account=desk.mail.account, changed_at=timezone.now())
    ContactAddress.objects.create(contact=card, address="anne@librairie.example")
    assert not shown(desk, known, "corps/")
    desk.post("/webmail/reglages/images/contacts/", {"contacts": "1"})
    assert shown(desk, known, "corps/")
    assert not shown(desk, stranger, "corps/")
    page = body(desk.get("/webmail/reglages/images/"))
    assert 'name="contacts" value="1" checked' in page
    assert "Bloquer à nouveau" not in page  # it is no sender of the list
    desk.post("/webmail/reglages/images/contacts/")
    assert not shown(desk, known, "corps/")
