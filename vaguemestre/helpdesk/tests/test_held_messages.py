"""Messages held of a stolen account: shown, let go or deleted by an agent who says why. The queue itself is the
engine's, whose tests ask the real Postfix."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.models import Account, Notice, ShutdownStep
from vaguemestre.accounts.ports import HeldMail, mail_holders
from vaguemestre.audit.models import Entry
from vaguemestre.engine import queue_holds
from vaguemestre.engine.queue_holds import HeldMessage, QueueUnavailableError
from vaguemestre.helpdesk.forms import MOST_HELD
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk

HOUR = timedelta(hours=1)


class Queue:
    """Two messages on hold, in place of Postfix."""

    def __init__(self) -> None:
        sent = timezone.now() - HOUR
        self.held = [
            HeldMessage("4fXYZ1", sent, 2048, ("chef@ecole.example",), 1),
            HeldMessage("4fXYZ2", sent, 4096, tuple(f"parent{n}@dehors.example" for n in range(20)), 412),
        ]
        self.left: list[str] = []
        self.deleted: list[str] = []
        self.away = False

    def shown(self, _account: Account) -> list[HeldMessage]:
        if self.away:
            raise QueueUnavailableError
        return self.held

    def release(self, _account: Account, ids: list[str]) -> list[str]:
        return self._out(ids, self.left)

    def delete(self, _account: Account, ids: list[str]) -> list[str]:
        return self._out(ids, self.deleted)

    def _out(self, ids: list[str], into: list[str]) -> list[str]:
        if self.away:
            raise QueueUnavailableError
        found = [one.id for one in self.held if one.id in ids]
        self.held = [one for one in self.held if one.id not in ids]
        into += found
        return found


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    made = Queue()
    monkeypatch.setattr("vaguemestre.helpdesk.views.held_messages.held_of", made.shown)
    monkeypatch.setattr(queue_holds, "release_messages", made.release)
    monkeypatch.setattr(queue_holds, "delete_messages", made.delete)
    return made


def post(client: Client, name: str, account: Account, **body: Any) -> tuple[int, str]:
    answer = client.post(reverse(f"helpdesk:{name}", args=[account.key]), {"reason": "vu avec elle"} | body)
    return answer.status_code, answer.content.decode() or answer.headers["Location"]


def page(client: Client, account: Account) -> str:
    return client.get(reverse("helpdesk:held", args=[account.key])).content.decode()


def test_the_page_says_when_and_to_whom(desk: Desk, queue: Queue) -> None:
    shown = page(at_the_desk(desk.somme), desk.teacher)
    assert "chef@ecole.example" in shown
    assert "Destinataires\N{NO-BREAK SPACE}: 412." in shown
    assert "2 messages" in shown


def test_very_many_come_in_parts(desk: Desk, queue: Queue) -> None:
    sent = timezone.now() - HOUR
    queue.held = [
        HeldMessage(f"4f{number:05d}", sent, 2048, ("chef@ecole.example",), 1) for number in range(MOST_HELD + 7)
    ]
    shown = page(at_the_desk(desk.somme), desk.teacher)
    assert shown.count('name="messages"') == MOST_HELD
    assert f"{MOST_HELD + 7} messages" in shown
    assert f"Les plus anciens sont affichés ({MOST_HELD})" in shown


def test_those_ticked_leave_and_the_others_stay(desk: Desk, queue: Queue) -> None:
    status, where = post(at_the_desk(desk.somme), "held-release", desk.teacher, messages=["4fXYZ1"])
    assert (status, queue.left, len(queue.held)) == (302, ["4fXYZ1"], 1)
    assert "1 message part maintenant" in at_the_desk(desk.somme).get(where).content.decode()
    line = Entry.objects.get(act="held.released")
    assert line.details == {"reason": "vu avec elle", "held": 1, "ids": "4fXYZ1"}
    assert Notice.objects.get(account=desk.teacher).details["change"] == "held-released"


def test_a_deletion_is_in_the_journal_and_told(desk: Desk, queue: Queue) -> None:
    both = ["4fXYZ1", "4fXYZ2"]
    assert post(at_the_desk(desk.somme), "held-deletion", desk.teacher, messages=both)[0] == 302
    assert (queue.deleted, queue.held) == (both, [])
    assert Entry.objects.get(act="held.deleted").details["ids"] == "4fXYZ1 4fXYZ2"
    assert Notice.objects.get(account=desk.teacher).details["count"] == 2


@pytest.mark.parametrize("name", ["held-release", "held-deletion"])
@pytest.mark.parametrize("body", [{"messages": []}, {"messages": ["4fXYZ1"], "reason": ""}])
def test_nothing_without_a_message_and_a_reason(desk: Desk, queue: Queue, name: str, body: dict[str, Any]) -> None:
    assert post(at_the_desk(desk.somme), name, desk.teacher, **body)[0] == 422
    assert len(queue.held) == 2
    assert not Entry.objects.filter(act__startswith="held.").exists()


def test_what_the_mail_server_did_not_do_is_written(desk: Desk, queue: Queue) -> None:
    queue.away = True
    status, shown = post(at_the_desk(desk.somme), "held-deletion", desk.teacher, messages=["4fXYZ1"])
    assert status == 503
    assert "ne répond pas" in shown
    assert set(Entry.objects.filter(act__startswith="held.").values_list("act", flat=True)) == {
        "held.deleted", "held.not-done",
    }  # fmt: skip
    assert not Notice.objects.exists()


def test_what_left_meanwhile_is_no_success(desk: Desk, queue: Queue) -> None:
    where = post(at_the_desk(desk.somme), "held-release", desk.teacher, messages=["4fGONE"])[1]
    assert "rien n’a changé" in at_the_desk(desk.somme).get(where).content.decode()
    assert Entry.objects.get(act="held.not-done").details["ids"] == "4fGONE"


def test_the_person_s_page_leads_there_once_something_was_held(desk: Desk, queue: Queue) -> None:
    client, person = at_the_desk(desk.somme), reverse("helpdesk:person", args=[desk.teacher.key])
    shutdown = account_shutdown.shut_account_down(
        desk.teacher, by="system", office="", reason="essai", now=timezone.now()
    )
    counted = reverse("helpdesk:held-count", args=[desk.teacher.key])
    assert counted not in client.get(person).content.decode()
    shutdown.steps.filter(act=ShutdownStep.Act.FREEZE).update(count=2)
    assert counted in client.get(person).content.decode()
    assert "2 messages retenus avant leur départ" in client.get(counted).content.decode()
    queue.held = []
    assert client.get(counted).content.decode().strip() == ""
    queue.away = True
    assert "ne dit pas ce qui est retenu" in client.get(counted).content.decode()


def test_what_comes_while_everything_is_being_shut_is_held_two_minutes_later(desk: Desk) -> None:
    now = timezone.now()
    shutdown = account_shutdown.shut_account_down(desk.teacher, by="system", office="", reason="essai", now=now)
    step = shutdown.steps.get(act=ShutdownStep.Act.FREEZE)
    assert step.count == 0
    late = [HeldMail(now, ("chef@ecole.example",), 1)]
    with mail_holders.replaced(lambda _account, _now: late):
        for _ in range(2):  # the same one twice is one
            account_shutdown.hold_late(str(shutdown.pk), now)
    step.refresh_from_db()
    assert (step.count, len(step.said)) == (1, 1)


def test_once_mail_may_leave_again_nothing_more_is_held(desk: Desk) -> None:
    now = timezone.now()
    shutdown = account_shutdown.shut_account_down(desk.teacher, by="system", office="", reason="essai", now=now)
    account_shutdown.unfreeze_sending(Account.objects.get(pk=desk.teacher.pk), by="system", reason="vu", now=now)
    asked: list[Account] = []

    def hold(account: Account, _now: datetime) -> list[HeldMail]:
        asked.append(account)
        return []

    with mail_holders.replaced(hold):
        account_shutdown.hold_late(str(shutdown.pk), now)
    assert asked == []
