"""The authority's security officers are told of every account shut as stolen: which one, by whom, and what was shut."""

from contextlib import ExitStack
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.notices import security_officer_mail
from vaguemestre.accounts.ports import mail_holders, rules_rollback, sent_list
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.courier.models import Parcel

pytestmark = pytest.mark.django_db
OFFICER = "rssi@ac-amiens.fr"
NUMEN = "80E8012345ABC"


def nothing_found(*_anything: object) -> list[Any]:
    return []


@pytest.fixture(autouse=True)
def outside(rewired: ExitStack) -> None:
    rewired.enter_context(rules_rollback.replaced(nothing_found))
    rewired.enter_context(sent_list.replaced(nothing_found))
    rewired.enter_context(mail_holders.replaced())


@pytest.fixture
def officers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that the file names."""
    named = [OFFICER, "astreinte@ac-amiens.fr"]
    known = academy()
    told = known.model_copy(update={"help_desk": known.help_desk.model_copy(update={"security_officers": named})})
    monkeypatch.setattr(security_officer_mail, "academy", lambda: told)
    return named


def shut(account: Account, agent: Account, reason: str = "essai") -> None:
    account_shutdown.shut_account_down(
        account, by=agent.key, office="DSDEN de la Somme", reason=reason, now=timezone.now()
    )


def test_each_is_told_who_what_and_which_account(officers: list[str]) -> None:
    account, agent = make_account("Agathe", "Essai"), make_account("Thomas", "Quesnel")
    sign_in(Client(), account)
    shut(account, agent)
    parcels = Parcel.objects.filter(to__in=officers)
    assert {parcel.to for parcel in parcels} == set(officers)
    assert {parcel.subject for parcel in parcels} == {"Compte volé : aessai"}
    text = parcels[0].text
    assert "Thomas Quesnel, DSDEN de la Somme" in text
    assert "- sessions fermées (1)" in text
    assert "redirections" in text


def test_neither_the_numen_nor_what_the_agent_typed_is_in_it(officers: list[str]) -> None:
    account, agent = make_account("Agathe", "Essai"), make_account("Thomas", "Quesnel")
    shut(account, agent, reason=f"NUMEN {NUMEN} dicté au téléphone, mot de passe tilleul")
    for parcel in Parcel.objects.filter(to=OFFICER):
        assert NUMEN not in parcel.text
        assert "tilleul" not in parcel.text


def test_nobody_named_nobody_told() -> None:
    shut(make_account("Agathe", "Essai"), make_account("Thomas", "Quesnel"))
    assert not Parcel.objects.filter(subject__startswith="Compte volé").exists()
