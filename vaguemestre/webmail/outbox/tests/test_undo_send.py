"""The moment to think again: a message sent leaves at its second and not before, whoever asks; and comes back whole."""

import threading
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.clock.models import Due
from vaguemestre.webmail.models import Outgoing, Preferences, new_key
from vaguemestre.webmail.outbox import delivery
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received, said_next, subjects

State = Outgoing.State


@pytest.fixture
def patient(desk: MailBrowser) -> MailBrowser:
    """Somebody who gives themselves twenty seconds."""
    Preferences.objects.create(account=desk.mail.account, undo_seconds=20, changed_at=timezone.now())
    return desk


def later(seconds: int = 21) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def call_back(desk: MailBrowser, key: str, **headers: str) -> str:
    response = desk.post("/webmail/ecrire/annulation/", {"fait": key}, **headers)
    return response.headers.get("Location", "") or body(response)


def test_it_waits_for_its_second_and_leaves_by_the_clock(patient: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    patient.write(key, a=neighbour.mail.address, objet="Réfléchi")
    outgoing = Outgoing.objects.get(key=key)
    assert outgoing.state == State.QUEUED
    assert outgoing.leaves_at is not None
    assert outgoing.queued_at is not None
    assert timedelta(seconds=19) < outgoing.leaves_at - outgoing.queued_at <= timedelta(seconds=20)
    page = said_next(patient)
    assert "dans 20 s" in page
    assert 'data-seconds="20"' in page
    assert "En attente" not in page  # nothing to worry about
    due.run(timezone.now())
    assert patient.uids("sent") == []
    due.run(later())
    assert subjects(received(neighbour)) == ["Réfléchi"]
    assert len(patient.uids("sent")) == 1
    assert not Due.objects.filter(job=delivery.DELIVER.name).exists()


def test_nobody_sends_it_early(patient: MailBrowser, neighbour: MailBrowser) -> None:
    """A second worker, the retry of an earlier failure, a press on the waiting page: it keeps its hour."""
    key = new_key()
    patient.write(key, a=neighbour.mail.address)
    delivery.deliver(key, timezone.now())
    patient.post(f"/webmail/en-attente/{key}/essai/")
    Due.objects.filter(job=delivery.DELIVER.name).update(at=timezone.now())
    due.run(timezone.now())
    assert Outgoing.objects.get(key=key).state == State.QUEUED
    assert Due.objects.get(job=delivery.DELIVER.name).at == Outgoing.objects.get(key=key).leaves_at
    assert patient.uids("sent") == []
    due.run(later())
    assert len(received(neighbour)) == 1


def test_it_comes_back_with_everything_as_it_was(patient: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    patient.write(
        key, a=neighbour.mail.address, cc="un@x.example", cci="deux@x.example", objet="Élan", texte="Ci-joint.\nVoilà.",
        accuse="1", importance="high", fichier=SimpleUploadedFile("plan.txt", b"abc"),
    )  # fmt: skip
    assert call_back(patient, key) == f"/webmail/ecrire/{key}/"
    sheet = body(patient.get(f"/webmail/ecrire/{key}/"))
    for words in (neighbour.mail.address, "un@x.example", "deux@x.example", "Élan", "Ci-joint.\nVoilà.", "plan.txt"):
        assert words in sheet
    assert 'name="accuse" value="1" checked' in sheet
    assert '<option value="high" selected>' in sheet
    due.run(later(3600))
    assert patient.uids("sent") == []
    patient.write(key, a=neighbour.mail.address, objet="Corrigé", texte="Voici.", revision="1")
    due.run(later())
    assert subjects(received(neighbour)) == ["Corrigé"]


def test_in_an_open_page_the_sheet_comes_into_it(patient: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    patient.write(key, a=neighbour.mail.address, texte="Attends.")
    sheet = call_back(patient, key, **HTMX)
    assert 'class="composer"' in sheet
    assert "Attends." in sheet


def test_too_late_is_said(patient: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    patient.write(key, a=neighbour.mail.address)
    due.run(later())
    call_back(patient, key)
    assert "Trop tard" in said_next(patient)
    assert len(received(neighbour)) == 1


def test_called_back_at_the_very_moment_it_leaves_or_comes_back_never_both(
    patient: MailBrowser, neighbour: MailBrowser
) -> None:
    key = new_key()
    patient.write(key, a=neighbour.mail.address)
    with hold_machine_lock(Outgoing.objects.get(key=key).lock_path):  # the clock is at it
        call_back(patient, key)
    assert Outgoing.objects.get(key=key).state == State.QUEUED
    assert Due.objects.filter(job=delivery.DELIVER.name, key=key).exists()


def test_pressed_again_it_leaves_once_and_may_still_be_called_back(
    patient: MailBrowser, neighbour: MailBrowser
) -> None:
    key = new_key()
    for _ in range(3):
        patient.write(key, a=neighbour.mail.address)
        page = said_next(patient)
        assert "Envoi à " in page
        assert f'name="fait" value="{key}"' in page
    due.run(later())
    due.run(later())
    patient.write(new_key(), a=neighbour.mail.address, objet="Après")
    due.run(later())
    assert subjects(received(neighbour, 2)) == ["Essai", "Après"]


def test_nobody_elses(patient: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    patient.write(key, a=neighbour.mail.address)
    for unknown in (key, new_key(), "", "../x"):
        assert neighbour.post("/webmail/ecrire/annulation/", {"fait": unknown}).status_code == 404
    assert Outgoing.objects.get(key=key).state == State.QUEUED


def test_the_shutdown_gives_it_back_to_its_author(patient: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    patient.write(key, a=neighbour.mail.address)
    [stopped] = delivery.hold_back(patient.mail.account, timezone.now())
    assert stopped.recipients == (neighbour.mail.address,)
    due.run(later(3600))
    outgoing = Outgoing.objects.get(key=key)
    assert (outgoing.state, outgoing.leaves_at, outgoing.failure) == (State.DRAFT, None, {"held": True})
    assert patient.uids("sent") == []


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_the_same_second_send_once(patient: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    patient.write(key, a=neighbour.mail.address)
    start = threading.Barrier(2)

    def tick() -> None:
        start.wait(10)
        try:
            due.run(later())
        finally:
            database.close()

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    due.run(later(900))
    patient.write(new_key(), a=neighbour.mail.address, objet="Après")
    due.run(later(900))
    assert subjects(received(neighbour, 2)) == ["Essai", "Après"]


def test_the_time_is_chosen(desk: MailBrowser, neighbour: MailBrowser) -> None:
    page = body(desk.get("/webmail/reglages/envoi/"))
    assert "Temps pour rappeler un message" in page
    desk.post("/webmail/reglages/envoi/", {"secondes": "30"})
    assert Preferences.objects.get(account=desk.mail.account).undo_seconds == 30
    desk.post("/webmail/reglages/envoi/", {"secondes": "7200"})
    assert Preferences.objects.get(account=desk.mail.account).undo_seconds == 30
    desk.write(new_key(), a=neighbour.mail.address)
    assert "dans 30 s" in said_next(desk)
    desk.post("/webmail/reglages/envoi/", {"secondes": "0"})
    desk.write(new_key(), a=neighbour.mail.address, objet="Aussitôt")
    assert subjects(received(neighbour)) == ["Aussitôt"]


def test_the_address_of_its_sheet_leads_to_where_it_waits(patient: MailBrowser, neighbour: MailBrowser) -> None:
    """The browser's own way back, in the moment in which it may be called back."""
    key = new_key()
    patient.write(key, a=neighbour.mail.address, objet="Bilan")
    assert patient.get(f"/webmail/ecrire/{key}/")["Location"] == "/webmail/en-attente/"
    page = body(patient.get("/webmail/en-attente/"))
    assert "Bilan" in page
    assert "Part aujourd’hui" in page or "Part demain" in page  # at five seconds to midnight
    assert patient.post(f"/webmail/en-attente/{key}/reprise/")["Location"] == f"/webmail/ecrire/{key}/"
