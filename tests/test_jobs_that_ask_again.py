"""A job that asks for its own row again, while the clock runs it, keeps that row.

Each place of the code where a job may come to do so is found in the code, and has a test here in which the job really
does it. A new one fails `test_every_place_has_its_test`.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import NamedTuple, Protocol

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.legal_dates import midnight, today
from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing.sms import gateway
from vaguemestre.backup.mailbox import mailbox_restorations
from vaguemestre.backup.testing import RUN_AT, stand_in_restorer
from vaguemestre.career.models import Campaign, Kind, ServiceRequest
from vaguemestre.career.requests import draft_reminders
from vaguemestre.clock import due
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.clock.models import Due
from vaguemestre.courier import sms, sms_delivery
from vaguemestre.courier.models import TextMessage
from vaguemestre.courier.testing import Gateway
from vaguemestre.engine import projection
from vaguemestre.mailbox.imap.folder_list import LATER
from vaguemestre.mailbox.imap.messages import attachment_keyword
from vaguemestre.people.import_lock import my_turn, refuse_to_wait
from vaguemestre.shared_mailboxes import posts
from vaguemestre.sso.logout import access_revocation
from vaguemestre.testing import MailAccount, letter, make_account, make_person
from vaguemestre.web.ports import Port
from vaguemestre.webmail import connection
from vaguemestre.webmail.actions import bulk_actions
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.message_list import background_indexing
from vaguemestre.webmail.models import BulkAct, MailMerge, MergedMessage, Outgoing, Snoozed, new_key
from vaguemestre.webmail.outbox import delivery, follow_up
from vaguemestre.webmail.outbox.mail_merge import dispatch, rate
from vaguemestre.webmail.search import attachment_index
from vaguemestre.webmail.snooze import snoozed_messages, wakeups
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.messages import unjudge

__all__ = ["gateway"]
pytestmark = pytest.mark.database  # each is a step of a transaction
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MIDNIGHT, BEFORE_MIDNIGHT = midnight(date(2026, 11, 25)), timedelta(minutes=20)  # sooner than any job recurs


class ComesBack(Protocol):
    def __call__(self, job: due.Job, key: str, after: timedelta, now: datetime = NOON) -> None: ...


# Where the row asked for is never the one that is running.
ANOTHER_ROW = {
    "arrivals.run_day, call_on: midnight(day)": "the key is a day to come",
    "backup.resync-mailboxes, resync_due: now + AGAIN": "the key is the last mailbox of this slice",
    "engine.retention.walk, walk: now": "the key is the last account of this slice",
    "shared_mailboxes.posts.keep_up, follow_ended_accounts: now": "it announces boxes, and asks for persons who left",
}
# Where the code does not say which job.
UNTOLD = {
    "arrivals.run_day, tell_followers: now": "recurring jobs of other rooms",
    "courier.retention.sweep, settle: now": "the job that its sender named for when the text message does not leave",
    "courier.text.deliver, settle: now": "the job that its sender named for when the text message does not leave",
}
TESTED: set[str] = set()


def asks_again(job: due.Job, place: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator of the test that has `job` ask there: the function, and for which moment."""
    TESTED.add(f"{job.name}, {place}")
    return lambda test: test


# Where jobs ask


class Request(NamedTuple):
    """A call of `due.at`. `jobs`: which it may ask for; None is one that the code does not say."""

    place: str
    jobs: list[object]


def test_every_place_has_its_test() -> None:
    product = [job for job in due.jobs().values() if not job.name.startswith("tests.")]
    found = [(job, request) for job in product for request in _requests_below(job)]
    own = {f"{job.name}, {request.place}" for job, request in found if job in request.jobs}
    assert own == TESTED | ANOTHER_ROW.keys()
    assert {f"{job.name}, {request.place}" for job, request in found if None in request.jobs} == UNTOLD.keys()


def _requests_below(job: due.Job) -> Iterator[Request]:
    """In every function that this one may call, as far as names tell: a method is found by its class."""
    seen: set[FunctionType] = set()
    left = list(_functions(job.act))
    while left:
        if (function := left.pop()) not in seen:
            seen.add(function)
            requests, called = _look_into(function)
            yield from requests
            left += called


@cache
def _look_into(function: FunctionType) -> tuple[list[Request], list[FunctionType]]:
    """What it asks the clock for, and the functions that it names."""
    names = function.__globals__
    nodes = list(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))))
    calls = [node for node in nodes if isinstance(node, ast.Call) and _value(node.func, names) is due.at]
    requests = []
    for call in calls:
        when, job, _key = call.args
        choices = [job.body, job.orelse] if isinstance(job, ast.IfExp) else [job]
        jobs = [_value(one, names) for one in choices]
        requests.append(Request(f"{function.__name__}: {ast.unparse(when)}", jobs))
    named = (_value(node, names) for node in nodes if isinstance(node, ast.Name | ast.Attribute))
    return requests, [one for value in named for one in _functions(value)]


