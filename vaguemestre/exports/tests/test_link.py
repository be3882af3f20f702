"""A copy for somebody who left long ago: a link and a code, this archive, and nothing else of the account."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.models import Account, RescueContact, Session
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel
from vaguemestre.engine import projection
from vaguemestre.exports import archive_run, export_jobs, links
from vaguemestre.exports.models import Export, ExportLink
from vaguemestre.testing import Cast, MailAccount, append, make_cast

RESCUE = "pierre@maison.example"
PAGE, CODE, ARCHIVE = "/copie/", "/copie/code/", "/copie/archive.zip"
State = Export.State
LONG_AGO = timedelta(days=60)


def leave(account: Account, *, rescue: str | None = RESCUE) -> None:
    """Two months ago: the portal lets them in no longer."""
    Account.objects.filter(pk=account.pk).update(closes_on=timezone.localdate() - LONG_AGO, state=Account.State.CLOSED)
    if rescue:
        RescueContact.objects.update_or_create(
            account=account, defaults={"email": rescue, "confirmed_at": timezone.now()}
        )
    account.refresh_from_db()


@pytest.fixture
def gone(db: None) -> Cast:
    cast = make_cast()
    leave(cast.leaver)
    return cast


def ready(cast: Cast) -> Export:
    now = timezone.now()
    return Export.objects.create(
        key="f" * 32, account=cast.leaver, ordered_by=cast.help_desk.key, ordered_at=now, state=State.READY,
        done=3, total=3, size=12345, finished_at=now, expires_at=now + export_jobs.KEPT,
    )  # fmt: skip


def link_mailed() -> str:
    """The address in the latest mail with one."""
    found = [
        re.search(r"https?://[^/]+(/copie/\?lien=[\w-]+)", parcel.text) for parcel in Parcel.objects.order_by("pk")
    ]
    return [one for one in found if one][-1][1]


def code_mailed(to: str = RESCUE) -> str:
    texts = Parcel.objects.filter(to=to).order_by("pk").values_list("text", flat=True)
    return [one[0] for text in texts if (one := re.search(r"\d{3}\N{NO-BREAK SPACE}\d{3}", text))][-1]


def opened(export: Export) -> Client:
    """A browser that followed the link and asked for its code."""
    assert links.send_link(export, by="system", now=timezone.now())
    browser = Client()
    answer = browser.get(link_mailed())
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert browser.get(PAGE).status_code == 200
    assert browser.post(CODE).status_code == 302
    return browser


def test_from_the_order_to_the_file(mail_account: MailAccount, client: Client, daemons: None) -> None:
    append(mail_account, b"Subject: un\nFrom: a@b.example\n\nBonjour.\n")
    cast = make_cast()
    closure.close_accounts([mail_account.account], on=timezone.localdate(), now=timezone.now())
    leave(mail_account.account)
    projection.project([mail_account.key])
    sign_in(client, cast.help_desk, strong=True)
    page = f"/assistance/export/{mail_account.key}/"
    assert "p•••••@maison.example" in client.get(page).content.decode()
    assert client.post(page, {"reason": "Demande d’accès"}).status_code == 302
    while archive_run.go_on(now=timezone.now(), seconds=60):
        pass
    assert "p•••••@maison.example" in client.get(page).content.decode()
    browser = Client()
    browser.get(link_mailed())
    browser.post(CODE)
    assert browser.post(PAGE, {"code": code_mailed()}).status_code == 302
    assert "1" in browser.get(PAGE).content.decode()
    export = Export.objects.get()
    answer = browser.get(ARCHIVE)
    assert answer["X-Accel-Redirect"] == f"/_exports/{export.key}/archive.zip"
    assert mail_account.account.identifier in answer["Content-Disposition"]
    acts = set(Entry.objects.filter(subject=mail_account.key).values_list("act", flat=True))
    assert acts >= {"export.access-request", "export.ready", "export.link-sent", "export.link-used", "export.fetched"}
    export.refresh_from_db()
    assert export.fetched_at


def test_it_is_never_a_session(gone: Cast) -> None:
    browser = opened(ready(gone))
    browser.post(PAGE, {"code": code_mailed()})
    assert browser.get(ARCHIVE).status_code == 200
    assert not Session.objects.filter(account=gone.leaver).exists()
    for path in ("/mon-compte/depart/", "/portail/", "/webmail/", "/mon-compte/"):
        assert "/session/" in browser.get(path)["Location"], path
    gone.leaver.refresh_from_db()
    assert gone.leaver.state == Account.State.CLOSED


def test_the_link_alone_gives_nothing(gone: Cast) -> None:
    browser = opened(ready(gone))
    assert browser.get(ARCHIVE).status_code == 404
    assert browser.post(PAGE, {"code": "000000" if "000" not in code_mailed() else "111111"}).status_code == 422
    assert browser.get(ARCHIVE).status_code == 404


def test_five_tries_a_code_and_five_codes_a_link(gone: Cast) -> None:
    browser = opened(ready(gone))
    right = code_mailed()
    wrong = "123456" if right != "123\N{NO-BREAK SPACE}456" else "654321"
    for _try in range(5):
        assert browser.post(PAGE, {"code": wrong}).status_code == 422
    assert browser.post(PAGE, {"code": right}).status_code == 422
    for _again in range(4):
        assert browser.post(CODE).status_code == 429  # a minute between two
        ExportLink.objects.update(code_sent_at=timezone.now() - timedelta(minutes=2))
        assert browser.post(CODE).status_code == 302
    ExportLink.objects.update(code_sent_at=timezone.now() - timedelta(minutes=2))
    assert browser.post(CODE).status_code == 429
    assert Parcel.objects.filter(subject__contains="Code").count() == 5


def test_a_code_is_old_after_a_quarter_of_an_hour(gone: Cast) -> None:
    browser = opened(ready(gone))
    ExportLink.objects.update(code_sent_at=timezone.now() - timedelta(minutes=16))
    assert browser.post(PAGE, {"code": code_mailed()}).status_code == 422


def test_it_works_once(gone: Cast) -> None:
    browser = opened(ready(gone))
    link = link_mailed()
    browser.post(PAGE, {"code": code_mailed()})
    thief = Client()
    thief.get(link)
    assert thief.get(PAGE).status_code == 410
    assert thief.post(CODE).status_code == 410
    assert browser.get(ARCHIVE).status_code == 200
    ExportLink.objects.update(pass_until=timezone.now() - timedelta(seconds=1))
    assert browser.get(ARCHIVE).status_code == 404


def expire(export: Export, account: Account, now: datetime) -> None:
    ExportLink.objects.update(expires_at=now - timedelta(seconds=1))


def give_up(export: Export, account: Account, now: datetime) -> None:
    export_jobs.cancel_export(export, by=account.key, now=now)


def lock(export: Export, account: Account, now: datetime) -> None:
    """Stolen, perhaps: whoever took it may have given the rescue contact."""
    Account.objects.filter(pk=account.pk).update(locked_at=now)


def come_back(export: Export, account: Account, now: datetime) -> None:
    closure.restore_account(account, until=None, by="agent", reason="retour", now=now)


def send_again(export: Export, account: Account, now: datetime) -> None:
    assert links.send_link(export, by="agent", now=now)


@pytest.mark.parametrize("happens", [expire, give_up, lock, come_back, send_again])
def test_what_ends_a_link(gone: Cast, happens) -> None:  # type: ignore[no-untyped-def]  # one of the acts above
    export = ready(gone)
    browser = opened(export)
    happens(export, gone.leaver, timezone.now())
    assert browser.post(PAGE, {"code": code_mailed()}).status_code == 410
    assert browser.get(ARCHIVE).status_code == 404


@pytest.mark.parametrize("happens", [give_up, lock, come_back, send_again])
def test_what_ends_a_pass(gone: Cast, happens) -> None:  # type: ignore[no-untyped-def]  # one of the acts above
    export = ready(gone)
    browser = opened(export)
    browser.post(PAGE, {"code": code_mailed()})
    assert browser.get(ARCHIVE).status_code == 200
    happens(export, gone.leaver, timezone.now())
    assert browser.get(ARCHIVE).status_code == 404


def test_the_code_goes_to_the_contact_of_now(gone: Cast) -> None:
    """A link in a mailbox that is no longer theirs is worth nothing."""
    browser = opened(ready(gone))
    former = code_mailed()
    RescueContact.objects.filter(account=gone.leaver).update(email="autre@maison.example")
    assert browser.post(PAGE, {"code": former}).status_code == 422
    ExportLink.objects.update(code_sent_at=timezone.now() - timedelta(minutes=2))
    browser.post(CODE)
    assert browser.post(PAGE, {"code": code_mailed("autre@maison.example")}).status_code == 302


def test_the_page_puts_the_link_away(gone: Cast) -> None:
    links.send_link(ready(gone), by="system", now=timezone.now())
    token = link_mailed().partition("=")[2]
    browser = Client()
    answer = browser.get(link_mailed())
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer.cookies["__Host-copie"]["httponly"]
    page = browser.get(PAGE)
    assert page["Cache-Control"] == "no-store"
    assert token not in page.content.decode()
    assert not ExportLink.objects.filter(token_hash__contains=token).exists()
    assert RESCUE not in page.content.decode()


def test_without_a_rescue_contact_the_agent_reads_what_to_do(gone: Cast, client: Client) -> None:
    RescueContact.objects.all().delete()
    export = ready(gone)
    assert not links.send_link(export, by="system", now=timezone.now())
    assert not ExportLink.objects.exists()
    sign_in(client, gone.help_desk, strong=True)
    page = f"/assistance/export/{gone.leaver.key}/"
    assert "pas de contact de secours" in client.get(page).content.decode()
    leave(gone.leaver)
    assert "pas de contact de secours" not in client.get(page).content.decode()
    assert client.post(f"{page}lien/").status_code == 302
    assert ExportLink.objects.get().export == export
    assert Entry.objects.get(act="export.link-sent").actor == gone.help_desk.key


def test_no_link_for_who_signs_in_nor_for_a_persons_own_copy(gone: Cast, client: Client) -> None:
    export = ready(gone)
    sign_in(client, gone.help_desk, strong=True)
    Export.objects.update(account=gone.teacher)
    client.post(f"/assistance/export/{gone.teacher.key}/lien/")
    Export.objects.update(account=gone.leaver, ordered_by=gone.leaver.key)
    client.post(f"/assistance/export/{gone.leaver.key}/lien/")
    assert not export.links.exists()


def test_nobody_but_an_agent_who_serves_them_sends_it(gone: Cast, client: Client) -> None:
    export = ready(gone)
    for account in (gone.head, gone.stranger):
        sign_in(client, account, strong=True)
        assert client.post(f"/assistance/export/{gone.leaver.key}/lien/").status_code == 404
    assert not export.links.exists()
