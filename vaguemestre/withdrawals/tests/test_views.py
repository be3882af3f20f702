"""The screens: for administrators with two factors alone, from a report to mailboxes without the message."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.withdrawals import reports, withdrawal_status
from vaguemestre.withdrawals.models import Report, Withdrawal, Withheld

State = Withdrawal.State
LIST = "/retraits/"
FACTS = {"message_id": "<piege@voleur.example>", "scope": "one", "days": "7", "reason": "hameçonnage"}


def main(response: object) -> str:
    text = response.content.decode()  # type: ignore[attr-defined]
    return html.unescape(re.sub(r"\s+", " ", text.partition("<main")[2].partition("</main")[0]))


def report(account: Account, *, subject: str = "Boîte <b>pleine", name: str = "<piege@voleur.example>") -> str:
    now = timezone.now()
    reports.note_report(
        account, message_id=name, sender="aide@voleur.example", subject=subject, received_at=now, now=now
    )
    return reports.digest_of(name, "aide@voleur.example", subject)


def withdrawal(**facts: object) -> Withdrawal:
    usual = {
        "key": "a" * 32, "ordered_by": "operator:essai", "reason": "hameçonnage",
        "message_id": "<piege@voleur.example>",
        "sender": "aide@voleur.example", "subject": "Boîte pleine", "ordered_at": timezone.now(),
        "since": timezone.now() - timedelta(days=7),
    }  # fmt: skip
    return Withdrawal.objects.create(**(usual | facts))


def withheld(found: Withdrawal, account: Account, **facts: object) -> Withheld:
    usual = {"folder": "INBOX", "count": 1, "state": Withheld.State.FOUND}
    return Withheld.objects.create(withdrawal=found, account=account, **(usual | facts))


def pages(found: Withdrawal) -> list[str]:
    return [LIST, f"{LIST}nouveau/", *(f"{LIST}{found.key}/{part}" for part in ("", "etat/", "personnes.csv"))]


def test_nobody_else_sees_that_it_exists(db: None, client: Client, watch: Client) -> None:
    found = withdrawal()
    assert {client.get(page).status_code for page in pages(found)} == {302}
    sign_in(client, make_account("Rémi", "Curieux"), strong=True)
    assert {client.get(page).status_code for page in pages(found)} == {404}
    for act in ("retrait", "remise", "abandon"):
        assert client.post(f"{LIST}{found.key}/{act}/").status_code == 404
    assert {watch.get(page).status_code for page in pages(found)} == {200}


def test_a_password_alone_does_not_open_it(administrator: Account, client: Client) -> None:
    found = withdrawal()
    sign_in(client, administrator)
    assert {client.get(page)["Location"].partition("?")[0] for page in pages(found)} == {
        reverse("accounts:factors-required")
    }


def test_an_open_screen_takes_nothing_out(watch: Client) -> None:
    found = withdrawal(state=State.COUNTED)
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=3))
    answer = watch.post(f"{LIST}{found.key}/retrait/")
    assert answer["Location"].startswith(reverse("accounts:confirmation"))
    found.refresh_from_db()
    assert found.state == State.COUNTED


def test_empty_it_says_so(watch: Client) -> None:
    shown = main(watch.get(LIST))
    assert "Personne n’a rien signalé" in shown
    assert "Rien n’a encore été retiré" in shown


def test_from_reports_to_a_search(watch: Client, administrator: Account) -> None:
    digest = report(administrator)
    report(administrator)
    report(make_account("Lise", "Seconde"))
    shown = main(watch.get(LIST))
    assert "Signalé par 2 personnes" in shown
    assert "<b>pleine" in shown
    assert "<b>pleine" not in watch.get(LIST).content.decode()
    page = f"{LIST}nouveau/?signalement={digest}"
    assert 'value="<piege@voleur.example>"' in main(watch.get(page))
    answer = watch.post(page, FACTS)
    found = Withdrawal.objects.get()
    assert answer["Location"] == f"{LIST}{found.key}/"
    assert (found.state, found.walk, found.ordered_by) == (State.COUNTING, "count", administrator.key)
    assert reports.waiting_reports() == []
    line = Entry.objects.get(act="withdrawal.searched")
    assert (line.actor, line.details["reason"], line.details["domain"]) == (administrator.key, "hameçonnage", "")


def test_harmless_and_back_and_up_again(watch: Client, administrator: Account) -> None:
    digest = report(administrator)
    watch.post(f"{LIST}signalements/{digest}/sans-danger/")
    shown = main(watch.get(LIST))
    assert "Personne n’a rien signalé" in shown
    word = re.search(r'name="fait" value="([0-9a-f]{32})"', shown)
    assert word
    watch.post(f"{LIST}signalements/retour/", {"fait": word[1]})
    assert [one.digest for one in reports.waiting_reports()] == [digest]
    reports.judge_report(digest, timezone.now())
    report(administrator)
    assert reports.waiting_reports() == [], "the same person once more says nothing new"
    report(make_account("Lise", "Seconde"))
    assert [one.people for one in reports.waiting_reports()] == [2]
    assert watch.post(f"{LIST}signalements/{'0' * 32}/sans-danger/").status_code == 404


def test_a_form_that_says_too_little_keeps_what_was_typed(watch: Client) -> None:
    answer = watch.post(f"{LIST}nouveau/", {**FACTS, "message_id": ""})
    assert answer.status_code == 422
    assert 'value="hameçonnage"' in main(answer)
    assert not Withdrawal.objects.exists()


def test_counted_it_offers_to_take_out_and_names_who_read(watch: Client) -> None:
    found = withdrawal(state=State.COUNTED, boxes=2, copies=3)
    reader, other = make_account("Lise", "Lue"), make_account("Noé", "Neuf")
    withheld(found, reader, count=2, seen=1, answered=1)
    withheld(found, other)
    shown = main(watch.get(f"{LIST}{found.key}/"))
    assert "Trouvé dans 2 boîtes." in shown
    figures = re.findall(r"<dd>(\d+)</dd>", shown)
    assert figures == ["3", "1", "1"], "messages, who opened it, who answered it"
    assert "Retirer de ces 2 boîtes" in shown
    assert "Lise Lue" in shown
    assert "Noé Neuf" not in shown
    assert "every 1s" not in shown
    watch.post(f"{LIST}{found.key}/retrait/")
    found.refresh_from_db()
    assert (found.state, found.walk) == (State.TAKING, "found")
    assert "every 1s" in main(watch.get(f"{LIST}{found.key}/"))
    answer = watch.post(f"{LIST}{found.key}/retrait/", follow=True)
    assert "plus rapide" in main(answer)


def test_those_who_answered_come_first_then_by_name(watch: Client) -> None:
    found = withdrawal(state=State.COUNTED)
    names = ("Abel", "Bosquet", "Caron")
    for name in names:
        withheld(found, make_account("Lise", name), seen=1, answered=int(name == "Caron"))
    assert [one.account.person.last_name for one in withdrawal_status.readers_of(found)] == ["Caron", "Abel", "Bosquet"]


def test_nothing_found_offers_nothing(watch: Client) -> None:
    found = withdrawal(state=State.COUNTED)
    shown = main(watch.get(f"{LIST}{found.key}/"))
    assert "Dans aucune boîte." in shown
    assert "retrait/" not in shown.replace("/retraits/", "")


@pytest.mark.parametrize("state", list(State))
def test_each_state_is_said(watch: Client, state: str) -> None:
    now = timezone.now()
    found = withdrawal(state=state, boxes=1, copies=1, taken_at=now, ends_at=now + timedelta(days=30))
    found.refresh_from_db()
    if state not in {State.ERASED, State.DROPPED}:
        withheld(found, make_account("Lise", "Lue"), state=Withheld.State.TAKEN)
    shown = main(watch.get(f"{LIST}{found.key}/"))
    assert found.get_state_display()[1:] in shown
    assert ("remise/" in shown) is (state in {State.TAKING, State.TAKEN})
    assert "%(" not in shown


def test_a_server_that_is_away_and_mailboxes_that_do_not_open_are_said(watch: Client) -> None:
    broken = make_account("Lise", "Lue")
    found = withdrawal(walk="count", waits=True, passed_over=[broken.key])
    shown = main(watch.get(f"{LIST}{found.key}/etat/"))
    assert "Le serveur de courrier ne répond pas" in html.unescape(
        watch.get(f"{LIST}{found.key}/etat/").content.decode()
    )
    assert broken.address in watch.get(f"{LIST}{found.key}/etat/").content.decode()
    assert shown == "", "a fragment"


def test_the_table_is_for_a_spreadsheet_and_in_the_journal(watch: Client) -> None:
    found = withdrawal(state=State.TAKEN)
    withheld(found, make_account("Élise", "=Lue"), seen=1, answered=1, state=Withheld.State.TAKEN)
    answer = watch.get(f"{LIST}{found.key}/personnes.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeffNom;Adresse;")
    assert "Élise =Lue" in text
    assert Entry.objects.filter(act="list.exported").count() == 1


def test_what_the_pages_cost(
    watch: Client, administrator: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    found = withdrawal(state=State.COUNTED)
    for number in range(12):
        account = make_account("Lise", f"Lue{number}")
        report(account, name=f"<{number % 5}@voleur.example>")
        withheld(found, account, seen=1)
    watch.get(LIST)
    with django_assert_max_num_queries(9):
        watch.get(LIST)
    with django_assert_max_num_queries(16):
        watch.get(f"{LIST}{found.key}/")


def test_old_reports_go(db: None, administrator: Account) -> None:
    report(administrator)
    reports.sweep("", timezone.now() + timedelta(days=89))
    assert Report.objects.count() == 1
    reports.sweep("", timezone.now() + timedelta(days=91))
    assert not Report.objects.exists()
