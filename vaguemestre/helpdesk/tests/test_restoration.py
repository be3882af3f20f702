"""Messages brought back from a backup, from the page of a person: who may, what is shown, what is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices.notices import notice_text
from vaguemestre.audit.models import Entry
from vaguemestre.backup.mailbox import mailbox_restorations
from vaguemestre.backup.models import MailboxRestoration
from vaguemestre.backup.testing import CLASS, INBOX, PLACE, RUN_AT, StandInRestorer, stand_in_restorer
from vaguemestre.courier.models import Parcel
from vaguemestre.helpdesk.caller import caller_identification
from vaguemestre.helpdesk.models import IdentityProof
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk

State = MailboxRestoration.State
ACTS = ("restoration", "restoration-state", "restoration-begin", "restoration-choice", "restoration-end")


@pytest.fixture
def restorer(desk: Desk) -> Iterator[StandInRestorer]:
    Account.objects.update(created_at=RUN_AT - timedelta(days=400), state=Account.State.OPEN)
    with stand_in_restorer() as made:
        yield made


def where(name: str, account: Account) -> str:
    return reverse(f"helpdesk:{name}", args=[account.key])


def shown(client: Client, account: Account, name: str = "restoration") -> str:
    return client.get(where(name, account)).content.decode()


def begin(client: Client, account: Account, **body: Any) -> Any:
    """For somebody who stands there with an identity document."""
    ordered = {"run": "nuit-12", "reason": "vu avec elle", "in_person": "on"}
    return client.post(where("restoration-begin", account), ordered | body)


def choose(client: Client, account: Account, folder: str = INBOX) -> Any:
    return client.post(where("restoration-choice", account), {"folder": folder, "restoration": the_open_one(account)})


def the_open_one(account: Account) -> str:
    found = mailbox_restorations.open_restoration(account)
    return found.key if found else "0" * 32


def test_from_the_day_to_the_end(desk: Desk, restorer: StandInRestorer) -> None:
    client, teacher = at_the_desk(desk.somme), desk.teacher
    assert where("restoration", teacher) in shown(client, teacher, "person")
    days = shown(client, teacher)
    assert days.index("jeudi 12\N{NO-BREAK SPACE}novembre 2026") < days.index("dimanche 1er\N{NO-BREAK SPACE}novembre")
    restorer.slow = 1
    assert begin(client, teacher).status_code == 302
    assert "est consultée" in shown(client, teacher)
    found = shown(client, teacher, "restoration-state")
    assert "3 messages manquants sur 40" in found
    assert "Rien ne manque dans les autres dossiers" in found
    assert "6ème" not in found, "what the person calls folders that have lost nothing is not shown"
    assert CLASS not in found
    restorer.slow = 1
    assert choose(client, teacher).status_code == 302
    assert "en train de revenir" in shown(client, teacher)
    assert "3 messages restaurés" in shown(client, teacher)
    assert "3 messages restaurés" in shown(client, teacher, "person")
    asked = [one for one in restorer.asked if one["act"] == "restore"]
    assert asked[-1] == {"act": "restore", "key": teacher.key, "run": "nuit-12", "folders": [INBOX]}
    assert restorer.asked[-2]["act"] == "wipe", "before the list of days is read again"
    notice = Notice.objects.get(account=teacher, details__change="messages-restored")
    assert PLACE in notice_text(notice)
    assert "3 messages de la sauvegarde du jeudi 12\N{NO-BREAK SPACE}novembre 2026" in notice_text(notice)
    lines = Entry.objects.filter(act__startswith="restoration.").order_by("id")
    assert [(line.act, line.actor, line.subject) for line in lines] == [
        ("restoration.looked", desk.somme.key, teacher.key), ("restoration.done", desk.somme.key, teacher.key),
    ]  # fmt: skip
    assert lines[0].details == {"reason": "vu avec elle", "backup": "2026-11-12"}
    assert MailboxRestoration.objects.get().folders == [], "names of folders are kept no longer than they serve"


def test_everything_that_is_missing(desk: Desk, restorer: StandInRestorer) -> None:
    client = at_the_desk(desk.somme)
    begin(client, desk.teacher)
    shown(client, desk.teacher)
    choose(client, desk.teacher, "")
    shown(client, desk.teacher)
    assert next(one for one in restorer.asked if one["act"] == "restore")["folders"] == []


def test_the_caller_is_identified_first(desk: Desk, restorer: StandInRestorer) -> None:
    client, identity = at_the_desk(desk.somme), where("identity", desk.teacher)
    assert f'href="{identity}"' in shown(client, desk.teacher), "the page says so before anything is typed"
    restorer.asked.clear()
    sent = client.post(where("restoration-begin", desk.teacher), {"run": "nuit-12", "reason": "appel"})
    assert sent.headers["Location"] == f"{identity}?demande=1"
    assert "prouvez d’abord son identité" in client.get(sent.headers["Location"]).content.decode()
    assert restorer.asked == []
    assert not MailboxRestoration.objects.exists()
    assert not Notice.objects.exists()
    client.post(where("identity-in-person", desk.teacher))
    assert "Identité prouvée à" in shown(client, desk.teacher)
    client.post(where("restoration-begin", desk.teacher), {"run": "nuit-12", "reason": "appel"})
    assert MailboxRestoration.objects.get().ordered_by == desk.somme.key


def test_a_choice_does_not_wait_for_a_second_proof(desk: Desk, restorer: StandInRestorer) -> None:
    """A large mailbox takes longer than a proof counts, and the caller has hung up."""
    client = at_the_desk(desk.somme)
    begin(client, desk.teacher)
    IdentityProof.objects.update(at=timezone.now() - caller_identification.LASTS)
    assert "3 messages manquants" in shown(client, desk.teacher)
    choose(client, desk.teacher)
    assert MailboxRestoration.objects.get().state == State.RESTORING


def test_a_look_is_told_once_a_call_whatever_it_finds(desk: Desk, restorer: StandInRestorer) -> None:
    client, mails = at_the_desk(desk.somme), Parcel.objects.filter(to=desk.teacher.address)
    begin(client, desk.teacher)
    shown(client, desk.teacher)
    restorer.answers["look"] = {"error": "no-backup"}
    begin(client, desk.teacher, run="nuit-1")
    shown(client, desk.teacher)
    first = mails.get()
    assert "a cherché des messages disparus dans la sauvegarde" in first.text
    assert "Sinon, appelez-la" in first.text
    assert "03 22 71 25 00" in first.text, "who is to be called"
    Notice.objects.update(at=timezone.now() - mailbox_restorations.CHOICE)
    begin(client, desk.teacher)
    begin(at_the_desk(desk.rectorat), desk.neighbour)
    assert mails.count() == 2
    texts = {notice_text(notice) for notice in Notice.objects.filter(account=desk.teacher)}
    assert len(texts) == 1


@pytest.mark.parametrize("name", ACTS)
def test_who_may(desk: Desk, restorer: StandInRestorer, name: str) -> None:
    body = {"run": "nuit-12", "reason": "un motif", "folder": INBOX, "in_person": "on"}
    for agent, account in (
        (desk.somme, desk.neighbour), (desk.aisne, desk.teacher), (desk.somme, desk.somme),
        (desk.somme, desk.rectorat), (desk.teacher, desk.neighbour), (desk.officer, desk.teacher),
    ):  # fmt: skip
        client = at_the_desk(agent)
        assert client.get(where(name, account)).status_code in {404, 405}
        assert client.post(where(name, account), body).status_code in {404, 405}
    assert restorer.asked == []
    assert not MailboxRestoration.objects.exists()


def test_absent_where_nothing_is_backed_up(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    assert not mailbox_restorations.is_configured()
    assert "Restaurer des messages" not in shown(client, desk.teacher, "person")
    assert client.get(where("restoration", desk.teacher)).status_code == 404


def test_a_closed_account_is_left_alone(desk: Desk, restorer: StandInRestorer) -> None:
    Account.objects.filter(pk=desk.teacher.pk).update(state=Account.State.CLOSED)
    client = at_the_desk(desk.somme)
    assert "Restaurer des messages" not in shown(client, desk.teacher, "person")
    assert begin(client, desk.teacher).status_code == 404


def test_an_account_that_is_closed_meanwhile(desk: Desk, restorer: StandInRestorer) -> None:
    """Before the choice nothing is brought back; while messages come, it ends and is said; the page stays."""
    client, teacher = at_the_desk(desk.somme), Account.objects.filter(pk=desk.teacher.pk)
    for word, chosen in (("restauration abandonnée", False), ("pas allée à son terme", True)):
        teacher.update(state=Account.State.OPEN)
        begin(client, desk.teacher)
        shown(client, desk.teacher)
        restorer.slow = 9
        if chosen:
            choose(client, desk.teacher)
        looked = len(restorer.asked)
        teacher.update(state=Account.State.CLOSED)
        said = shown(client, desk.teacher, "restoration-state")
        assert word in said.lower()
        assert "n’est pas ouvert" in said
        assert "Jour de la sauvegarde" not in said
        assert [one["act"] for one in restorer.asked[looked:]] == ["wipe"]
        restorer.slow = 0
        assert choose(client, desk.teacher).status_code == begin(client, desk.teacher).status_code == 404
        assert client.post(where("restoration-end", desk.teacher)).status_code == 302
        assert shown(client, desk.teacher)
    states = MailboxRestoration.objects.order_by("ordered_at").values_list("state", "failure")
    assert list(states) == [(State.DROPPED, "not-open"), (State.FAILED, "not-open")]


def test_no_reason_no_look_and_no_day_of_one_s_own(desk: Desk, restorer: StandInRestorer) -> None:
    client = at_the_desk(desk.somme)
    assert begin(client, desk.teacher, reason="").status_code == 422
    assert begin(client, desk.teacher, run="../secrets").status_code == 422
    Account.objects.filter(pk=desk.teacher.pk).update(created_at=RUN_AT + timedelta(days=1))
    assert "Aucune sauvegarde ne contient" in shown(client, desk.teacher)
    assert begin(client, desk.teacher).status_code == 422
    assert not MailboxRestoration.objects.exists()


def test_what_was_typed_outlives_a_list_that_is_being_read(desk: Desk, restorer: StandInRestorer) -> None:
    client, runs = at_the_desk(desk.somme), restorer.answers["runs"]
    restorer.answers["runs"] = {"working": True}
    answer = begin(client, desk.teacher, reason="Appel de <la> personne")
    said = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Appel de &lt;la&gt; personne"' in said
    assert '<option value="nuit-12" selected>' in said
    assert "en cours de lecture" in said
    assert "plus gardée" not in said
    assert "delay:2s" not in said, "nothing replaces the form"
    restorer.answers["runs"] = runs
    assert begin(client, desk.teacher).status_code == 302


def test_no_room_is_said_before_anything_is_copied(desk: Desk, restorer: StandInRestorer) -> None:
    restorer.answers["look"]["room"] = 100
    client = at_the_desk(desk.somme)
    begin(client, desk.teacher)
    assert "Pas assez de place dans la boîte" in shown(client, desk.teacher)
    refused = choose(client, desk.teacher)
    assert refused.status_code == 422
    assert "rien n’a été copié" in refused.content.decode()
    assert choose(client, desk.teacher, CLASS + "x").status_code == 422
    assert not any(one["act"] == "restore" for one in restorer.asked)


def test_given_up(desk: Desk, restorer: StandInRestorer) -> None:
    client = at_the_desk(desk.somme)
    begin(client, desk.teacher)
    shown(client, desk.teacher)
    client.post(where("restoration-end", desk.teacher), {"restoration": the_open_one(desk.teacher)})
    assert restorer.asked[-1] == {"act": "wipe", "key": desk.teacher.key}
    assert MailboxRestoration.objects.get().state == State.DROPPED
    assert "Jour de la sauvegarde" in shown(client, desk.teacher)
    assert "a expiré" not in shown(client, desk.teacher)
    assert choose(client, desk.teacher).status_code == 422


def test_failures_in_words(desk: Desk, restorer: StandInRestorer) -> None:
    client = at_the_desk(desk.somme)
    restorer.answers["look"] = {"error": "no-backup"}
    begin(client, desk.teacher)
    assert "n’est pas dans cette sauvegarde" in shown(client, desk.teacher)
    restorer.answers["look"] = {"error": "wrong-password"}
    begin(client, desk.teacher)
    assert "Prévenez l’équipe technique" in shown(client, desk.teacher)
    restorer.away = True
    assert "ne répond pas" in shown(client, desk.teacher)
    assert begin(client, desk.teacher).status_code == 422
    assert shown(client, desk.teacher, "person")


def test_a_look_that_ended_meanwhile_disturbs_no_other(desk: Desk, restorer: StandInRestorer) -> None:
    client, now = at_the_desk(desk.somme), timezone.now()
    begin(client, desk.teacher)
    left = MailboxRestoration.objects.get()
    begin(client, desk.teacher)
    restorer.answers["look"] = {"error": "disk"}
    asked = len(restorer.asked)
    mailbox_restorations.advance(left, now)
    assert [one["act"] for one in restorer.asked[asked:]] == ["look"], "no wipe"


def test_without_the_page_it_ends_all_the_same(desk: Desk, restorer: StandInRestorer) -> None:
    """The clock continues with it; a restorer that was killed begins again; one that stays away ends it in words."""
    client, now = at_the_desk(desk.somme), timezone.now()
    begin(client, desk.teacher)
    restoration = MailboxRestoration.objects.get()
    restorer.away = True
    mailbox_restorations.go_on(restoration.key, now)
    restorer.away = False
    mailbox_restorations.go_on(restoration.key, now)
    choose(client, desk.teacher)
    mailbox_restorations.go_on(restoration.key, now)
    restoration.refresh_from_db()
    told = Notice.objects.filter(account=desk.teacher, details__change="messages-restored")
    assert (restoration.state, told.count()) == (State.DONE, 1)
    mailbox_restorations.go_on(restoration.key, now)
    assert told.count() == 1
    begin(client, desk.teacher)
    again = MailboxRestoration.objects.exclude(pk=restoration.pk).get()
    restorer.away = True
    mailbox_restorations.go_on(again.key, now + mailbox_restorations.PATIENCE * 2)
    again.refresh_from_db()
    assert (again.state, again.failure) == (State.FAILED, "away")
    mailbox_restorations.forget("", now + mailbox_restorations.KEPT * 2)
    assert not MailboxRestoration.objects.exists()


def test_a_choice_that_nobody_makes_ends(desk: Desk, restorer: StandInRestorer) -> None:
    client = at_the_desk(desk.somme)
    begin(client, desk.teacher)
    shown(client, desk.teacher)
    restoration = MailboxRestoration.objects.get()
    mailbox_restorations.go_on(restoration.key, timezone.now() + mailbox_restorations.CHOICE * 2)
    restoration.refresh_from_db()
    assert (restoration.state, restoration.folders) == (State.DROPPED, [])
    assert "a expiré faute de choix" in shown(client, desk.teacher)


def test_another_day_replaces_the_one_that_was_looked_into(desk: Desk, restorer: StandInRestorer) -> None:
    client = at_the_desk(desk.somme)
    begin(client, desk.teacher)
    begin(client, desk.teacher, run="nuit-1")
    assert list(MailboxRestoration.objects.order_by("ordered_at").values_list("run", "state")) == [
        ("nuit-12", State.DROPPED), ("nuit-1", State.LOOKING),
    ]  # fmt: skip
    shown(client, desk.teacher)
    restorer.slow = 9
    choose(client, desk.teacher)
    assert begin(client, desk.teacher).status_code == 422, "one at a time"


def test_two_agents_at_one_mailbox(desk: Desk, restorer: StandInRestorer) -> None:
    """Nobody ends or chooses what their page did not show, and whoever chose is who is told of."""
    client, colleague = at_the_desk(desk.somme), at_the_desk(desk.rectorat)
    begin(client, desk.teacher)
    first = the_open_one(desk.teacher)
    refused = begin(colleague, desk.teacher)
    assert refused.status_code == 422
    assert "cherche déjà dans cette boîte" in refused.content.decode()
    begin(client, desk.teacher, run="nuit-1")
    assert first not in shown(colleague, desk.teacher)
    for name in ("restoration-choice", "restoration-end"):
        late = colleague.post(where(name, desk.teacher), {"folder": INBOX, "restoration": first})
        assert late.status_code == 422
        assert "terminée entre-temps" in late.content.decode()
    assert MailboxRestoration.objects.get(state=State.FOUND).run == "nuit-1"
    assert "Réception" in shown(colleague, desk.teacher)
    IdentityProof.objects.filter(agent=desk.rectorat).delete()
    for name in ("restoration", "restoration-state"):
        unseen = shown(colleague, desk.teacher, name)
        assert where("identity", desk.teacher) in unseen
        assert "Réception" not in unseen, "names of folders are for whoever knows who is calling"
    assert choose(colleague, desk.teacher).headers["Location"] == f"{where('identity', desk.teacher)}?demande=1"
    assert MailboxRestoration.objects.get(state=State.FOUND).run == "nuit-1"
    colleague.post(where("identity-in-person", desk.teacher))
    assert choose(colleague, desk.teacher).headers["Location"] == where("restoration", desk.teacher)
    shown(client, desk.teacher)
    done = MailboxRestoration.objects.get(state=State.DONE)
    assert (done.ordered_by, "Somme" in done.office) == (desk.rectorat.key, False)
    begin(client, desk.teacher)
    MailboxRestoration.objects.update(since=timezone.now() - mailbox_restorations.CHOICE * 2)
    assert begin(colleague, desk.teacher).status_code == 302, "the first one was left alone"


def test_a_purge_leaves_nothing_of_it(desk: Desk, restorer: StandInRestorer) -> None:
    begin(at_the_desk(desk.somme), desk.teacher)
    mailbox_restorations.forget_account(desk.teacher.key, timezone.now())
    assert not MailboxRestoration.objects.exists()
    assert restorer.asked[-1]["act"] == "wipe"
