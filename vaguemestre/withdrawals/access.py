"""The only doors of this room: administrators, with two factors, and what they name in an address."""

from collections.abc import Callable

from django.http import Http404
from django.utils.functional import Promise

from vaguemestre.accounts.sessions.decorators import StaffView, administrators_only, freshly_proved_keeping
from vaguemestre.withdrawals.models import Withdrawal

__all__ = ["administrators_only", "freshly_proved", "withdrawal_named"]


def freshly_proved[**P](what: Promise) -> Callable[[StaffView[P]], StaffView[P]]:
    """Nobody empties mailboxes at an open screen; what was typed is kept meanwhile."""
    return lambda view: freshly_proved_keeping(view, lambda _request: str(what))


def withdrawal_named(key: str) -> Withdrawal:
    """Raises Http404."""
    withdrawal = Withdrawal.objects.filter(pk=key).first()
    if withdrawal is None:
        raise Http404("withdrawal")
    return withdrawal
