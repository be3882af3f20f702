"""Parcels through the real Postfix: to the sink that stands for the world, and to a mailbox of ours."""

import email
import email.policy
import smtplib
import socket
import time
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation

from vaguemestre.clock import due
from vaguemestre.courier import delivery, mail as courier_mail, retention
from vaguemestre.courier.message import message_of
from vaguemestre.courier.models import Parcel
from vaguemestre.testing import MailAccount, data_folder, deliver, letter, wait_for_mail

pytestmark = pytest.mark.django_db
State = Parcel.State
NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())


def left_for(address: str, seconds: float = 15) -> EmailMessage:
    """What the sink received for this address."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for file in (data_folder() / "sink").iterdir():
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if address in str(mail["To"]):
                return mail
        time.sleep(0.05)
    raise AssertionError(f"nothing left for {address}")


@pytest.fixture
def no_postfix(settings: LazySettings) -> None:
    """A port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.COURIER = {**settings.COURIER, "door": ("127.0.0.1", free.getsockname()[1])}


def test_a_mail_leaves_for_the_outside(daemons: None) -> None:
    now = timezone.now()
    parcel = courier_mail.send_mail(
        "lea.carnet+1@boite.example", "Votre code", "Code : 123 456", now=now, about="a0000001"
    )
    due.run(now)
    parcel.refresh_from_db()
    assert (parcel.state, parcel.text) == (State.TAKEN, "")
    mail = left_for("lea.carnet+1@boite.example")
    assert mail["From"] == '"Courrier des personnels, Académie d’Amiens" <ne-pas-repondre@ac-amiens.fr>'
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{parcel.token}@ac-amiens.fr>"
    assert mail.get_content_type() == "text/plain"
    body = mail.get_content()
    assert "Code : 123 456" in body
    assert "Personne ne lit les réponses." in body
    assert "03 22 82 38 23" in body


def test_a_mail_reaches_a_mailbox_of_ours(mail_account: MailAccount) -> None:
    now = timezone.now()
    courier_mail.send_mail(mail_account.address, "Un avis élémentaire", "Çà et là, l’été.", now=now)
    due.run(now)
    [received] = wait_for_mail(mail_account)
    mail = email.message_from_bytes(received, policy=email.policy.default)
    assert mail["Subject"] == "Un avis élémentaire"
    assert "Çà et là, l’été." in mail.get_content()


LONG = (
    "Un mot de passe d’application a été créé pour le programme de courrier de votre téléphone",
    "Votre demande de changement d’adresse postale est enregistrée par le bureau de la gestion collective",
    "Le mot de passe de l’École élémentaire publique Éloïse-et-Théodore a changé: vérifiez, s’il vous plaît",
)


@pytest.mark.parametrize("subject", [*LONG, "é " * 60 + "fin", "x" * 90 + " é"])
def test_a_long_subject_arrives_as_it_was_written(subject: str) -> None:
    """As mail programs read it, which join encoded words (RFC 2047, 6.2)."""
    sent = message_of(Parcel(to="lea@boite.example", subject=subject, text="Bonjour", language="fr", queued_at=NOON))
    parts = decode_header(email.message_from_bytes(sent)["Subject"])
    assert str(make_header(parts)) == subject
    assert max(map(len, sent.split(b"\r\n"))) <= 998


def test_what_comes_back_is_dropped_and_nobody_sees_it(daemons: None) -> None:
    """The sender exists for Postfix, on the door of the world too: a bounce is taken, and goes nowhere."""
    bounce = letter("ne-pas-repondre@ac-amiens.fr", sender="MAILER-DAEMON@boite.example", subject="Undelivered")
    assert deliver(bounce, "ne-pas-repondre@ac-amiens.fr", sender="") == {}


def test_nobody_outside_writes_in_the_name_of_the_service(mail_account: MailAccount) -> None:
    forged = letter(mail_account.address, sender="ne-pas-repondre@ac-amiens.fr", subject="Votre compte")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        deliver(forged, mail_account.address, sender="ne-pas-repondre@ac-amiens.fr")
    assert refusal.value.recipients[mail_account.address][0] == 553


def test_an_act_undone_sends_nothing() -> None:
    with transaction.atomic():
        courier_mail.send_mail("lea@boite.example", "Sujet", "Texte", now=NOON)
        transaction.set_rollback(True)
    assert not Parcel.objects.exists()
    assert due.run(NOON) == 0


