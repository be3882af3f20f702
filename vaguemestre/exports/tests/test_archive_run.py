"""A real mailbox into a real archive, also when things go wrong half-way."""

import json
import mailbox
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.utils import timezone

from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.audit.models import Entry
from vaguemestre.contacts import cards as contact_cards, vcards
from vaguemestre.contacts.cards import Card, CardLine
from vaguemestre.contacts.collected_addresses import collect_addresses
from vaguemestre.engine import projection
from vaguemestre.exports import archive_run, export_jobs
from vaguemestre.exports.models import Export
from vaguemestre.exports.testing.mbox import unquoted
from vaguemestre.mailbox.messages import Address
from vaguemestre.testing import MailAccount, append, data_folder, imap_connection, letter

pytestmark = pytest.mark.usefixtures("daemons")
State = Export.State


def order(account: Account) -> Export:
    return export_jobs.order_export(account, by=account.key, now=timezone.now())


def make(export: Export, seconds: float = 60) -> Export:
    for _slice in range(500):
        if not archive_run.go_on(now=timezone.now(), seconds=seconds):
            break
    export.refresh_from_db()
    return export


def archive(export: Export) -> Path:
    return data_folder() / "exports" / export.key / "archive.zip"


def messages(export: Export, name: str, folder: Path) -> list[bytes]:
    with ZipFile(archive(export)) as packed:
        path = packed.extract(name, folder)
    read = mailbox.mbox(path)
    return [unquoted(read.get_bytes(key)).partition(b"\n")[2] for key in read.keys()]  # noqa: SIM118 - mailbox's own


def raw(number: int, body: bytes = b"corps \xe9\xff\n") -> bytes:
    return b"Subject: n%d\nFrom: a@b.example\n\n" % number + body


@pytest.fixture
def box(mail_account: MailAccount) -> MailAccount:
    connection = imap_connection(mail_account)
    connection.create("Classe")
    connection.create('"Classe/Sixi&AOg-me B"')
    connection.logout()
    append(mail_account, raw(1), "INBOX", "(\\Seen)")
    append(mail_account, raw(2, b"From here\n>From there\n"), "INBOX")
    append(mail_account, raw(3), '"Classe/Sixi&AOg-me B"')
    append(mail_account, letter(mail_account.address, subject="Réunion d’été", text="À mardi."), "Sent")
    return mail_account


def test_the_whole_mailbox_with_names_one_can_read(box: MailAccount, tmp_path: Path) -> None:
    export = make(order(box.account))
    assert (export.state, export.done, export.total) == (State.READY, 4, 4)
    with ZipFile(archive(export)) as packed:
        assert packed.testzip() is None
        assert set(packed.namelist()) == {
            "Courrier/Boîte de réception.mbox", "Courrier/Classe/Sixième B.mbox", "Courrier/Envoyés.mbox",
            "LISEZ-MOI.txt", "donnees-du-compte.json",
        }  # fmt: skip
        data = json.loads(packed.read("donnees-du-compte.json"))
        assert packed.read("LISEZ-MOI.txt").decode()
    assert data["account"]["address"] == box.address
    assert messages(export, "Courrier/Boîte de réception.mbox", tmp_path) == [
        raw(1),
        raw(2, b"From here\n>From there\n"),
    ]
    assert messages(export, "Courrier/Classe/Sixième B.mbox", tmp_path) == [raw(3)]
    assert archive(export).stat().st_mode & 0o077 == 0 or archive(export).parent.stat().st_mode & 0o077 == 0
    kinds = list(Notice.objects.filter(account=box.account).order_by("id").values_list("details__change", flat=True))
    assert kinds == ["ordered", "ready"]


def test_neither_secrets_nor_the_numen_are_in_it(box: MailAccount) -> None:
    export = make(order(box.account))
    with ZipFile(archive(export)) as packed:
        text = packed.read("donnees-du-compte.json").decode()
    box.account.refresh_from_db()
    assert box.account.password
    assert box.account.password not in text
    assert "argon2" not in text


def test_the_address_book_comes_along_also_by_an_access_request(box: MailAccount) -> None:
    now = timezone.now()
    for name, address in (("Élodie Lefèvre", "elodie@x.example"), ("Paul; Martin, dit \n", "paul@y.example")):
        contact_cards.add_contact(
            box.account, Card(display=name.strip(), addresses=(CardLine(address),), groups=("4e B",)), now=now
        )
    collect_addresses(box.account, [Address("Anne", "anne@librairie.example")], now)
    export = make(export_jobs.order_export(box.account, by="a0000009", now=now, reason="Article 15"))
    with ZipFile(archive(export)) as packed:
        report = vcards.read_vcards(packed.read("contacts.vcf"))
        data, read_me = json.loads(packed.read("donnees-du-compte.json")), packed.read("LISEZ-MOI.txt").decode()
    cards = [numbered.card for numbered in report.cards]
    assert [(card.display, card.addresses[0].value, card.groups) for card in cards] == [
        ("Élodie Lefèvre", "elodie@x.example", ("4e B",)),
        ("Paul; Martin, dit", "paul@y.example", ("4e B",)),
    ]
    assert data["files_by_link"] == []
    assert (data["contacts"], [one["address"] for one in data["written_to"]]) == (2, ["anne@librairie.example"])
    assert "contacts.vcf" in read_me


