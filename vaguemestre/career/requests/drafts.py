"""A request while it is the person's own: begun, filled in, its documents brought, sent, withdrawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.career.hr_office import attached_files
from vaguemestre.career.hr_office.attached_files import FileRefusedError, Judged
from vaguemestre.career.models import Campaign, Kind, RequestDocument, ServiceRequest
from vaguemestre.career.requests import campaigns, draft_reminders, status_changes, step_mails, wishes
from vaguemestre.career.requests.forms import Situation
from vaguemestre.career.requests.iban import Iban
from vaguemestre.career.requests.kinds import SERVICES
from vaguemestre.career.requests.status_changes import OVER, PENDING, TAKES_DOCUMENTS, State

MOST_DOCUMENTS = 12
FILES_AN_HOUR = 60


class NotOpenError(Exception):
    """No campaign takes this request now: not yet, no longer, or not from this person."""


class NotReadyError(Exception):
    """The message says what is missing."""


def begin_draft(account: Account, kind: Kind, campaign: Campaign | None, *, now: datetime) -> ServiceRequest:
    """The one that is there already, if there is one. After a refusal in the same campaign, what was asked then, to be
    corrected. Raises NotOpenError."""
    if SERVICES[kind].by_campaign:
        if campaign is None or campaign.kind != kind or not _takes(campaign, account, now):
            raise NotOpenError
        alive = ServiceRequest.objects.exclude(state__in=OVER)
        with transaction.atomic():
            first = {"kind": kind, "changed_at": now}
            made, new = alive.get_or_create(account=account, campaign=campaign, defaults=first)
            if new:
                _take_over(made, now)
                draft_reminders.plan_reminders(made, campaign, now=now)
        return made
    made, _new = ServiceRequest.objects.get_or_create(
        account=account, kind=kind, campaign=None, state=State.DRAFT, defaults={"changed_at": now}
    )
    return made


def may_ask_again(request: ServiceRequest, *, now: datetime) -> bool:
    """It was refused, its campaign still takes it, and no other one was begun since."""
    if request.state != State.REFUSED or request.campaign is None or not _takes(request.campaign, request.account, now):
        return False
    others = ServiceRequest.objects.filter(account=request.account_id, campaign=request.campaign)
    return not others.exclude(state__in=OVER).exists()


def fill_draft(request: ServiceRequest, form: Situation, *, now: datetime) -> None:
    """Raises OvertakenError."""
    with transaction.atomic():
        found = status_changes.lock_request(request, {State.DRAFT})
        found.facts, found.changed_at = form.facts(), now
        iban = form.cleaned_data.get("iban")
        if isinstance(iban, Iban):
            found.iban_sealed = iban.sealed()
        found.save(update_fields=["facts", "iban_sealed", "changed_at"])


@contextmanager
def changing_wishes(request: ServiceRequest, *, now: datetime) -> Iterator[ServiceRequest]:
    """Raises OvertakenError."""
    with transaction.atomic():
        found = status_changes.lock_request(request, {State.DRAFT})
        if found.kind != Kind.TRANSFER:
            raise status_changes.OvertakenError
        yield found
        ServiceRequest.objects.filter(pk=found.pk).update(changed_at=now)


def add_document(request: ServiceRequest, slot: str, file: Judged, *, now: datetime) -> None:
    """Raises OvertakenError, FileRefusedError."""
    if not rate_limit.take_one(
        "career.document", request.account_id, limit=FILES_AN_HOUR, per=timedelta(hours=1), now=now
    ):
        raise FileRefusedError(_("Too many documents within an hour: bring the others a little later."))
    with transaction.atomic():
        found = status_changes.lock_request(request, TAKES_DOCUMENTS)
        if found.documents.count() >= MOST_DOCUMENTS:
            raise FileRefusedError(_("Twelve documents at most: remove one first."))
        row = RequestDocument(request=found, slot=slot, name=file.name, kind=file.kind, size=len(file.content), at=now)
        attached_files.write(row, file.content)
        row.save(force_insert=True)


def remove_document(document: RequestDocument) -> None:
    """While it has not been sent: what the office has received stays. Raises OvertakenError."""
    with transaction.atomic():
        found = status_changes.lock_request(document.request, TAKES_DOCUMENTS)
        if found.sent_at and not _brought_since_asked(found, document):
            raise status_changes.OvertakenError
        attached_files.delete_files([document])
        document.delete()


def is_removable(request: ServiceRequest, document: RequestDocument) -> bool:
    if request.state == State.DRAFT:
        return True
    return request.state == State.ASKED and _brought_since_asked(request, document)


def discard_draft(request: ServiceRequest) -> None:
    """A draft leaves nothing. Raises OvertakenError."""
    with transaction.atomic():
        found = status_changes.lock_request(request, {State.DRAFT})
        attached_files.delete_files(list(found.documents.all()))
        found.delete()


def send_request(request: ServiceRequest, *, now: datetime) -> None:
    """The first time, or again with the documents that were asked for: those may come after the campaign's end.
    Raises OvertakenError, NotOpenError, NotReadyError."""
    with transaction.atomic():
        found = status_changes.lock_request(request, TAKES_DOCUMENTS)
        again = found.state == State.ASKED
        if found.campaign and not again:
            campaign = Campaign.objects.select_for_update().get(pk=found.campaign.pk)
            if not _takes(campaign, found.account, now):
                raise NotOpenError
        _check_ready(found)
        if again and not any(_brought_since_asked(found, one) for one in found.documents.all()):
            raise NotReadyError(_("Add the documents that your HR office asks for, then send."))
        status_changes.change_status(found, State.SENT, found.account, from_office=False, now=now)
        journal.record(found.account_id, "career.request-sent", found.account_id, request=str(found.key))
        step_mails.mail_step(found, now=now)


def withdraw_request(request: ServiceRequest, *, now: datetime) -> None:
    """Until it is decided. Raises OvertakenError."""
    with transaction.atomic():
        found = status_changes.lock_request(request, PENDING)
        status_changes.change_status(found, State.WITHDRAWN, found.account, from_office=False, now=now)
        journal.record(found.account_id, "career.request-withdrawn", found.account_id, request=str(found.key))
        step_mails.mail_step(found, now=now)


def required_documents(request: ServiceRequest) -> list[str]:
    asked = request.campaign.documents if request.campaign else SERVICES[request.kind].documents
    return list(asked)


def missing_documents(request: ServiceRequest) -> list[str]:
    return campaigns.missing_documents(required_documents(request), (one.slot for one in request.documents.all()))


def _take_over(request: ServiceRequest, now: datetime) -> None:
    """The refused one stays as it was decided: facts, wishes and documents are copied."""
    same = ServiceRequest.objects.filter(account=request.account_id, campaign=request.campaign, state=State.REFUSED)
    former = same.order_by("changed_at").last()
    if former is None:
        return
    request.follows, request.facts, request.iban_sealed = former, former.facts, former.iban_sealed
    request.save(update_fields=["follows", "facts", "iban_sealed"])
    for wish in wishes.load_wishes(former):
        wish.pk, wish.request = None, request
        wish.save(force_insert=True)
    for one in former.documents.order_by("at", "pk"):
        row = RequestDocument(request=request, slot=one.slot, name=one.name, kind=one.kind, size=one.size, at=now)
        attached_files.write(row, attached_files.path_of(one).read_bytes())
        row.save(force_insert=True)


def _check_ready(request: ServiceRequest) -> None:
    if not request.facts or (request.kind == Kind.BANK and not request.iban_sealed):
        raise NotReadyError(_("The first step is not filled in yet."))
    if request.kind == Kind.TRANSFER and not wishes.load_wishes(request):
        raise NotReadyError(_("Not one wish yet: add at least one."))
    if missing_documents(request):
        raise NotReadyError(_("A required document is missing: bring it, then send."))


def _takes(campaign: Campaign, account: Account, now: datetime) -> bool:
    return campaigns.is_open(campaign, now) and campaigns.concerns(campaign, account.person)


def _brought_since_asked(request: ServiceRequest, document: RequestDocument) -> bool:
    return request.state == State.ASKED and document.at >= request.changed_at
