from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.testing import make_account
from vaguemestre.accounts.testing.codes import sent_to
from vaguemestre.courier.models import Parcel

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())
Kind = Notice.Kind


@pytest.fixture
def account() -> Account:
    return make_account("Éloïse", "Guérin")


def rescued_by(account: Account, email: str, now: datetime) -> None:
    contact_change.propose(account, email, now=now)
    assert contact_change.confirm(account, sent_to(email), now=now)


def receivers() -> set[str]:
    return set(Parcel.objects.values_list("to", flat=True))


def test_a_row_and_a_mail(account: Account) -> None:
    notice = notices.tell_owner(account, Kind.PASSWORD, now=NOON, change="changed")
    assert notices.notice_text(notice) == "Votre mot de passe a été changé sur la page Mon compte."
    parcel = Parcel.objects.get()
    assert parcel.to == account.address
    assert "Votre mot de passe a été changé sur la page Mon compte." in parcel.text
    assert "mardi 24 novembre 2026 à 12 h 00" in parcel.text.replace("\u00a0", " ")
    assert "dites : compte volé" in parcel.text.replace("\u00a0", " ")
    assert "03 22 71 25 00" in parcel.text


def test_an_act_undone_tells_nobody(account: Account) -> None:
    with transaction.atomic():
        notices.tell_owner(account, Kind.PASSWORD, now=NOON, change="changed")
        transaction.set_rollback(True)
    assert not Parcel.objects.exists()
    assert not notices.unread_notices(account).exists()


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_sentence_also_for_what_is_not_listed(account: Account, kind: Notice.Kind) -> None:
    notice = notices.tell_owner(account, kind, now=NOON, change="de-demain")
    assert notices.notice_text(notice).endswith(".")
    assert notices.advice_text(notice).endswith((".", "\u202f."))


def test_the_rescue_contact_hears_when_asked(account: Account) -> None:
    rescued_by(account, "elle@boite.example", NOON)
    Parcel.objects.all().delete()
    notices.tell_owner(account, Kind.APP_PASSWORD, now=NOON, change="made", name="Téléphone")
    assert receivers() == {account.address}
    notices.tell_owner(account, Kind.HELP_DESK, now=NOON, to_rescue=True)
    assert receivers() == {account.address, "elle@boite.example"}


@pytest.mark.parametrize("kind", [Kind.PASSWORD, Kind.RESCUE_CONTACT, Kind.FACTOR, Kind.OTP_KEY, Kind.STOLEN])
def test_the_former_rescue_contact_hears_of_what_a_thief_does_next(account: Account, kind: Notice.Kind) -> None:
    rescued_by(account, "elle@boite.example", NOON)
    rescued_by(account, "voleur@boite.example", NOON + timedelta(minutes=2))
    Parcel.objects.all().delete()
    notices.tell_owner(account, kind, now=NOON + timedelta(days=29))
    assert "elle@boite.example" in receivers()
    assert "voleur@boite.example" not in receivers()
    Parcel.objects.all().delete()
    notices.tell_owner(account, kind, now=NOON + timedelta(days=31))
    assert receivers() == {account.address}


def test_what_a_person_typed_makes_no_sentence_of_ours(account: Account) -> None:
    name = "x». Votre compte est clos, voyez https://voleur.example\r\nSubject: y"
    notice = notices.tell_owner(account, Kind.APP_PASSWORD, now=NOON, change="made", name=name)
    text, subject = Parcel.objects.get().text, Parcel.objects.get().subject
    assert "voleur.example" not in text
    assert "\nSubject" not in text
    assert "voleur" not in subject
    assert notices.notice_text(notice).count("»") == 1


def test_in_the_persons_language() -> None:
    account = make_account("Grace", "Hopper")
    account.language = "en"
    account.save(update_fields=["language"])
    notices.tell_owner(account, Kind.PASSWORD, now=NOON, change="changed")
    assert "Your password was changed on the page My account." in Parcel.objects.get().text


def test_nothing_secret_in_a_subject_or_a_detail(account: Account) -> None:
    rescued_by(account, "secrete.adresse@boite.example", NOON)
    notice = notices.unread_notices(account).get()
    assert "secrete.adresse" not in str(notice.details)
    mails = Parcel.objects.filter(to=account.address)
    assert mails
    assert not any("secrete.adresse" in mail.subject + mail.text for mail in mails)


def test_seen_once_and_by_its_owner_only(account: Account) -> None:
    notice = notices.tell_owner(account, Kind.PASSWORD, now=NOON, change="changed")
    assert not notices.mark_read(make_account("Bruno"), notice.pk, now=NOON)
    assert notices.unread_notices(account).count() == 1
    assert notices.mark_read(account, notice.pk, now=NOON)
    assert notices.mark_read(account, notice.pk, now=NOON)
    assert not notices.unread_notices(account).exists()
