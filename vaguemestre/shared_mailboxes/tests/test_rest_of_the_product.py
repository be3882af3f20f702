"""What everything else in the product knows of shared mailboxes."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import journal_text
from vaguemestre.accounts.notices.notices import notice_text
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.backup.management import mailbox_restore
from vaguemestre.backup.testing import PLACE, RUN_AT, stand_in_restorer
from vaguemestre.courier.models import Parcel
from vaguemestre.engine import projection, retention
from vaguemestre.engine.testing.sign_in import by_token
from vaguemestre.exports import archive_contents
from vaguemestre.exports.models import Export
from vaguemestre.people.functions import Function
from vaguemestre.people.models import Posting
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, SharedMailbox
from vaguemestre.shared_mailboxes.purge import purge
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import MailAccount, deliver_locally, letter, make_mail_account, make_school
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.outbox import delivery

OWNER, MEMBER, READER = MailboxRights


@pytest.fixture
def box(mail_account: MailAccount) -> Box:
    made = make_box()
    made.give(mail_account, OWNER)
    return made


@pytest.mark.parametrize(
    ("rights", "days", "said"),
    [
        pytest.param([OWNER], None, ["Propriétaire</span>"], id="without an end"),
        pytest.param([MEMBER], 21, ["Membre,", "jusqu’au"], id="until a day"),
        pytest.param([READER], 0, ["Lecture seule,", "jusqu’au"], id="a reader, until today"),
        pytest.param([OWNER, READER], 21, ["Propriétaire,", "Lecture seule,", "jusqu’au"], id="two boxes"),
        pytest.param([MEMBER], -1, [], id="no more"),
        pytest.param([], None, [], id="none"),
    ],
)
def test_the_help_desk_sees_whose_mailboxes_a_person_shares(
    client: Client, mail_account: MailAccount, rights: list[str], days: int | None, said: list[str]
) -> None:
    """The page of whoever it is opens, once the account is closed as well; what is over is not named on it."""
    today, boxes = timezone.localdate(), [make_box() for _right in rights]
    for box, right in zip(boxes, rights, strict=True):
        Membership.objects.create(
            box_id=box.key, member=mail_account.account, right=right, starts=today - timedelta(days=30),
            ends=None if days is None else today + timedelta(days=days), added_by="test",
        )  # fmt: skip
    agent = make_account("Thomas", "Quesnel", category="ADMR")
    Posting.objects.create(
        person=agent.person, school=make_school("0800000R", kind="rectorat"), rank=1, function=Function.HELP_DESK,
        share=100, starts="2020-09-01",
    )  # fmt: skip
    sign_in(client, agent, strong=True)
    page = f"/assistance/comptes/{mail_account.key}/"
    shown = client.get(page).content.decode()
    assert all(word in shown for word in said)
    assert {box.address in shown for box in boxes} <= {bool(said)}
    assert ("Boîtes partagées" in shown) == bool(said)
    Account.objects.filter(pk=mail_account.key).update(state=Account.State.CLOSED)
    assert client.get(page).status_code == 200


def test_an_export_and_a_request_of_access_say_which_and_hold_none_of_their_mail(
    box: Box, mail_account: MailAccount
) -> None:
    now = timezone.now()
    export = Export(account=mail_account.account, ordered_at=now)
    files = archive_contents.archive_files(mail_account.account, export, now)
    [one] = json.loads(files[archive_contents.DATA])["shared_mailboxes"]
    assert (one["address"], one["right"], one["ends"]) == (box.address, "owner", None)
    deliver_locally(letter(box.address, subject="Secret du collège"), box.address)
    mine = by_token(mail_account, mail_account.token)
    folders = " ".join(str(line) for line in mine.list()[1])
    assert "boites" not in folders.lower()
    assert box.key not in folders


def test_its_mail_is_swept_after_the_same_days_as_everybody_s(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of boxes come after those of people: the walk continues to them."""
    swept: list[str] = []
    monkeypatch.setattr(retention, "sweep", lambda key, _now: swept.append(key))
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    last = Account.objects.order_by("key").last()
    assert last
    retention.walk(last.key, timezone.now())
    assert swept
    assert swept[0].startswith("b")


