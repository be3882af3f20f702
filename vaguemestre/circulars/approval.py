"""The second person: who may approve, the frozen content, and the decision."""

import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.circulars.departure import has_passed
from vaguemestre.circulars.dispatch import start_mailing
from vaguemestre.circulars.freezing import frozen_digest
from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.circulars.recipients import holders, perimeter_as_data, question_of, reachable_keys
from vaguemestre.courier.mail import send_mail
from vaguemestre.lists.approval_rights import rights_in_force
from vaguemestre.lists.models import ApprovalRight
from vaguemestre.lists.perimeter import Perimeter, perimeter_of
from vaguemestre.people.namesakes import tell_apart

State = Circular.State
APPOINTED = timedelta(days=30)  # whom the author let approve so lately does not approve the author's own


class ApprovalFault(StrEnum):
    SUBJECT = "subject"
    TEXT = "text"
    NOBODY = "nobody"
    APPROVER = "approver"
    DEPARTURE = "departure"
    CHANGED = "changed"


class ApprovalFaultError(Exception):
    def __init__(self, fault: ApprovalFault) -> None:
        super().__init__(fault)
        self.fault = fault


def possible_approvers(author: str, today: date) -> list[Account]:
    """By name, namesakes distinguished; never the author, nor whom the author appointed in the last thirty days."""
    since = timezone.now() - APPOINTED
    appointed = ApprovalRight.objects.filter(Q(given_by=author) | Q(confirmed_by=author), given_at__gte=since)
    rights = rights_in_force(today).exclude(holder=author).exclude(holder__in=appointed.values("holder"))
    found = list({one.holder_id: one.holder for one in rights}.values())
    tell_apart(one.person for one in found)
    return sorted(found, key=lambda one: (one.person.search_name, one.key))


def ask_approval(circular: Circular, approver: str, author: Account, *, now: datetime) -> None:
    """Its recipients are those of now. Raises ApprovalFaultError."""
    today = timezone.localdate(now)
    chosen = next((one for one in possible_approvers(author.key, today) if one.key == approver), None)
    if chosen is None:
        raise ApprovalFaultError(ApprovalFault.APPROVER)
    for fault in (ApprovalFault.SUBJECT, ApprovalFault.TEXT):
        if not getattr(circular, fault):
            raise ApprovalFaultError(fault)
    if has_passed(circular.leaves_at, now):
        raise ApprovalFaultError(ApprovalFault.DEPARTURE)
    perimeter = perimeter_of(author, today)
    keys = _recipient_keys(circular, perimeter, today)
    if not keys:
        raise ApprovalFaultError(ApprovalFault.NOBODY)
    with transaction.atomic():
        circular.perimeter, circular.author, circular.author_name = (
            perimeter_as_data(perimeter), author.key, author.display_name,
        )  # fmt: skip
        _prepare(circular, keys)
        circular.state, circular.asked_at, circular.remark = State.ASKED, now, ""
        circular.approver, circular.approver_name = chosen.key, chosen.display_name
        circular.digest = frozen_digest(circular)
        circular.save()
        journal.record(author.key, "circular.submitted", chosen.key, circular=circular.key, recipients=len(keys))
        subject = _("A circular waits for your approval: %s") % circular.subject
        text = _("%(name)s submits it to you. It does not leave without you.") % {"name": author.display_name}
        url = f"{settings.ORIGIN}{reverse('circulars:approval', args=[circular.key])}"
        send_mail(chosen.address, subject, f"{text}\n\n{url}", now=now)


def _recipient_keys(circular: Circular, perimeter: Perimeter, today: date) -> list[str]:
    """A correction also reaches those who got the error and have left the list since."""
    keys = set(reachable_keys(question_of(circular.question), perimeter, today))
    if circular.corrects is not None:
        misled = Account.objects.filter(pk__in=holders(circular.corrects).values("account"), state=Account.State.OPEN)
        keys |= set(misled.values_list("key", flat=True))
    return sorted(keys)


def take_back(circular: Circular) -> None:
    """A submitted circular, or a scheduled one, is a draft again: after a change it is approved again. Nothing once it
    has begun to leave."""
    with transaction.atomic():
        circular.mailings.filter(state=Dispatch.State.PREPARED).delete()
        waiting = Circular.objects.filter(pk=circular.pk, state__in=(State.ASKED, State.APPROVED), mailings=None)
        waiting.update(
            state=State.DRAFT, digest="", approver="", approver_name="", asked_at=None, approved_at=None,
        )  # fmt: skip
    circular.refresh_from_db()


def approve(circular: Circular, approver: Account, seen: str, *, now: datetime) -> None:
    """`seen`: the digest of the page that was read. It leaves at its time, at once where that has passed. Raises
    ApprovalFaultError."""
    if all(one.key != approver.key for one in possible_approvers(circular.author, timezone.localdate(now))):
        raise ApprovalFaultError(ApprovalFault.APPROVER)
    with transaction.atomic():
        asked = Circular.objects.select_for_update().filter(pk=circular.pk, state=State.ASKED, approver=approver.key)
        found = asked.first()
        if found is None or found.digest != seen or frozen_digest(found) != seen:
            raise ApprovalFaultError(ApprovalFault.CHANGED)
        asked.update(state=State.APPROVED, approved_at=now)
        journal.record(approver.key, "circular.approved", found.author, circular=found.key, digest=seen)
        subject = _("Your circular is approved: %s") % found.subject
        if found.leaves_at is None or found.leaves_at <= now:
            start_mailing(found.mailings.get(kind=Dispatch.Kind.FIRST), now)
            subject = _("Your circular leaves: %s") % found.subject
        _tell_author(found, subject, approver, "", "circulars:following", now)


def hand_back(circular: Circular, approver: Account, remark: str, *, now: datetime) -> None:
    """With a sentence. Raises ApprovalFaultError where it was taken back meanwhile."""
    with transaction.atomic():
        asked = Circular.objects.filter(pk=circular.pk, state=State.ASKED, approver=approver.key)
        if not asked.update(state=State.RETURNED, remark=remark, digest=""):
            raise ApprovalFaultError(ApprovalFault.CHANGED)
        circular.mailings.all().delete()
        journal.record(approver.key, "circular.returned", circular.author, circular=circular.key)
        subject = _("To be corrected: %s") % circular.subject
        _tell_author(circular, subject, approver, remark, "circulars:writing", now)


def _prepare(circular: Circular, keys: list[str]) -> None:
    circular.mailings.all().delete()
    mailing = Dispatch.objects.create(circular=circular, message_token=secrets.token_hex(16))
    Delivery.objects.bulk_create([Delivery(mailing=mailing, account_id=key) for key in keys], batch_size=1000)


def _tell_author(circular: Circular, subject: str, approver: Account, remark: str, page: str, now: datetime) -> None:
    author = Account.objects.filter(pk=circular.author, state=Account.State.OPEN).first()
    if author is None:
        return
    text = _("%(name)s has read it.") % {"name": approver.display_name}
    url = f"{settings.ORIGIN}{reverse(page, args=[circular.key])}"
    send_mail(author.address, subject, "\n\n".join(part for part in (text, remark, url) if part), now=now)
