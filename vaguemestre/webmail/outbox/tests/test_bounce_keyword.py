"""What did not reach somebody is marked wherever its row or its line stands, until that is over."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.values import SEEN, UNDELIVERED, Uid
from vaguemestre.testing import letter, wait_for_mail
from vaguemestre.webmail.models import DeliveryReport, new_key
from vaguemestre.webmail.outbox.delivery_reports import READ_LATER
from vaguemestre.webmail.people import bcc_record
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import key_of
from vaguemestre.webmail.testing.conversations import rows, sections
from vaguemestre.webmail.testing.echoes import bounce, page, report, sent
from vaguemestre.webmail.testing.formatted import form
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.saving import kept
from vaguemestre.webmail.testing.space import limit

WORD = '<span class="visually-hidden">, Non remis</span>'


def marked(desk: MailBrowser, role: str = "sent") -> list[bool]:
    """Of each row of a folder, from the newest."""
    return [WORD in row for row in rows(body(desk.get(desk.url(role))))]


def lost(desk: MailBrowser, *people: str, about: str = "jean@y.example", status: str = "5.2.2") -> tuple[int, int]:
    """Its number in Sent and that of the report, which a list has shown."""
    uid, message_id = sent(desk, *(people or (about,)), objet="Réunion")
    report_uid = bounce(desk, report(message_id, desk, about=about, status=status))
    desk.get(desk.url())
    due.run(timezone.now())
    return uid, report_uid


def again(html: str, address: str) -> str:
    """Where the form that names this address leads."""
    [form] = [one for one in re.findall(r"<form class=\"notice-acts\".*?</form>", html, re.DOTALL) if address in one]
    found = re.search(r'action="([^"]*/renvoi/[0-9a-f]{32}/)"', form)
    assert found
    return found[1]


def test_the_list_that_shows_a_report_has_its_message_marked(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "jean@y.example")
    assert marked(desk) == [False]
    bounce(desk, report(message_id, desk))
    assert not due.all_planned(READ_LATER, [desk.mail.key])
    desk.get(desk.url())
    assert due.all_planned(READ_LATER, [desk.mail.key])
    due.run(timezone.now())
    assert UNDELIVERED in desk.flags(uid, "sent")
    assert marked(desk) == [True]
    due.run(timezone.now())
    desk.get(desk.url())
    assert not due.all_planned(READ_LATER, [desk.mail.key])  # it was read


def test_a_real_bounce_marks_the_conversation_in_both_folders(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """By our own Postfix, whose reports stand in the conversation of what they are about."""
    neighbour.put(letter(neighbour.mail.address, subject="Plein", text=("y" * 70 + "\n") * 18_000))
    limit(neighbour, megabytes=1)
    desk.write(new_key(), a=neighbour.mail.address)
    wait_for_mail(desk.mail, seconds=30)
    desk.get(desk.url())
    due.run(timezone.now())
    assert marked(desk) == marked(desk, "inbox") == [True]
    [uid], [report_uid] = desk.uids("sent"), desk.uids()
    shown = page(desk, report_uid)
    assert "Renvoyer à cette adresse" in shown
    whole = sections(body(desk.get(desk.url(tail=f"{report_uid}/"))))
    [line] = [one for one in whole if f'id="m-{desk.id("sent")[:8]}-{uid}"' in one]
    # Of two in the same second either may be the last, which is open: then the notice says it.
    assert (WORD if "message-folded" in line else "Renvoyer à cette adresse") in line


def test_a_result_and_a_folded_line_say_it(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "jean@y.example", objet="Sortie")
    bounce(desk, report(message_id, desk))
    page(desk, uid, "sent")
    found = rows(body(desk.get("/webmail/recherche/?q=sortie")))
    assert [WORD in row for row in found] == [True]
    answer = letter(desk.mail.address, subject="Re: Sortie", In_Reply_To=message_id, References=message_id)
    last = desk.put(answer, flags=(SEEN,))
    [folded] = [one for one in sections(body(desk.get(desk.url(tail=f"{last}/")))) if "message-folded" in one]
    assert WORD in folded
    assert marked(desk, "sent") == [True]


def test_it_is_no_label_of_ours(desk: MailBrowser) -> None:
    lost(desk)
    assert marked(desk) == [True]
    assert "undelivered" not in body(desk.get(desk.url("sent"))).lower()


def test_it_costs_a_list_nothing(desk: MailBrowser, trips: list[int]) -> None:
    uid, _message_id = sent(desk, "jean@y.example")

    def cost(flag: bool) -> tuple[int, int]:
        with desk.session() as session:
            session.store(desk.id("sent"), [Uid(uid)], **{"add" if flag else "remove": [UNDELIVERED]})
        url = desk.url("sent")
        trips.clear()
        with CaptureQueriesContext(connection) as queries:
            html = body(desk.get(url))
        assert (WORD in html) is flag
        return len(queries), sum(trips)

    cost(True)
    assert cost(False) == cost(True)


@pytest.mark.parametrize("from_report", [False, True])
def test_sent_again_it_is_no_longer_marked(desk: MailBrowser, from_report: bool) -> None:
    uid, report_uid = lost(desk, "Jean <jean@y.example>", "lea@y.example")
    where = desk.url(tail=f"{report_uid}/") if from_report else desk.url("sent", f"{uid}/")
    act = again(body(desk.get(where)), "jean@y.example")
    assert desk.post(act, {"adresse": "jean@y.example", "retour": where})["Location"] == where
    assert desk.stored("sent", 2)[-1]["To"] == "Jean <jean@y.example>"
    assert marked(desk) == [False, False]
    assert UNDELIVERED not in desk.flags(report_uid)
    for shown in (page(desk, uid, "sent"), page(desk, report_uid)):
        assert "Renvoyé à jean@y.example le" in shown
    assert marked(desk) == [False, False]  # nor is it put back by looking


def test_somebody_in_hidden_copy_is_sent_it_again_and_named_nowhere(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "lea@y.example", cci="Jean <Jean@y.example>, zoe@y.example")
    report_uid = bounce(desk, report(message_id, desk))
    [copy] = desk.stored("sent")
    assert "Bcc" not in copy
    assert "y.example" not in copy.as_string().replace("lea@y.example", "")
    assert page(desk, uid, "sent").count("Renvoyer à cette adresse") == 1
    assert marked(desk) == [True]
    where = desk.url(tail=f"{report_uid}/")
    desk.post(again(body(desk.get(where)), "jean@y.example"), {"adresse": "jean@y.example", "retour": where})
    assert desk.stored("sent", 2)[-1]["To"] == "jean@y.example"
    assert marked(desk) == [False, False]
    assert UNDELIVERED not in desk.flags(report_uid)
    assert "Renvoyé à jean@y.example le" in page(desk, uid, "sent")


def test_what_travels_does_not_know_who_is_in_hidden_copy(desk: MailBrowser, neighbour: MailBrowser) -> None:
    sent(desk, neighbour.mail.address, cci="jean@y.example")
    wait_for_mail(neighbour.mail)
    [came] = neighbour.stored("inbox")
    [copy] = desk.stored("sent")
    assert bcc_record.FIELD in copy
    assert bcc_record.FIELD not in came


def test_a_report_about_somebody_else_beside_a_hidden_copy_offers_nothing(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "lea@y.example", cci="jean@y.example")
    bounce(desk, report(message_id, desk, about="max@y.example"))
    assert "/renvoi/" not in page(desk, uid, "sent")


def test_five_hundred_in_hidden_copy_are_all_known(desk: MailBrowser) -> None:
    people = [f"p{number}@y.example" for number in range(500)]
    raw = letter(desk.mail.address, Message_ID="<un@x>").as_bytes().replace(b"\n", b"\r\n")
    with bcc_record.with_seals(BytesIO(raw), desk.mail.key, "<un@x>", people) as whole, desk.session() as session:
        uid = session.append(desk.id("sent"), whole)
        assert uid
        message = session.message(desk.id("sent"), uid)
    author = Account.objects.get(pk=desk.mail.key)
    assert all(bcc_record.was_in_bcc(author, message, one.upper()) for one in people)
    assert not bcc_record.was_in_bcc(author, message, "p500@y.example")


def test_the_copy_of_somebody_else_does_not_tell_who_was_in_hidden_copy(
    desk: MailBrowser, neighbour: MailBrowser
) -> None:
    """Filed in one's own Sent, with a report that names a guess."""
    uid, message_id = sent(desk, "lea@y.example", cci="jean@y.example")
    with desk.session() as session:
        copy = b"".join(session.source(desk.id("sent"), Uid(uid)))
    assert bcc_record.FIELD.encode() in copy
    bounce(desk, report(message_id, desk))
    assert "/renvoi/" in page(desk, uid, "sent")
    other = neighbour.put(copy, "sent")
    report_uid = bounce(neighbour, report(message_id, neighbour))
    assert "Voir le message envoyé" in page(neighbour, report_uid)
    for shown in (page(neighbour, report_uid), page(neighbour, other, "sent")):
        assert "jean@y.example" in shown
        assert "/renvoi/" not in shown
        assert "refusee=" not in shown
    act = neighbour.url("sent", f"{other}/renvoi/{new_key()}/")
    assert neighbour.post(act, {"adresse": "jean@y.example"}).status_code == 404


