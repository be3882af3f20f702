"""Sending: once, whole, filed in Sent; and what happens when Postfix or Dovecot is away."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.message import Message

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.clock.models import Due
from vaguemestre.mailbox.errors import ServerAwayError
from vaguemestre.mailbox.values import ANSWERED, FORWARDED, SEEN
from vaguemestre.testing import letter, wait_for_mail
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.outbox import delivery
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.killed_process import kill_process_on
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received, said_next, subjects, text_of
from vaguemestre.webmail.testing.space import fill, limit

ANSWERS = Callable[[], None]
State = Outgoing.State
MINUTE = timedelta(minutes=1)
CROWD = ", ".join(f"p{number}@x.example" for number in range(2000))


def test_it_arrives_whole_and_is_filed_once(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    response = desk.write(key, a=f"Karim <{neighbour.mail.address}>", objet="Été – accents", texte="Ligne\n.\nÉlève")
    assert response.status_code == 302
    [message] = received(neighbour)
    assert text_of(message).rstrip().replace("\r\n", "\n") == "Ligne\n.\nÉlève"
    assert message["Message-ID"] == f"<{key}@ac-amiens.fr>"
    [copy] = desk.stored("sent")
    assert copy["Message-ID"] == message["Message-ID"]
    assert desk.flags(desk.uids("sent")[0], "sent") >= {SEEN}
    assert "Envoyé à Karim" in said_next(desk)
    done = Outgoing.objects.get(key=key)
    assert (done.state, done.text, done.to) == (State.DONE, "", "")
    assert not done.folder.exists()


def test_what_it_costs(
    desk: MailBrowser, neighbour: MailBrowser, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The mailbox is opened once, to file. Half of the statements begin and end the short transactions."""
    desk.get(desk.url())
    trips.clear()
    # One for homonyms; six remember whom one has written to; one more asks for files that travel as links.
    with django_assert_num_queries(50 + 1 + 6 + 1):
        desk.write(new_key(), a=neighbour.mail.address)
    assert len(trips) == 1
    assert sum(trips) <= 2


