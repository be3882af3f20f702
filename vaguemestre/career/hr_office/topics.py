"""A subject between a person and their HR office: opened, answered, seen, done."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.career.hr_office import attached_files, message_mail
from vaguemestre.career.hr_office.attached_files import Judged
from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import Message, Topic

MESSAGES_AN_HOUR = 30


class TooManyTopicsError(Exception):
    """So many messages within the hour: a program, or a hand that slipped."""


def open_topic(
    account: Account, subject: str, text: str, files: Sequence[Judged], *, now: datetime, quoted: str = ""
) -> Topic:
    """Raises TooManyTopicsError. `quoted`: the line of the file that is said to be wrong, in our words."""
    _allow(account, now)
    with transaction.atomic():
        thread = Topic.objects.create(
            account=account, subject=subject, quoted=quoted, opened_at=now, last_at=now,
            kind=Topic.Kind.ERROR if quoted else Topic.Kind.QUESTION,
        )  # fmt: skip
        _add(thread, account, text, files, from_office=False, now=now)
        journal.record(account.key, "career.thread-opened", account.key, thread=str(thread.key))
        message_mail.tell_office(thread, now=now)
    return thread


def write_message(thread: Topic, text: str, files: Sequence[Judged], *, now: datetime) -> None:
    """By the person. A subject that was done is open again. Raises TooManyTopicsError."""
    _allow(thread.account, now)
    with transaction.atomic():
        locked = _locked(thread)
        _add(locked, locked.account, text, files, from_office=False, now=now)
        locked.waits_for_office, locked.done_at, locked.last_at = True, None, now
        locked.save(update_fields=["waits_for_office", "done_at", "last_at"])
        journal.record(locked.account_id, "career.message-sent", locked.account_id, thread=str(locked.key))
        message_mail.tell_office(locked, now=now)


def answer_topic(
    thread: Topic, officer: HrOfficer, text: str, files: Sequence[Judged], *, done: bool, now: datetime
) -> None:
    """By an HR officer; `done`: nothing more is to come from the office. Raises TooManyTopicsError."""
    _allow(officer.account, now)
    with transaction.atomic():
        locked = _locked(thread)
        _add(locked, officer.account, text, files, from_office=True, now=now)
        locked.waits_for_office, locked.done_at, locked.last_at = False, now if done else None, now
        locked.save(update_fields=["waits_for_office", "done_at", "last_at"])
        journal.record(officer.account.key, "career.message-sent", locked.account_id, thread=str(locked.key))
        message_mail.tell_person(locked, now=now)


def mark_done(thread: Topic, officer: HrOfficer, *, done: bool, now: datetime) -> None:
    """Twice is once."""
    with transaction.atomic():
        locked = _locked(thread)
        if (locked.done_at is not None) == done:
            return
        locked.done_at = now if done else None
        locked.save(update_fields=["done_at"])
        act = "career.thread-done" if done else "career.thread-reopened"
        journal.record(officer.account.key, act, locked.account_id, thread=str(locked.key))


def seen_by_person(thread: Topic) -> None:
    newest = _newest(thread)
    Topic.objects.filter(pk=thread.pk, person_saw__lt=newest).update(person_saw=newest)


def seen_by_office(thread: Topic, officer: HrOfficer) -> None:
    """Every look of an officer is written down."""
    newest = _newest(thread)
    with transaction.atomic():
        Topic.objects.filter(pk=thread.pk, office_saw__lt=newest).update(office_saw=newest)
        journal.record(officer.account.key, "career.thread-seen", thread.account_id, thread=str(thread.key))


def count_unread(account: Account) -> int:
    """Subjects in which the office has written something that the person has not seen."""
    news = Message.objects.filter(thread__account=account, from_office=True, pk__gt=F("thread__person_saw"))
    return news.values("thread").distinct().count()


def unread_among(threads: Iterable[Topic]) -> set[UUID]:
    news = Message.objects.filter(thread__in=[one.pk for one in threads], from_office=True)
    return set(news.filter(pk__gt=F("thread__person_saw")).values_list("thread", flat=True))


def _add(
    thread: Topic, author: Account, text: str, files: Sequence[Judged], *, from_office: bool, now: datetime
) -> None:
    message = Message.objects.create(
        thread=thread, author=author, signed=author.display_name, from_office=from_office, text=text, at=now
    )
    attached_files.save_files(message, files)


def _locked(thread: Topic) -> Topic:
    return Topic.objects.select_for_update(of=("self",)).select_related("account__person").get(pk=thread.pk)


def _newest(thread: Topic) -> int:
    return thread.messages.aggregate(newest=Max("pk"))["newest"] or 0


def _allow(author: Account, now: datetime) -> None:
    per = timedelta(hours=1)
    if not rate_limit.take_one("career.message", author.key, limit=MESSAGES_AN_HOUR, per=per, now=now):
        raise TooManyTopicsError
