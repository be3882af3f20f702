"""A mailing that has begun, as its page shows it: how far it is, when it ends, and whom it did not reach."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.compose.compose_form import refusal_texts
from vaguemestre.webmail.compose.draft_copies import message_id_of
from vaguemestre.webmail.content.header_text import subject_text
from vaguemestre.webmail.models import DeliveryReport, Outgoing
from vaguemestre.webmail.models.mail_merge import MailMerge, MergedMessage
from vaguemestre.webmail.outbox import delivery_reports, status_codes
from vaguemestre.webmail.outbox.mail_merge import rate
from vaguemestre.webmail.snooze import wake_times

State, Letter = MailMerge.State, MergedMessage.State
_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class FailedMessage:
    """Somebody whom a letter did not reach. `quoted`: the other server's own words. `url`: of its report."""

    number: int
    who: str
    said: str
    quoted: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class MergeProgress:
    title: str
    state: str
    said: str
    sent: int
    total: int
    refused: int
    taken: int
    may_stop: bool
    may_resume: bool
    may_call_back: bool
    running: bool
    on_the_way: int


@dataclass(frozen=True, slots=True)
class MergeListEntry:
    url: str
    title: str
    said: str
    icon: str


def merge_progress(mailing: MailMerge, now: datetime) -> MergeProgress:
    counts = dict(mailing.letters.order_by().values_list("state").annotate(Count("pk")))
    total, waiting = sum(counts.values()), counts.get(Letter.WAITING, 0)
    sent, leaving = counts.get(Letter.SENT, 0), counts.get(Letter.LEAVING, 0)
    going = mailing.state in (State.SENDING, State.STOPPED)
    return MergeProgress(
        title=subject_text(mailing.letter.subject), state=mailing.state, sent=sent, total=total,
        refused=counts.get(Letter.REFUSED, 0), taken=counts.get(Letter.TAKEN, 0), on_the_way=leaving,
        said=_said(mailing, waiting + leaving, now), running=mailing.state == State.SENDING or leaving > 0,
        may_stop=mailing.state == State.SENDING and waiting > 0,
        may_resume=mailing.state == State.STOPPED and waiting > 0,
        may_call_back=going and total == waiting,
    )  # fmt: skip


def failed_messages(mailing: MailMerge) -> list[FailedMessage]:
    """Refused by our server, or by another one since; by their line in the table."""
    letters = {_message_id(letter): letter for letter in mailing.letters.all()}
    found = [_refused(letter) for letter in letters.values() if letter.state == Letter.REFUSED]
    rows = DeliveryReport.objects.filter(
        account=mailing.account_id, message_id__in=letters, kind=DeliveryReport.Kind.FAILED
    )
    for row in rows:
        letter = letters[row.message_id]
        said = status_codes.status_text(row.status, row.address)
        url = reverse("webmail:message", args=[row.folder, row.uid])
        found.append(FailedMessage(letter.number, _who(letter), _capital(said), row.said, url))
    return sorted(found, key=lambda one: one.number)


def count_late(mailing: MailMerge, failures: Iterable[FailedMessage]) -> int:
    """Letters that another server does not take yet."""
    over = {one.number for one in failures}
    letters = {_message_id(letter): letter.number for letter in mailing.letters.filter(state=Letter.SENT)}
    rows = DeliveryReport.objects.filter(
        account=mailing.account_id, message_id__in=letters, kind=DeliveryReport.Kind.DELAYED
    )
    return len({letters[row.message_id] for row in rows} - over)


def read_reports(session: Session, account: Account) -> None:
    """The reports that came since somebody last looked. Those of a large mailing come in several looks."""
    try:
        delivery_reports.collect_reports(session, account)
    except MailboxError:
        return


def list_merges(account: Account, now: datetime) -> list[MergeListEntry]:
    sent_alone = Q(state=State.WRITTEN) & ~Q(letter__state=Outgoing.State.DRAFT)  # the draft left as a message
    known = MailMerge.objects.filter(account=account).exclude(sent_alone)
    found = known.select_related("letter").annotate(count=Count("letters"))
    return [_in_list(mailing, mailing.count, now) for mailing in found.order_by("-created_at")]


def _in_list(mailing: MailMerge, count: int, now: datetime) -> MergeListEntry:
    letters = ngettext("%s letter", "%s letters", count) % number_text(count)
    at = date_text.relative_date_text(mailing.begun_at or mailing.created_at, now)
    until = date_text.full_date(timezone.localdate(mailing.letter.changed_at + drafts.MAILING_KEPT_FOR))
    words = {"letters": letters, "when": at, "until": until}
    said, icon = {
        State.WRITTEN: (_("being prepared, begun %(when)s, kept until %(until)s"), "pen"),
        State.SENDING: (_("%(letters)s, leaving"), "send"),
        State.STOPPED: (_("%(letters)s, stopped"), "octagon-alert"),
        State.DONE: (_("%(letters)s, sent %(when)s"), "check"),
    }[State(mailing.state)]
    url = reverse("webmail:mailing", args=[mailing.pk])
    return MergeListEntry(url, subject_text(mailing.letter.subject), _capital(said % words), icon)


def _said(mailing: MailMerge, left: int, now: datetime) -> str:
    if mailing.state == State.DONE:
        return _("Ended %s.") % date_text.relative_date_text(mailing.ended_at or now, now)
    if mailing.state == State.STOPPED:
        if mailing.why_stopped == MailMerge.Why.HELD:
            return _("Stopped: this account was shut as stolen while it was leaving. Go on if you wrote it.")
        return ngettext("Stopped: %s letter has not left.", "Stopped: %s letters have not left.", left) % number_text(
            left
        )
    if why := mailbox_closure.sending_closed_text(mailing.account, now):
        return why
    if mailing.starts_at and mailing.starts_at > now:
        seconds = (mailing.starts_at - now).total_seconds()
        if seconds < 60:
            return _("The first letter leaves in %d s.") % (int(seconds) + 1)
        return _("The first letter leaves %s.") % wake_times.wake_time_text(mailing.starts_at, now)
    ends = rate.duration_text(rate.expected_duration(mailing.account_id, 0, now))
    return _("The last letter leaves %s. You may close this page: the letters go on leaving by themselves.") % ends


def _refused(letter: MergedMessage) -> FailedMessage:
    failure = letter.failure if isinstance(letter.failure, dict) else {}
    recipients = failure.get("recipients") or {}
    _code, text = next(iter(recipients.values()), (0, ""))
    status = _STATUS.search(str(text))
    said = status_codes.status_text(status[0], letter.address) if status else refusal_texts(failure)[0]
    return FailedMessage(letter.number, _who(letter), _capital(said), str(text))


def _who(letter: MergedMessage) -> str:
    return f"{letter.name} <{letter.address}>" if letter.name else letter.address


def _message_id(letter: MergedMessage) -> str:
    return message_id_of(letter.key)


def _capital(words: str) -> str:
    return words if "@" in words.split(" ", 1)[0] else words[:1].upper() + words[1:]
