"""What is sent on elsewhere, of those whom an agent serves: redirections and filters, in a list and on one's page."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk, make_teacher

DAY = timedelta(days=1)
INSIDE = f"collegue@{academy().domain}"
OUTSIDE = "quelquun@dehors.example"
# The tables of the webmail, which this room reaches by `accounts.ports.forwarding_list` only.
Redirection: Any = apps.get_model("webmail", "Redirection")
Filter: Any = apps.get_model("webmail", "Filter")
ForwardTarget: Any = apps.get_model("webmail", "ForwardTarget")


def redirected(account: Account, target: str, *, keep_copy: bool = True, days: int = 3, **more: Any) -> None:
    Redirection.objects.create(
        account=account, target=target, keep_copy=keep_copy, set_at=timezone.now() - days * DAY, set_by=account.key,
        **more,
    )  # fmt: skip


def filtered(account: Account, target: str, *, on: bool = True) -> None:
    rule = {"name": "Secret", "any_of": False, "conditions": [], "forwards": target, "on": on}
    Filter.objects.create(account=account, position=1, rule=rule, changed_at=timezone.now())


def page(client: Client, query: str = "") -> str:
    shown = client.get(reverse("helpdesk:redirections") + query).content.decode()
    return shown.partition("<main")[2].partition("</main")[0]


def test_both_are_there_with_where_and_how_much(desk: Desk) -> None:
    redirected(desk.teacher, INSIDE, keep_copy=False)
    other = make_teacher("Louise", "Petit")
    filtered(other, OUTSIDE)
    shown = page(at_the_desk(desk.somme))
    assert "Mathilde Lefèvre" in shown
    assert INSIDE in shown
    assert "Tout, sans copie ici" in shown
    assert "Louise Petit" in shown
    assert "Par un filtre" in shown
    assert OUTSIDE not in shown  # a private address is half hidden, as in the journal
    assert "@dehors.example" in shown
    assert "Secret" not in shown  # what somebody calls a filter is theirs


def test_the_list_is_found_from_the_first_page_and_from_the_journal(desk: Desk) -> None:
    client, address = at_the_desk(desk.somme), f'href="{reverse("helpdesk:redirections")}"'
    for name in ("helpdesk:people", "helpdesk:journal"):
        assert address in client.get(reverse(name)).content.decode()


def test_an_agent_sees_those_whom_they_serve(desk: Desk) -> None:
    redirected(desk.neighbour, INSIDE)
    assert "Belkacem" not in page(at_the_desk(desk.somme))
    assert "Belkacem" in page(at_the_desk(desk.aisne))
    assert "Belkacem" in page(at_the_desk(desk.rectorat))
    assert at_the_desk(desk.officer).get(reverse("helpdesk:redirections")).status_code == 404
    assert at_the_desk(desk.teacher).get(reverse("helpdesk:redirections")).status_code == 404


def test_what_is_over_is_not_there(desk: Desk) -> None:
    redirected(desk.teacher, INSIDE, removed_at=timezone.now(), removed_by=desk.teacher.key)
    filtered(desk.teacher, INSIDE, on=False)
    filtered(desk.teacher, "")
    left = make_teacher("Paul", "Parti")
    redirected(left, INSIDE)
    Account.objects.filter(pk=left.pk).update(state=Account.State.CLOSED)
    assert "Aucun courrier" in page(at_the_desk(desk.somme))


def test_only_those_that_lead_outside(desk: Desk) -> None:
    redirected(desk.teacher, INSIDE)
    filtered(make_teacher("Louise", "Petit"), OUTSIDE)
    shown = page(at_the_desk(desk.somme), "?ou=dehors")
    assert "Petit" in shown
    assert "Lefèvre" not in shown
    assert 'href="?ou=dehors"' in page(at_the_desk(desk.somme))


def test_a_filter_that_sends_on_began_when_the_journal_says(desk: Desk) -> None:
    filtered(desk.teacher, INSIDE)
    ForwardTarget.objects.create(account=desk.teacher, target=INSIDE, confirmed_at=datetime(2025, 6, 3, 10, tzinfo=UTC))
    confirmed = 'datetime="2025-06-03'
    assert confirmed in page(at_the_desk(desk.somme))  # a line of the journal that is not there any more
    journal.record(desk.teacher.key, "forwarding.set", desk.teacher.key, target=INSIDE)
    assert confirmed not in page(at_the_desk(desk.somme))


def test_a_filter_beside_a_redirection_without_a_copy_says_that_it_waits(desk: Desk) -> None:
    redirected(desk.teacher, INSIDE, keep_copy=False)
    filtered(desk.teacher, f"autre@{academy().domain}")
    assert "qui ne fait rien" in page(at_the_desk(desk.somme))


def test_the_page_of_the_person_says_it_too(desk: Desk) -> None:
    person = reverse("helpdesk:person", args=[desk.teacher.key])
    assert INSIDE not in at_the_desk(desk.somme).get(person).content.decode()
    redirected(desk.teacher, INSIDE, keep_copy=False)
    assert INSIDE in at_the_desk(desk.somme).get(person).content.decode()


def test_it_costs_as_much_for_many(desk: Desk, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(30):
        account = make_teacher("Lili", f"Neuve{number}")
        redirected(account, INSIDE)
        filtered(account, INSIDE)
    client = at_the_desk(desk.rectorat)
    with django_assert_max_num_queries(16):
        assert page(client).count("Neuve") == 60