def test_pressed_twice_it_leaves_once(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    for _ in range(3):
        response = desk.write(key, a=neighbour.mail.address)
        assert response.status_code == 302
    assert "déjà parti" in said_next(desk)
    desk.write(new_key(), a=neighbour.mail.address, objet="Après")
    assert subjects(received(neighbour, 2)) == ["Essai", "Après"]
    assert len(desk.uids("sent")) == 2


def test_a_draft_leaves_drafts_when_sent(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", a=neighbour.mail.address)
    assert len(desk.uids("drafts")) == 1
    desk.write(key, a=neighbour.mail.address, revision="1")
    assert desk.uids("drafts") == []


def test_hidden_copies_receive_and_stay_hidden(desk: MailBrowser, neighbour: MailBrowser) -> None:
    desk.write(new_key(), a=desk.mail.address, cci=neighbour.mail.address)
    [hidden], [seen] = received(neighbour), received(desk)
    assert hidden["Bcc"] is None
    for message in (seen, desk.stored("sent")[0]):
        assert neighbour.mail.address not in str(message)
        assert message["Bcc"] is None


def test_files_travel_whole(desk: MailBrowser, neighbour: MailBrowser) -> None:
    content = bytes(range(256)) * 100
    desk.write(new_key(), a=neighbour.mail.address, fichier=SimpleUploadedFile("Élève n° 1.bin", content))
    [message] = received(neighbour)
    part = message.get_payload()[1]  # type: ignore[index]  # a multipart's list
    assert isinstance(part, Message)
    assert part.get_payload(decode=True) == content
    assert part.get_filename() == "Élève n° 1.bin"


@pytest.mark.parametrize(("act", "flag"), [("reponse/", ANSWERED), ("transfert/", FORWARDED)])
def test_the_message_answered_or_forwarded_is_marked_and_named(
    desk: MailBrowser, neighbour: MailBrowser, act: str, flag: str
) -> None:
    uid = desk.put(letter(desk.mail.address, sender=neighbour.mail.address, Message_ID="<une@x.example>"))
    html = body(desk.get(desk.url(tail=f"{uid}/{act}")))
    desk.write(key_of(html), **{**fields(html), "a": neighbour.mail.address, "texte": "Oui."})
    [message] = received(neighbour)
    assert flag in desk.flags(uid)
    assert message["In-Reply-To"] == ("<une@x.example>" if flag == ANSWERED else None)
    assert message["References"] == "<une@x.example>"


@pytest.mark.parametrize(
    ("people", "said"),
    [("", "pas encore de destinataire"), ("jean", "pas une adresse"), (CROWD, "Trop de destinataires")],
)
def test_what_cannot_be_sent_is_said_and_kept(desk: MailBrowser, people: str, said: str) -> None:
    key = new_key()
    response = desk.write(key, a=people, texte="Précieux")
    assert response.status_code == 422
    assert said in body(response)
    assert "Précieux" in body(response)
    assert Outgoing.objects.get(key=key).text == "Précieux"
    assert desk.uids("sent") == []


def test_a_message_over_the_limit_is_refused_before_postfix(desk: MailBrowser) -> None:
    key = new_key()
    for number in range(2):
        upload = SimpleUploadedFile(f"{number}.bin", b"\0" * (9 * 1024 * 1024 + 512 * 1024))
        response = desk.write(key, "", fichier=upload, revision=str(number))
    assert response.status_code == 422
    assert "dépasserait 25" in body(response)


def test_an_address_that_does_not_exist_is_said_and_nobody_gets_it(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    response = desk.write(key, a=f"{neighbour.mail.address}, personne.inconnue@ac-amiens.fr", texte="Précieux")
    assert response.status_code == 422
    assert "personne.inconnue@ac-amiens.fr n’existe pas dans l’académie" in body(response)
    assert "Précieux" in body(response)
    assert Outgoing.objects.get(key=key).state == State.DRAFT
    desk.write(key, a=neighbour.mail.address, texte="Corrigé", revision="1")
    [message] = received(neighbour)
    assert "Corrigé" in text_of(message)
    assert len(desk.uids("sent")) == 1


def test_in_an_open_page_the_sheet_goes_and_the_list_is_told(desk: MailBrowser, neighbour: MailBrowser) -> None:
    data = {"a": neighbour.mail.address, "objet": "Essai", "texte": "x", "retour": desk.url()}
    headers = {**HTMX, "HX-Current-URL": "https://testserver/webmail/ecrire/"}
    response = desk.client.post(f"/webmail/ecrire/{new_key()}/envoi/", data, headers=headers)
    assert response["HX-Retarget"] == "#ecrire"
    assert response["HX-Trigger"] == "courrier"
    assert response["HX-Replace-Url"] == desk.url()
    assert "Envoyé à" in body(response)


def test_postfix_away_keeps_the_message_and_sends_it_later(
    desk: MailBrowser, neighbour: MailBrowser, no_postfix: ANSWERS, back_again: ANSWERS
) -> None:
    key = new_key()
    no_postfix()
    desk.write(key, a=neighbour.mail.address, texte="Plus tard")
    page = said_next(desk)
    assert "Votre message partira de lui-même" in page
    assert "En attente" in page
    queue = body(desk.get("/webmail/en-attente/"))
    assert neighbour.mail.address in queue
    assert Outgoing.objects.get(key=key).state == State.QUEUED
    assert Outgoing.objects.get(key=key).message_path.exists()
    back_again()
    assert due.run(timezone.now() + MINUTE) >= 1
    [message] = received(neighbour)
    assert "Plus tard" in text_of(message)
    assert len(desk.uids("sent")) == 1
    assert "Rien n’attend" in body(desk.get("/webmail/en-attente/"))
    assert not Due.objects.filter(job=delivery.DELIVER.name).exists()


def test_however_long_postfix_was_away_all_leaves_within_a_minute_of_its_return(
    desk: MailBrowser,
    neighbour: MailBrowser,
    no_postfix: ANSWERS,
    back_again: ANSWERS,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And meanwhile one message asks for all: a server that hangs holds the clock up once."""
    start = timezone.now()
    no_postfix()
    for number in range(3):
        desk.write(new_key(), a=neighbour.mail.address, objet=f"Essai {number}")
    minutes = [start + number * MINUTE for number in range(1, 20)]
    caplog.clear()
    for when in minutes:
        due.run(when)
    assert len([said for said in caplog.messages if said.startswith("nothing leaves")]) == len(minutes)
    back_again()
    for seconds in range(60):
        due.run(minutes[-1] + timedelta(seconds=seconds))
    assert set(subjects(received(neighbour, 3))) == {"Essai 0", "Essai 1", "Essai 2"}
    assert len(desk.uids("sent")) == 3


def test_one_message_that_nobody_takes_holds_up_no_other(
    desk: MailBrowser, neighbour: MailBrowser, no_postfix: ANSWERS, back_again: ANSWERS, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, hard = timezone.now(), new_key()
    no_postfix()
    desk.write(hard, a=neighbour.mail.address, objet="Jamais")
    desk.write(new_key(), a=neighbour.mail.address, objet="Aussitôt")
    back_again()

    def deliver(key: str, now: datetime) -> None:
        if key == hard:
            raise ServerAwayError("from this one, never")
        delivered(key, now)

    delivered = delivery.deliver
    monkeypatch.setattr(delivery, "deliver", deliver)
    for seconds in range(30, 90, 5):
        due.run(start + timedelta(seconds=seconds))
    assert subjects(received(neighbour)) == ["Aussitôt"]


def test_while_another_process_is_at_it_the_clock_comes_back_soon(
    desk: MailBrowser, neighbour: MailBrowser, no_postfix: ANSWERS, back_again: ANSWERS
) -> None:
    key, start = new_key(), timezone.now()
    no_postfix()
    desk.write(key, a=neighbour.mail.address)
    back_again()
    with hold_machine_lock(Outgoing.objects.get(key=key).lock_path):
        for number in range(10):
            due.run(start + number * MINUTE)
        assert Outgoing.objects.get(key=key).state == State.QUEUED
    due.run(start + 10 * MINUTE)
    assert len(received(neighbour)) == 1


def test_what_waits_may_be_taken_back_or_tried_now(
    desk: MailBrowser, neighbour: MailBrowser, no_postfix: ANSWERS, back_again: ANSWERS
) -> None:
    first, second = new_key(), new_key()
    no_postfix()
    desk.write(first, a=neighbour.mail.address, objet="Repris")
    desk.write(second, a=neighbour.mail.address, objet="Insisté")
    assert neighbour.post(f"/webmail/en-attente/{first}/reprise/").status_code == 404
    assert desk.get(f"/webmail/en-attente/{first}/essai/").status_code == 405
    assert desk.post(f"/webmail/en-attente/{first}/reprise/")["Location"] == f"/webmail/ecrire/{first}/"
    desk.post(f"/webmail/en-attente/{second}/essai/")
    assert "ne répond pas encore" in body(desk.get("/webmail/en-attente/"))
    back_again()
    desk.post(f"/webmail/en-attente/{second}/essai/")
    assert [message["Subject"] for message in received(neighbour)] == [
        message["Subject"] for message in desk.stored("sent")
    ]
    assert Outgoing.objects.get(key=first).state == State.DRAFT


def test_a_refusal_that_comes_later_is_shown_to_its_author(
    desk: MailBrowser, no_postfix: ANSWERS, back_again: ANSWERS
) -> None:
    key = new_key()
    no_postfix()
    desk.write(key, a="personne.inconnue@ac-amiens.fr")
    back_again()
    due.run(timezone.now() + timedelta(minutes=3))
    assert "n’existe pas dans l’académie" in body(desk.get("/webmail/en-attente/"))
    assert "n’existe pas dans l’académie" in body(desk.get(f"/webmail/ecrire/{key}/"))


def test_dovecot_away_while_sending_files_the_copy_later_once(
    desk: MailBrowser, neighbour: MailBrowser, no_dovecot: ANSWERS, back_again: ANSWERS
) -> None:
    key = new_key()
    no_dovecot()
    response = desk.write(key, a=neighbour.mail.address)
    assert response.status_code == 302
    assert Outgoing.objects.get(key=key).state == State.SUBMITTED
    back_again()
    assert len(wait_for_mail(neighbour.mail)) == 1
    later = timezone.now() + timedelta(minutes=3)
    delivery.deliver(key, later)
    delivery.deliver(key, later)
    assert len(desk.uids("sent")) == 1
    assert "Sa copie rejoindra" in said_next(desk)


def test_however_long_dovecot_was_away_copies_are_in_sent_within_a_minute_of_its_return(
    desk: MailBrowser, neighbour: MailBrowser, no_dovecot: ANSWERS, back_again: ANSWERS
) -> None:
    start = timezone.now()
    no_dovecot()
    for number in range(2):
        desk.write(new_key(), a=neighbour.mail.address, objet=f"Essai {number}")
    minutes = [start + number * MINUTE for number in range(1, 20)]
    for when in minutes:
        due.run(when)
    back_again()
    for seconds in range(60):
        due.run(minutes[-1] + timedelta(seconds=seconds))
    assert len(desk.uids("sent")) == 2
    assert len(received(neighbour, 2)) == 2


def test_a_crash_after_the_copy_was_stored_stores_no_second_one(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, a=neighbour.mail.address)
    Outgoing.objects.filter(key=key).update(state=State.SUBMITTED, message_id=f"<{key}@ac-amiens.fr>")
    delivery.deliver(key, timezone.now())
    assert len(desk.uids("sent")) == 1
    assert Outgoing.objects.get(key=key).state == State.DONE


IMPORTS = """
from vaguemestre.mailbox.smtp import submission
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.outbox import delivery
"""
ONCE_POSTFIX_HAS_IT = f"""{IMPORTS}
submission.submit_message = after(submission.submit_message)
delivery.deliver(key, timezone.now())
"""
WHILE_IT_IS_WRITTEN = f"""{IMPORTS}
delivery.write_message = after(delivery.write_message)
delivery.send(Outgoing.objects.get(key=key), timezone.now())
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_once_postfix_has_it_sends_it_again_and_it_arrives_once(
    desk: MailBrowser, neighbour: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a minute."""
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "try_delivery", lambda key, _now: kill_process_on(key, ONCE_POSTFIX_HAS_IT))
        desk.write(key := new_key(), a=neighbour.mail.address)
    assert Outgoing.objects.get(key=key).state == State.QUEUED
    due.run(timezone.now() + MINUTE)
    assert Outgoing.objects.get(key=key).state == State.DONE
    desk.write(new_key(), a=neighbour.mail.address, objet="Après")
    assert subjects(received(neighbour, 2)) == ["Essai", "Après"]
    assert len(desk.uids("sent")) == 2


@pytest.mark.django_db(transaction=True)
def test_a_press_that_died_keeps_nobody_from_pressing_again(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", a=neighbour.mail.address)
    kill_process_on(key, WHILE_IT_IS_WRITTEN)
    assert Outgoing.objects.get(key=key).state == State.DRAFT
    assert desk.write(key, a=neighbour.mail.address, revision="1").status_code == 302
    assert len(received(neighbour)) == 1


def test_a_second_press_waits_for_the_first(
    desk: MailBrowser, neighbour: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    desk.write(key, "", a=neighbour.mail.address)
    with ExitStack() as first:
        first.enter_context(hold_machine_lock(Outgoing.objects.get(key=key).lock_path))
        monkeypatch.setattr(delivery, "sleep", lambda _seconds: first.close())
        assert desk.write(key, a=neighbour.mail.address, revision="1").status_code == 302
    assert len(received(neighbour)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_send_once(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, answers = new_key(), []
    start = threading.Barrier(2)

    def press() -> None:
        start.wait(10)
        try:
            answers.append(desk.write(key, a=neighbour.mail.address).status_code)
        finally:
            database.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) in ([302, 302], [302, 422])
    due.run(timezone.now() + timedelta(minutes=15))
    desk.write(new_key(), a=neighbour.mail.address, objet="Après")
    assert subjects(received(neighbour, 2)) == ["Essai", "Après"]
    assert len(desk.uids("sent")) == 2


def test_in_a_full_mailbox_it_leaves_and_its_author_is_told(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """The copy that has no room joins Sent once there is some."""
    limit(desk, megabytes=1)
    fill(desk, 1000)
    key = new_key()
    desk.write(key, a=neighbour.mail.address, texte="Une longue lettre. " * 5000)
    page = said_next(desk)
    assert "pas de place pour sa copie" in page
    assert "En attente" in page
    assert len(received(neighbour)) == 1
    waiting = body(desk.get("/webmail/en-attente/"))
    assert "pas de place pour sa copie" in waiting
    assert "Le reprendre pour le modifier" not in waiting  # it has left
    assert desk.post(f"/webmail/en-attente/{key}/reprise/")["Location"] == "/webmail/en-attente/"
    with desk.session() as session:
        session.empty(desk.id("archive"))
    due.run(timezone.now() + timedelta(minutes=10))
    assert len(desk.uids("sent")) == 1
    assert len(received(neighbour)) == 1
    assert "Rien n’attend" in body(desk.get("/webmail/en-attente/"))
