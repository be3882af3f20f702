"""A message and a conversation on paper: one document, whole, under a policy that lets nothing run."""

from __future__ import annotations

import pytest
from django.utils import timezone

from vaguemestre.mailbox.values import SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.conversations import Exchange
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.trust import remote_images
from vaguemestre.webmail.trust.blocklist import edits

pytestmark = pytest.mark.django_db(transaction=True)
PICTURE = (
    '<p>Bonjour <b>Mathilde</b>.</p><blockquote type="cite">Ancien</blockquote>'
    '<img src="https://x.example/a.png" width="300" height="90">'
)


def formatted(desk: MailBrowser) -> int:
    message = letter(desk.mail.address, subject="Sortie", text="En texte.", Cc="Luc <luc@x.example>")
    message.add_alternative(PICTURE, subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="programme.pdf")
    return desk.put(message)


@pytest.mark.usefixtures("cleaner")
def test_who_to_whom_when_and_the_whole_text_without_a_frame(desk: MailBrowser) -> None:
    uid = formatted(desk)
    answer = desk.get(desk.url(tail=f"{uid}/impression/"))
    html = body(answer)
    for words in ("anne@librairie.example", desk.mail.address, "luc@x.example", "programme.pdf", "<b>Mathilde</b>"):
        assert words in html
    assert timezone.localtime().strftime("%Y à ") in html
    assert "<iframe" not in html
    assert "<script" not in html
    assert "<details" not in html
    assert "Ancien" in html
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "sandbox allow-same-origin" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert SEEN not in desk.flags(uid)


@pytest.mark.usefixtures("cleaner")
@pytest.mark.parametrize("rich", [True, False])
def test_a_link_known_for_a_trap_is_said_on_paper(desk: MailBrowser, rich: bool) -> None:
    edits.add_entries(["piege.example"], by="operator", now=timezone.now())
    message = letter(desk.mail.address, text="Voir https://piege.example/a")
    if rich:
        message.add_alternative('<p><a href="https://piege.example/a">Voir</a></p>', subtype="html")
    said = "Un lien de ce message est connu pour être un piège."
    assert said in body(desk.get(desk.url(tail=f"{desk.put(message)}/impression/")))
    plain = desk.put(letter(desk.mail.address, text="Voir https://honnete.example/a"))
    assert said not in body(desk.get(desk.url(tail=f"{plain}/impression/")))


@pytest.mark.usefixtures("cleaner")
def test_remote_images_are_on_paper_when_they_are_in_the_reader(desk: MailBrowser) -> None:
    url = desk.url(tail=f"{formatted(desk)}/impression/")
    assert "/distantes/" not in body(desk.get(url))
    assert "/distantes/" in body(desk.get(f"{url}?images=oui"))
    remote_images.trust(desk.mail.account, "anne@librairie.example", timezone.now())
    assert ("/distantes/" in body(desk.get(url))) is (
        "/distantes/" in body(desk.get(url.replace("impression", "corps")))
    )


@pytest.mark.usefixtures("cleaner")
def test_the_text_alone_for_who_reads_it_so(desk: MailBrowser) -> None:
    html = body(desk.get(desk.url(tail=f"{formatted(desk)}/impression/?vue=texte")))
    assert "<b>Mathilde</b>" not in html
    assert "En texte." in html


def test_the_whole_conversation_or_one_message_of_it(desk: MailBrowser, exchange: Exchange) -> None:
    whole = body(desk.get(f"{exchange.url}impression/?ensemble=1"))
    asked, answered, added = "Quarante-sept élèves ?", "Oui, et quatre adultes.", "Je viens aussi."
    assert whole.index(asked) < whole.index(answered) < whole.index(added)
    alone = body(desk.get(f"{exchange.url}impression/"))
    assert added in alone
    assert asked not in alone
    assert SEEN not in desk.flags(exchange.added)


def test_what_is_not_there_is_not_printed(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    assert desk.get(desk.url(tail="4000/impression/")).status_code == 404
    assert neighbour.get(desk.url(tail=f"{uid}/impression/")).status_code == 404
