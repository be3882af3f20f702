from datetime import date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.lifecycle.creation import open_accounts, open_due, rename_accounts, set_opening
from vaguemestre.accounts.models import Account, LocalPart, ProjectionRequest
from vaguemestre.accounts.testing import make_account, make_person
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())


def test_an_account_has_key_identifier_and_addresses() -> None:
    (account,) = open_accounts([make_person("François-Marie", "Dupont")], now=NOW)
    assert account.key.startswith("a")
    assert len(account.key) == 8
    assert account.identifier == "fdupont"
    assert account.address == "francoismarie.dupont@ac-amiens.fr"
    assert account.addresses == [
        "francoismarie.dupont@ac-amiens.fr",
        "francoismariedupont@ac-amiens.fr",
        "fdupont@ac-amiens.fr",
    ]
    assert account.password_kind == Account.PasswordKind.NONE
    assert Entry.objects.get().act == "account.opened"
    assert ProjectionRequest.objects.get().version == Account.objects.get().mail_version


def test_homonyms_of_one_batch_and_of_the_next() -> None:
    first = open_accounts([make_person("Jean", "Martin") for _ in range(3)], now=NOW)
    (later,) = open_accounts([make_person("Jean", "Martin")], now=NOW)
    assert [a.local_part for a in first] == ["jean.martin", "jean.martin2", "jean.martin3"]
    assert later.local_part == "jean.martin4"
    assert [a.identifier for a in [*first, later]] == ["jmartin", "jmartin2", "jmartin3", "jmartin4"]


def test_people_of_one_name_share_a_base_and_rows_of_before_get_theirs() -> None:
    named = [("Jean", "Martin"), ("Jean", "Martin"), ("Jean", "Martine"), ("Zoé", "")]
    open_accounts([make_person(*name) for name in named], now=NOW)
    bases = dict(LocalPart.objects.values_list("local_part", "base"))
    assert {name: base for name, base in bases.items() if base} == {
        "jean.martin": "jeanmartin", "jean.martin2": "jeanmartin", "jean.martine": "jeanmartine", "zoe": "zoe",
    }  # fmt: skip
    LocalPart.objects.update(base="")
    before = import_module("vaguemestre.accounts.migrations.0009_local_part_base")
    before.fill(apps, SimpleNamespace(connection=connection))
    assert dict(LocalPart.objects.values_list("local_part", "base")) == bases


def test_undotted_forms_are_reserved_together() -> None:
    one, other = open_accounts([make_person("Jean", "Martin"), make_person("Jea", "NMartin")], now=NOW)
    assert (one.local_part, other.local_part) == ("jean.martin", "jea.nmartin2")


def test_an_initial_alone_does_not_take_its_own_identifier() -> None:
    (account,) = open_accounts([make_person("J", "Martin")], now=NOW)
    assert (account.local_part, account.identifier) == ("j.martin", "jmartin2")


def test_a_functional_mailbox_is_never_given_to_a_person() -> None:
    LocalPart.objects.create(local_part="p.projet", undotted="pprojet", kind=LocalPart.Kind.FUNCTIONAL, since=NOW)
    (account,) = open_accounts([make_person("Paul", "Projet")], now=NOW)
    assert (account.local_part, account.identifier) == ("paul.projet", "pprojet2")


def test_opening_twice_gives_the_same_account() -> None:
    person = make_person()
    (first,) = open_accounts([person], now=NOW)
    (second,) = open_accounts([person], now=NOW)
    assert first == second
    assert Account.objects.count() == 1


def test_the_order_of_persons_is_kept() -> None:
    old = make_person("Zoé", "Ancien")
    open_accounts([old], now=NOW)
    persons = [make_person("Luc", "Neuf"), old, make_person("Léa", "Neuf")]
    assert [a.person_id for a in open_accounts(persons, now=NOW)] == [p.pk for p in persons]


