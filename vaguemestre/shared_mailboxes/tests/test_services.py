"""Mailboxes of services: made on a screen and by command, with people or a function as owners."""

import imaplib
import smtplib
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from vaguemestre.accounts.lifecycle import purge
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.engine import projection
from vaguemestre.engine.projection import rows
from vaguemestre.engine.testing.sign_in import wait_until_ended
from vaguemestre.people.models import Posting
from vaguemestre.shared_mailboxes import periods, posts, service_mailboxes
from vaguemestre.shared_mailboxes.models import MembershipRule, SharedMailbox
from vaguemestre.shared_mailboxes.service_mailboxes import Owners, ServiceRefusal, ServiceRefusedError, make_service
from vaguemestre.shared_mailboxes.testing import Box, fresh_number
from vaguemestre.testing import (
    deliver,
    deliver_locally,
    letter,
    make_account,
    make_mail_account,
    make_person,
    make_school,
    submission,
)

pytestmark = pytest.mark.django_db
PAGE = "/boites-de-service/"


@pytest.fixture
def administrator() -> Account:
    person = make_person(
        "Hélène", "Wattebled", category="ADMR", function="ADMIN", school=make_school("0809001Z", kind="rectorat")
    )
    return make_account(person)


def somebody() -> Account:
    return make_account(make_person())


def rights(local_part: str) -> dict[str, str]:
    found = periods.current().filter(box__account__local_part=local_part)
    return dict(found.values_list("member", "right"))


def clerk(place: str = "0809001Z") -> Account:
    school = make_school(place, kind="rectorat")
    return make_account(make_person(category="ADMR", function="GEST", school=school, duty_start=date(2020, 9, 1)))


def test_by_command_with_a_person_and_a_function() -> None:
    officer, chief, said = clerk(), somebody(), StringIO()
    call_command(
        "boxes",
        "add",
        "DPE3",
        "Division des enseignants",
        "--owner",
        chief.identifier,
        "--function",
        "GEST",
        stdout=said,
    )
    assert "dpe3@" in said.getvalue()
    assert rights("dpe3") == {officer.key: "owner", chief.key: "owner"}
    box = SharedMailbox.objects.get(account__local_part="dpe3")
    assert (box.place, box.account.display_name) == (None, "Division des enseignants")
    assert Account.objects.get(pk=chief.key).in_boxes
    call_command("boxes", "list", stdout=said)
    assert "GEST@*" in said.getvalue()
    assert chief.identifier in said.getvalue()
    acts = set(Entry.objects.values_list("act", flat=True))
    assert {"box.opened", "box.member-added", "box.rule-added", "box.joined"} <= acts


def test_the_same_again_gives_it_further_owners_and_its_name() -> None:
    first, second = somebody(), somebody()
    for owner, name in ((first, "Jury"), (second, "Jury du DNB")):
        make_service("jury.dnb80", name, Owners([owner]), now=timezone.now(), by="test")
    assert rights("jury.dnb80") == {first.key: "owner", second.key: "owner"}
    assert SharedMailbox.objects.get().account.display_name == "Jury du DNB"


def test_who_holds_the_function_at_that_place_alone_and_as_long_as_they_hold_it() -> None:
    here, elsewhere = clerk(), clerk("0029002Y")
    place = Posting.objects.get(person=here.person).school
    make_service("dpe3", "Division", Owners(function="GEST", place=place), now=timezone.now(), by="test")
    assert rights("dpe3") == {here.key: "owner"}
    assert elsewhere.key not in rights("dpe3")
    Posting.objects.filter(person=here.person).update(function="ADM")
    posts.follow_posts(timezone.now() + timedelta(days=15))
    assert rights("dpe3") == {here.key: "reader"}


def test_a_rule_of_a_service_is_no_rule_of_places() -> None:
    make_service("dpe3", "Division", Owners(function="GEST"), now=timezone.now(), by="test")
    assert MembershipRule.objects.filter(box=None, function="GEST").count() == 0
    for _twice in range(2):
        make_service("dpe3", "Division", Owners(function="GEST"), now=timezone.now(), by="test")
    assert MembershipRule.objects.filter(function="GEST").count() == 1


@pytest.mark.parametrize(("local_part", "reason"), [
    ("ce.0809901c", ServiceRefusal.KEPT), ("postmaster", ServiceRefusal.KEPT), ("", ServiceRefusal.FORM),
    ("a@b", ServiceRefusal.FORM), (".a", ServiceRefusal.FORM), ("a" * 65, ServiceRefusal.FORM),
    ("é", ServiceRefusal.FORM),
])  # fmt: skip
def test_addresses_that_no_service_has(local_part: str, reason: ServiceRefusal) -> None:
    with pytest.raises(ServiceRefusedError) as refused:
        make_service(local_part, "Nom", Owners([somebody()]), now=timezone.now(), by="test")
    assert refused.value.reason == reason
    assert not SharedMailbox.objects.exists()