def test_what_is_handed_on_or_saved_does_not_hold_the_seals(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid, _message_id = sent(desk, "lea@y.example", cci=", ".join(f"p{number}@y.example" for number in range(40)))
    with desk.session() as session:
        filed = b"".join(session.source(desk.id("sent"), Uid(uid)))
    assert filed.startswith(f"{bcc_record.FIELD}: ".encode())
    without = b"\r\n".join(filed.split(b"\r\n")[40:])  # a line for each
    assert not without.startswith(b" ")
    saved = desk.get(desk.url("sent", f"{uid}/source/telechargement/"))
    assert b"".join(saved.streaming_content) == without  # type: ignore[attr-defined]  # a streaming response
    assert list(kept(desk.post(desk.url("sent", "enregistrement/"), {"choix": [uid]})).values()) == [without]
    asked = body(desk.get(desk.url("sent", f"{uid}/transfert-entier/")))
    written = {**form(asked), "a": neighbour.mail.address, "message": f"{desk.id('sent')}-{uid}"}
    desk.post(f"/webmail/ecrire/{key_of(asked)}/envoi/", written)
    [came] = neighbour.stored("inbox")
    whole = came.as_bytes().replace(b"\r\n", b"\n")
    assert bcc_record.FIELD.encode() not in whole
    assert without.rstrip().replace(b"\r\n", b"\n") in whole


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_only_the_field_of_the_head_is_left_out(size: int, end: bytes) -> None:
    seals = end.join([b"x-vaguemestre-hidden: aa", b" bb", b"\tcc", b" ", b""])
    first = end.join([b"X-Odd: pli\xe9", b" X-Vaguemestre-Hidden: of the line before", b""])
    last = end.join([b"X-Vaguemestre-Hidden-Too: b", b"", b"X-Vaguemestre-Hidden: of the text", b" \xff", b"--", b""])

    def left(raw: bytes) -> bytes:
        return b"".join(bcc_record.without_seals(raw[at : at + size] for at in range(0, len(raw), size)))

    assert left(seals + first + seals + seals + last) == first + last
    for raw in (first + last, end + seals, first, b""):
        assert left(raw) == raw
    assert left(first + seals) == first
    assert left(first + seals.rstrip()) == first


def test_it_stays_marked_while_one_address_is_not_reached(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "jean@y.example", "lea@y.example")
    bounce(desk, report(message_id, desk))
    bounce(desk, report(message_id, desk, about="lea@y.example"), 2)
    for address, still in (("jean@y.example", True), ("lea@y.example", False)):
        desk.post(again(body(desk.get(desk.url("sent", f"{uid}/"))), address), {"adresse": address})
        assert (UNDELIVERED in desk.flags(uid, "sent")) is still
    assert not any(UNDELIVERED in desk.flags(one) for one in desk.uids())


def test_once_the_address_is_mended_it_is_no_longer_marked(desk: MailBrowser) -> None:
    uid, report_uid = lost(desk, about="jean@y.exmaple", status="5.1.1")
    html = body(desk.get(desk.url(tail=f"{report_uid}/")))
    mend = re.search(r'hx-get="([^"]*a-nouveau/[^"]*)"[^>]*>Corriger', html)
    assert mend
    sheet = body(desk.get(unescape(mend[1]), **HTMX))
    names = ("source_dossier", "source_uid", "refusee")
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', sheet) for name in names}
    source = {name: found[1] for name, found in hidden.items() if found}
    assert source["refusee"] == "jean@y.exmaple"
    assert desk.write(new_key(), a="jean@y.example", objet="Réunion", **source).status_code == 302
    assert marked(desk) == [False, False]
    assert "Renvoyé à jean@y.example le" in page(desk, uid, "sent")
    assert "\\Answered" not in desk.flags(uid, "sent")


def test_written_anew_to_others_it_stays_marked(desk: MailBrowser) -> None:
    uid, _report = lost(desk)
    source = {"source_dossier": str(desk.id("sent")), "source_uid": str(uid)}
    assert desk.write(new_key(), a="lea@y.example", **source).status_code == 302
    assert marked(desk) == [False, True]


def test_what_cannot_leave_again_stays_marked(desk: MailBrowser) -> None:
    uid, report_uid = lost(desk)
    act = again(body(desk.get(desk.url(tail=f"{report_uid}/"))), "jean@y.example")
    Account.objects.filter(pk=desk.mail.key).update(frozen_at=timezone.now())
    desk.post(act, {"adresse": "jean@y.example"})
    assert UNDELIVERED in desk.flags(uid, "sent")


def test_delivered_after_all(desk: MailBrowser) -> None:
    uid, message_id = sent(desk, "jean@y.example")
    first = bounce(desk, report(message_id, desk))
    assert "Renvoyer à cette adresse" in page(desk, uid, "sent")
    assert UNDELIVERED in desk.flags(uid, "sent")
    DeliveryReport.objects.update(at=timezone.now() - timedelta(minutes=1))
    bounce(desk, report(message_id, desk, action="delivered", status="2.0.0"), 2)
    assert "Renvoyer à cette adresse" not in page(desk, uid, "sent")
    assert UNDELIVERED not in desk.flags(uid, "sent")
    assert UNDELIVERED not in desk.flags(first)


def test_a_delay_and_a_forged_report_mark_nothing(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid, message_id = sent(desk, "jean@y.example")
    _theirs, about = sent(neighbour, "jean@y.example")
    late = bounce(desk, report(message_id, desk, action="delayed", status="4.4.1"))
    forged = bounce(desk, report(about, desk), 2)
    for one in (late, forged):
        assert "/renvoi/" not in page(desk, one)
        assert UNDELIVERED not in desk.flags(one)
    assert UNDELIVERED not in desk.flags(uid, "sent")


def test_one_whose_report_was_read_before_is_marked_when_it_is_opened(desk: MailBrowser) -> None:
    uid, _report = lost(desk)
    with desk.session() as session:
        session.store(desk.id("sent"), [Uid(uid)], remove=[UNDELIVERED])
    assert marked(desk) == [False]
    page(desk, uid, "sent")
    assert marked(desk) == [True]


def test_the_report_offers_what_the_message_offers(desk: MailBrowser) -> None:
    uid, report_uid = lost(desk, status="5.1.1")
    both = [body(desk.get(url)) for url in (desk.url("sent", f"{uid}/"), desk.url(tail=f"{report_uid}/"))]
    for html in both:
        words = re.findall(r">(Corriger l’adresse et renvoyer|Renvoyer à cette adresse)<", html)
        assert words == ["Corriger l’adresse et renvoyer", "Renvoyer à cette adresse"]
        assert again(html, "jean@y.example").startswith(desk.url("sent", f"{uid}/renvoi/"))
    assert f'<a href="{desk.url("sent", f"{uid}/")}">Voir le message envoyé</a>' in both[1]


def test_the_report_about_somebody_it_was_not_written_to_offers_nothing(desk: MailBrowser) -> None:
    _uid, report_uid = lost(desk, "lea@y.example")
    shown = page(desk, report_uid)
    assert "Voir le message envoyé" in shown
    assert "/renvoi/" not in shown
    assert "refusee=" not in shown
