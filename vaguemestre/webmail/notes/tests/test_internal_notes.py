"""Internal notes on the conversations of a shared mailbox: seen by its members, and never sent."""

import itertools
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.courier.models import Parcel
from vaguemestre.exports import archive_contents
from vaguemestre.exports.models import Export
from vaguemestre.mailbox.values import FolderName, MailboxId, Uid
from vaguemestre.shared_mailboxes import internal_notes, periods
from vaguemestre.shared_mailboxes.models import InternalNote, MailboxRights, Membership
from vaguemestre.shared_mailboxes.periods import Ending
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import letter
from vaguemestre.webmail import connection
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser

OWNER, MEMBER, READER = MailboxRights
TEXT = "Le mardi est pris par le judo."
_minutes = itertools.count()


def page(desk: MailBrowser, url: str) -> str:
    answer = desk.get(url)
    assert answer.status_code == 200, url
    return unescape(answer.content.decode())


def arrive(box: Box, subject: str, message_id: str, answers: str = "") -> None:
    threading = {"In_Reply_To": answers, "References": answers} if answers else {}
    when = timezone.now() - timedelta(days=1) + timedelta(minutes=next(_minutes))
    raw = letter(box.address, subject=subject, Message_ID=message_id, **threading).as_bytes()
    with connection.open_mailbox_of(box.key) as session:
        session.append(MailboxId(inbox(box)), raw, [], when)


def message_url(box: Box, uid: int = 1) -> str:
    return place(box, f"dossiers/{inbox(box)}/{uid}/")


def fields(desk: MailBrowser, url: str) -> dict[str, object]:
    found = re.search(r'name="a-propos" value="([^"]*)"', page(desk, url))
    assert found
    return {"a-propos": found[1], "retour": url.removesuffix("note/")}


def leave(desk: MailBrowser, box: Box, text: str = TEXT, uid: int = 1, **more: object) -> InternalNote:
    url = f"{message_url(box, uid)}note/"
    answer = desk.post(url, {**fields(desk, url), "texte": text, **more})
    assert answer.status_code == 302, answer.content
    assert answer["Location"] == message_url(box, uid)
    return InternalNote.objects.filter(box=box.key).latest("pk")


def leave_post(box: Box, desk: MailBrowser) -> None:
    """By the feed, a minute ago: a reader for three weeks."""
    period, now = box.period_of(desk.mail), timezone.now()
    then = Membership(
        box_id=box.key, member_id=desk.mail.key, right=READER, by_rule=True, starts=timezone.localdate(),
        ends=timezone.localdate() + timedelta(days=21), added_by="test",
    )  # fmt: skip
    periods.end([Ending(period, Membership.End.LEFT_POST, then)], by="test", now=now)
    desk.mail.account.refresh_from_db()


