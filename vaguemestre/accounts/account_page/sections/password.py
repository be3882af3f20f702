"""One line of the sheet of signing in: the password, and since when."""

from datetime import datetime

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest


def context(request: StaffRequest, now: datetime) -> dict[str, object] | None:  # noqa: ARG001 - the shape of every section
    """Whoever signs in with an OTP key has no password to change."""
    account = request.account
    return None if account.method == Account.Method.OTP_KEY else {"set_at": account.password_set_at}
