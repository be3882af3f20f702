"""Read receipts: asked for, answered once, never where it would tell a stranger that somebody lives here."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.values import MDN_SENT, Uid
from vaguemestre.testing import letter, make_mail_account, wait_for_mail
from vaguemestre.webmail.models import Outgoing, Preferences, new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.receipts import arrived

BAR = "demande un accusé de lecture"

RECEIPTS = '"Accus&AOk-s de lecture"'  # where the author's server files them


def url(desk: MailBrowser, uid: int, tail: str = "", folder: str = "inbox") -> str:
    return desk.url(folder, f"{uid}/{tail}")


def report(author: MailBrowser) -> EmailMessage:
    [raw] = wait_for_mail(author.mail, folder=RECEIPTS)
    return message_from_bytes(raw, policy=policy.default)


def always(desk: MailBrowser, now: datetime) -> None:
    Preferences.objects.create(account=desk.mail.account, answers_receipts="always", changed_at=now)


def test_the_whole_round_from_the_box_to_the_answer(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """Asked for in the sheet, shown to the reader, answered with a press; the author gets a report."""
    key = new_key()
    neighbour.write(key, a=desk.mail.address, accuse="1", objet="Réunion d’été")
    wait_for_mail(desk.mail)
    [uid] = desk.uids()
    html = body(desk.get(url(desk, uid)))
    assert f"Karim Belkacem {BAR}" in html
    response = desk.post(url(desk, uid, "accuse/"), {"retour": url(desk, uid)})
    assert response["Location"] == url(desk, uid)
    answer = report(neighbour)
    assert answer.get_content_type() == "multipart/report"
    assert answer.get_param("report-type") == "disposition-notification"
    assert str(answer["Subject"]) == "Lu : Réunion d’été"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["Return-Path"] == "<>"
    assert answer["In-Reply-To"] == f"<{key}@ac-amiens.fr>"
    words, notification = answer.iter_parts()
    assert "Réunion d’été" in words.get_content()
    said = notification.as_string()
    assert f"Final-Recipient: rfc822;{desk.mail.address}" in said
    assert f"Original-Message-ID: <{key}@ac-amiens.fr>" in said
    assert "Disposition: manual-action/MDN-sent-manually; displayed" in said
    assert MDN_SENT in desk.flags(uid)
    assert BAR not in body(desk.get(url(desk, uid)))
    assert desk.uids("sent") == []


def test_pressed_twice_it_leaves_once(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = arrived(desk, neighbour)
    for _press in range(3):
        desk.post(url(desk, uid, "accuse/"))
    with desk.session() as session:  # another program that does not know the mark
        session.store(desk.id(), [Uid(uid)], remove=[MDN_SENT])
    desk.post(url(desk, uid, "accuse/"))
    other = arrived(desk, neighbour)
    desk.post(url(desk, other, "accuse/"))
    assert len(wait_for_mail(neighbour.mail, 2, folder=RECEIPTS)) == 2


def test_refused_nobody_is_asked_again(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = arrived(desk, neighbour)
    desk.post(url(desk, uid, "accuse/refus/"))
    assert MDN_SENT in desk.flags(uid)
    assert BAR not in body(desk.get(url(desk, uid)))
    desk.post(url(desk, uid, "accuse/"))
    assert not Outgoing.objects.exists()


def test_never_says_nothing_at_all(desk: MailBrowser, neighbour: MailBrowser, now: datetime) -> None:
    Preferences.objects.create(account=desk.mail.account, answers_receipts="never", changed_at=now)
    uid = arrived(desk, neighbour)
    assert BAR not in body(desk.get(url(desk, uid)))
    assert not Outgoing.objects.exists()


def test_always_leaves_by_itself_and_says_so(desk: MailBrowser, neighbour: MailBrowser, now: datetime) -> None:
    always(desk, now)
    uid = arrived(desk, neighbour)
    desk.client.head(url(desk, uid))
    assert not Outgoing.objects.exists()  # fetched ahead, not read
    html = body(desk.get(url(desk, uid)))
    assert BAR not in html
    assert "Un accusé de lecture a été envoyé" in html
    desk.get(url(desk, uid))
    assert b"MDN-sent-automatically" in report(neighbour).as_bytes()


@pytest.mark.parametrize(
    "headers",
    [
        {"Return_Path": "<autre@x.example>"},
        {"Return_Path": "<>"},
        {"List_Id": "<liste.x.example>"},
        {"Precedence": "bulk"},
        {"Auto_Submitted": "auto-generated"},
        {"Disposition_Notification_Options": "x=required,y"},
    ],
)
def test_always_asks_all_the_same_when_it_is_not_sure(
    desk: MailBrowser, neighbour: MailBrowser, now: datetime, headers: dict[str, str]
) -> None:
    always(desk, now)
    uid = arrived(desk, neighbour, **headers)
    assert BAR in body(desk.get(url(desk, uid)))
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize("folder", ["junk", "sent", "drafts"])
def test_no_word_of_it_in_junk_nor_in_ones_own(
    desk: MailBrowser, neighbour: MailBrowser, now: datetime, folder: str
) -> None:
    always(desk, now)
    uid = arrived(desk, neighbour, folder)
    assert BAR not in body(desk.get(url(desk, uid, folder=folder)))
    desk.post(url(desk, uid, "accuse/", folder))
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize("target", ["pas une adresse", '"a\r\nBcc: x"@x.example', "", "<>"])
def test_who_asks_for_nonsense_gets_nothing(desk: MailBrowser, neighbour: MailBrowser, target: str) -> None:
    raw = letter(desk.mail.address, sender=neighbour.mail.address).as_bytes()
    uid = desk.put(b"Disposition-Notification-To: " + target.replace("\r\n", " ").encode() + b"\n" + raw)
    assert BAR not in body(desk.get(url(desk, uid)))
    desk.post(url(desk, uid, "accuse/"))
    assert not Outgoing.objects.exists()


def test_while_postfix_is_away_it_waits_unseen_then_leaves(
    desk: MailBrowser, neighbour: MailBrowser, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = arrived(desk, neighbour)
    with monkeypatch.context() as patch:
        from django.conf import settings

        patch.setattr(settings, "COURIER", {**settings.COURIER, "door": ("127.0.0.1", 1)})
        assert desk.post(url(desk, uid, "accuse/")).status_code == 302
    assert Outgoing.objects.get().state == Outgoing.State.QUEUED
    assert "En attente" not in body(desk.get(desk.url()))
    due.run(now + due.FIRST_RETRY * 2)
    report(neighbour)
    assert Outgoing.objects.get().state == Outgoing.State.DONE


def test_in_the_name_of_a_frozen_account_nothing_leaves(
    desk: MailBrowser, neighbour: MailBrowser, now: datetime
) -> None:
    uid = arrived(desk, neighbour)
    Account.objects.filter(pk=desk.mail.key).update(frozen_at=now)
    desk.post(url(desk, uid, "accuse/"))
    last = make_mail_account("Zoé", "Dernière")
    assert wait_for_mail(last, 0) == []
    assert wait_for_mail(neighbour.mail, 0, folder=RECEIPTS, seconds=1) == []


def test_stranger_and_wrong_method(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = arrived(desk, neighbour)
    for tail in ("accuse/", "accuse/refus/"):
        assert desk.get(url(desk, uid, tail)).status_code == 405
        assert neighbour.post(url(desk, uid, tail)).status_code == 404


def test_a_draft_remembers_the_box(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", a="jean@x.example", accuse="1")
    [draft] = desk.stored("drafts")
    assert desk.mail.address in str(draft["Disposition-Notification-To"])
    Outgoing.objects.all().delete()
    html = body(desk.get(desk.url("drafts", f"{desk.uids('drafts')[0]}/reprise/")))
    assert 'name="accuse" value="1" checked' in html
    unticked = {name: value for name, value in fields(html).items() if name != "accuse"}
    desk.write(key_of(html), "", **{**unticked, "a": "jean@x.example"})
    assert not Outgoing.objects.get().asks_receipt
