"""A mailbox that is shut for a time, and an account that may not send: said calmly, and nothing is lost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.models import Account, ShutdownStep
from vaguemestre.engine import projection
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.outbox import delivery, queue
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

State = Outgoing.State


def change(desk: MailBrowser, **facts: object) -> None:
    Account.objects.filter(pk=desk.mail.key).update(**facts)
    projection.project([desk.mail.key])


def test_a_blocked_mailbox_says_until_when(desk: MailBrowser) -> None:
    address = desk.url()
    change(desk, mail_blocked_until=timezone.now() + timedelta(hours=48))
    response = desk.get(address)
    assert response.status_code == 403
    assert "Votre boîte est fermée jusqu’au" in body(response)
    assert "Votre boîte est fermée jusqu’au" in body(desk.get(reverse("webmail:unread-tile")))


def test_a_frozen_account_reads_and_keeps_what_it_writes(desk: MailBrowser, neighbour: MailBrowser) -> None:
    change(desk, frozen_at=timezone.now())
    assert "L’envoi est suspendu" in body(desk.get(desk.url()))
    key = new_key()
    response = desk.write(key, a=neighbour.mail.address, texte="Gardé mot pour mot")
    assert "L’envoi est suspendu" in body(response)
    draft = Outgoing.objects.get(key=key)
    assert (draft.state, draft.text) == (State.DRAFT, "Gardé mot pour mot")


def test_what_waited_in_the_outbox_leaves_once_sending_is_open_again(desk: MailBrowser, neighbour: MailBrowser) -> None:
    change(desk, frozen_at=timezone.now())
    key = new_key()
    desk.write(key, a=neighbour.mail.address, objet="Apres")
    outgoing, now = Outgoing.objects.get(key=key), timezone.now()
    delivery.write_message(outgoing, now)
    delivery.enqueue(outgoing, now)
    with pytest.raises(delivery.SendingSuspendedError):
        delivery.deliver(key, now)
    assert Outgoing.objects.get(key=key).state == State.QUEUED
    change(desk, frozen_at=None)
    delivery.deliver(key, now)
    assert Outgoing.objects.get(key=key).state == State.DONE
    assert [message["Subject"] for message in neighbour.stored("inbox", 1)] == ["Apres"]


def test_after_a_shutdown_what_waited_is_with_its_author_again_and_leaves_no_more_by_itself(
    desk: MailBrowser, neighbour: MailBrowser
) -> None:
    key, now = new_key(), timezone.now()
    change(desk, frozen_at=now)
    desk.write(key, a=neighbour.mail.address, objet="Virement", texte="Au mot près")
    outgoing = Outgoing.objects.get(key=key)
    delivery.write_message(outgoing, now)
    delivery.enqueue(outgoing, now)
    shutdown = account_shutdown.shut_account_down(desk.mail.account, by="system", office="", reason="essai", now=now)
    step = shutdown.steps.get(act=ShutdownStep.Act.FREEZE)
    assert step.count == 1
    assert neighbour.mail.address in step.said[0]
    change(desk, frozen_at=None, mail_blocked_until=None)
    delivery.deliver(key, now)
    returned = Outgoing.objects.get(key=key)
    assert (returned.state, returned.text) == (State.DRAFT, "Au mot près")
    assert queue.queued_messages(desk.mail.account, now)[0].problems == [
        "Rien n’est parti\N{NO-BREAK SPACE}: ce compte a été fermé pour vol pendant que le message attendait."
        " Renvoyez-le si c’est vous qui l’avez écrit."
    ]
