"""What is asked and said when a message is sent: its hour, what keeps it back, the words and the way back."""

import math
from datetime import datetime

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.compose import send_checks, sensitive_data
from vaguemestre.webmail.compose.compose_form import refusal_texts
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.outbox.delivery import SendOutcome, SendRefusal, SendRefusedError
from vaguemestre.webmail.outbox.undo_delay import SECONDS
from vaguemestre.webmail.people.address_list import parse_recipients
from vaguemestre.webmail.snooze import wake_times

UNDO_AT = "webmail:send-undo"


def pressed_button(request: StaffRequest) -> str:
    """The last one: the button that was pressed comes after what the form holds."""
    day, hour = request.POST.get("jour", ""), request.POST.get("heure", "")
    return request.POST.get("depart") or (f"{day}T{hour}" if day and hour else "")


def refuse_sensitive_data(outgoing: Outgoing, writer: Account, now: datetime) -> None:
    """Raises `SendRefusedError`. The NUMEN also in what is quoted; a password among the person's own words."""
    if sensitive_data.holds_numen(writer, [outgoing.subject, outgoing.text]):
        raise SendRefusedError(SendRefusal.NUMEN)
    own = send_checks.own_words(outgoing.text, "")
    if sensitive_data.holds_password(writer, [outgoing.subject, own], now):
        raise SendRefusedError(SendRefusal.PASSWORD)


def sent_toast(outcome: SendOutcome, outgoing: Outgoing, seconds: int, hour: datetime | None, now: datetime) -> Toast:
    if outcome == SendOutcome.WAITING:
        return Toast(_("Kept: the mail server does not answer. Your message will leave by itself when it is back."))
    if outcome == SendOutcome.FILED_LATER:
        return Toast(_("Sent. Its copy will join Sent when the mailbox answers."))
    if outcome == SendOutcome.FULL:
        return Toast(refusal_texts({"full": True})[0])
    if outcome == SendOutcome.PLANNED and hour:
        return Toast(_("Your message leaves %s") % wake_times.wake_time_text(hour, now), outgoing.key, undo_at=UNDO_AT)
    if outcome == SendOutcome.CALLABLE:
        return _callable(outgoing, seconds)
    return Toast(_("Sent to %s") % _recipients(outgoing))


def sent_before_toast(outgoing: Outgoing, now: datetime) -> Toast:
    """Pressed once more, in this window or in another."""
    if outgoing.leaves_at and outgoing.leaves_at > now:
        if outgoing.planned:
            return sent_toast(SendOutcome.PLANNED, outgoing, 0, outgoing.leaves_at, now)
        return _callable(outgoing, math.ceil((outgoing.leaves_at - now).total_seconds()))
    return Toast(_("This message has already left."))


def _callable(outgoing: Outgoing, seconds: int) -> Toast:
    said = _("Leaves for %(recipients)s in %(seconds)s s") % {"recipients": _recipients(outgoing), "seconds": seconds}
    shown = max((one for one in SECONDS if one <= seconds), default=SECONDS[0])  # those that the line knows
    return Toast(said, outgoing.key, undo_at=UNDO_AT, seconds=shown)


def _recipients(outgoing: Outgoing) -> str:
    people = parse_recipients("\n".join((outgoing.to, outgoing.cc, outgoing.bcc)))
    name = people[0].label if people else ""
    if len(people) > 1:
        more = len(people) - 1
        words = ngettext("%(name)s and %(count)d more", "%(name)s and %(count)d more", more)
        return words % {"name": name, "count": more}
    return name