def test_without_contacts_it_says_so(box: MailAccount) -> None:
    with ZipFile(archive(make(order(box.account)))) as packed:
        assert "contacts.vcf" not in packed.namelist()
        assert "contacts.vcf" not in packed.read("LISEZ-MOI.txt").decode()


def test_a_huge_message_is_whole(mail_account: MailAccount, tmp_path: Path) -> None:
    body = (b"x" * 997 + b"\n") * (20 * 1024 * 1024 // 998)
    append(mail_account, raw(1, body))
    export = make(order(mail_account.account))
    assert messages(export, "Courrier/Boîte de réception.mbox", tmp_path) == [raw(1, body)]


def test_an_empty_mailbox_has_its_data(mail_account: MailAccount) -> None:
    export = make(order(mail_account.account))
    assert (export.state, export.total) == (State.READY, 0)


def test_slice_by_slice_and_after_a_crash(box: MailAccount, tmp_path: Path) -> None:
    for number in range(10, 40):
        append(box, raw(number))
    export = order(box.account)
    for _slice in range(3):
        assert archive_run.go_on(now=timezone.now(), seconds=0.001)
    export.refresh_from_db()
    assert 0 < export.done < export.total
    # A crash after writing and before the row knew it.
    with (data_folder() / "exports" / export.key / "0.mbox").open("ab") as file:
        file.write(b"From MAILER-DAEMON x\nhalf a mess")
    make(export, seconds=0.01)
    assert export.state == State.READY
    subjects = [m.split(b"\n")[0] for m in messages(export, "Courrier/Boîte de réception.mbox", tmp_path)]
    assert subjects == [b"Subject: n%d" % n for n in (1, 2, *range(10, 40))]


def test_a_crash_while_packing(box: MailAccount) -> None:
    export = order(box.account)
    while not archive(export).exists():
        archive_run.go_on(now=timezone.now(), seconds=0.001)
    archive(export).write_bytes(archive(export).read_bytes()[:-30])
    make(export, seconds=0.001)
    with ZipFile(archive(export)) as packed:
        assert packed.testzip() is None
        assert len(packed.namelist()) == len(set(packed.namelist())) == 5


def test_the_mail_of_somebody_who_has_left(box: MailAccount) -> None:
    closure.close_accounts([box.account], on=timezone.localdate(), now=timezone.now())
    projection.project([box.key])
    assert make(order(box.account)).done == 4


def test_one_at_a_time_given_up_and_ordered_again(box: MailAccount) -> None:
    export = order(box.account)
    with pytest.raises(export_jobs.AlreadyUnderWayError):
        order(box.account)
    archive_run.go_on(now=timezone.now(), seconds=0.001)
    export_jobs.cancel_export(export, by=box.key, now=timezone.now())
    export_jobs.look_after("", timezone.now())
    assert not archive(export).parent.exists()
    assert make(order(box.account)).state == State.READY


def test_kept_seven_days_then_swept(box: MailAccount) -> None:
    export = make(order(box.account))
    export_jobs.look_after("", timezone.now() + timedelta(days=6, hours=23))
    assert archive(export).exists()
    export_jobs.look_after("", timezone.now() + timedelta(days=7, seconds=1))
    export.refresh_from_db()
    assert (export.state, archive(export).exists()) == (State.SWEPT, False)


def test_a_full_disk_is_said(box: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_run, "LEFT_FREE", 10**18)
    export = make(order(box.account))
    assert (export.state, export.failure) == (State.FAILED, "room")
    assert Entry.objects.filter(act="export.failed", subject=box.key).exists()


def test_a_dovecot_that_is_away_is_waited_for(
    box: MailAccount, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    export = order(box.account)
    socket = data_folder() / "run" / "dovecot" / "doveadm-web"
    away = socket.with_name("doveadm-away")
    socket.rename(away)
    try:
        assert not archive_run.go_on(now=timezone.now())
        export.refresh_from_db()
        assert (export.state, export.attempts) == (State.WAITING, 1)
    finally:
        away.rename(socket)
    assert make(export).state == State.READY


def test_a_purge_waits_for_it(box: MailAccount) -> None:
    export, now = order(box.account), timezone.now()
    assert export_jobs.holds_purge(box.key, now)
    make(export)
    assert export_jobs.holds_purge(box.key, now)
    export_jobs.note_download(export, by=box.key, now=now)
    assert not export_jobs.holds_purge(box.key, now)
    export_jobs.forget_account(box.key, now)
    assert not archive(export).exists()