def test_it_is_not_purged_with_who_shared_it(box: Box, mail_account: MailAccount) -> None:
    purge(mail_account.key, timezone.now())
    assert not Membership.objects.filter(member=mail_account.key).exists()
    assert SharedMailbox.objects.filter(pk=box.key).exists()
    assert Account.every.get(pk=box.key).state == Account.State.OPEN


def test_it_has_a_quota_of_its_own(box: Box, mail_account: MailAccount) -> None:
    def limit(connection: object) -> str:
        return str(connection.getquotaroot("INBOX")[1])  # type: ignore[attr-defined]

    own, shared = academy().mail.quota_mb, academy().shared_mailboxes.quota_mb
    assert str(shared * 1024) in limit(box.opened_by(mail_account))
    assert str(own * 1024) in limit(by_token(mail_account, mail_account.token))


def test_a_stolen_account_s_letters_in_its_name_are_held(box: Box, mail_account: MailAccount) -> None:
    now = timezone.now()
    other = make_mail_account("Laurent", "Dewailly")
    facts = {
        "account": box.account, "state": Outgoing.State.QUEUED, "kind": Outgoing.Kind.NEW, "sender": box.address,
        "recipients": ["x@dehors.example"], "created_at": now, "changed_at": now, "queued_at": now,
    }  # fmt: skip
    row = Outgoing.objects.create(key=new_key(), author=mail_account.account, **facts)
    kept = Outgoing.objects.create(key=new_key(), author=other.account, **facts)
    assert len(delivery.hold_back(mail_account.account, now)) == 1
    row.refresh_from_db()
    kept.refresh_from_db()
    assert (row.state, kept.state) == (Outgoing.State.DRAFT, Outgoing.State.QUEUED)


def test_a_backup_is_asked_for_by_its_address_too(box: Box) -> None:
    from vaguemestre.backup.management.mailbox_restore import _account

    assert _account(box.address).pk == _account(box.key).pk == box.key


def test_the_directory_says_where_one_writes_to_a_school(client: Client, box: Box, mail_account: MailAccount) -> None:
    from vaguemestre.directory import index

    school = mail_account.account.person.postings.get().school
    SharedMailbox.objects.filter(pk=box.key).update(place=school)
    index.reconcile(today=timezone.localdate())
    sign_in(client, mail_account.account)
    shown = client.get(f"/annuaire/etablissements/{school.uai}/").content.decode()
    assert box.address in shown


def test_the_journal_says_in_words_who_did_what_to_it(box: Box) -> None:
    assert Entry.objects.filter(act="box.opened", subject=box.key).exists()
    for act in ("opened", "joined", "left-post", "member-added", "member-removed", "rule-added", "wrote", "withdrawn"):
        assert "box." not in str(journal_text.act_text(f"box.{act}"))


def test_nothing_that_counts_people_counts_it(box: Box) -> None:
    assert box.key not in set(Account.objects.values_list("pk", flat=True))
    assert not Account.objects.filter(kind=Account.Kind.SHARED).exists()
    projection.project([box.key])


def test_its_restoration_and_the_look_before_are_told_in_the_box_itself(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    Account.every.filter(pk=box.key).update(created_at=RUN_AT - timedelta(days=400))
    monkeypatch.setattr(mailbox_restore, "PAUSE", 0.0)
    with stand_in_restorer() as restorer:
        call_command("backup", "restore", "--mailbox", box.address, stdout=StringIO())
    assert {one["key"] for one in restorer.asked if "key" in one} == {box.key}
    assert PLACE in notice_text(Notice.objects.get(account=box.key, details__change="messages-restored"))
    looked = Notice.objects.get(account=box.key, details__change="backup-looked")
    assert notice_text(looked).startswith("Le service de messagerie a cherché")
    assert Parcel.objects.filter(to=box.address).count() == 2
    assert Entry.objects.filter(act="restoration.done", subject=box.key).exists()
