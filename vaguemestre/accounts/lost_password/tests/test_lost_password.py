"""The public page of a lost password: whoever is asked about, it shows, does and costs the same."""

import logging
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.accounts.captcha.testing import read_from, wrong_answer
from vaguemestre.accounts.lifecycle import lock
from vaguemestre.accounts.lost_password import request_processing
from vaguemestre.accounts.lost_password.request_processing import LINKS_A_DAY, LINKS_AN_HOUR
from vaguemestre.accounts.lost_password.sealed_input import SealedInput
from vaguemestre.accounts.lost_password.testing import (
    BORN,
    NUMEN,
    OTHER,
    PAGE,
    RESCUE,
    answer_all,
    fill,
    links_mailed,
    make_forgetful,
)
from vaguemestre.accounts.models import Account, Allowance, ResetAsk, ResetLink, ResetRequest
from vaguemestre.accounts.passwords import passwords
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel
from vaguemestre.people.numen import Numen

pytestmark = pytest.mark.django_db
NUMENS = {
    "match": NUMEN, "no-rescue": "20E9500001AAA", "locked": "20E9500002BBB", "closed": "20E9500003CCC",
    "pending": "20E9500004DDD", "letter": "20E9500005EEE", "otp": "20E9500006FFF", "nobody": OTHER,
}  # fmt: skip


@pytest.fixture
def people() -> dict[str, Account]:
    """One in each situation; "nobody" has no account at all."""
    now, today = timezone.now(), timezone.localdate()
    made = {name: make_forgetful(numen, rescue=None if name == "no-rescue" else f"{name}@maison.example")
            for name, numen in NUMENS.items() if name != "nobody"}  # fmt: skip
    lock.lock(made["locked"], by="system", reason="essai", now=now)
    _set(made["closed"], closes_on=today - timedelta(days=200), state=Account.State.CLOSED)
    _set(made["pending"], opens_on=today + timedelta(days=20), state=Account.State.PENDING)
    passwords.set_provisional(made["letter"], passwords.hasher().hash("abcd-efgh-jkmn"), now=now)
    _set(made["otp"], method=Account.Method.OTP_KEY)
    return made


def test_everybody_gets_the_same_answer(client: Client, people: dict[str, Account]) -> None:
    """Status, size, headers and text; only the number differs, and it is drawn for everybody."""
    seen = {}
    for name, numen in NUMENS.items():
        sent = client.post(PAGE, fill(client, numen=numen))
        number = sent.headers["Location"].rstrip("/").rsplit("/", 1)[1]
        page = client.get(sent.headers["Location"])
        text = page.content.decode().replace(number, "NUMBER")
        seen[name] = (_told(sent, number), _told(page, number), _without_token(text), len(number))
    assert all(answer == seen["nobody"] for answer in seen.values())
    wrong_day = client.post(PAGE, fill(client, born=date(1984, 3, 13)))
    assert wrong_day.status_code == 302


def test_the_request_does_the_same_work_for_everybody(client: Client, people: dict[str, Account]) -> None:
    """The same queries, word for word, and none of them reads a person or an account."""
    seen = {}
    for name, numen in NUMENS.items():
        form = fill(client, numen=numen)
        with CaptureQueriesContext(connection) as captured:
            client.post(PAGE, form)
        seen[name] = [_shape(query["sql"]) for query in captured]
    assert all(queries == seen["nobody"] for queries in seen.values())
    assert not any("people_person" in query or 'accounts_account"' in query for query in seen["match"])


