from datetime import date, datetime

import pytest
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.passwords.policy import PolicyFailure, is_common, policy_failures
from vaguemestre.accounts.testing import PASSWORD, make_account
from vaguemestre.people.numen import Numen

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())
NUMEN = "20E9501234ABC"


@pytest.fixture
def account() -> Account:
    numen = Numen(NUMEN)
    return make_account(
        "Éloïse", "de La Tour-Maubourg", usual_name="d’Hervé", birth_date=date(1979, 2, 5),
        numen_lookup=numen.lookup, numen_cipher=numen.encrypted(),
    )  # fmt: skip


@pytest.mark.parametrize("password", [PASSWORD, "TroisMerles7fois!", "éÉ1 éÉ1 éÉ1 fin", "Ω" + "ab1!" * 5])
def test_good_passwords(account: Account, password: str) -> None:
    assert policy_failures(account, password) == []


@pytest.mark.parametrize(
    ("password", "failures"),
    [
        ("", ["length", "upper", "lower", "digit", "special", "common"]),
        ("Trois 7 !", ["length"]),
        ("trois merles, 7 fois!", ["upper"]),
        ("TROIS MERLES, 7 FOIS!", ["lower"]),
        ("Trois merles, sept fois!", ["digit"]),
        ("TroisMerles7fois", ["special"]),
        ("Trois merles, 7 fois! " * 13, ["length"]),
        ("Chez Éloïse, 7 rue!", ["personal"]),
        ("Le 7 à MAUBOURG, oui", ["personal"]),
        ("Herve aime 7 pommes!", ["personal"]),
        ("edherve + 7 Pommes !", ["personal"]),
        ("Eloise.DeLaTourMaubourg8", ["personal"]),
        ("Née le 05/02/1979, là", ["personal"]),
        ("Le 5 mai, 050279 fois", ["personal"]),
        (f"Voilà : {NUMEN} !", ["numen"]),
        ("voilà 20e 95 01234 abc !A", ["numen"]),
        ("Azertyuiop2026!", ["common"]),
        ("M0tdep@sse2026!", ["common"]),
        ("80Soleil80Soleil!", ["common"]),
        ("Rentrée-2026 !", ["common"]),
        ("AmiensAmiens80!", ["common"]),
        ("Aa1!Aa1!Aa1!Aa1!", ["common"]),
    ],
)
def test_refused_passwords(account: Account, password: str, failures: list[str]) -> None:
    assert [failure.value for failure in policy_failures(account, password)] == failures


def test_none_of_the_last_passwords(account: Account) -> None:
    passwords.set_password(account, "Quatre chênes, 9 nids !", now=NOW)
    passwords.set_password(account, "Cinq hêtres, 8 nids !", now=NOW)
    for used in ("Quatre chênes, 9 nids !", "Cinq hêtres, 8 nids !"):
        assert policy_failures(account, used) == [PolicyFailure.FORMER]
    assert policy_failures(account, "Six bouleaux, 2 nids !") == []


def test_not_the_provisional_one(account: Account) -> None:
    passwords.set_provisional(account, passwords.hasher().hash("k7mr-w4pz-9nhb"), now=NOW)
    failures = policy_failures(account, "k7mr-w4pz-9nhb")
    assert PolicyFailure.UPPER in failures  # its form alone refuses it
    assert policy_failures(account, "K7mr-w4pz-9nhb") == [PolicyFailure.FORMER]


def test_not_the_temporary_one_of_the_help_desk(account: Account) -> None:
    passwords.set_provisional(account, passwords.hasher().hash("k7mr-w4pz-9nhb"), now=NOW)
    account.password_kind = Account.PasswordKind.TEMPORARY
    assert policy_failures(account, "K7mr-w4pz-9nhb") == [PolicyFailure.FORMER]


@pytest.mark.parametrize("password", ["troismerlesseptfois", "Correct-cheval-7-agrafes", "zkqjvx"])
def test_uncommon(password: str) -> None:
    assert not is_common(password)


def test_every_rule_has_its_line_and_its_advice() -> None:
    for failure in PolicyFailure:
        assert failure.rule
        assert failure.advice.endswith(".")
