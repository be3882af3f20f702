"""Asking for a key: the person, a motive and a reason; the head of the establishment decides; an agent hands over.

Nobody decides about themselves. Whoever has no head above them in their establishment (a head, the staff of an
office, a post without head) is decided about by the help desk of the department, for the authority.
"""

from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account, Notice, OtpKey, OtpRequest
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.otp.key_lifecycle import KeyStateError, forget_telephone
from vaguemestre.audit import journal
from vaguemestre.courier import mail
from vaguemestre.courier.quoted_words import quote_name
from vaguemestre.people.functions import Role, current_postings, roles
from vaguemestre.people.models import School

State = OtpRequest.State


class AlreadyAskedError(Exception):
    """One request at a time."""


def ask_for_key(
    account: Account, *, carrier: OtpKey.Carrier, motive: OtpRequest.Motive, reason: str, now: datetime, today: date
) -> OtpRequest:
    """The heads are written to. Raises AlreadyAskedError."""
    try:
        with transaction.atomic():
            made = OtpRequest.objects.create(
                account=account, carrier=carrier, motive=motive, reason=reason, asked_at=now,
                department=account.person.department,
            )  # fmt: skip
            journal.record(account.key, "otp-key.asked", account.key, motive=motive, carrier=carrier)
            for head in heads_of(account, today=today):
                _write_to_head(head, made, now)
    except IntegrityError as error:
        raise AlreadyAskedError(account.key) from error
    return made


@transaction.atomic
def withdraw_request(request: OtpRequest, *, now: datetime) -> None:
    _moved(request, [State.ASKED, State.APPROVED], State.WITHDRAWN, closed_at=now)
    forget_telephone(request.account, now=now)
    journal.record(request.account_id, "otp-key.request-withdrawn", request.account_id)


@transaction.atomic
def decide_request(request: OtpRequest, *, approved: bool, word: str, by: Account, now: datetime) -> None:
    """Raises KeyStateError when it was decided or withdrawn meanwhile, or when somebody would decide about
    themselves."""
    if by.key == request.account_id:
        raise KeyStateError(by.key)
    state = State.APPROVED if approved else State.REFUSED
    _moved(request, [State.ASKED], state, decided_by=by, decided_at=now, word=word, closed_at=None if approved else now)
    change = "approved" if approved else "refused"
    journal.record(by.key, f"otp-key.{change}", request.account_id, reason=word)
    notices.tell_owner(request.account, Notice.Kind.OTP_KEY, now=now, by=by.key, change=change)


def heads_of(account: Account, *, today: date) -> list[Account]:
    """Those who lead the establishment of the main posting, but oneself. A deputy is decided about by the head."""
    school = _main_school(account, today)
    if school is None or (Role.SCHOOL_HEAD in roles(account.person, today=today) and not _is_deputy(account)):
        return []
    posted = Account.objects.filter(person__postings__school=school, person__category__in=["DIRECOLE", "CHEF", "ADJ"])
    leaders = posted.exclude(pk=account.pk).select_related("person").prefetch_related("person__postings__school")
    in_charge = [leader for leader in leaders.distinct() if _leads(leader, school, today)]
    return [leader for leader in in_charge if not (_is_deputy(account) and _is_deputy(leader))]


def to_decide_by(head: Account, *, today: date) -> list[OtpRequest]:
    if Role.SCHOOL_HEAD not in roles(head.person, today=today):
        return []
    schools = [posting.school_id for posting in current_postings(head.person, today=today)]
    near = waiting_requests().filter(account__person__postings__school__in=schools).distinct()
    return [request for request in near if head in heads_of(request.account, today=today)]


def waiting_requests() -> "QuerySet[OtpRequest]":
    asked = OtpRequest.objects.filter(state=State.ASKED).select_related("account__person")
    return asked.prefetch_related("account__person__postings__school").order_by("asked_at")


def open_request(account: Account) -> OtpRequest | None:
    return account.otp_requests.filter(state__in=[State.ASKED, State.APPROVED]).first()


def _moved(request: OtpRequest, states: list[OtpRequest.State], state: OtpRequest.State, **facts: object) -> None:
    if not OtpRequest.objects.filter(pk=request.pk, state__in=states).update(state=state, **facts):
        raise KeyStateError(str(request.pk))
    request.refresh_from_db()


def _main_school(account: Account, today: date) -> School | None:
    current = current_postings(account.person, today=today)
    return current[0].school if current else None


def _is_deputy(account: Account) -> bool:
    return account.person.category == "ADJ"


def _leads(leader: Account, school: School, today: date) -> bool:
    here = {posting.school_id for posting in current_postings(leader.person, today=today)}
    return school.pk in here and Role.SCHOOL_HEAD in roles(leader.person, today=today)


def _write_to_head(head: Account, request: OtpRequest, now: datetime) -> None:
    """The reason is not in the mail: it is read where it is decided."""
    with translation.override(head.language):
        subject = _("A request for an OTP key waits for your decision")
        lines = (
            _("Good day %(name)s,") % {"name": head.display_name},
            _("%(name)s asks for an OTP key: %(motive)s.")
            % {"name": quote_name(request.account.display_name), "motive": request.get_motive_display()},
            _("Approve or refuse it here:") + f"\n{settings.ORIGIN}{reverse('accounts:otp-decisions')}",
        )
        mail.send_mail(head.address, subject, "\n\n".join(lines), now=now, about=request.account_id)
