"""After the approval: a chosen time of departure, a correction, a withdrawal from real mailboxes."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.circulars import archive, dispatch, withdrawal
from vaguemestre.circulars.approval import ApprovalFault, ApprovalFaultError, approve, ask_approval, take_back
from vaguemestre.circulars.departure import DepartureError, chosen_departure
from vaguemestre.circulars.drafts import new_correction
from vaguemestre.circulars.message import message_id, message_of
from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.circulars.testing import approved, draft, officer, second_person, submitted, teachers
from vaguemestre.engine import projection
from vaguemestre.engine.doveadm_protocol import ask
from vaguemestre.engine.message_withdrawal import find_copies, places
from vaguemestre.lists.access import asker_of

pytestmark = pytest.mark.django_db
Kind, State = Dispatch.Kind, Dispatch.State
MONDAY = timezone.make_aware(datetime(2026, 3, 2, 10))


@pytest.fixture(autouse=True)
def sealed_folder(settings: Settings, tmp_path: object) -> None:
    settings.MAIL = {**site.MAIL, "handouts": tmp_path}


@pytest.fixture
def desk() -> Callable[[Account], Client]:
    def browser(account: Account) -> Client:
        client = Client()
        sign_in(client, account, strong=True)
        return client

    return browser


def departed(author: Account, approver: Account) -> Circular:
    circular = approved(author, approver)
    circular.mailings.update(state=State.SENT)
    Delivery.objects.update(state=Delivery.State.DELIVERED)
    return circular


@pytest.mark.parametrize(("day", "clock"), [
    ("2026-03-07", "10:00"), ("2026-03-03", "06:59"), ("2026-03-03", "19:01"), ("2026-03-02", "09:00"), ("x", "10:00"),
    ("2026-03-03", ""), ("", "10:00"), ("2026-06-03", "10:00"), ("2026-03-03", "10:00+02:00"),
])  # fmt: skip
def test_no_other_time_than_one_of_a_working_day_to_come(day: str, clock: str) -> None:
    with pytest.raises(DepartureError):
        chosen_departure(day, clock, MONDAY)


def test_a_time_is_that_of_here() -> None:
    chosen = chosen_departure("2026-03-03", "08:30", MONDAY)
    assert chosen == timezone.make_aware(datetime(2026, 3, 3, 8, 30))
    assert chosen_departure("", "", MONDAY) is None


def scheduled(author: Account, approver: Account, at: datetime) -> Circular:
    circular = draft(author)
    circular.leaves_at = at
    circular.save()
    ask_approval(circular, approver.key, author, now=timezone.now())
    approve(circular, approver, circular.digest, now=timezone.now())
    circular.refresh_from_db()
    return circular


def test_it_leaves_at_its_time_and_is_taken_back_until_then() -> None:
    [reader], now = teachers(1), timezone.now()
    circular = scheduled(officer(), second_person(), now + timedelta(days=1))
    dispatch.start_due_mailings(now)
    assert circular.is_scheduled
    assert not archive.concerned_by(reader, circular, timezone.localdate())
    assert archive.archive_lines(reader, timezone.localdate()) == ([], False)
    take_back(circular)
    assert (circular.state, circular.mailings.count()) == (Circular.State.DRAFT, 0)
    dispatch.start_due_mailings(now + timedelta(days=2))
    assert not circular.mailings.exists()


def test_once_its_time_has_come_nobody_takes_it_back() -> None:
    teachers(1)
    now = timezone.now()
    circular = scheduled(officer(), second_person(), now + timedelta(days=1))
    dispatch.start_due_mailings(now + timedelta(days=1, seconds=1))
    assert circular.mailings.get().state == State.SENDING
    take_back(circular)
    assert circular.state == Circular.State.APPROVED
    assert not circular.is_scheduled


def test_another_time_after_the_approval_was_asked_for_is_a_change() -> None:
    teachers(1)
    approver = second_person()
    circular = submitted(officer(), approver)
    Circular.objects.update(leaves_at=timezone.now() + timedelta(days=3))
    with pytest.raises(ApprovalFaultError):
        approve(circular, approver, circular.digest, now=timezone.now())


def test_a_time_that_has_passed_is_chosen_again(desk: Callable[[Account], Client]) -> None:
    teachers(1)
    author, approver = officer(), second_person()
    circular = draft(author)
    circular.leaves_at = timezone.now() - timedelta(minutes=1)
    with pytest.raises(ApprovalFaultError) as caught:
        ask_approval(circular, approver.key, author, now=timezone.now())
    assert caught.value.fault == ApprovalFault.DEPARTURE
    words = {"subject": "Autre objet", "text": "Texte", "day": "2020-01-02", "time": "10:00", "act": "ask"}
    page = desk(author).post(f"/circulaires/{circular.key}/redaction/", {**words, "approver": approver.key})
    assert page.status_code == 422
    assert 'value="2020-01-02"' in page.content.decode()
    circular.refresh_from_db()
    assert (circular.subject, circular.state) == ("Autre objet", Circular.State.DRAFT)


def test_a_correction_reaches_those_who_had_the_error_too(desk: Callable[[Account], Client]) -> None:
    first, second = teachers(2)
    author, approver = officer(), second_person()
    circular = departed(author, approver)
    first.person.postings.update(function="DIR")  # no longer among the teachers
    answer = desk(author).post(f"/circulaires/{circular.key}/correction/")
    correction = Circular.objects.get(corrects=circular)
    assert answer["Location"] == f"/circulaires/{correction.key}/redaction/"
    assert new_correction(circular, asker_of(author, timezone.localdate()), now=timezone.now()) == correction
    ask_approval(correction, approver.key, author, now=timezone.now())
    reached = set(correction.mailings.get().deliveries.values_list("account", flat=True))
    assert reached == {first.key, second.key}
    approve(correction, approver, correction.digest, now=timezone.now())
    mailing = correction.mailings.get()
    assert f"In-Reply-To: <{message_id(circular.mailings.get())}>".encode() in message_of(mailing)
    shown = desk(second).get(f"/circulaires/{circular.key}/").content.decode()
    assert f"/circulaires/{correction.key}/" in shown


def test_what_has_not_left_is_neither_corrected_nor_withdrawn(desk: Callable[[Account], Client]) -> None:
    [reader] = teachers(1)
    author, approver = officer(), second_person()
    waiting = scheduled(author, approver, timezone.now() + timedelta(days=1))
    left = departed(author, approver)
    for who, circular in ((author, waiting), (reader, left), (approver, left)):
        for act in ("correction", "retrait"):
            assert desk(who).post(f"/circulaires/{circular.key}/{act}/", {"reason": "x"}).status_code == 404
    assert not Circular.objects.exclude(withdrawn_at=None).exists()


def test_withdrawn_its_text_and_files_are_read_by_its_senders_alone(desk: Callable[[Account], Client]) -> None:
    [reader], author = teachers(1), officer()
    circular = departed(author, second_person())
    office, page = desk(author), f"/circulaires/{circular.key}/retrait/"
    assert office.post(page, {"reason": "  "}).status_code == 422
    assert office.post(page, {"reason": "La date est fausse."}).status_code == 302
    assert office.post(page, {"reason": "Encore"}).status_code == 404
    shown = desk(reader).get(f"/circulaires/{circular.key}/").content.decode()
    assert "La date est fausse." in shown
    assert "déplacée à jeudi" not in shown
    assert "déplacée à jeudi" in office.get(f"/circulaires/{circular.key}/").content.decode()
    assert "La date est fausse." in office.get(f"/circulaires/{circular.key}/suivi/").content.decode()
    assert archive.unread_keys(reader) == []
    assert archive.archive_lines(reader, timezone.localdate(), typed="jeudi") == ([], False)
    assert "retirée" in desk(reader).get("/circulaires/").content.decode()
    assert Entry.objects.filter(act="circular.withdrawn", actor=author.key).exists()


def run(work: Callable[..., bool], now: datetime) -> None:
    for _one in range(100):
        if not work(now=now):
            return
    raise AssertionError("it does not end")


def copies(circular: Circular, reader: Account, kind: Dispatch.Kind = Kind.FIRST) -> int:
    name = message_id(circular.mailings.get(kind=kind))
    return len(find_copies(reader.key, f"<{name}>", "", timezone.now() - timedelta(hours=1)))


@pytest.mark.usefixtures("daemons")
def test_it_goes_out_of_the_mailboxes_and_a_message_takes_its_place() -> None:
    readers, author = teachers(5), officer()
    circular = approved(author, second_person())
    projection.project([one.key for one in readers])
    run(dispatch.go_on, timezone.now())
    assert [copies(circular, one) for one in readers] == [1] * 5
    answered, forwarded, moved = readers[:3]
    ask(answered.key, "flags add", "\\Answered", "mailbox", "INBOX", "all")
    ask(forwarded.key, "flags add", "$Forwarded", "mailbox", "INBOX", "all")
    ask(moved.key, "mailbox create", "Classe")
    ask(moved.key, "move", "Classe", "mailbox", "INBOX", "all")
    assert withdrawal.withdraw(circular, author, "La date est fausse.", now=timezone.now())
    assert not withdrawal.withdraw(circular, author, "Encore", now=timezone.now())
    run(dispatch.go_on, timezone.now())
    run(withdrawal.go_on, timezone.now())
    assert [copies(circular, one) for one in readers] == [1, 1, 0, 0, 0]
    assert [copies(circular, one, Kind.WITHDRAWAL) for one in readers] == [1] * 5
    states = circular.mailings.get(kind=Kind.FIRST).deliveries.order_by("pk").values_list("account", "withdrawal")
    assert dict(states)[moved.key] == Delivery.Withdrawal.TAKEN
    assert dict(states)[answered.key] == Delivery.Withdrawal.KEPT
    assert places(moved.key)
    run(withdrawal.go_on, timezone.now() + timedelta(days=29))
    assert places(moved.key)
    withdrawal.resume("", timezone.now() + timedelta(days=31))
    run(withdrawal.go_on, timezone.now() + timedelta(days=31))
    assert not places(moved.key)


@pytest.mark.usefixtures("daemons")
def test_withdrawn_on_the_way_it_reaches_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "SLICE", 2)
    readers, author = teachers(4), officer()
    circular = approved(author, second_person())
    projection.project([one.key for one in readers])
    assert dispatch.go_on(now=timezone.now())
    withdrawal.withdraw(circular, author, "Trop tôt.", now=timezone.now())
    first = circular.mailings.get(kind=Kind.FIRST)
    assert not dispatch.continue_mailing(first)
    run(dispatch.go_on, timezone.now())
    run(withdrawal.go_on, timezone.now())
    assert [copies(circular, one) for one in readers] == [0] * 4
    assert sum(copies(circular, one, Kind.WITHDRAWAL) for one in readers) == 2