def test_postfix_away_the_parcel_waits_and_leaves_later(daemons: None, settings: LazySettings) -> None:
    door = settings.COURIER["door"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.COURIER = {**settings.COURIER, "door": ("127.0.0.1", free.getsockname()[1])}
        parcel = courier_mail.send_mail("tard@boite.example", "Sujet", "Texte", now=NOON)
        assert due.run(NOON) == 0
    parcel.refresh_from_db()
    assert (parcel.state, parcel.text) == (State.WAITING, "Texte")
    settings.COURIER = {**settings.COURIER, "door": door}
    assert due.run(NOON + timedelta(seconds=30)) == 0  # not before its minute
    assert due.run(NOON + timedelta(minutes=1)) == 1
    parcel.refresh_from_db()
    assert parcel.state == State.TAKEN
    assert left_for("tard@boite.example")


def test_a_refusal_is_kept_without_the_text_and_not_tried_again(daemons: None) -> None:
    parcel = courier_mail.send_mail("personne-de-ce-nom@ac-amiens.fr", "Sujet", "Texte secret", now=NOON)
    assert due.run(NOON) == 1
    parcel.refresh_from_db()
    assert (parcel.state, parcel.text) == (State.REFUSED, "")
    assert parcel.refusal.startswith("550")
    assert "personne-de-ce-nom" not in parcel.refusal
    assert due.run(NOON + timedelta(days=1)) == 0


def test_a_code_that_is_worth_nothing_is_not_sent(no_postfix: None) -> None:
    parcel = courier_mail.send_mail("lea@boite.example", "Sujet", "Code", now=NOON, until=NOON + timedelta(minutes=15))
    due.run(NOON)
    delivery.deliver(str(parcel.pk), NOON + timedelta(minutes=15))
    parcel.refresh_from_db()
    assert (parcel.state, parcel.text) == (State.LATE, "")


def test_texts_do_not_outlive_their_worth(no_postfix: None) -> None:
    parcel = courier_mail.send_mail("lea@boite.example", "Sujet", "Code", now=NOON, until=NOON + timedelta(minutes=15))
    retention.sweep("", NOON + timedelta(minutes=14))
    parcel.refresh_from_db()
    assert parcel.text == "Code"
    retention.sweep("", NOON + timedelta(minutes=15))
    parcel.refresh_from_db()
    assert (parcel.state, parcel.text) == (State.LATE, "")
    retention.sweep("", NOON + timedelta(days=91))
    assert not Parcel.objects.exists()


@pytest.mark.parametrize("to", ["pas une adresse", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", ""])
def test_only_one_plain_address(to: str) -> None:
    with pytest.raises(courier_mail.AddressUnusableError) as refusal:
        courier_mail.send_mail(to, "Sujet", "Texte", now=NOON)
    assert to not in str(refusal.value) or not to
    assert not Parcel.objects.exists()


def test_a_line_end_never_makes_a_header(daemons: None) -> None:
    now = timezone.now()
    courier_mail.send_mail(
        "tetes@boite.example", "Sujet\r\nBcc: x@boite.example\r\n\r\nCorps", "Texte\n.\nSuite", now=now
    )
    due.run(now)
    mail = left_for("tetes@boite.example")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Sujet Bcc: x@boite.example Corps"
    assert "Suite" in mail.get_content()


def test_nothing_secret_in_the_logs(daemons: None, caplog: pytest.LogCaptureFixture) -> None:
    now = timezone.now()
    with caplog.at_level("DEBUG", logger="vaguemestre"):
        courier_mail.send_mail("discret@boite.example", "Sujet", "Code 987 654", now=now)
        courier_mail.send_mail("personne-de-ce-nom@ac-amiens.fr", "Sujet", "Code 987 654", now=now)
        due.run(now)
    assert "parcel" in caplog.text
    for secret in ("discret@", "personne-de-ce-nom", "987"):
        assert secret not in caplog.text


def test_the_languages_of_the_reader(daemons: None) -> None:
    now = timezone.now()
    with translation.override("en"):
        courier_mail.send_mail("english@boite.example", "Your code", "Code: 1", now=now)
    due.run(now)
    assert "Nobody reads the answers." in left_for("english@boite.example").get_content()


def test_the_operator_of_a_demo_reads_what_left(daemons: None) -> None:
    now = timezone.now()
    courier_mail.send_mail("montre@boite.example", "Un objet accentué", "Code : 246 810", now=now)
    due.run(now)
    left_for("montre@boite.example")
    said = StringIO()
    call_command("demo-post", to="montre@boite.example", stdout=said)
    assert "Un objet accentué" in said.getvalue()
    assert "246 810" in said.getvalue()
