"""Why a mailbox that is open to its owner's sign-in does not open, or does not send, in words for the screen."""

from datetime import datetime

from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account, Refusal
from vaguemestre.web.date_text import full_date_text


def reading_closed_text(account: Account, now: datetime) -> str:
    """Empty when mail can be read."""
    if account.mail_refusal(now) != Refusal.BLOCKED or account.mail_blocked_until is None:
        return ""
    return _("Your mailbox is closed until %(moment)s, for safety. What arrives meanwhile is kept.") % {
        "moment": full_date_text(account.mail_blocked_until)
    }


def sending_closed_text(account: Account, now: datetime) -> str:
    """Empty when mail can be sent."""
    if shut := reading_closed_text(account, now):
        return shut
    if account.sending_refusal(now) != Refusal.FROZEN:
        return ""
    return _("Sending is suspended on your account, for safety. Your text is kept; your help desk opens sending again.")
