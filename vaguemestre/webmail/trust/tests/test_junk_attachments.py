"""Files of a message in Junk: by no way before its reader asks, by all of them afterwards, for this session alone."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from vaguemestre.accounts.models import Session
from vaguemestre.accounts.testing import sign_in
from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.mailbox.testing.invitation import calendar
from vaguemestre.mailbox.values import FolderName, MailboxId, PartPath, Uid
from vaguemestre.strangers import PNG
from vaguemestre.testing import letter
from vaguemestre.webmail.compose.draft_content import DraftContent, DraftOrigin
from vaguemestre.webmail.mailbox_access import MailboxAccess, MailboxRequest
from vaguemestre.webmail.models import Outgoing, OutgoingFile, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.invitations import NEXT_YEAR, invited
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.trust import junk_attachments

SAID = "Ce message est dans les indésirables : ses pièces jointes sont retenues."


def filed() -> EmailMessage:
    """A picture in its text, a PDF, an invitation, a message and a table as files."""
    message = letter("x@ac-amiens.fr", subject="Facture", sender="b@evil.example")
    message.add_alternative(
        '<p>Texte visible</p><img src="cid:un@x"><a href="https://honest.example/">Lire</a>', "html"
    )
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<un@x>")  # type: ignore[union-attr, index]
    inner = letter("x@ac-amiens.fr", subject="Dedans", sender="b@evil.example")
    inner.add_attachment(b"%PDF-1.4 dedans", maintype="application", subtype="pdf", filename="dedans.pdf")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="facture.pdf")
    message.add_attachment(inner)
    message.add_attachment(b"BEGIN:VCARD\r\nFN:X\r\nEND:VCARD\r\n", "text", "vcard", filename="x.vcf")
    message.add_attachment(b"a;b", "application", "vnd.oasis.opendocument.text", filename="x.odt")
    return message


# Every address that gives bytes of a part, or of the whole.
WAYS = (
    "pieces/2/", "pieces/2/vue/", "pieces/2/telechargement/", "pieces/ensemble/", "images/1.2.2/",
    "source/telechargement/", "pieces/3/vue/", "pieces/3/corps/", "pieces/3-2/", "pieces/3-2/vue/",
    "pieces/3-2/telechargement/", "pieces/4/vue/", "pieces/5/pdf/", "pieces/5/vue/",
)  # fmt: skip


@pytest.fixture
def junk(desk: MailBrowser) -> str:
    return desk.url("junk", f"{desk.put(filed(), 'junk')}/")


def ask(desk: MailBrowser, address: str) -> HttpResponse:
    return desk.post(f"{address}retenue/levee/", {"retour": address})


@pytest.mark.parametrize("way", WAYS)
def test_no_way_gives_a_file_before_it_is_asked_for(desk: MailBrowser, junk: str, way: str) -> None:
    refusal = desk.get(f"{junk}{way}")
    assert refusal.status_code == 403
    said = unescape(body(refusal))
    assert SAID in said
    assert "Les montrer quand même" in said
    assert "%PDF" not in said
    assert ask(desk, junk).status_code == 302
    assert desk.get(f"{junk}{way}").status_code != 403


def test_a_page_that_is_open_goes_to_the_message(desk: MailBrowser, junk: str) -> None:
    refusal = desk.get(f"{junk}pieces/2/vue/", **HTMX)
    assert refusal["HX-Redirect"] == junk


def test_the_reader_says_so_and_names_the_files(desk: MailBrowser, junk: str) -> None:
    page = unescape(body(desk.get(junk)))
    assert SAID in page
    assert "facture.pdf" in page
    assert f"{junk}pieces/" not in page
    page = unescape(body(desk.client.post(f"{junk}retenue/levee/", {"retour": junk}, follow=True)))
    assert SAID not in page
    assert f"{junk}pieces/2/vue/" in page
    assert f"{junk}pieces/ensemble/" in page


def test_the_source_holds_them_back_too(desk: MailBrowser, junk: str) -> None:
    html = unescape(body(desk.get(f"{junk}source/")))
    assert "et sa source avec elles" in html
    assert "JVBERi0xLjQ" not in html  # %PDF-1.4
    ask(desk, junk)
    assert "JVBERi0xLjQ" in body(desk.get(f"{junk}source/"))


def test_pictures_of_the_text_are_held_back_too(desk: MailBrowser, junk: str, cleaner: Path) -> None:
    assert f"{junk}images/" not in body(desk.get(f"{junk}corps/"))
    ask(desk, junk)
    assert f"{junk}images/" in body(desk.get(f"{junk}corps/"))


def test_only_for_this_message_in_this_session(desk: MailBrowser, junk: str) -> None:
    other = desk.url("junk", f"{desk.put(filed(), 'junk')}/")
    ask(desk, junk)
    assert desk.get(f"{other}pieces/2/").status_code == 403
    kept = desk.client.cookies[junk_attachments.COOKIE]
    assert (kept["httponly"], kept["secure"], kept["path"], kept["max-age"]) == (True, True, "/", "")
    again = Client()
    sign_in(again, desk.mail.account)
    again.cookies[junk_attachments.COOKIE] = kept.value
    assert again.get(f"{junk}pieces/2/").status_code == 403
    assert desk.get(f"{junk}pieces/2/").status_code == 200


def test_the_last_sixty_are_remembered(desk: MailBrowser, junk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junk_attachments, "MOST", 2)
    others = [desk.url("junk", f"{desk.put(filed(), 'junk')}/") for _ in range(2)]
    for address in (junk, *others):
        ask(desk, address)
    assert [desk.get(f"{one}pieces/2/").status_code for one in (junk, *others)] == [403, 200, 200]
    assert desk.client.cookies[junk_attachments.COOKIE].value.count(".") == 1


def test_it_is_asked_by_a_form_of_ones_own_message(desk: MailBrowser, neighbour: MailBrowser, junk: str) -> None:
    assert desk.get(f"{junk}retenue/levee/").status_code == 405
    assert neighbour.post(f"{junk}retenue/levee/").status_code == 404
    assert desk.post(desk.url("junk", "999/retenue/levee/")).status_code == 404


def test_below_the_junk_it_is_the_same(desk: MailBrowser) -> None:
    with desk.session() as session:
        made = session.create(FolderName("Junk/Tri"))
        beside = session.create(FolderName("Junkie"))
        places = [folder.id for folder in (made, beside) if folder.id]
        uids = [session.append(place, filed().as_bytes(), (), desk.mail.account.created_at) for place in places]
    statuses = [desk.get(f"/webmail/dossiers/{f}/{u}/pieces/2/").status_code for f, u in zip(places, uids, strict=True)]
    assert statuses == [403, 200]


def test_thrown_away_it_stays_held_back(desk: MailBrowser, junk: str, cleaner: Path) -> None:
    desk.post(desk.url("junk", "suppression/"), {"choix": junk.split("/")[-2]})
    [uid] = desk.uids("trash")
    address = desk.url("trash", f"{uid}/")
    for way in WAYS:
        assert desk.get(f"{address}{way}").status_code == 403, way
    page = unescape(body(desk.get(address)))
    assert "Ce message était dans les indésirables : ses pièces jointes sont retenues." in page.replace("\xa0", " ")
    assert 'href="https://honest.example/"' not in body(desk.get(f"{address}corps/"))
    assert "ou dites que ce n’est pas" in unescape(body(desk.get(f"{address}transfert-entier/")))
    ask(desk, address)
    assert desk.get(f"{address}pieces/2/").status_code == 200
    assert desk.post(desk.url("trash", "indesirables/retrait/"), {"choix": uid}).status_code == 302
    [back] = desk.uids()
    assert "sont retenues" not in unescape(body(desk.get(desk.url(tail=f"{back}/"))))
    desk.post(desk.url(tail="suppression/"), {"choix": back})
    [uid] = desk.uids("trash")
    assert desk.get(desk.url("trash", f"{uid}/pieces/2/")).status_code == 200


def test_recovered_it_stays_held_back(desk: MailBrowser, junk: str) -> None:
    desk.post(desk.url("junk", "suppression/"), {"choix": junk.split("/")[-2]})
    desk.empty()
    [value] = re.findall(r'name="choix" value="(\d+)"', body(desk.get("/webmail/recuperation/")))
    place = desk.post("/webmail/recuperation/retour/", {"choix": value})["Location"]
    with desk.session() as session:
        [uid] = session.matching(MailboxId(place.split("/")[-2])).uids
    assert desk.get(f"{place}{uid}/pieces/2/").status_code == 403


def test_a_folder_of_the_junk_that_is_thrown_away_stays_held_back(desk: MailBrowser) -> None:
    with desk.session() as session:
        made = session.create(FolderName("Junk/Tri")).id
        assert made
        uid = session.append(made, filed().as_bytes(), (), desk.mail.account.created_at)
    assert desk.post("/webmail/dossiers/gestion/suppression/", {"dossier": made}).status_code == 302
    with desk.session() as session:
        assert session.lies_in(made, "trash")
    assert desk.get(f"/webmail/dossiers/{made}/{uid}/pieces/2/").status_code == 403


def test_moved_elsewhere_it_opens(desk: MailBrowser, junk: str) -> None:
    """Thrown away, taken back by one press, then filed by hand: whoever files it says that it is not junk."""
    with desk.session() as session:
        [bin_uid] = session.move(desk.id("junk"), [Uid(one) for one in desk.uids("junk")], desk.id("trash")).values()
        [again] = session.move(desk.id("trash"), [bin_uid], desk.id("junk")).values()
        [filed_uid] = session.move(desk.id("junk"), [again], desk.id("archive")).values()
    assert desk.get(desk.url("archive", f"{filed_uid}/pieces/2/")).status_code == 200


def test_elsewhere_nothing_is_held_back(desk: MailBrowser) -> None:
    address = desk.url(tail=f"{desk.put(filed())}/")
    assert SAID not in unescape(body(desk.get(address)))
    assert desk.get(f"{address}pieces/2/").status_code == 200


def test_without_files_there_is_nothing_to_say(desk: MailBrowser) -> None:
    address = desk.url("junk", f"{desk.put(letter('x', subject='Seul'), 'junk')}/")
    assert "retenues" not in unescape(body(desk.get(address)))
    assert desk.get(f"{address}source/telechargement/").status_code == 200


def test_said_not_to_be_junk_it_opens(desk: MailBrowser, junk: str) -> None:
    uid = junk.split("/")[-2]
    page = unescape(body(desk.get(junk)))
    [address] = re.findall(r'formaction="([^"]*indesirables/retrait/)">Ce n’est pas', page)
    assert desk.post(address, {"choix": uid}).status_code == 302
    [back] = desk.uids()
    assert desk.get(desk.url(tail=f"{back}/pieces/2/")).status_code == 200


def test_an_invitation_is_no_card_there(desk: MailBrowser) -> None:
    address = desk.url("junk", f"{desk.put(invited(calendar(NEXT_YEAR)), 'junk')}/")
    assert 'class="invitation"' not in body(desk.get(address))
    ask(desk, address)
    page = body(desk.get(address))
    assert 'class="invitation"' in page
    assert "Accepter" not in page


# Archives, and letters that would take files along.


def test_an_archive_of_messages_is_not_made(desk: MailBrowser, junk: str) -> None:
    uid = junk.split("/")[-2]
    refusal = desk.post(desk.url("junk", "enregistrement/"), {"choix": uid}, HX_Request="true")
    assert refusal.status_code != 200 or "zip" not in refusal["Content-Type"]
    ask(desk, junk)
    assert desk.post(desk.url("junk", "enregistrement/"), {"choix": uid})["Content-Type"] == "application/zip"


@pytest.mark.parametrize("act", ["transfert/", "transfert-entier/", "a-nouveau/", "reprise/"])
def test_a_letter_that_begins_from_it_leaves_its_files_there(desk: MailBrowser, junk: str, act: str) -> None:
    sheet = unescape(body(desk.get(f"{junk}{act}")))
    assert "ou dites que ce n’est pas" in sheet
    assert "facture.pdf</span>" not in sheet
    assert 'name="message"' not in sheet
    ask(desk, junk)
    sheet = unescape(body(desk.get(f"{junk}{act}")))
    assert "ou dites que ce n’est pas" not in sheet
    assert "facture.pdf</span>" in sheet or 'name="message"' in sheet


@pytest.mark.parametrize("whole", [True, False])
def test_nor_does_one_whose_sheet_was_drawn_before(desk: MailBrowser, junk: str, whole: bool) -> None:
    folder, uid = MailboxId(junk.split("/")[-3]), junk.split("/")[-2]
    source: dict[str, object] = {"source_dossier": folder, "source_uid": uid, "genre": "forward"}
    taken: dict[str, object] = {"message": f"{folder}-{uid}"} if whole else {**source, "piece": ["2"]}
    key = new_key()
    answer = desk.write(key, "", texte="Voir ci-joint.", **taken)
    assert "ou dites que ce n’est pas" in unescape(body(answer))
    assert Outgoing.objects.get(pk=key).text == "Voir ci-joint."
    assert not OutgoingFile.objects.filter(outgoing=key).exists()
    ask(desk, junk)
    desk.write(key := new_key(), "", **taken)
    assert OutgoingFile.objects.filter(outgoing=key).count() == 1


def asking(desk: MailBrowser, rf: RequestFactory) -> MailboxRequest:
    request = cast("MailboxRequest", rf.get("/"))
    request.account = desk.mail.account
    request.mailbox = MailboxAccess.own(request.account)
    request.session_record = Session.objects.filter(account=desk.mail.account).latest("created_at")
    return request


def test_one_folder_that_is_gone_lets_nothing_of_the_others_pass(
    desk: MailBrowser, junk: str, rf: RequestFactory
) -> None:
    with desk.session() as session:
        gone = session.create(FolderName("Perdu")).id
        assert gone
        session.remove(gone)
    here, away = DraftOrigin(MailboxId(junk.split("/")[-3]), Uid(junk.split("/")[-2])), DraftOrigin(gone, Uid(1))
    request = asking(desk, rf)
    for messages in ((away, here), (here, away)):
        assert junk_attachments.without_withheld(request, DraftContent(messages=messages), begun=True).messages == (
            away,
        )
    assert (
        junk_attachments.without_withheld(
            request, DraftContent(source=here, parts=(PartPath("2"),), messages=(away,)), begun=True
        ).parts
        == ()
    )


def test_what_cannot_be_judged_stays(desk: MailBrowser, rf: RequestFactory, no_dovecot: Callable[[], None]) -> None:
    source, request = DraftOrigin(desk.id(), Uid(1)), asking(desk, rf)
    no_dovecot()
    assert junk_attachments.without_withheld(request, DraftContent(messages=(source,)), begun=False).messages == ()
    assert (
        junk_attachments.without_withheld(
            request, DraftContent(source=source, parts=(PartPath("2"),)), begun=False
        ).parts
        == ()
    )
    with pytest.raises(MailboxUnavailableError):
        junk_attachments.without_withheld(request, DraftContent(messages=(source,)), begun=True)


@pytest.mark.parametrize("kind", ["pgp-signature", "pkcs7-signature"])
def test_a_file_that_says_it_is_for_programs_is_a_file(desk: MailBrowser, kind: str) -> None:
    message = letter("x@ac-amiens.fr", subject="Facture", sender="b@evil.example")
    message.add_attachment(b"MZ", maintype="application", subtype=kind, filename="facture.exe")
    uid = desk.put(message, "junk")
    address = desk.url("junk", f"{uid}/")
    refusal = desk.post(desk.url("junk", "enregistrement/"), {"choix": uid}, HX_Request="true")
    assert refusal.status_code != 200 or "zip" not in refusal["Content-Type"]
    assert "ou dites que ce n’est pas" in unescape(body(desk.get(f"{address}transfert-entier/")))
    key = new_key()
    desk.write(key, "", texte="Voir.", message=f"{desk.id('junk')}-{uid}")
    assert not OutgoingFile.objects.filter(outgoing=key).exists()
    assert desk.get(f"{address}source/telechargement/").status_code == 403


# Its links.


def test_links_of_the_junk_ask_first(desk: MailBrowser, junk: str, cleaner: Path) -> None:
    framed = body(desk.get(f"{junk}corps/"))
    assert 'href="https://honest.example/"' not in framed
    [url] = re.findall(r'href="(/webmail/lien/[^"]*)"', framed)
    page = unescape(body(desk.get(unescape(url))))
    assert "Ce lien mène à honest.example" in page
    assert "pris pour un indésirable" in page
    plain = desk.put(letter("x", text="Voir https://honest.example/a."), "junk")
    assert "/webmail/lien/?vers=" in body(desk.get(desk.url("junk", f"{plain}/")))
    assert 'href="https://honest.example/a"' in body(
        desk.get(desk.url(tail=f"{desk.put(letter('x', text='https://honest.example/a'))}/"))
    )