def test_somebody_s_address_is_not_given_and_neither_is_a_mailbox_without_an_owner() -> None:
    person = somebody()
    for part, owners, reason in (
        (person.local_part, Owners([person]), ServiceRefusal.TAKEN), ("rssi", Owners(), ServiceRefusal.NOBODY),
    ):  # fmt: skip
        with pytest.raises(ServiceRefusedError) as refused:
            make_service(part, "Nom", owners, now=timezone.now(), by="test")
        assert refused.value.reason == reason
    with pytest.raises(CommandError):
        call_command("boxes", "add", "rssi", "RSSI", "--owner", "personne.inconnue")


def test_on_a_screen_for_administrators_alone(client: Client, administrator: Account) -> None:
    teacher, owner = somebody(), somebody()
    sign_in(client, teacher)
    assert client.get(PAGE).status_code == 404
    sign_in(client, administrator, strong=True)
    assert client.get(PAGE).status_code == 200
    asked = {"local_part": "rssi", "name": "Sécurité", "owners": "nobody.at.all", "function": "", "place": ""}
    assert client.post(PAGE, asked).status_code == 422
    assert client.post(PAGE, {**asked, "owners": f"{owner.identifier}\r\n"}).status_code == 302
    assert rights("rssi") == {owner.key: "owner"}
    shown = client.get(PAGE).content.decode()
    assert "rssi@" in shown
    assert owner.person.full_name in shown


@pytest.mark.parametrize("name", ["dpd", "rssi", "dmarc"])
def test_what_the_product_prints_is_answered_from_the_start_and_by_the_mailbox_once_it_is_there(
    name: str, administrator: Account, daemons: None
) -> None:
    """Administrators first (`engine/projection/rows.py`)."""
    today = timezone.localdate()
    assert name in {route for route, _target in rows.route_rows(today)}
    owner = make_mail_account("Paul", "Sauvage")
    box = service_mailboxes.make_service(name, "Service", Owners([owner.account]), now=timezone.now(), by="test")
    projection.project([box.account_id])
    assert name not in {route for route, _target in rows.route_rows(today)}
    try:
        deliver(letter(box.account.address, subject="Rapport"), box.account.address)
    except smtplib.SMTPException as refused:
        pytest.fail(str(refused))


def test_closed_it_is_shut_by_every_door_and_opens_again_as_it_was(
    client: Client, administrator: Account, daemons: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    owner, name = make_mail_account("Paul", "Sauvage"), f"dpe-{fresh_number()}"
    made = make_service(name, "Division", Owners([owner.account]), now=timezone.now(), by="test")
    projection.project([made.account_id])
    box = Box(made.account)
    connection = box.opened_by(owner)
    deliver_locally(letter(box.address, subject="Avant"), box.address)
    sign_in(client, administrator, strong=True)
    assert "est refusé" in client.get(PAGE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{PAGE}{name}/fermeture/").status_code == 302
    wait_until_ended(connection)
    with pytest.raises(imaplib.IMAP4.error):
        box.opened_by(owner)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        deliver(letter(box.address), box.address)
    with submission(owner) as smtp, pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail(box.address, [owner.address], letter(owner.address, sender=box.address).as_bytes())
    assert not Account.objects.get(pk=owner.key).in_boxes
    assert Entry.objects.filter(act="box.closed", actor=administrator.key, subject=box.key).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{PAGE}{name}/reouverture/").status_code == 302
    again = box.opened_by(owner)
    assert again.select("INBOX", readonly=True)[1] == [b"1"]
    assert Account.objects.get(pk=owner.key).in_boxes


def test_closed_by_command_and_opened_by_adding_it_once_more(client: Client) -> None:
    owner, said = somebody(), StringIO()
    make_service("dpe3", "Division", Owners([owner]), now=timezone.now(), by="test")
    call_command("boxes", "close", "DPE3", stdout=said)
    assert "dpe3@" in said.getvalue()
    assert not service_mailboxes.services()
    with pytest.raises(CommandError):
        call_command("boxes", "close", "dpe3")
    make_service("dpe3", "Division", Owners([owner]), now=timezone.now(), by="test")
    assert [box.account.local_part for box in service_mailboxes.services()] == ["dpe3"]
    sign_in(client, owner)
    assert client.post(f"{PAGE}dpe3/fermeture/").status_code == 404
    assert service_mailboxes.services()


def test_a_closed_one_is_never_purged_by_itself(administrator: Account) -> None:
    """Public archives: whoever closed an account of a person would find it empty by then."""
    owner, now = somebody(), timezone.now()
    box = make_service("dpe3", "Division", Owners([owner]), now=now, by="test")
    service_mailboxes.close_service(box, now=now, by="test")
    service_mailboxes.close_service(box, now=now, by="test")
    Account.objects.filter(pk=owner.key).update(state=Account.State.STOPPED, closes_on=timezone.localdate())
    purge.purge_due("", now + timedelta(days=3650))
    states = dict(Account.every.values_list("pk", "state"))
    assert states[owner.key] == Account.State.PURGED
    assert states[box.pk] == Account.State.STOPPED
