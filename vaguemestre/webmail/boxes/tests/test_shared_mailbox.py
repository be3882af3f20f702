"""The webmail in a mailbox that somebody shares: their own pages, with its mail."""

import re
import time
from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from vaguemestre.accounts.models import Account
from vaguemestre.audit.models import Entry
from vaguemestre.mailbox.errors import SignInRefusedError
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, SentByMember, SharedMailbox
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import (
    deliver,
    deliver_locally,
    letter,
    make_account,
    make_mail_account,
    make_person,
    make_school,
    wait_for_mail,
)
from vaguemestre.web.fragment_cache import FragmentCache
from vaguemestre.web.templatetags import web as web_tags
from vaguemestre.webmail import connection
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.shared_addresses import is_in_a_box
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields
from vaguemestre.webmail.urls import urlpatterns

_OWNER, MEMBER, READER = MailboxRights


def page(desk: MailBrowser, url: str) -> str:
    answer = desk.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_the_column_names_them_and_their_numbers_come_after(desk: MailBrowser, box: Box) -> None:
    deliver_locally(letter(box.address, subject="Absence"), box.address)
    shown = page(desk, "/webmail/")
    assert "Boîtes partagées" in shown
    assert f'href="{place(box)}"' in shown
    assert box.address in shown
    count = page(desk, "/webmail/boites-non-lus/")
    assert re.search(r">1<span\s+class=\"visually-hidden\"> à prendre", count)
    assert "hidden>" not in count
    deliver_locally(letter(box.address, subject="Cantine"), box.address)
    assert ">2<" in page(desk, "/webmail/boites-non-lus/")