def test_a_note_stands_between_the_messages_at_its_date(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    leave(desk, box)
    InternalNote.objects.update(at=timezone.now() - timedelta(hours=1))
    raw = letter(box.address, subject="Re: Gymnase", Message_ID="<b@exemple.fr>", References="<a@exemple.fr>")
    with connection.open_mailbox_of(box.key) as session:
        session.append(MailboxId(inbox(box)), raw.as_bytes(), [], timezone.now())
    shown = page(neighbour, message_url(box, 2))
    places = [shown.index(f'id="m-{inbox(box)[:8]}-1"'), shown.index(TEXT), shown.index(f'id="m-{inbox(box)[:8]}-2"')]
    assert places == sorted(places)
    assert f"par {desk.mail.account.display_name}" in shown


def test_it_follows_its_conversation(desk: MailBrowser, box: Box) -> None:
    arrive(box, "Gymnase", "<a@exemple.fr>")
    leave(desk, box)
    with connection.open_mailbox_of(box.key) as session:
        folder = session.create(FolderName("Mairie")).id
        assert folder
        session.move(MailboxId(inbox(box)), [Uid(1)], folder)
    arrive(box, "Re: Gymnase", "<b@exemple.fr>", "<a@exemple.fr>")
    assert TEXT in page(desk, message_url(box, 2))
    assert TEXT in page(desk, place(box, f"dossiers/{folder}/1/"))


def test_it_never_leaves(desk: MailBrowser, box: Box) -> None:
    arrive(box, "Gymnase", "<a@exemple.fr>")
    leave(desk, box)
    url = message_url(box)
    for tail in ("reponse/", "transfert/", "source/", "impression/", "impression/?ensemble=1"):
        assert TEXT not in page(desk, url + tail), tail
    with connection.open_mailbox_of(box.key) as session:
        for folder in session.folders():
            if folder.id:
                for row in session.page(folder.id).rows:
                    assert TEXT.encode() not in b"".join(session.source(folder.id, row.uid, limit=10**6))


def test_a_search_finds_it(desk: MailBrowser, box: Box) -> None:
    arrive(box, "Gymnase", "<a@exemple.fr>")
    leave(desk, box, "Écrire à la mère de Léa Dubois.")
    for asked in ("dubois", "lea MERE"):
        shown = page(desk, place(box, f"recherche/?q={asked}"))
        link = re.search(r'<a class="note" href="([^"]+)"', shown)
        assert link, asked
        answer = desk.get(link[1])
        assert answer["Location"] == message_url(box)
    assert 'class="note"' not in page(desk, place(box, "recherche/?q=martin"))
    assert 'class="note"' not in page(desk, place(box, "recherche/?q=de:dubois"))


def test_a_mention_is_mailed_once_and_without_the_text(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, READER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    leave(desk, box, f"@{neighbour.mail.account.display_name}, pouvez-vous rappeler ?")
    leave(desk, box, "Urgent.", mention=neighbour.mail.key)
    leave(desk, box, "Pour moi.", mention=desk.mail.key)
    [sent] = Parcel.objects.all()
    assert sent.to == neighbour.mail.address
    assert "Gymnase" not in sent.subject + sent.text
    assert "rappeler" not in sent.subject + sent.text
    url = re.search(r"/webmail/boites/\S+", sent.text)
    assert url
    assert neighbour.get(url[0])["Location"] == message_url(box)
    assert "pour vous" in page(neighbour, message_url(box))


def test_its_author_changes_it_for_some_minutes_then_withdraws_it(
    desk: MailBrowser, neighbour: MailBrowser, box: Box
) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    note = leave(desk, box)
    url, other = place(box, f"notes/{note.pk}/"), "Le jeudi est libre."
    assert TEXT in page(desk, url)
    assert neighbour.get(url).status_code == 404
    assert neighbour.post(url, {"texte": "x"}).status_code == 409
    neighbour.post(f"{url}retrait/")
    assert TEXT in page(desk, message_url(box))
    assert desk.post(url, {"texte": other}).status_code == 302
    shown = page(neighbour, message_url(box))
    assert other in shown
    assert "modifiée" in shown
    InternalNote.objects.update(at=timezone.now() - internal_notes.CHANGES_FOR - timedelta(seconds=1))
    refused = desk.post(url, {"texte": "Trop tard."})
    assert refused.status_code == 409
    assert "Trop tard." in refused.content.decode()
    assert desk.post(f"{url}retrait/").status_code == 302
    shown = page(neighbour, message_url(box))
    assert other not in shown
    assert "Note interne, retirée" in shown
    assert 'class="note"' not in page(desk, place(box, "recherche/?q=jeudi"))


def test_who_reads_leaves_a_note_and_who_has_left_the_post_none(
    desk: MailBrowser, neighbour: MailBrowser, box: Box
) -> None:
    box.give(neighbour.mail, READER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    leave(neighbour, box, "Vu par la lectrice.")
    box.give(neighbour.mail, MEMBER)
    begun = fields(neighbour, f"{message_url(box)}note/")
    leave_post(box, neighbour)
    leave(desk, box, "Écrit après son départ.", mention=neighbour.mail.key)
    shown = page(neighbour, message_url(box))
    assert "Vu par la lectrice." in shown
    assert "Écrit après" not in shown
    assert "/note/" not in shown
    assert "/notes/" not in shown
    assert 'class="note"' not in page(neighbour, place(box, "recherche/?q=départ"))
    refused = neighbour.post(f"{message_url(box)}note/", {**begun, "texte": "Une dernière chose."})
    assert refused.status_code == 409
    assert "Une dernière chose." in refused.content.decode()
    assert not Parcel.objects.exists()
    assert InternalNote.objects.filter(box=box.key).count() == 2


def test_a_right_that_ended_a_second_ago_keeps_the_text_for_its_author(
    desk: MailBrowser, neighbour: MailBrowser, box: Box
) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    begun = fields(neighbour, f"{message_url(box)}note/")
    box.take(neighbour.mail)
    refused = neighbour.post(f"{message_url(box)}note/", {**begun, "texte": TEXT})
    assert refused.status_code == 404
    assert TEXT in refused.content.decode()
    assert not InternalNote.objects.exists()


def test_a_form_that_arrives_twice_leaves_one(desk: MailBrowser, box: Box) -> None:
    arrive(box, "Gymnase", "<a@exemple.fr>")
    url = f"{message_url(box)}note/"
    sent = {**fields(desk, url), "texte": TEXT}
    assert [desk.post(url, sent).status_code for _turn in range(2)] == [302, 302]
    assert InternalNote.objects.filter(box=box.key).count() == 1


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4001])
def test_what_cannot_be_a_note_is_shown_again(desk: MailBrowser, box: Box, text: str) -> None:
    arrive(box, "Gymnase", "<a@exemple.fr>")
    url = f"{message_url(box)}note/"
    refused = desk.post(url, {**fields(desk, url), "texte": text})
    assert refused.status_code == 409
    assert text.strip() in refused.content.decode()
    forged = desk.post(url, {"a-propos": "x", "texte": TEXT})
    assert forged.status_code == 409
    assert TEXT in forged.content.decode()


def test_no_note_in_ones_own_mailbox(desk: MailBrowser) -> None:
    assert desk.get(f"/webmail/dossiers/{desk.id()}/1/note/").status_code == 404
    assert desk.get("/webmail/notes/1/").status_code == 404


def test_a_page_that_is_open_hears_of_it(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    shown = page(desk, message_url(box))
    asked = re.search(r'data-asks="(ouvert=[^"]+)"', shown)
    state = re.search(r'data-state="([^"]+)"', shown)
    assert asked
    assert state
    live = {"HX-Request": "true", "HX-Target": "section#liste", "X-Etat": state[1]}
    url = place(box, f"dossiers/{inbox(box)}/?{asked[1]}")
    assert "Nouvelle note" not in desk.get(url, **live).content.decode()
    leave(neighbour, box)
    assert "Nouvelle note" in desk.get(url, **live).content.decode()


def test_html_is_text(desk: MailBrowser, box: Box) -> None:
    arrive(box, "Gymnase", "<a@exemple.fr>")
    leave(desk, box, "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in desk.get(message_url(box)).content.decode()


def test_an_opened_message_costs_one_query_more_and_no_exchange(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, trips: list[int]
) -> None:
    box.give(neighbour.mail, READER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    page(desk, message_url(box))
    trips.clear()
    page(desk, message_url(box))
    before = sum(trips)
    leave(desk, box)
    leave(desk, box, "Encore.")
    page(desk, message_url(box))
    trips.clear()
    with CaptureQueriesContext(database) as queries:
        page(desk, message_url(box))
    assert sum(trips) <= before
    assert len([one for one in queries if "internalnote" in one["sql"]]) <= 3
    with CaptureQueriesContext(database) as queries:
        page(desk, place(box, f"dossiers/{inbox(box)}/"))
    assert len([one for one in queries if "internalnote" in one["sql"]]) == 1


def test_it_is_in_the_copy_of_who_wrote_it_and_of_whom_it_mentions(
    desk: MailBrowser, neighbour: MailBrowser, box: Box
) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    leave(desk, box, TEXT, mention=neighbour.mail.key)
    now = timezone.now()
    for one in (desk, neighbour):
        account = one.mail.account
        files = archive_contents.archive_files(account, Export(account=account, ordered_at=now), now)
        assert TEXT in files[archive_contents.DATA]
    assert [one["text"] for one in internal_notes.exported_notes(internal_notes.notes_naming("JUDO"))] == [TEXT]
    assert not internal_notes.exported_notes(internal_notes.notes_naming("Léa"))