def test_a_request_verifies_no_password(
    client: Client, people: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> bool:
        raise AssertionError("a verification tells by its time")

    monkeypatch.setattr(passwords, "verify_password", refuse)
    assert client.post(PAGE, fill(client)).status_code == 302


def test_who_gets_what(client: Client, people: dict[str, Account]) -> None:
    for numen in NUMENS.values():
        client.post(PAGE, fill(client, numen=numen))
    answer_all()
    assert [to for to, _address in links_mailed()] == ["match@maison.example"]
    requests = {row.account: row.reason for row in ResetRequest.objects.select_related("account")}
    assert requests == {
        people["no-rescue"]: "no-contact", people["locked"]: "locked", people["letter"]: "not-begun",
        people["otp"]: "otp-key",
    }  # fmt: skip
    assert not ResetAsk.objects.exists(), "what was typed is forgotten"


@pytest.mark.parametrize("spent", [LINKS_AN_HOUR, LINKS_A_DAY])
def test_whoever_used_up_the_links_leaves_their_owner_a_way(
    client: Client, people: dict[str, Account], monkeypatch: pytest.MonkeyPatch, spent: int
) -> None:
    """Somebody who knows NUMEN and date of birth asks before the owner does: a request takes the place of the link."""
    if spent == LINKS_A_DAY:
        monkeypatch.setattr(request_processing, "LINKS_AN_HOUR", LINKS_A_DAY)
    for _turn in range(spent):
        client.post(PAGE, fill(client, numen=NUMENS["match"]))
        answer_all()
    assert len(links_mailed()) == spent
    assert not ResetRequest.objects.exists()
    page = client.post(PAGE, fill(client, numen=NUMENS["match"])).headers["Location"]
    answer_all()
    assert len(links_mailed()) == spent
    (asked,) = ResetRequest.objects.all()
    assert asked.number in page
    assert (asked.account, asked.reason_in_words()) == (people["match"], "les liens permis ont tous été demandés")


def test_a_wrong_date_of_birth_does_nothing(client: Client, people: dict[str, Account]) -> None:
    client.post(PAGE, fill(client, born=BORN + timedelta(days=1)))
    client.post(PAGE, fill(client, numen=NUMENS["no-rescue"], born=BORN + timedelta(days=1)))
    answer_all()
    assert not Parcel.objects.exists()
    assert not ResetRequest.objects.exists()


def test_the_number_shown_is_the_number_of_the_request(client: Client) -> None:
    account = make_forgetful(rescue=None)
    first = client.post(PAGE, fill(client)).headers["Location"]
    answer_all()
    request = ResetRequest.objects.get(account=account)
    assert request.number in first
    assert request.department == account.person.department
    second = client.post(PAGE, fill(client)).headers["Location"]
    answer_all()
    request.refresh_from_db()
    assert request.number in second, "the latest one that the person saw"
    assert request.times == 2
    assert not set(request.number) & set("0O1I")


def test_an_unconfirmed_rescue_contact_receives_nothing(client: Client) -> None:
    account = make_forgetful()
    account.rescue.confirmed_at = None
    account.rescue.save()
    client.post(PAGE, fill(client))
    answer_all()
    assert not links_mailed()
    assert ResetRequest.objects.get().reason == "no-contact"


def test_a_stolen_account_is_given_back_by_a_person(client: Client) -> None:
    """Its rescue contact may be the attacker's."""
    _set(make_forgetful(), frozen_at=timezone.now())
    client.post(PAGE, fill(client))
    answer_all()
    assert not links_mailed()
    assert ResetRequest.objects.get().reason == "stolen"


def test_a_stranger_cannot_fill_a_private_mailbox(client: Client) -> None:
    make_forgetful()
    for turn in range(8):
        client.post(PAGE, fill(client), headers={"X-Forwarded-For": f"203.0.{turn}.7"})
        answer_all()
    assert len(links_mailed()) == 3


def test_a_network_cannot_ask_for_ever(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.accounts.screens.lost_password.views.lost_password.ASKED_AN_HOUR", 2)
    answers = [client.post(PAGE, fill(client, numen=numen)) for numen in (NUMEN, OTHER, NUMEN)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert answers[-1].headers["Retry-After"]
    elsewhere = client.post(PAGE, fill(client), headers={"X-Forwarded-For": "198.51.100.7"})
    assert elsewhere.status_code == 302


def test_digits_cannot_be_guessed_for_ever(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.accounts.screens.lost_password.views.lost_password.TRIES_IN_TEN_MINUTES", 3)
    forms = [fill(client) for _turn in range(4)]
    wrong = [form | wrong_answer(form["epreuve"], now=timezone.now()) for form in forms]
    assert [client.post(PAGE, form).status_code for form in wrong] == [200, 200, 200, 429]
    right = fill(client)
    assert client.post(PAGE, right).status_code == 429, "nor with the right ones, from there"
    assert client.post(PAGE, right, headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 302


def test_nothing_is_done_without_the_digits(client: Client) -> None:
    form = fill(client)
    sent = client.post(PAGE, form | wrong_answer(form["epreuve"], now=timezone.now()))
    assert sent.status_code == 200
    assert "Ces chiffres ne correspondent pas" in sent.content.decode()
    assert client.post(PAGE, form).status_code == 200, "answered once already, though wrongly"
    assert not ResetAsk.objects.exists()


def test_digits_are_not_replayed(client: Client) -> None:
    form = fill(client)
    assert client.post(PAGE, form).status_code == 302
    assert client.post(PAGE, form).status_code == 200
    assert ResetAsk.objects.count() == 1


def test_after_wrong_digits_nothing_is_typed_again(client: Client) -> None:
    """The page carries it, sealed: it shows five signs of the NUMEN."""
    make_forgetful()
    form = fill(client)
    page = client.post(PAGE, form | wrong_answer(form["epreuve"], now=timezone.now())).content.decode()
    assert "20E••••••••BC" in page
    assert NUMEN not in page
    assert str(BORN.year) not in page
    again = _hidden(page) | {"numen": "", "jour": "", "mois": "", "annee": ""}
    assert client.post(PAGE, again | read_from(page, now=timezone.now())).status_code == 302
    answer_all()
    assert len(links_mailed()) == 1


def test_what_the_page_carries_is_ours_and_young(client: Client) -> None:
    form = fill(client)
    page = client.post(PAGE, form | wrong_answer(form["epreuve"], now=timezone.now())).content.decode()
    kept = _hidden(page)["garde"]
    for forged in (kept[:-3] + "abc", "1.x", "x"):
        assert client.post(PAGE, fill(client) | {"garde": forged}).status_code == 200
    typed = SealedInput(Numen(NUMEN), BORN)
    an_hour_ago, later = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    for at in (an_hour_ago, later):
        assert client.post(PAGE, fill(client) | {"garde": typed.sealed(at)}).status_code == 200
    assert not ResetAsk.objects.exists()
    assert client.post(PAGE, fill(client) | {"garde": typed.sealed(timezone.now())}).status_code == 302


def test_two_failures_bring_help(client: Client) -> None:
    form, page = fill(client), ""
    for _turn in range(2):
        page = client.post(PAGE, form | wrong_answer(form["epreuve"], now=timezone.now())).content.decode()
        form = _hidden(page)
    assert '<details class="fold" open>' in page
    assert "03 22 71 25 00" in page


def test_without_the_digits_a_person_answers_and_no_link_leaves(client: Client) -> None:
    account = make_forgetful()
    sent = client.post(PAGE, fill(client) | {"epreuve": "", "chiffres": "", "sans": "1"})
    assert "/dsden/" in sent.headers["Location"]
    answer_all()
    assert not links_mailed()
    assert ResetRequest.objects.get(account=account).reason == "no-picture"


def test_without_the_digits_one_asks_few_times(client: Client) -> None:
    form = fill(client) | {"epreuve": "", "chiffres": "", "sans": "1"}
    assert [client.post(PAGE, form).status_code for _turn in range(6)] == [302] * 5 + [429]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"numen": ""}, "Il manque votre NUMEN."),
        ({"numen": "20E951234"}, "Un NUMEN a 13 caractères"),
        ({"annee": ""}, "Il manque votre date de naissance."),
        ({"jour": "31", "mois": "2"}, "Cette date n’existe pas."),
        ({"annee": "2190"}, "Cette date n’existe pas."),
        ({"mois": "mars"}, "Cette date n’existe pas."),
    ],
)
def test_what_is_missing_is_said_and_costs_no_digits(client: Client, typed: dict[str, str], said: str) -> None:
    form = fill(client)
    page = client.post(PAGE, form | typed).content.decode()
    assert said in page
    assert NUMEN not in page, "never sent back, even when it is right"
    assert client.post(PAGE, form).status_code == 302, "the digits were not spent"


def test_a_numen_with_spaces_and_a_day_with_a_zero(client: Client) -> None:
    make_forgetful()
    client.post(PAGE, fill(client, numen="20e 95 12345 abc") | {"jour": "12", "mois": "03"})
    answer_all()
    assert len(links_mailed()) == 1


def test_the_numen_is_nowhere(
    client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Pages, addresses, headers, logs, journal and the whole database, whatever went right or wrong."""
    caplog.set_level(logging.DEBUG)
    make_forgetful()
    make_forgetful("20E9500001AAA", rescue=None)
    shown: list[str] = []
    for numen in (NUMEN, "20E9500001AAA", OTHER):
        form = fill(client, numen=numen)
        faults: list[dict[str, str]] = [{"chiffres": "0"}, {}, {"sans": "1"}, {"jour": "40"}, {"numen": f"{numen}9"}]
        for sent in [fill(client, numen=numen) | fault for fault in faults]:
            answer = client.post(PAGE, sent)
            shown += [answer.content.decode(), str(answer.headers), str(client.cookies)]
            if answer.status_code == 302:
                shown.append(client.get(answer.headers["Location"]).content.decode())
    refused = Client(enforce_csrf_checks=True).post(PAGE, form)
    shown += [refused.content.decode(), str(refused.headers)]
    before = _whole_database(tmp_path / "before.json")
    answer_all()
    shown += [before, _whole_database(tmp_path / "after.json"), caplog.text, *capfd.readouterr()]
    shown += [f"{entry.details}" for entry in Entry.objects.all()]
    for text in shown:
        for numen in (NUMEN, "20E9500001AAA", OTHER):
            assert numen not in text.upper()


def test_a_crash_shows_nothing_of_what_was_typed(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object, **_more: object) -> str:
        raise RuntimeError("something of ours")

    form = fill(client)
    monkeypatch.setattr("vaguemestre.accounts.screens.lost_password.views.lost_password.take_request", fail)
    client.raise_request_exception = False
    answer = client.post(PAGE, form)
    assert answer.status_code == 500
    assert NUMEN not in answer.content.decode()
    assert NUMEN not in caplog.text


def test_the_form_is_guarded_against_other_sites(client: Client) -> None:
    make_forgetful()
    assert Client(enforce_csrf_checks=True).post(PAGE, fill(client)).status_code == 403
    assert not ResetAsk.objects.exists()


def test_the_page_that_answers_takes_no_word_from_its_address(client: Client) -> None:
    assert client.get("/bv/mot-de-passe/demande/appelez-le-0600000000/").status_code == 404
    assert client.get("/bv/mot-de-passe/demande/AAAA-BBBB/").status_code == 404
    assert client.get("/bv/mot-de-passe/demande/AAAA-2345/").status_code == 200


def test_an_answer_that_fails_is_given_later(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked stays until it was answered, once."""
    make_forgetful()
    client.post(PAGE, fill(client))
    with monkeypatch.context() as broken:
        broken.setattr("vaguemestre.accounts.lost_password.reset_links.mail.send_mail", lambda *_a, **_m: 1 / 0)
        answer_all()
        assert ResetAsk.objects.count() == 1
        assert not ResetLink.objects.exists()
    answer_all(timezone.now() + timedelta(minutes=2))
    answer_all(timezone.now() + timedelta(minutes=20))
    assert [to for to, _address in links_mailed()] == [RESCUE]
    assert not ResetAsk.objects.exists()


def test_the_keyed_hashes_do_not_tell_the_day(client: Client) -> None:
    """The same day of birth under two NUMEN is two different words."""
    for numen in (NUMEN, OTHER):
        client.post(PAGE, fill(client, numen=numen))
    one, other = ResetAsk.objects.all()
    assert one.birth_date_hash != other.birth_date_hash
    assert Numen(NUMEN).lookup in one.numen_lookups
    assert Allowance.objects.exists()


def _set(account: Account, **facts: object) -> None:
    for name, value in facts.items():
        setattr(account, name, value)
    account.save(update_fields=list(facts))


def _told(response: HttpResponseBase, number: str) -> tuple[int, int, dict[str, str]]:
    headers = {name: value.replace(number, "NUMBER") for name, value in response.headers.items()}
    return response.status_code, len(getattr(response, "content", b"")), headers


def _without_token(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "X-CSRFToken" not in line)


def _shape(sql: str) -> str:
    """A query without its values."""
    return re.sub(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b", "?", sql)


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def _whole_database(file: Path) -> str:
    call_command("dumpdata", "--output", str(file), verbosity=0)
    return file.read_text(encoding="utf-8")
