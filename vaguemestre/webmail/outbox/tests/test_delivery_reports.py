"""What comes back about messages sent: receipts counted, failures in words, and nobody's lie believed."""

import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.testing import append, letter, wait_for_mail
from vaguemestre.webmail.models import DeliveryReport, Preferences, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.echoes import bounce, page, report, sent
from vaguemestre.webmail.testing.pages import body


def receipt_from(reader: MailBrowser) -> None:
    wait_for_mail(reader.mail)
    uid = reader.uids()[0]
    reader.get(reader.url(tail=f"{uid}/"))
    reader.post(reader.url(tail=f"{uid}/accuse/"))


def test_a_receipt_is_counted_on_the_message_and_kept_out_of_the_inbox(
    desk: MailBrowser, neighbour: MailBrowser
) -> None:
    uid, _id = sent(desk, f"Karim <{neighbour.mail.address}>", "lea@y.example", accuse="1")
    assert "Aucun accusé n’est encore revenu" in page(desk, uid, "sent")
    receipt_from(neighbour)
    wait_for_mail(desk.mail, folder='"Accus&AOk-s de lecture"')
    shown = page(desk, uid, "sent")
    assert "Lu par 1 sur 2" in shown
    assert "<li>Karim <span" in shown
    assert desk.uids() == []
    assert DeliveryReport.objects.get().kind == DeliveryReport.Kind.READ
    [kept] = desk.uids("receipts")
    assert "\\Seen" in desk.flags(kept, "receipts")
    assert "a ouvert le message" in page(desk, kept, "receipts")
    assert "Accusés de lecture" in body(desk.get(desk.url()))


def test_a_reminder_goes_to_those_who_have_not_read(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid, _id = sent(desk, neighbour.mail.address, "lea@y.example", accuse="1", objet="Réunion")
    receipt_from(neighbour)
    wait_for_mail(desk.mail, folder='"Accus&AOk-s de lecture"')
    assert "Relancer ceux qui ne l’ont pas lu" in page(desk, uid, "sent")
    sheet = body(desk.get(desk.url("sent", f"{uid}/relance/")))
    assert "lea@y.example" in sheet
    assert f'name="a" value="{neighbour.mail.address}"' not in sheet
    assert "Rappel : Réunion".replace(" :", "\u00a0:") in sheet


def test_without_a_request_nothing_is_said_of_reading(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid, _id = sent(desk, neighbour.mail.address)
    shown = page(desk, uid, "sent")
    assert "Pris en charge par notre serveur" in shown
    assert "Aucun accusé" not in shown
    assert "Relancer" not in shown


def test_a_failure_is_said_in_words_on_its_page_and_on_the_message_sent(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "jean@y.example")
    report_uid = bounce(desk, report(message_id, desk))
    shown = page(desk, uid, "sent")  # also when nobody has opened the report
    assert "jean@y.example n’existe pas chez y.example" in shown
    assert desk.url(tail=f"{report_uid}/") in shown
    shown = page(desk, report_uid)
    assert "jean@y.example n’existe pas chez y.example" in shown
    assert desk.url("sent", f"{uid}/") in shown
    assert "&lt;b&gt;User&lt;/b&gt; unknown" in shown  # theirs, as a quotation
    assert 'href="http://piege.example' not in shown.partition("<q ")[2].partition("</q>")[0]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.2.2", "La boîte jean@y.example est pleine"), ("4.4.7", "n’a pas répondu pendant des jours"),
        ("5.3.4", "trop lourd"), ("5.1.2", "ne reçoit pas de courrier"),
        ("5.7.26", ">y.example refuse ce message selon ses propres règles"), ("5.9.9", "a été refusée par"),
    ],
)  # fmt: skip
def test_each_reason_has_its_words(desk: MailBrowser, status: str, said: str) -> None:
    uid, message_id = sent(desk, "jean@y.example")
    bounce(desk, report(message_id, desk, status=status))
    assert said in page(desk, uid, "sent")


def test_late_then_failed(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "jean@y.example")
    bounce(desk, report(message_id, desk, action="delayed", status="4.4.1"))
    assert "ne prend pas encore le message" in page(desk, uid, "sent")
    bounce(desk, report(message_id, desk, status="4.4.7"), 2)
    shown = page(desk, uid, "sent")
    assert "pendant des jours" in shown
    assert "ne prend pas encore le message" not in shown


