"""Whoever is refused anything meets a shared mailbox on no page; what a full one says, and whose new mail is told."""

import html
import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from vaguemestre.accounts.compromise.account_shutdown import shut_account_down
from vaguemestre.accounts.models import Account
from vaguemestre.engine import projection
from vaguemestre.mailbox.errors import SignInRefusedError
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import data_folder, deliver_locally, letter, submission
from vaguemestre.webmail import connection
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.space import fill
from vaguemestre.webmail.urls import urlpatterns

REFUSED: dict[str, dict[str, object]] = {
    "locked": {"locked_at": timezone.now()},
    "closed": {"state": Account.State.STOPPED, "closes_on": timezone.localdate()},
    "48 h": {"mail_blocked_until": timezone.now() + timedelta(hours=48)},
    "first sign-in": {"password_kind": Account.PasswordKind.TEMPORARY},
}


def every_page(box: Box, folder: str) -> list[str]:
    [inside] = [one for one in urlpatterns if isinstance(one, URLResolver)]
    routes = [str(one.pattern) for one in inside.url_patterns if isinstance(one, URLPattern)]
    named = {
        "<folder:folder_id>": folder, "<uid:uid>": "1", "<piece:path>": "1", "<key:key>": "0" * 32,
        "<int:membership>": "1", "<int:filter_id>": "1",
    }  # fmt: skip
    for form, value in named.items():
        routes = [route.replace(form, value) for route in routes]
    return [place(box, route) for route in routes if "<" not in route]


@pytest.mark.parametrize("refusal", REFUSED)
def test_who_is_refused_reaches_no_page_of_it_and_no_token_opens_it(desk: MailBrowser, box: Box, refusal: str) -> None:
    deliver_locally(letter(box.address, subject="Secret du collège"), box.address)
    folder = inbox(box)
    assert "Secret du collège" in body(desk.get(place(box, f"dossiers/{folder}/")))
    Account.objects.filter(pk=desk.mail.key).update(**REFUSED[refusal])
    projection.project([desk.mail.key])
    for url in every_page(box, folder):
        for answer in (desk.get(url), desk.post(url)):
            assert answer.status_code in {302, 403, 404, 405}, url
            assert "Secret du coll" not in html.unescape(answer.content.decode(errors="replace")), url
    assert desk.get("/webmail/ecrire/").status_code in {302, 403}
    with (
        pytest.raises(SignInRefusedError),
        connection.open_mailbox_of(f"{box.key}_{desk.mail.key}", patience=5) as session,
    ):
        session.folders()
    with pytest.raises(Exception, match=r"refus|5\d\d|auth|Connection"), submission(desk.mail) as smtp:
        smtp.sendmail(box.address, [box.address], letter(box.address, sender=box.address).as_bytes())


def test_stolen_the_boxes_are_shut_in_the_same_act(desk: MailBrowser, box: Box) -> None:
    assert desk.get(place(box)).status_code == 200
    shut_account_down(desk.mail.account, by="a0000001", office="", reason="volé", now=timezone.now())
    projection.project([desk.mail.key])
    assert desk.get(place(box)).status_code in {302, 404}
    with pytest.raises(SignInRefusedError), connection.open_mailbox_of(f"{box.key}_{desk.mail.key}") as session:
        session.folders()


def test_a_full_one_says_so_to_its_members_with_the_way_out(desk: MailBrowser, box: Box) -> None:
    with closing(sqlite3.connect(data_folder() / "db" / "mail.sqlite3")) as opened, opened:
        opened.execute("UPDATE mail_account SET quota_mb = 1 WHERE key = ?", (box.key,))
    there = MailBrowser(box, desk.client)
    for lines in (1400, 140, 14, 1):
        fill(there, lines)
    with there.session() as session:
        session.append(there.id("trash"), letter(box.address).as_bytes() + b"x" * 2000)
    shown = html.unescape(body(desk.get(place(box))))
    said = shown.partition("Cette boîte est pleine")[2]
    assert place(box, "reglages/place/") in said[:400]
    assert "boîte est pleine" not in html.unescape(body(desk.get("/webmail/")))


def test_new_mail_that_is_told_is_one_s_own_and_the_box_has_its_number(desk: MailBrowser, box: Box) -> None:
    assert desk.post("/webmail/reglages/arrivee/", {"annonce": "words", "titre": "1"}).status_code == 302
    deliver_locally(letter(box.address, subject="Cantine"), box.address)
    there = body(desk.get(place(box)))
    assert "<title>(1)" in "".join(there.split("\n")).replace("<title> ", "<title>")
    told = json.loads(desk.get("/webmail/arrivee/?depuis=0").content)
    assert "Cantine" not in json.dumps(told, ensure_ascii=False)
    assert ">1<" in body(desk.get("/webmail/boites-non-lus/"))


def test_a_frozen_member_reads_and_sends_nothing_in_its_name(desk: MailBrowser, box: Box) -> None:
    Account.objects.filter(pk=desk.mail.key).update(frozen_at=timezone.now())
    projection.project([desk.mail.key])
    assert desk.get(place(box)).status_code == 200
    with pytest.raises(Exception, match=r"[45]\d\d"), submission(desk.mail) as smtp:
        smtp.sendmail(box.address, [box.address], letter(box.address, sender=box.address).as_bytes())


@pytest.mark.parametrize(("right", "shown"), [(MailboxRights.MEMBER, True), (MailboxRights.READER, True)])
def test_nearly_everybody_is_outside_there_and_a_word_says_it(
    desk: MailBrowser, box: Box, right: MailboxRights, *, shown: bool
) -> None:
    box.give(desk.mail, right)
    for account in (box, desk.mail):
        message = letter(account.address, subject="Absence", sender="parent@dehors.example")
        deliver_locally(message, account.address, sender="parent@dehors.example")
    there = html.unescape(body(desk.get(place(box, f"dossiers/{inbox(box)}/1/"))))
    assert ("Hors académie" in there) == shown
    assert "Expéditeur extérieur" not in there
    own = html.unescape(body(desk.get(f"/webmail/dossiers/{desk.id()}/1/")))
    assert "Hors académie" not in own
    assert "extérieur à l’académie" in own
