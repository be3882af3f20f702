"""Who is shown: staff in post with an open account, whatever the index holds."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.academy.facts import Directory, academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.directory import access, suggestions
from vaguemestre.directory.testing.places import Hire
from vaguemestre.testing import Cast

type Change = Callable[[Account], None]


def set_account(**facts: object) -> Change:
    def change(account: Account) -> None:
        Account.objects.filter(pk=account.pk).update(**facts)

    return change


def set_person(**facts: object) -> Change:
    def change(account: Account) -> None:
        type(account.person).objects.filter(pk=account.person.pk).update(**facts)

    return change


TODAY = timezone.localdate
OUT_OF_SIGHT: dict[str, Change] = {
    "locked": set_account(locked_at=timezone.now()),
    "shut as stolen": set_account(frozen_at=timezone.now()),
    "suspended": set_account(mail_blocked_until=timezone.now() + timedelta(days=1)),
    "closed": set_account(state=Account.State.CLOSED),
    "closed since midnight": set_account(closes_on=TODAY()),
    "opens tomorrow": set_account(opens_on=TODAY() + timedelta(days=1)),
    "not open yet": set_account(state=Account.State.PENDING),
    "gone by the feed": set_person(present=False),
    "duty begins tomorrow": set_person(duty_start=TODAY() + timedelta(days=1)),
    "duty ended yesterday": set_person(duty_end=TODAY() - timedelta(days=1)),
}


@pytest.mark.parametrize("change", OUT_OF_SIGHT.values(), ids=OUT_OF_SIGHT)
def test_somebody_who_may_not_be_seen_is_nowhere(visitor: Client, hire: Hire, today: date, change: Change) -> None:
    """The index still holds them: it is asked of the account and the person."""
    account, viewer = hire("Zoé", "Zola"), Account.objects.get(identifier="mlefevre")
    page = reverse("directory:person", args=["zoe.zola"])
    assert visitor.get(page).status_code == 200
    assert suggestions.suggestions(viewer, "zola", today=today)
    change(account)
    assert visitor.get(page).status_code == 404
    assert visitor.get(reverse("directory:home"), {"q": "zola"}).context["rows"] == []
    assert suggestions.suggestions(viewer, "zola", today=today) == []


@pytest.mark.parametrize(
    "hidden", [{"hidden_functions": ["AED"]}, {"hidden_functions": ["AGREG"]}, {"hidden_people": ["zzola"]}]
)
def test_the_authority_may_hide_functions_and_people(
    visitor: Client, hire: Hire, monkeypatch: pytest.MonkeyPatch, hidden: dict[str, list[str]]
) -> None:
    hire("Zoé", "Zola", category="AGREG", function="AED")
    page = reverse("directory:person", args=["zoe.zola"])
    assert visitor.get(page).status_code == 200
    changed = academy().model_copy(update={"directory": Directory(**hidden)})
    monkeypatch.setattr(access, "academy", lambda: changed)
    assert visitor.get(page).status_code == 404
    assert visitor.get(reverse("directory:home"), {"q": "zola"}).context["rows"] == []
    shown = [code for _name, code in visitor.get(reverse("directory:home")).context["functions"]]
    assert ("AGREG" in shown) == (hidden != {"hidden_functions": ["AGREG"]})


@pytest.mark.django_db
def test_a_code_that_nobody_bears_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = academy().model_copy(update={"directory": Directory(hidden_functions=["AED", "PROF"])})
    monkeypatch.setattr("vaguemestre.directory.checks.academy", lambda: changed)
    [error] = [found for found in run_checks() if found.id == "directory.E001"]
    assert "PROF" in error.msg
    assert "AED" not in error.msg


def test_the_help_desk_sees_the_same_page(visitor: Client, cast: Cast) -> None:
    desk = Client()
    sign_in(desk, cast.help_desk, strong=True)
    page = reverse("directory:person", args=[cast.head.local_part])
    shown = [client.get(page).context["card"] for client in (visitor, desk)]
    assert shown[0] == shown[1]


def test_unknown_and_hidden_answer_alike(visitor: Client, cast: Cast) -> None:
    answers = [
        visitor.get(reverse("directory:person", args=[name])) for name in (cast.leaver.local_part, "nul.inconnu")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(answers[0].content) == len(answers[1].content)