def failed(desk: MailBrowser, *people: str, status: str = "5.2.2", **more: object) -> tuple[str, str]:
    """The page of a message that did not reach jean@y.example, and where it is sent to him again."""
    uid, message_id = sent(desk, "Jean Petit <jean@y.example>", *people, objet="Réunion", **more)
    bounce(desk, report(message_id, desk, status=status))
    again = re.search(r'action="([^"]*/renvoi/[0-9a-f]{32}/)"', page(desk, uid, "sent"))
    assert again
    return desk.url("sent", f"{uid}/"), again[1]


def test_a_failure_is_sent_again_to_that_address_alone_and_once(desk: MailBrowser, neighbour: MailBrowser) -> None:
    shown, again = failed(desk, neighbour.mail.address)
    for _press in range(2):
        answer = desk.post(again, {"adresse": "JEAN@y.example", "retour": shown})
        assert answer["Location"] == shown
    assert len(desk.uids("sent")) == 2
    copy = desk.stored("sent", 2)[-1]
    assert (copy["To"], copy["Cc"]) == ("Jean Petit <jean@y.example>", None)
    assert str(make_header(decode_header(copy["Subject"]))) == "Réunion"
    assert "déjà parti" in body(desk.get(shown))
    wait_for_mail(neighbour.mail)  # the first one; not the second
    assert len(neighbour.uids()) == 1


def test_what_was_sent_again_has_its_files_and_its_place(desk: MailBrowser) -> None:
    first = desk.put(letter(desk.mail.address, Message_ID="<debut@y.example>"))
    file = SimpleUploadedFile("menu.txt", b"Quenelles", "text/plain")
    source = {"genre": "reply", "source_dossier": str(desk.id()), "source_uid": str(first), "malgre": "cercle"}
    _shown, again = failed(desk, fichier=file, **source)
    desk.post(again, {"adresse": "jean@y.example"})
    copy = desk.stored("sent", 2)[-1]
    assert copy["In-Reply-To"] == "<debut@y.example>"
    assert b"Quenelles" in copy.get_payload()[1].get_payload(decode=True)  # type: ignore[index, union-attr]  # a multipart's list


def test_only_to_whom_it_did_not_reach(desk: MailBrowser, neighbour: MailBrowser) -> None:
    shown, again = failed(desk, "lea@y.example")
    assert desk.get(again).status_code == 405
    for other in ("lea@y.example", "x@z.example", ""):
        assert desk.post(again, {"adresse": other}).status_code == 404
    assert neighbour.post(again, {"adresse": "jean@y.example"}).status_code == 404
    inbox = desk.put(letter(desk.mail.address))
    elsewhere = desk.url(tail=f"{inbox}/renvoi/{new_key()}/")
    assert desk.post(elsewhere, {"adresse": "jean@y.example"}).status_code == 404
    assert len(desk.uids("sent")) == 1
    assert shown


def test_a_report_about_somebody_it_was_not_written_to_sends_them_nothing(desk: MailBrowser) -> None:
    """Whoever had a later answer knows the Message-ID, and waits for one press."""
    uid, message_id = sent(desk, "Jean Petit <jean@y.example>", objet="Réunion")
    bounce(desk, report(message_id, desk, about="voleur@z.example", status="5.2.2"))
    shown = page(desk, uid, "sent")
    assert "voleur@z.example" in shown
    assert "/renvoi/" not in shown
    assert "refusee=" not in shown
    forged = desk.url("sent", f"{uid}/renvoi/{new_key()}/")
    assert desk.post(forged, {"adresse": "voleur@z.example"}).status_code == 404
    assert len(desk.uids("sent")) == 1


def test_what_cannot_be_sent_again_waits_on_its_sheet(desk: MailBrowser) -> None:
    shown, again = failed(desk)
    Account.objects.filter(pk=desk.mail.key).update(frozen_at=timezone.now())
    answer = desk.post(again, {"adresse": "jean@y.example", "retour": shown})
    assert answer["Location"].startswith("/webmail/ecrire/")
    assert "jean@y.example" in body(desk.get(answer["Location"]))
    assert len(desk.uids("sent")) == 1


@pytest.mark.parametrize(("status", "first"), [("5.1.1", "Corriger"), ("5.2.2", "Renvoyer")])
def test_a_wrong_address_is_mended_first(desk: MailBrowser, status: str, first: str) -> None:
    shown, _again = failed(desk, "lea@y.example", status=status)
    html = body(desk.get(shown))
    words = re.findall(r">(Corriger l’adresse et renvoyer|Renvoyer à cette adresse)<", html)
    assert len(words) == 2
    assert words[0].startswith(first)
    assert "Voir le rapport</a></p>" in html
    mend = re.search(r'hx-get="([^"]*a-nouveau/[^"]*)"[^>]*>Corriger', html)
    assert mend
    sheet = body(desk.get(unescape(mend[1]), **HTMX))
    box = re.search(r'<input class="input" id="ajout-a-[^>]*>', sheet)
    assert box
    assert 'value="Jean Petit &lt;jean@y.example&gt;"' in box[0]
    assert "autofocus" in box[0]
    assert "lea@y.example" not in sheet
    assert 'value="Réunion"' in sheet