def test_who_is_in_none_reads_nothing_of_them(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    assert "Boîtes partagées" not in page(neighbour, "/webmail/")
    assert neighbour.get(place(box)).status_code == 404
    assert neighbour.get(place(box, f"dossiers/{inbox(box)}/")).status_code == 404
    assert neighbour.get("/webmail/boites/ce.9999999z/").status_code == 404


def test_every_address_of_its_pages_stays_in_it(desk: MailBrowser, box: Box) -> None:
    deliver_locally(letter(box.address, subject="Cantine"), box.address)
    for tail in ("", f"dossiers/{inbox(box)}/1/", "recherche/?q=cantine"):
        shown = page(desk, place(box, tail))
        assert "Cantine" in shown
        led = set(re.findall(r'(?:href|action|formaction|hx-get|hx-post)="(/webmail/[^"]*)"', shown))
        astray = {url for url in led if url.startswith("/webmail/dossiers/") or url.startswith("/webmail/ecrire/")}
        assert not astray
        assert any(url.startswith(place(box, "dossiers/")) for url in led)
    own = page(desk, "/webmail/recherche/?q=cantine")
    assert not {url for url in re.findall(r'"(/webmail/[^"]*)"', own) if "/boites/ce." in url} - {place(box)}


def test_the_rooms_of_its_pages_are_nobody_else_s(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row of rooms is drawn once for all who have the same: by whoever comes first."""
    monkeypatch.setattr(web_tags, "fragments", FragmentCache(2**20))
    assert place(box) in page(desk, place(box))
    assert place(box) not in page(neighbour, "/webmail/")


def test_a_parent_writes_the_head_answers_and_the_deputy_sees_who_did(
    desk: MailBrowser, neighbour: MailBrowser, box: Box
) -> None:
    box.give(neighbour.mail, MEMBER)
    parent = make_mail_account("Anne", "Parent")
    deliver(letter(box.address, subject="Absence de Léa"), box.address)
    wait(box)
    asked = page(desk, place(box, f"dossiers/{inbox(box)}/1/reponse/"))
    assert "Au nom de la boîte <b>Collège des Tilleuls</b>" in asked
    found = re.search(r'action="(/webmail/boites/[^"]+/ecrire/([0-9a-f]{32})/)"', asked)
    assert found
    answer = desk.post(f"{found[1]}envoi/", {**fields(asked), "a": parent.address, "texte": "Merci, c’est noté."})
    assert answer.status_code < 400
    [arrived] = wait_for_mail(parent, 1)
    head = arrived.partition(b"\r\n\r\n")[0]
    assert box.address.encode() in head
    for trace in (desk.mail.address, desk.mail.key, "Mathilde"):
        assert trace.encode() not in arrived
    row = SentByMember.objects.get(box=box.key)
    assert row.author_id == desk.mail.key
    assert row.message_id.encode() in head
    assert Entry.objects.filter(act="box.wrote", actor=desk.mail.key, subject=desk.mail.key).exists()
    with connection.open_mailbox_of(f"{box.key}_{neighbour.mail.key}") as session:
        sent = session.by_role("sent")
        assert sent
        assert sent.id
        [copy] = session.page(sent.id).rows
    with connection.open_mailbox_of(f"{box.key}_{desk.mail.key}") as session:
        assert session.page(sent.id).rows[0].seen
    assert not copy.seen
    assert "par Mathilde Lefèvre" in page(neighbour, place(box, f"dossiers/{sent.id}/{copy.uid}/"))
    assert not desk.uids("sent")


def wait(box: Box) -> None:
    for _try in range(600):
        with connection.open_mailbox_of(box.key) as session:
            if any(folder.role == "inbox" and folder.total for folder in session.folders()):
                return
        time.sleep(0.05)
    raise AssertionError("nothing has arrived")


def test_what_one_reads_stays_unread_for_the_others(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    deliver_locally(letter(box.address, subject="Cantine"), box.address)
    page(desk, place(box, f"dossiers/{inbox(box)}/1/"))
    assert " data-unread>" not in page(desk, place(box, f"dossiers/{inbox(box)}/"))
    assert " data-unread>" in page(neighbour, place(box, f"dossiers/{inbox(box)}/"))
    for reader in (desk, neighbour):
        assert ">1<" in page(reader, "/webmail/boites-non-lus/")  # reading it takes nothing on


def test_a_reader_reads_and_is_refused_every_act(desk: MailBrowser, box: Box) -> None:
    deliver_locally(letter(box.address, subject="Cantine"), box.address)
    box.give(desk.mail, READER)
    folder = inbox(box)
    shown = page(desk, place(box, f"dossiers/{folder}/1/"))
    assert "vous n’y changez rien" in shown
    for tail in ("archivage/", "suppression/", "deplacement/", "suivi/", "etiquettes/", "indesirables/"):
        assert desk.post(place(box, f"dossiers/{folder}/{tail}"), {"uid": "1"}).status_code == 403
    for tail in ("ecrire/", f"dossiers/{folder}/1/reponse/", "reglages/absence/", "reglages/filtres/"):
        assert desk.get(place(box, tail)).status_code in {403, 404}
    assert desk.post(place(box, f"ecrire/{new_key()}/envoi/"), {"a": box.address}).status_code == 403
    assert desk.post(place(box, f"dossiers/{folder}/lecture/retrait/"), {"uid": "1"}).status_code == 302
    assert not Outgoing.objects.filter(account=box.key).exists()


def test_a_member_decides_nothing_for_the_others(desk: MailBrowser, box: Box) -> None:
    box.give(desk.mail, MEMBER)
    assert desk.get(place(box, "reglages/absence/")).status_code == 403
    assert desk.get(place(box, "reglages/filtres/")).status_code == 403
    assert desk.get(place(box)).status_code == 200


@pytest.mark.parametrize("over", ["taken", "past", "to come", "blocked"])
def test_who_is_no_longer_a_member_has_no_such_mailbox(desk: MailBrowser, box: Box, over: str) -> None:
    assert desk.get(place(box)).status_code == 200
    today = timezone.localdate()
    rows = Membership.objects.filter(box=box.key)
    match over:
        case "taken":
            box.take(desk.mail)
        case "past":
            rows.update(starts=today - timedelta(days=9), ends=today - timedelta(days=1))
        case "to come":
            rows.update(starts=today + timedelta(days=1))
        case _:
            later = timezone.now() + timedelta(hours=48)
            Account.objects.filter(pk=desk.mail.key).update(mail_blocked_until=later)
    assert desk.get(place(box)).status_code == 404
    assert place(box) not in desk.get("/webmail/").content.decode() or over == "blocked"


def test_each_page_of_the_webmail_is_one_s_own_or_also_a_box_s() -> None:
    """A view that does not ask whose mail it is about cannot be reached in a box."""
    [inside] = [one for one in urlpatterns if isinstance(one, URLResolver)]
    shared = [one for one in inside.url_patterns if isinstance(one, URLPattern)]
    own = [one for one in urlpatterns if isinstance(one, URLPattern)]
    assert {one.name for one in shared} == {one.name for one in own if is_in_a_box(one.name or "")}
    assert not [one.name for one in shared if not getattr(one.callback, "opens_mailbox", False)]


def test_an_owner_adds_somebody_of_the_place_until_a_day_and_takes_them_away(
    desk: MailBrowser, neighbour: MailBrowser, box: Box,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    SharedMailbox.objects.filter(pk=box.key).update(place=make_school())
    shown = page(desk, place(box, "membres/"))
    assert f'<option value="{neighbour.mail.key}">Karim Belkacem' in shown
    assert f'value="{desk.mail.key}"' not in shown
    until = timezone.localdate() + timedelta(days=30)
    asked: dict[str, object] = {"personne": neighbour.mail.key, "droit": "member", "fin": until.isoformat()}
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(place(box, "membres/"), asked).status_code == 302
    row = Membership.objects.get(box=box.key, member=neighbour.mail.account)
    assert (row.right, row.ends, row.by_rule) == ("member", until, False)
    assert "Karim Belkacem" in page(desk, place(box, "membres/"))
    assert neighbour.get(place(box)).status_code == 200
    assert neighbour.get(place(box, "membres/")).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(place(box, f"membres/{row.pk}/retrait/")).status_code == 302
    gone = neighbour.get(place(box), **HTMX)
    assert gone.status_code == 404
    assert "Cette boîte ne vous est plus ouverte" in gone.content.decode()
    with pytest.raises(SignInRefusedError), connection.open_mailbox_of(f"{box.key}_{neighbour.mail.key}") as session:
        session.folders()
    assert {"box.member-added", "box.member-removed"} <= set(Entry.objects.values_list("act", flat=True))


@pytest.mark.parametrize(("right", "days"), [(MEMBER, 30), (READER, None)])
def test_who_was_taken_away_by_mistake_is_back_with_one_press(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, right: MailboxRights, days: int | None
) -> None:
    until = timezone.localdate() + timedelta(days=days) if days else None
    given = box.give(neighbour.mail, right)
    Membership.objects.filter(pk=given.pk).update(ends=until)
    shown = page(desk, desk.post(place(box, f"membres/{given.pk}/retrait/"))["Location"])
    assert "Karim Belkacem ne partage plus cette boîte" in shown
    assert neighbour.get(place(box)).status_code == 404
    word = re.search(
        r'action="([^"]+)"[^>]*>.*?name="fait" value="([^"]+)"', shown[shown.index('class="toast"') :], re.S
    )
    assert word
    back = page(desk, desk.post(word[1], {"fait": word[2]})["Location"])
    assert "Karim Belkacem partage de nouveau cette boîte" in back
    assert neighbour.get(place(box)).status_code == 200
    [before, after] = Membership.objects.filter(box=box.key, member=neighbour.mail.account).order_by("pk")
    assert (before.pk, before.end) == (given.pk, Membership.End.TAKEN_AWAY)
    assert (after.right, after.ends, after.ended_at) == (right, until, None)
    again = page(desk, desk.post(word[1], {"fait": word[2]})["Location"])
    assert "trop tard" in again
    assert Membership.objects.filter(box=box.key, member=neighbour.mail.account).count() == 2


def test_nobody_else_gives_back_a_right(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    """Nor is a word of one mailbox good in another, nor one that was made up."""
    given = box.give(neighbour.mail, MEMBER)
    other = make_box(name="Collège du Parc")
    other.give(desk.mail, MailboxRights.OWNER)
    shown = page(desk, desk.post(place(box, f"membres/{given.pk}/retrait/"))["Location"])
    word = re.search(r'name="fait" value="([^"]+)"', shown)
    assert word
    desk.post(place(other, "membres/retour/"), {"fait": word[1]})
    desk.post(place(box, "membres/retour/"), {"fait": word[1][:-1]})
    assert neighbour.post(place(box, "membres/retour/"), {"fait": word[1]}).status_code == 404
    assert not Membership.objects.filter(member=neighbour.mail.account, ended_at=None).exists()


@pytest.mark.parametrize(("field", "value"), [("fin", "2020-01-01"), ("personne", "stranger"), ("droit", "owner")])
def test_what_an_owner_may_not_give(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, field: str, value: str
) -> None:
    SharedMailbox.objects.filter(pk=box.key).update(place=make_school())
    elsewhere = make_account(make_person("Anne", "Loin", school=make_school("0021111B", department="02")))
    value = elsewhere.key if value == "stranger" else value
    asked: dict[str, object] = {"personne": neighbour.mail.key, "droit": "member", "fin": "", field: value}
    assert desk.post(place(box, "membres/"), asked).status_code == 422
    assert not Membership.objects.filter(box=box.key).exclude(member=desk.mail.account).exists()


def test_who_has_it_by_their_post_leaves_it_with_the_post(desk: MailBrowser, box: Box) -> None:
    Membership.objects.filter(box=box.key).update(by_rule=True)
    row = Membership.objects.get(box=box.key)
    desk.post(place(box, f"membres/{row.pk}/retrait/"))
    assert desk.get(place(box)).status_code == 200


def test_one_s_own_mailbox_has_no_members(desk: MailBrowser) -> None:
    assert desk.get("/webmail/membres/").status_code == 404
