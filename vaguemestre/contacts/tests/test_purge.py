"""What becomes of an address book when its owner leaves."""

from datetime import timedelta

from django.utils import timezone

from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.ports import account_purgers
from vaguemestre.clock import due
from vaguemestre.contacts import cards, file_import, purge, undo
from vaguemestre.contacts.cards import Card, CardLine
from vaguemestre.contacts.collected_addresses import collect_addresses
from vaguemestre.contacts.models import Collected, Contact, ContactAddress, Group, Undoable, Upload
from vaguemestre.mailbox.messages import Address
from vaguemestre.testing import Cast

NOW = timezone.now()
TABLES = (Contact, Group, Collected, Undoable, Upload)


def fill(cast: Cast) -> None:
    for account in (cast.teacher, cast.head):
        kept = cards.add_contact(
            account, Card(given="Anne", addresses=(CardLine("a@x.fr"),), groups=("4e B",)), now=NOW
        )
        collect_addresses(account, [Address("Zoé", "zoe@x.fr")], NOW)
        undo.remember_act(account, now=NOW, cards=[kept])
        file_import.receive_file(account, "c.csv", b"Nom;Mail\nA;b@x.fr\n", now=NOW)


def test_it_goes_with_the_mailbox_and_only_then(cast: Cast) -> None:
    fill(cast)
    closure.close_accounts([cast.teacher], on=timezone.localdate(), now=NOW)
    assert all(table.objects.filter(account=cast.teacher).exists() for table in TABLES)
    [purger] = [one for one in account_purgers.all() if one is purge.purge]
    purger(cast.teacher.key, NOW)
    for table in TABLES:
        assert not table.objects.filter(account=cast.teacher).exists()
        assert table.objects.filter(account=cast.head).exists()
    assert ContactAddress.objects.count() == 1


def test_what_waited_too_long_is_swept(cast: Cast) -> None:
    fill(cast)
    assert due.job_named("contacts.retention.sweep").every == 3600
    purge.sweep("", NOW + timedelta(minutes=59))
    assert Undoable.objects.exists()
    purge.sweep("", NOW + timedelta(minutes=61))
    assert (Undoable.objects.exists(), Upload.objects.exists()) == (False, True)
    purge.sweep("", NOW + timedelta(hours=25))
    assert not Upload.objects.exists()
    assert Contact.objects.count() == 2


def test_an_act_of_an_hour_ago_is_not_undone(cast: Cast) -> None:
    kept = cards.add_contact(cast.teacher, Card(given="Anne"), now=NOW)
    word = undo.undo_removed_contacts(cast.teacher, [kept], now=NOW)
    undoable = Undoable.objects.get(key=word)
    assert not undo.undo_act(undoable, now=NOW + timedelta(minutes=61))
    assert undo.undo_act(undoable, now=NOW + timedelta(minutes=59))
    assert not undo.undo_act(undoable, now=NOW)
    assert Contact.objects.get().given == "Anne"


def test_only_the_last_acts_are_remembered(cast: Cast) -> None:
    for number in range(undo.KEPT + 5):
        undo.remember_act(cast.teacher, now=NOW + timedelta(seconds=number))
    assert Undoable.objects.count() == undo.KEPT
