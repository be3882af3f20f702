"""A mail to whoever has left the page when their import is over, or waits for them."""

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.testing import sign_in
from vaguemestre.courier.models import Parcel
from vaguemestre.moving import completion_mail, import_jobs, import_run
from vaguemestre.moving.models import Intake
from vaguemestre.moving.testing.bringing import box, bring, packed, raw, take_in
from vaguemestre.testing import MailAccount

pytestmark = pytest.mark.usefixtures("daemons")
ASK = {"HX-Request": "true"}


def left(intake: Intake) -> Intake:
    """As if the page had been closed a minute ago."""
    Intake.objects.filter(pk=intake.pk).update(looked_at=timezone.now() - completion_mail.LOOKS * 2)
    intake.refresh_from_db()
    return intake


def test_it_says_what_was_brought_and_what_was_refused(mail_account: MailAccount) -> None:
    odd = b"Subject: www.piege.example \xc2\xbb\n\n"
    files = packed({"a.mbox": box(raw(1), raw(2), raw(2)), "l/1.eml": b"no field here", "l/2.eml": odd})
    bring(left(take_in(mail_account, {"tout.zip": files})))
    [told] = Parcel.objects.all()
    assert (told.to, told.subject) == (mail_account.address, "Votre import est terminé")
    assert "3 messages importés dans" in told.text
    assert "1 déjà présent, 1 refusé." in told.text
    assert "n’est pas un message" in told.text
    assert "/import/" in told.text


def test_not_to_whoever_looks_at_the_page(mail_account: MailAccount, client: Client) -> None:
    sign_in(client, mail_account.account)
    intake = left(take_in(mail_account, {"a.mbox": box(raw(1), raw(2))}))
    assert client.get("/import/etat/", headers=ASK).status_code == 200
    bring(intake)
    assert intake.state == Intake.State.DONE
    assert not Parcel.objects.exists()


def test_nor_to_whoever_has_just_pressed_the_button(mail_account: MailAccount) -> None:
    bring(take_in(mail_account, {"a.mbox": box(raw(1))}))
    assert not Parcel.objects.exists()


def test_once_the_page_is_left_it_comes(mail_account: MailAccount, client: Client) -> None:
    sign_in(client, mail_account.account)
    intake = take_in(mail_account, {"a.mbox": box(raw(1))})
    client.get("/import/etat/", headers=ASK)
    bring(left(intake))
    assert Parcel.objects.count() == 1


def test_one_that_waits_says_why(mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = take_in(mail_account, {"a.mbox": box(raw(1), raw(2))})
    import_run.go_on(now=timezone.now(), seconds=0)
    Intake.objects.update(attempts=import_run.ATTEMPTS)
    left(intake)
    import_run._in_vain(intake)
    [told] = Parcel.objects.all()
    assert told.subject == "Votre import vous attend"
    assert "ne répond pas depuis longtemps" in told.text
    import_jobs.stop_import(intake, now=timezone.now())  # one's own act needs no mail
    assert Parcel.objects.count() == 1