def _value(node: ast.expr, names: dict[str, object]) -> object:
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=base, attr=name):
            found = _value(base, names)
            return getattr(found, name, None) if isinstance(found, ModuleType | type) else None
    return None


def _functions(value: object) -> Iterator[FunctionType]:
    """Ours, with a text of their own: the value itself, what is provided to a port, the methods of a class."""
    if isinstance(value, Port):
        members = value.all()
    elif isinstance(value, type) and value.__module__.startswith("vaguemestre."):
        members = [getattr(one, "fget", None) or getattr(one, "__func__", one) for one in vars(value).values()]
    else:
        members = list(value.values()) if isinstance(value, dict) else [value]
    for one in members:
        function = inspect.unwrap(one) if callable(one) else one
        if not isinstance(function, FunctionType) or not function.__module__.startswith("vaguemestre."):
            continue
        if function.__code__.co_filename.endswith(".py") and function.__name__ != "<lambda>":
            yield function


# That they keep their row


@pytest.fixture
def comes_back(db: None, monkeypatch: pytest.MonkeyPatch) -> ComesBack:
    """The clock runs the row, and the job has asked for it again, so much later. The clock's own retry would come at
    that very moment: it once took such a row for one that nobody had asked for."""

    def run(job: due.Job, key: str, after: timedelta, now: datetime = NOON) -> None:
        monkeypatch.setattr(due, "FIRST_RETRY", after)
        monkeypatch.setattr(due, "LONGEST_RETRY", after)
        Due.objects.all().delete()
        due.at(now, job, key)
        assert due.run(now) == 1
        row = Due.objects.get(job=job.name, key=key)
        assert (row.at, row.attempts, row.error) == (now + after, 0, None)

    return run


@pytest.fixture
def account(db: None) -> Account:
    """Of whom Dovecot knows nothing."""
    return make_account(make_person())


@pytest.fixture
def closed(mail_account: MailAccount) -> Account:
    """Dovecot refuses whoever opens its mailbox."""
    now = timezone.now()
    closure.close_accounts([mail_account.account], on=today(now), now=now)
    projection.project([mail_account.key])
    return mail_account.account


