"""Filters that send mail on: policy and code of redirections, no circle, said to everybody, stopped by the shutdown."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import Redirections, academy
from vaguemestre.accounts.models import Code, Notice
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.testing import MailAccount, deliver, letter, make_mail_account, wait_for_mail
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Filter, ForwardTarget
from vaguemestre.webmail.rules import redirection, rollback, sieve_sync
from vaguemestre.webmail.rules.filters import edits, forward_confirmations, rule as filter_rule, store
from vaguemestre.webmail.rules.filters.rule import Condition, ConditionField, Operator, Rule
from vaguemestre.webmail.rules.forward_targets import TargetRefusedError
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.filters import BASE, NEW, PAGE, active, make
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.script import somebody
from vaguemestre.webmail.testing.settings_views import code_for

ALONE: dict[str, object] = {name: value for name, value in BASE.items() if name != "lu"}
pytestmark = pytest.mark.django_db(transaction=True)


def forward(desk: MailBrowser, target: str, **more: object) -> int:
    """Made and confirmed. Its number."""
    sent = {**ALONE, "transfert": target, **more}
    response = desk.post(NEW, sent)
    if response.status_code == 200:
        response = desk.post(NEW, {**sent, "code": code_for(desk)})
    assert response.status_code == 302, body(response)
    return store.load_filters(desk.mail.key)[-1].id


def rule(target: str, subject: str = "transfert") -> Rule:
    return Rule("x", False, (Condition(ConditionField.SUBJECT, Operator.CONTAINS, subject),), forwards=target)


def sends(account: MailAccount, target: str) -> None:
    """As if it had been confirmed."""
    forward_confirmations.confirm(account.account, target, now=timezone.now())
    edits.save_filter(MailboxAccess.own(account.account), rule(target), None, now=timezone.now())


def test_nothing_is_sent_on_before_the_code(desk: MailBrowser, neighbour: MailBrowser) -> None:
    sent = {**ALONE, "nom": "Un", "transfert": neighbour.mail.address}
    page = body(desk.post(NEW, sent))
    assert "Un code a été envoyé à" in page
    assert 'name="code"' in page
    assert 'value="librairie"' in page  # what was typed is still there
    assert not Filter.objects.exists()
    assert active(desk) == ("", "")
    assert 'name="code"' in body(desk.post(NEW, sent))  # opened again: that code is still good
    response = desk.post(NEW, {**sent, "code": ""})
    assert "dans 1 minute" in body(response)
    assert 'name="code"' in body(response)
    wrong = "000000" if code_for(desk) != "000000" else "111111"
    response = desk.post(NEW, {**sent, "code": wrong})
    assert response.status_code == 422
    assert 'name="code"' in body(response)
    assert not ForwardTarget.objects.exists()
    assert desk.post(NEW, {**sent, "code": code_for(desk)}).status_code == 302
    assert f'redirect :copy "{neighbour.mail.address}";' in active(desk)[1]
    assert f"transférer à {neighbour.mail.address}" in body(desk.get(PAGE))


def test_it_is_told_and_written_down_when_it_begins_and_ends(desk: MailBrowser, neighbour: MailBrowser) -> None:
    number = forward(desk, neighbour.mail.address)
    assert Entry.objects.get(act="forwarding.set").details["target"] == neighbour.mail.address
    assert [one.details["change"] for one in Notice.objects.filter(kind="redirection")] == ["filter-set"]
    desk.post(f"{PAGE}{number}/", {**ALONE, "transfert": neighbour.mail.address, "nom": "Autre nom"})
    assert Entry.objects.filter(act="forwarding.set").count() == 1  # nothing new in that
    desk.post(f"{PAGE}{number}/marche/", {"sens": "arret"})
    assert Entry.objects.filter(act="forwarding.removed").count() == 1
    assert active(desk) == ("", "")
    desk.post(f"{PAGE}{number}/marche/", {"sens": "marche"})
    desk.post(f"{PAGE}{number}/suppression/")
    assert [one.details["change"] for one in Notice.objects.filter(kind="redirection").order_by("id")] == [
        "filter-set", "filter-removed", "filter-set", "filter-removed",
    ]  # fmt: skip


def test_confirmed_once_it_need_not_be_again(desk: MailBrowser, neighbour: MailBrowser) -> None:
    forward(desk, neighbour.mail.address)
    Code.objects.all().delete()
    forward(desk, neighbour.mail.address, nom="Deux", valeur=["mairie", ""])
    assert not Code.objects.exists()
    Code.objects.all().delete()
    assert desk.mail.account.forward_targets.count() == 1
    assert not ForwardTarget.objects.filter(account=neighbour.mail.account).exists()


def test_it_asks_who_is_there_again_and_keeps_what_was_typed(desk: MailBrowser, neighbour: MailBrowser) -> None:
    session = desk.mail.account.sessions.get()
    session.proved_at = timezone.now() - timedelta(hours=1)
    session.save()
    response = desk.post(NEW, {**ALONE, "transfert": neighbour.mail.address})
    assert response["Location"].startswith("/session/confirmation/")
    assert "acte=garde" in response["Location"]
    assert not Code.objects.exists()


@pytest.mark.parametrize("kind", ["own", "outside", "nobody", "form", "newline"])
def test_where_it_may_not_go(desk: MailBrowser, kind: str) -> None:
    domain = desk.mail.address.partition("@")[2]
    target = {
        "own": desk.mail.address.upper(), "outside": "moi@gmail.example", "nobody": f"personne.inconnue@{domain}",
        "form": "pas une adresse", "newline": 'a@x.example";\nstop;"',
    }[kind]  # fmt: skip
    response = desk.post(NEW, {**ALONE, "transfert": target})
    assert response.status_code == 422
    assert not Code.objects.exists()
    assert not Filter.objects.exists()


def test_outside_where_the_authority_allows_it_and_half_hidden(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = academy().model_copy(update={"redirections": Redirections(allowed_domains=["Universite.example"])})
    monkeypatch.setattr("vaguemestre.webmail.rules.forward_targets.academy", lambda: allowed)
    forward(desk, "mathilde@universite.EXAMPLE")
    assert 'redirect :copy "mathilde@universite.example";' in active(desk)[1]
    assert "mathilde" not in str(Entry.objects.get(act="forwarding.set").details)


def test_circles_through_filters_and_redirections_are_seen(desk: MailBrowser, neighbour: MailBrowser) -> None:
    third = make_mail_account("Zoé", "Troisième")
    sends(neighbour.mail, third.address)
    now = timezone.now()
    redirection.save_redirection(third.account, desk.mail.address, keep_copy=True, by=third.key, now=now)
    response = desk.post(NEW, {**ALONE, "transfert": neighbour.mail.address})
    assert response.status_code == 422
    assert "en rond" in body(response)
    with pytest.raises(TargetRefusedError):  # nor the whole of the mail, along the same way
        redirection.save_redirection(desk.mail.account, neighbour.mail.address, keep_copy=True, by="x", now=now)


def test_what_became_a_circle_is_not_started_again(desk: MailBrowser, neighbour: MailBrowser) -> None:
    number = forward(desk, neighbour.mail.address)
    desk.post(f"{PAGE}{number}/marche/", {"sens": "arret"})
    sends(neighbour.mail, desk.mail.address)
    desk.post(f"{PAGE}{number}/marche/", {"sens": "marche"})
    assert "en rond" in body(desk.get(PAGE))
    assert active(desk) == ("", "")


def test_no_more_of_them_than_the_server_sends_on(desk: MailBrowser) -> None:
    for number in range(forward_confirmations.MOST):
        forward(desk, make_mail_account("Zoé", f"Cible{number}").address, valeur=[f"mot {number}", ""])
        Code.objects.all().delete()
    sent = {**ALONE, "transfert": make_mail_account("Zoé", "Enplus").address}
    desk.post(NEW, sent)
    response = desk.post(NEW, {**sent, "code": code_for(desk)})
    assert response.status_code == 422
    assert "3 adresses au plus" in body(response)


def test_what_it_catches_goes_on_and_stays(mail_account: MailAccount) -> None:
    colleague = somebody("Karim", "Belkacem")
    sends(mail_account, colleague.address)
    deliver(letter(mail_account.address, subject="Rien à voir"), mail_account.address)
    deliver(letter(mail_account.address, subject="Transfert attendu"), mail_account.address)
    [arrived] = wait_for_mail(colleague)
    assert b"Transfert attendu" in arrived
    assert f"Return-Path: <{mail_account.address}>".encode() in arrived
    assert len(wait_for_mail(mail_account, 2)) == 2
    assert len(wait_for_mail(colleague)) == 1


def test_a_circle_made_behind_our_back_ends(mail_account: MailAccount) -> None:
    colleague = somebody("Karim", "Belkacem")
    for account, target in ((mail_account, colleague), (colleague, mail_account)):
        kept = filter_rule.rule_data(rule(target.address))
        Filter.objects.create(account=account.account, position=1, rule=kept, changed_at=timezone.now())
        sieve_sync.apply_later(account.key, timezone.now())
    deliver(letter(mail_account.address, subject="transfert"), mail_account.address)
    wait_for_mail(colleague)
    deliver(letter(mail_account.address, subject="dernier"), mail_account.address)
    wait_for_mail(mail_account, 2)
    assert len(wait_for_mail(colleague)) <= 2


def test_the_shutdown_stops_a_thiefs_and_forgets_their_word(desk: MailBrowser, neighbour: MailBrowser) -> None:
    honest = make_mail_account("Zoé", "Honnête")
    forward(desk, honest.address, valeur=["mairie", ""])
    Code.objects.all().delete()
    since = timezone.now()
    forward(desk, neighbour.mail.address)
    said = rollback.undo_since(desk.mail.key, since, "a0000999", timezone.now())
    assert any(neighbour.mail.address in sentence for sentence in said)
    due.run(timezone.now() + timedelta(minutes=2))
    text = active(desk)[1]
    assert honest.address in text
    assert neighbour.mail.address not in text
    assert [one.target for one in ForwardTarget.objects.all()] == [honest.address]
    assert Entry.objects.filter(act="forwarding.removed", actor="a0000999").count() == 1
    thiefs = next(kept for kept in store.load_filters(desk.mail.key) if kept.rule.forwards == neighbour.mail.address)
    desk.post(f"{PAGE}{thiefs.id}/marche/", {"sens": "marche"})
    assert "n’a pas donné son accord" in body(desk.get(PAGE))
    assert neighbour.mail.address not in active(desk)[1]


def test_what_is_there_already_is_not_sent_on(desk: MailBrowser, neighbour: MailBrowser) -> None:
    desk.put(letter(desk.mail.address))
    forward(desk, neighbour.mail.address)
    assert "application/" not in body(desk.get(PAGE))  # it would do nothing
    number = make(desk, "Deux", transfert=neighbour.mail.address)
    assert re.search(rf"{number}/application/", body(desk.get(PAGE)))
    desk.post(f"{PAGE}{number}/application/")
    assert wait_for_mail(neighbour.mail, 0) == []