def test_queries_do_not_grow_with_the_persons(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    persons = [make_person("Jean", f"Nom{number % 40}") for number in range(200)]
    with django_assert_max_num_queries(45):
        assert len({a.address for a in open_accounts(persons, now=NOW)}) == 200


def test_the_database_itself_refuses_a_second_owner() -> None:
    account = make_account("Jean", "Martin")
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalPart.objects.create(
            local_part="jea.nmartin", undotted="jeanmartin", kind="former", account=account, since=NOW
        )


def test_sign_in_opens_on_the_date_of_duty() -> None:
    person = make_person(duty_start=date(2026, 10, 1))
    (account,) = open_accounts([person], now=NOW)
    assert account.state == Account.State.PENDING
    assert account.refusal(date(2026, 9, 30)) == "pending"
    assert account.refusal(date(2026, 10, 1)) is None
    assert due.run(midnight(date(2026, 10, 1)) - timedelta(seconds=1)) == 0
    due.run(midnight(date(2026, 10, 1)))
    account.refresh_from_db()
    assert account.state == Account.State.OPEN


def test_opening_due_twice_changes_nothing_more() -> None:
    (account,) = open_accounts([make_person(duty_start=date(2026, 10, 1))], now=NOW)
    at = midnight(date(2026, 10, 1))
    open_due("2026-10-01", at)
    version = Account.objects.get().mail_version
    open_due("2026-10-01", at)
    assert Account.objects.get(pk=account.pk).mail_version == version


def test_a_date_of_duty_that_moves() -> None:
    (account,) = open_accounts([make_person(duty_start=date(2026, 10, 1))], now=NOW)
    set_opening(account, date(2026, 11, 3), now=NOW)
    due.run(midnight(date(2026, 10, 1)))
    account.refresh_from_db()
    assert account.state == Account.State.PENDING
    due.run(midnight(date(2026, 11, 3)))
    account.refresh_from_db()
    assert account.state == Account.State.OPEN


def test_a_date_of_duty_that_moves_to_the_past_opens_at_once() -> None:
    (account,) = open_accounts([make_person(duty_start=date(2026, 10, 1))], now=NOW)
    set_opening(account, date(2026, 9, 14), now=NOW)
    account.refresh_from_db()
    assert account.state == Account.State.OPEN


def test_renaming_keeps_the_old_address() -> None:
    account = make_account("Claire", "Petit")
    account.person.usual_name = "Grandin"
    assert rename_accounts(account, now=NOW)
    account.refresh_from_db()
    assert account.address == "claire.grandin@ac-amiens.fr"
    assert account.identifier == "cpetit"
    assert "claire.petit@ac-amiens.fr" in account.addresses
    assert account.local_parts.get(kind=LocalPart.Kind.MAIN).base == "clairegrandin"
    (homonym,) = open_accounts([make_person("Claire", "Petit")], now=NOW)
    assert homonym.local_part == "claire.petit2"


def test_renaming_back_takes_the_former_address_again() -> None:
    account = make_account("Claire", "Petit")
    account.person.usual_name = "Grandin"
    rename_accounts(account, now=NOW)
    account.person.usual_name = None
    assert rename_accounts(account, now=NOW)
    kinds = {part.local_part: part.kind for part in account.local_parts.all()}
    assert kinds == {"claire.petit": "main", "claire.grandin": "former", "cpetit": "identifier"}


def test_a_name_that_only_moves_its_dot_keeps_one_row() -> None:
    account = make_account("Jea", "NMartin")
    account.person.first_name, account.person.last_name = "Jean", "Martin"
    assert rename_accounts(account, now=NOW)
    assert account.local_parts.get(kind=LocalPart.Kind.MAIN).local_part == "jean.martin"
    assert account.local_parts.count() == 2


def test_a_numbered_homonym_is_not_renamed_for_nothing() -> None:
    make_account("Jean", "Martin")
    second = make_account("Jean", "Martin")
    assert not rename_accounts(second, now=NOW)
    assert second.local_part == "jean.martin2"