@pytest.fixture(autouse=True)
def own_mail_settings(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MAIL = {**settings.MAIL, "outbox": tmp_path / "outbox"}
    connection.pool.cache_clear()
    yield
    connection.pool().close()
    connection.pool.cache_clear()


@pytest.fixture
def desk(mail_account: MailAccount) -> MailBrowser:
    return MailBrowser(mail_account, Client())


def fill_later(desk: MailBrowser, count: int) -> list[int]:
    with desk.session() as session:
        session.create(LATER)
    return [desk.put(letter(desk.mail.address), "later") for _number in range(count)]


def outgoing(account: Account, state: Outgoing.State, **facts: object) -> Outgoing:
    facts = {"created_at": NOON, "changed_at": NOON, **facts}
    return Outgoing.objects.create(key=new_key(), account=account, state=state, sender=account.address, **facts)


def text_message() -> TextMessage:
    return TextMessage.objects.create(to="+33612345642", text="Code 1", queued_at=NOON, until=NOON + HOUR)


@asks_again(sms.DELIVER, "deliver: now + REST")
def test_a_text_message_rests_after_the_failure_of_another(comes_back: ComesBack, gateway: Gateway) -> None:
    text_message()
    TextMessage.objects.update(tried_at=NOON - timedelta(seconds=1))
    comes_back(sms.DELIVER, str(text_message().pk), sms_delivery.REST)


@asks_again(sms.DELIVER, "_try: now + AGAIN_AFTER[message.attempts - 1]")
def test_a_text_message_that_the_gateway_does_not_take(comes_back: ComesBack, gateway: Gateway) -> None:
    gateway.status = 503
    comes_back(sms.DELIVER, str(text_message().pk), sms_delivery.AGAIN_AFTER[0])


# These say by what they return when they come again.


def test_the_posts_while_an_import_is_under_way(comes_back: ComesBack, daemons: None) -> None:
    with my_turn(waiting=refuse_to_wait):
        comes_back(posts.KEEP_UP, "", posts.AGAIN_AFTER)


def test_the_posts_at_the_next_midnight(comes_back: ComesBack) -> None:
    comes_back(posts.KEEP_UP, "", BEFORE_MIDNIGHT, MIDNIGHT - BEFORE_MIDNIGHT)


def test_rights_to_applications(comes_back: ComesBack) -> None:
    comes_back(access_revocation.KEEP_UP, "", BEFORE_MIDNIGHT, MIDNIGHT - BEFORE_MIDNIGHT)


@asks_again(mailbox_restorations.GO_ON, "go_on: now + (CHOICE if restoration.state == State.FOUND else AGAIN)")
@pytest.mark.parametrize(
    ("slow", "after"), [(1, mailbox_restorations.AGAIN), (0, mailbox_restorations.CHOICE)], ids=["looking", "found"]
)
def test_messages_out_of_the_backup(comes_back: ComesBack, account: Account, slow: int, after: timedelta) -> None:
    with stand_in_restorer() as restorer:
        restorer.slow = slow
        run = mailbox_restorations.KnownRun("nuit-12", RUN_AT)
        one = mailbox_restorations.begin(account, run, by="operator:test", office="", reason="perdus", now=NOON)
        comes_back(mailbox_restorations.GO_ON, one.key, after)


@asks_again(drafts.DEPOSIT, "deposit_later: now + MOMENT")
def test_a_draft_whose_copy_another_process_is_replacing(comes_back: ComesBack, desk: MailBrowser) -> None:
    """By an older one, perhaps."""
    draft = outgoing(desk.mail.account, Outgoing.State.DRAFT, revision=2)
    with hold_machine_lock(draft.copy_lock_path):
        comes_back(drafts.DEPOSIT, draft.key, drafts.MOMENT)


@asks_again(drafts.FORGET, "forget_draft: until")
def test_a_draft_that_is_kept_for_longer_than_others(comes_back: ComesBack, account: Account) -> None:
    draft = outgoing(account, Outgoing.State.DRAFT)
    MailMerge.objects.create(letter=draft, account=account, created_at=NOON)
    comes_back(drafts.FORGET, draft.key, drafts.MAILING_KEPT_FOR)


@asks_again(delivery.DELIVER, "_not_now: waiting.leaves_at")
def test_a_message_before_its_hour(comes_back: ComesBack, account: Account) -> None:
    comes_back(delivery.DELIVER, outgoing(account, Outgoing.State.QUEUED, leaves_at=NOON + HOUR).key, HOUR)


@asks_again(dispatch.GO_ON, "_come_back: now + LOOK")
def test_a_mailing_whose_last_letters_are_leaving(comes_back: ComesBack, account: Account) -> None:
    mailing = merge(account)
    leaving = outgoing(account, Outgoing.State.QUEUED)
    merged(mailing, 1, MergedMessage.State.LEAVING, key=leaving.key)
    comes_back(dispatch.GO_ON, mailing.pk, dispatch.LOOK)


@asks_again(dispatch.GO_ON, "_come_back: now + max(closed, rate.waiting_time(mailing.account_id, now))")
@pytest.mark.parametrize("frozen", [False, True], ids=["as-fast-as-it-may", "suspended"])
def test_a_mailing_that_waits(comes_back: ComesBack, account: Account, frozen: bool) -> None:
    mailing, now = merge(account), timezone.now()
    if frozen:
        Account.objects.update(frozen_at=now)
    for number in range(academy().mailing.at_once):
        merged(mailing, number, MergedMessage.State.SENT, left_at=now)
    merged(mailing, academy().mailing.at_once, MergedMessage.State.WAITING)
    comes_back(dispatch.GO_ON, mailing.pk, dispatch.SUSPENDED if frozen else rate.interval(), now)


def merge(account: Account) -> MailMerge:
    written = outgoing(account, Outgoing.State.MERGED)
    return MailMerge.objects.create(letter=written, account=account, created_at=NOON, state=MailMerge.State.SENDING)


def merged(mailing: MailMerge, number: int, state: MergedMessage.State, **facts: object) -> None:
    facts = {"key": new_key(), "number": number, "address": f"p{number}@x.example", "words": {}, **facts}
    MergedMessage.objects.create(mailing=mailing, state=state, **facts)


@asks_again(follow_up.REMIND, "remind: now + CLOSED_AGAIN_AFTER")
def test_a_reminder_while_the_mailbox_is_closed(comes_back: ComesBack, closed: Account) -> None:
    comes_back(follow_up.REMIND, f"{closed.key} {new_key()}", follow_up.CLOSED_AGAIN_AFTER)


def put_off(account: Account, folder: str, uid: int, **facts: object) -> None:
    facts = {"origin": "", "until": NOON, **facts}
    Snoozed.objects.create(account=account, folder=folder, uid=uid, **facts)


@asks_again(snoozed_messages.WAKE, "wake_due: now")
def test_more_messages_come_back_than_a_slice_holds(
    comes_back: ComesBack, desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wakeups, "SLICE", 1)
    for uid in fill_later(desk, 2):
        put_off(desk.mail.account, desk.id("later"), uid)
    comes_back(snoozed_messages.WAKE, snoozed_messages.job_key(desk.mail.key, NOON), timedelta())
    assert Snoozed.objects.count() == 1


@asks_again(snoozed_messages.WAKE, "wake_due: now + CLOSED_AGAIN_AFTER")
def test_messages_come_back_while_the_mailbox_is_closed(comes_back: ComesBack, closed: Account) -> None:
    put_off(closed, "f", 1)
    comes_back(snoozed_messages.WAKE, snoozed_messages.job_key(closed.key, NOON), wakeups.CLOSED_AGAIN_AFTER)


@asks_again(snoozed_messages.WAKE, "wake_due: now + HELD_AGAIN_AFTER")
def test_messages_come_back_that_another_act_has_in_hand(comes_back: ComesBack, account: Account) -> None:
    put_off(account, "f", 1)
    bulk_act(account, "f", pending="1")
    comes_back(snoozed_messages.WAKE, snoozed_messages.job_key(account.key, NOON), wakeups.HELD_AGAIN_AFTER)


@asks_again(snoozed_messages.WAKE, "wake_due: now + FORGOTTEN_AFTER")
def test_messages_whose_move_may_still_be_undone(comes_back: ComesBack, account: Account) -> None:
    put_off(account, "f", 1, since=snoozed_messages.AWAY)
    comes_back(snoozed_messages.WAKE, snoozed_messages.job_key(account.key, NOON), wakeups.FORGOTTEN_AFTER)


def bulk_act(account: Account, source: str, **facts: object) -> BulkAct:
    facts = {"key": new_key(), "verb": BulkAct.Verb.READ, "source_validity": 1, "todo": "1:2", "total": 2, **facts}
    return BulkAct.objects.create(account=account, source=source, created_at=NOON, **facts)


@asks_again(bulk_actions.RESUME, "resume: now + SAFETY_NET")
def test_a_bulk_act_that_another_process_is_at(comes_back: ComesBack, account: Account) -> None:
    act = bulk_act(account, "f")
    with hold_machine_lock(act.lock_path):
        comes_back(bulk_actions.RESUME, act.key, bulk_actions.SAFETY_NET)


@asks_again(bulk_actions.RESUME, "_hand_over: now + SAFETY_NET")
def test_a_bulk_act_of_which_more_is_left(
    comes_back: ComesBack, desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_actions.go_on, "__kwdefaults__", {"seconds": 0.0, "size": 1})  # one message a slice
    for _number in range(2):
        desk.put(letter(desk.mail.address))
    act = bulk_act(desk.mail.account, desk.id(), source_validity=desk.folder().uid_validity)
    comes_back(bulk_actions.RESUME, act.key, bulk_actions.SAFETY_NET)
    act.refresh_from_db()
    assert (act.state, act.done) == (BulkAct.State.RUNNING, 1)


@asks_again(bulk_actions.RESUME, "go_on: now + AWAY")
def test_a_bulk_act_while_the_mail_server_is_away(comes_back: ComesBack, account: Account, settings: Settings) -> None:
    settings.MAIL = {**settings.MAIL, "mailboxes": Path("/nowhere/imap-web")}
    comes_back(bulk_actions.RESUME, bulk_act(account, "f").key, bulk_actions.AWAY)


@asks_again(background_indexing.GO_ON, "extend: now")
def test_conversations_of_a_mailbox_with_more_than_one_slice(
    comes_back: ComesBack, desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_indexing, "SLICE", 0.0)  # one folder
    desk.put(letter(desk.mail.address))
    fill_later(desk, 1)
    comes_back(background_indexing.GO_ON, desk.mail.key, timedelta())


@asks_again(attachment_index.LOOK_ON, "index_further: now")
def test_older_mail_of_which_more_is_left_to_look_at(
    comes_back: ComesBack, desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment_index, "SLICE", 0.0)
    monkeypatch.setattr(attachment_keyword, "AT_ONCE", 1)
    for _number in range(2):
        desk.put(letter(desk.mail.address))
    unjudge(desk)
    comes_back(attachment_index.LOOK_ON, desk.mail.key, timedelta())


@asks_again(draft_reminders.REMIND, "plan_reminders: at")
def test_a_reminder_of_a_campaign_whose_end_was_moved(comes_back: ComesBack, account: Account) -> None:
    ends = NOON + draft_reminders.BEFORE + HOUR
    campaign = Campaign.objects.create(kind=Kind.TRANSFER, title="Mouvement", opens_at=NOON, closes_at=ends)
    request = ServiceRequest.objects.create(account=account, kind=Kind.TRANSFER, campaign=campaign, changed_at=NOON)
    comes_back(draft_reminders.REMIND, str(request.pk), HOUR)