def test_a_delay_is_not_sent_again(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "jean@y.example")
    bounce(desk, report(message_id, desk, action="delayed", status="4.4.1"))
    assert "/renvoi/" not in page(desk, uid, "sent")


def test_a_forged_report_is_tied_to_nothing(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """About somebody else's message, about none, about a message of one's own inbox: nothing of it is believed."""
    _uid, theirs = sent(neighbour, "jean@y.example")
    own = desk.put(letter(desk.mail.address, Message_ID="<recu@y.example>"))
    for number, about in enumerate((theirs, "<inconnu@ac-amiens.fr>", "<recu@y.example>", "")):
        uid = bounce(desk, report(about, desk), number + 2)
        shown = page(desk, uid)
        assert "ne parle d’aucun message des Envoyés" in shown
        assert "n’existe pas chez" not in shown
    assert own
    assert not DeliveryReport.objects.exists()


def test_in_junk_it_is_not_read(desk: MailBrowser) -> None:
    _uid, message_id = sent(desk, "jean@y.example")
    desk.get(desk.url("junk"))
    append(desk.mail, report(message_id, desk), "Junk")
    assert "n’existe pas chez" not in page(desk, desk.uids("junk")[0], "junk")
    assert not DeliveryReport.objects.exists()


@pytest.mark.parametrize(
    "about", ["jean@y.example>\r\nBcc: x@z.example", "<script>alert(1)</script>", "a b", "é" * 400]
)
def test_what_is_no_address_is_dropped(desk: MailBrowser, about: str) -> None:
    _uid, message_id = sent(desk, "jean@y.example")
    uid = desk.put(report(message_id, desk, about=about.replace("\r\n", "")))
    page(desk, uid)
    assert not DeliveryReport.objects.exists()


def test_read_once(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "jean@y.example")
    report_uid = bounce(desk, report(message_id, desk))
    assert "$Report" in desk.flags(report_uid)
    for _ in range(2):
        page(desk, uid, "sent")
    assert "$Report" not in desk.flags(report_uid)
    page(desk, report_uid)
    assert DeliveryReport.objects.count() == 1


def test_what_a_sent_message_costs(desk: MailBrowser, neighbour: MailBrowser, trips: list[int]) -> None:
    """Two more round trips than another: a look for new reports in the inbox, and where receipts lie."""
    uid, _id = sent(desk, neighbour.mail.address)
    page(desk, uid, "sent")
    trips.clear()
    page(desk, uid, "sent")
    assert sum(trips) <= 5


def colleague_or_stranger(desk: MailBrowser, sender: str, **headers: str) -> str:
    message: EmailMessage = letter(desk.mail.address, sender=sender, Disposition_Notification_To=sender, **headers)
    message["Return-Path"] = f"<{sender}>"
    return body(desk.get(desk.url(tail=f"{desk.put(message)}/")))


def test_by_rule_colleagues_are_answered_and_others_are_asked_about(desk: MailBrowser, neighbour: MailBrowser) -> None:
    desk.post("/webmail/reglages/accuses/", {"repondre": "inside"})
    assert Preferences.objects.get().answers_receipts == "inside"
    assert "Un accusé de lecture a été envoyé" in colleague_or_stranger(desk, neighbour.mail.address)
    assert "demande un accusé de lecture" in colleague_or_stranger(desk, "anne@librairie.example")


@pytest.mark.parametrize("rule", ["inside", "always"])
def test_never_by_itself_when_in_hidden_copy(desk: MailBrowser, neighbour: MailBrowser, rule: str) -> None:
    desk.post("/webmail/reglages/accuses/", {"repondre": rule})
    message = letter("autre@ac-amiens.fr", sender=neighbour.mail.address)
    message["Disposition-Notification-To"] = neighbour.mail.address
    message["Return-Path"] = f"<{neighbour.mail.address}>"
    shown = body(desk.get(desk.url(tail=f"{desk.put(message)}/")))
    assert "demande un accusé de lecture" in shown
    assert "a été envoyé" not in shown
