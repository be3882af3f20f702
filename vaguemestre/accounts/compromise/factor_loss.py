"""Everything that held a second factor is lost, codes on paper included: the help desk takes them away, and only it."""

from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.factors import factor_state, totp
from vaguemestre.accounts.models import Account, Notice, TextFactor
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.sessions import sessions
from vaguemestre.audit import journal


@transaction.atomic
def withdraw_all(account: Account, *, by: str, now: datetime) -> int:
    """After a proof of identity. The password alone opens again (a role that needs a factor adds one at once); sessions
    end, the rescue contact hears of it. How many factors there were."""
    texts, _rows = TextFactor.objects.filter(account=account).delete()
    count = factor_state.count_strong(account) + texts
    account.totps.all().delete()
    account.passkeys.all().delete()
    sessions.end_sessions(account)
    journal.record(by, "factor.all-withdrawn", account.key, count=count)
    notices.tell_owner(account, Notice.Kind.FACTOR, now=now, by=by, to_rescue=True, change="all-withdrawn")
    factor_state.refresh_method(account)
    return count


@transaction.atomic
def withdraw_since(account: Account, since: datetime, *, by: str) -> int:
    """A stolen account: what was added since then may be the attacker's. The older ones are the person's and stay. The
    notice is that of the act."""
    totp.forget_unproved(account)
    telephones, _rows = account.totps.filter(made_at__gte=since).delete()
    keys, _rows = account.passkeys.filter(made_at__gte=since).delete()
    texts, _rows = TextFactor.objects.filter(account=account, made_at__gte=since).delete()
    lists = account.recovery_codes.filter(made_at__gte=since)
    count = telephones + keys + texts
    if count or lists.exists():
        lists.delete()
        journal.record(by, "factor.recent-withdrawn", account.key, count=count)
        factor_state.refresh_method(account)
    return count
