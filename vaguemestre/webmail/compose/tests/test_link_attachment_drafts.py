"""Files that travel as links, beside their drafts: thrown away, gone on with, swept; and nobody else's, although a
letter's name is no secret."""

from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.clock import due
from vaguemestre.handouts import retention
from vaguemestre.handouts.models import Handout
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.models import Outgoing, Preferences, new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.by_link import OCTETS, fetched, link_in, parts, send_in_pieces
from vaguemestre.webmail.testing.sending import received

pytestmark = pytest.mark.usefixtures("own_handouts")


def test_thrown_away_and_back_from_the_bin(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    send_in_pieces(desk, key)
    desk.write(key, "fermeture/", objet="Bilan", revision="1")
    desk.post(f"/webmail/ecrire/{key}/abandon/")
    [handout] = Handout.objects.all()
    assert handout.let_go_at
    [uid] = desk.uids("trash")
    again = new_key()
    source = {"source_dossier": str(desk.id("trash")), "source_uid": str(uid), "reprise": "1"}
    desk.write(again, a=neighbour.mail.address, **source)
    assert fetched(link_in(parts(received(neighbour)[0])["text/plain"])) == OCTETS


def test_thrown_away_its_octets_go_a_week_later(desk: MailBrowser) -> None:
    key = new_key()
    handout = send_in_pieces(desk, key)
    desk.post(f"/webmail/ecrire/{key}/abandon/")
    retention.sweep("", timezone.now() + timedelta(days=6))
    assert handout.path.exists()
    retention.sweep("", timezone.now() + timedelta(days=8))
    assert not handout.path.exists()
    assert not Handout.objects.exists()


def test_gone_on_with_where_it_still_stood_open_a_draft_keeps_its_file(desk: MailBrowser) -> None:
    key = new_key()
    handout = send_in_pieces(desk, key)
    desk.post(f"/webmail/ecrire/{key}/abandon/")
    desk.write(key, "")
    retention.sweep("", timezone.now() + timedelta(days=8))
    handout.refresh_from_db()
    assert handout.let_go_at is None
    desk.post(f"/webmail/ecrire/{key}/abandon/")
    retention.sweep("", timezone.now() + timedelta(days=8))
    assert not Handout.objects.exists()


def test_one_of_a_letter_that_waits_for_its_hour_is_not_swept(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, now = new_key(), timezone.now()
    handout = send_in_pieces(desk, key)
    leaves_at = (now + timedelta(days=30)).isoformat()
    desk.write(key, "programmation/", a=neighbour.mail.address, depart=leaves_at, revision="1")
    Handout.objects.update(let_go_at=now)  # however it came to that
    retention.sweep("", now + timedelta(days=8))
    handout.refresh_from_db()
    assert handout.let_go_at is None
    Outgoing.objects.all().delete()
    Handout.objects.update(let_go_at=now)
    retention.sweep("", now + timedelta(days=8))
    assert not Handout.objects.exists()


def test_a_copy_that_was_set_apart_takes_no_file_from_the_letter_that_goes_on(desk: MailBrowser) -> None:
    key = new_key()
    handout = send_in_pieces(desk, key)
    desk.write(key, "fermeture/", objet="Bilan", revision="1")
    with desk.session() as session:
        drafts.set_apart(Outgoing.objects.get(key=key), session, timezone.now())
    [uid] = desk.uids("drafts")
    source = {"source_dossier": str(desk.id("drafts")), "source_uid": str(uid), "reprise": "1"}
    desk.write(new_key(), "", **source)
    handout.refresh_from_db()
    assert handout.letter == key


def test_stopped_it_is_taken_out_unless_its_letter_waits_for_its_hour(
    desk: MailBrowser, neighbour: MailBrowser
) -> None:
    key = new_key()
    handout = send_in_pieces(desk, key)
    place = f"/fichiers/envois/{handout.key}/"
    assert neighbour.client.delete(place).status_code == 404
    leaves_at = (timezone.now() + timedelta(days=30)).isoformat()
    desk.write(key, "programmation/", a=neighbour.mail.address, depart=leaves_at, revision="1")
    assert desk.client.delete(place).status_code == 409
    desk.client.post(f"/fichiers/mes-fichiers/{handout.key}/suppression/")
    assert handout.path.exists()
    desk.post("/webmail/ecrire/annulation/", {"fait": key})
    assert desk.client.delete(place).status_code == 204
    assert not Handout.objects.exists()
    assert not handout.path.exists()


def test_a_draft_with_one_is_kept_a_month(desk: MailBrowser) -> None:
    key, now = new_key(), timezone.now()
    send_in_pieces(desk, key)
    due.run(now + drafts.KEPT_FOR + timedelta(days=1))
    assert Outgoing.objects.filter(key=key).exists()
    due.run(now + drafts.MAILING_KEPT_FOR + timedelta(days=1))
    assert not Outgoing.objects.filter(key=key).exists()


def test_what_was_sent_stays_when_its_letter_is_forgotten(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    send_in_pieces(desk, key)
    desk.write(key, a=neighbour.mail.address, revision="1")
    drafts.erase(Outgoing.objects.get(key=key))
    assert fetched(link_in(parts(received(neighbour)[0])["text/plain"])) == OCTETS


def test_nobody_else_s(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    handout = send_in_pieces(desk, key)
    for act in (f"liens/{handout.key}/retrait/", "liens/"):
        assert neighbour.write(key, act, nom="x", taille="5").status_code == 404
    place = f"/fichiers/envois/{handout.key}/"
    assert neighbour.client.post(f"{place}?a=0", b"x", content_type="application/octet-stream").status_code == 404
    other = new_key()
    desk.write(other, "")
    desk.write(other, f"liens/{handout.key}/retrait/", revision="1")  # of another letter of theirs
    assert Handout.objects.filter(pk=handout.pk).exists()


def everything_with(desk: MailBrowser, key: str, to: str) -> None:
    """What a letter of this name can do: kept, sent and called back, sent, kept again, thrown away."""
    Preferences.objects.update_or_create(
        account=desk.mail.account, defaults={"undo_seconds": 20, "changed_at": timezone.now()}
    )
    desk.write(key, "")
    desk.write(key, a=to, revision="1")
    desk.post("/webmail/ecrire/annulation/", {"fait": key})
    assert Outgoing.objects.get(key=key).is_draft
    Preferences.objects.filter(account=desk.mail.account).update(undo_seconds=0)
    desk.write(key, a=to, revision="9")
    assert Outgoing.objects.get(key=key).state == Outgoing.State.DONE
    drafts.erase(Outgoing.objects.get(key=key))
    desk.write(key, "")
    desk.post(f"/webmail/ecrire/{key}/abandon/")
    assert not Outgoing.objects.filter(key=key).exists()


@pytest.mark.parametrize("by", ["a colleague", "its owner"])
def test_once_delivered_nothing_of_its_letter_s_name_touches_it(
    desk: MailBrowser, neighbour: MailBrowser, by: str
) -> None:
    """The name of a letter is in its Message-ID, for every recipient to see; its row is gone a day after."""
    key = new_key()
    handout = send_in_pieces(desk, key)
    desk.write(key, a=neighbour.mail.address, revision="1")
    link = link_in(parts(received(neighbour)[0])["text/plain"])
    drafts.erase(Outgoing.objects.get(key=key))
    before = Handout.objects.filter(pk=handout.pk).values().get()
    assert before["delivered_at"]
    assert before["message_id"] == f"<{key}@{academy().domain}>"
    everything_with(neighbour if by == "a colleague" else desk, key, desk.mail.address)
    assert Handout.objects.filter(pk=handout.pk).values().get() == before
    assert fetched(link) == OCTETS
    assert "/fichiers/" not in parts(received(desk)[0])["text/plain"]


def test_a_draft_s_file_is_not_a_colleague_s_who_knows_its_name(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    handout = send_in_pieces(desk, key)
    desk.post(f"/webmail/ecrire/{key}/abandon/")
    before = Handout.objects.filter(pk=handout.pk).values().get()
    assert before["let_go_at"]
    everything_with(neighbour, key, desk.mail.address)
    assert Handout.objects.filter(pk=handout.pk).values().get() == before
    assert "/fichiers/" not in parts(received(desk)[0])["text/plain"]
