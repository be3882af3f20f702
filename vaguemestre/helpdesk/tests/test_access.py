"""Who may look, who may act, and that everybody else meets nothing at all."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.audit.models import Entry
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk
from vaguemestre.helpdesk.urls import urlpatterns

ABOUT_SOMEBODY = [pattern.name for pattern in urlpatterns if "<str:key>" in str(pattern.pattern)]
PAGES = ["people", "journal", "journal-verification", "rentree", "rentree-export", "letters"]
ACTS = {
    "lock", "unlock", "pass", "letter", "numen", "identity", "identity-code", "identity-code-check",
    "identity-questions", "identity-in-person", "rescue", "rescue-code", "rescue-record", "stolen", "stolen-close",
    "unfreeze", "unblock", "restore", "factors-lost", "stolen-sent",
    "held-release", "held-deletion",
}  # fmt: skip


def address(name: str, account: Account) -> str:
    arguments = [account.key, 1] if name == "stolen-result" else [account.key]
    return reverse(f"helpdesk:{name}", args=arguments)


def body(account: Account) -> dict[str, str]:
    """Everything that any act could ask for."""
    return {
        "reason": "parce que", "confirmation": account.identifier, "in_person": "on", "replace": "on",
        "email": "x@exemple.fr", "code": "123456", "day": "12", "month": "3", "year": "1984", "until": "2099-01-01",
        "messages": "4fXYZ1234",
    }  # fmt: skip


def row(account: Account) -> list[tuple[object, ...]]:
    return list(Account.objects.filter(pk=account.pk).values_list())


def both_ways(client: Client, name: str, account: Account) -> list[int]:
    answers = [client.get(address(name, account)), client.post(address(name, account), body(account))]
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize("name", ABOUT_SOMEBODY)
def test_another_department_s_person_is_not_there(desk: Desk, name: str) -> None:
    before, lines = row(desk.teacher), Entry.objects.count()
    for status in both_ways(at_the_desk(desk.aisne), name, desk.teacher):
        assert status in {404, 405}
    assert row(desk.teacher) == before
    assert Entry.objects.count() == lines


@pytest.mark.parametrize("name", ABOUT_SOMEBODY)
def test_not_yours_and_does_not_exist_are_one_answer(desk: Desk, name: str) -> None:
    client = at_the_desk(desk.aisne)
    nobody = Account(key="a9999999", identifier="personne")
    assert both_ways(client, name, desk.teacher) == both_ways(client, name, nobody)


@pytest.mark.parametrize("name", sorted(ACTS))
@pytest.mark.parametrize("whom", ["somme", "rectorat", "administrator"])
def test_nobody_acts_on_themselves_nor_on_their_like_or_betters(desk: Desk, name: str, whom: str) -> None:
    for status in both_ways(at_the_desk(desk.somme), name, getattr(desk, whom)):
        assert status in {404, 405}


def test_those_above_act_on_those_below(desk: Desk) -> None:
    assert at_the_desk(desk.rectorat).get(address("lock", desk.somme)).status_code == 200
    assert at_the_desk(desk.rectorat).get(address("lock", desk.administrator)).status_code == 404
    assert at_the_desk(desk.administrator).get(address("lock", desk.rectorat)).status_code == 200


@pytest.mark.parametrize("who", ["officer", "teacher"])
@pytest.mark.parametrize("name", [*ABOUT_SOMEBODY, *PAGES])
def test_the_console_does_not_exist_for_others(desk: Desk, name: str, who: str) -> None:
    client = at_the_desk(getattr(desk, who))
    page = address(name, desk.teacher) if name in ABOUT_SOMEBODY else reverse(f"helpdesk:{name}")
    assert client.get(page).status_code in {404, 405}
    assert client.post(page, {}).status_code in {404, 405}


@pytest.mark.parametrize("name", [*ABOUT_SOMEBODY, *PAGES])
def test_a_password_alone_does_not_open_it(desk: Desk, name: str) -> None:
    client = at_the_desk(desk.somme, strong=False)
    page = address(name, desk.teacher) if name in ABOUT_SOMEBODY else reverse(f"helpdesk:{name}")
    for answer in (client.get(page), client.post(page, body(desk.teacher))):
        assert answer.status_code in {302, 403, 405}
        assert desk.teacher.address not in answer.content.decode()


@pytest.mark.parametrize("name", sorted(ACTS))
def test_every_act_asks_for_the_form_s_own_token(desk: Desk, name: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = at_the_desk(desk.somme).cookies
    assert strict.post(address(name, desk.teacher), body(desk.teacher)).status_code in {403, 405}


def test_the_unblocking_before_the_hour_is_the_rectorat_s(desk: Desk) -> None:
    assert at_the_desk(desk.somme).post(address("unblock", desk.teacher), {"reason": "x"}).status_code == 404
    assert at_the_desk(desk.rectorat).post(address("unblock", desk.teacher), {"reason": "x"}).status_code == 302


def test_a_role_ends_with_the_duty(desk: Desk) -> None:
    desk.somme.person.present = False
    desk.somme.person.save()
    assert at_the_desk(desk.somme).get(reverse("helpdesk:people")).status_code == 404


def test_what_the_hr_office_decided_is_not_the_help_desk_s_to_read(desk: Desk) -> None:
    journal.record(desk.officer.key, "career.request-refused", desk.teacher.key, request="x")
    journal.record(desk.somme.key, "account.unlocked", desk.teacher.key)
    client = at_the_desk(desk.somme)
    for page in (reverse("helpdesk:story", args=[desk.teacher.key]), reverse("helpdesk:journal")):
        shown = re.sub("(?s)<select.*?</select>", "", client.get(page).content.decode())
        assert "Compte déverrouillé" in shown
        assert "Demande refusée" not in shown
