"""The facts that `state` speaks of, read from the tables."""

from datetime import datetime, timedelta

from django.utils import timezone

from vaguemestre.accounts.attempts import release
from vaguemestre.accounts.factors import factor_state
from vaguemestre.accounts.models import Account, OtpKey, SignIn
from vaguemestre.accounts.otp.holder import key_in_use, key_set_aside, lost_key
from vaguemestre.audit.models import Entry
from vaguemestre.helpdesk.account.account_facts import Facts, Failures, Paper
from vaguemestre.helpdesk.journal_actors import actor_names
from vaguemestre.letters.models import Letter

LOOKS_BACK = timedelta(days=7)
MOST = 200  # lines of the sign-in log


def facts_of(account: Account, now: datetime) -> Facts:
    good = account.sign_ins.filter(result=SignIn.Result.GOOD).order_by("-at").first()
    locked_by, reason = _lock(account)
    return Facts(
        account=account,
        failures=_failures(account, now),
        last_good=good.at if good else None,
        locked_by=locked_by,
        lock_reason=reason,
        letter=_letter(account),
        factor_missing=factor_state.is_factor_missing(account, timezone.localdate(now)),
        waits_until=release.locked_until(account, now),
        was_shut_down=account.password_kind == Account.PasswordKind.NONE and account.drills.exists(),
        **_keys(account),
    )


def _keys(account: Account) -> dict[str, OtpKey | None]:
    """Asked only of those who sign in with one."""
    if account.method != Account.Method.OTP_KEY:
        return {}
    return {"key": key_in_use(account), "lost_key": lost_key(account), "key_to_fetch": key_set_aside(account)}


def _failures(account: Account, now: datetime) -> list[Failures]:
    """Since the last good sign-in on the same channel: what was mended since is no news."""
    lines = account.sign_ins.filter(at__gte=now - LOOKS_BACK).order_by("-at")[:MOST]
    mended: set[str] = set()
    found: dict[tuple[str, str], Failures] = {}
    for line in lines:
        if line.result == SignIn.Result.GOOD:
            mended.add(line.channel)
        elif line.channel not in mended:
            one = found.get((line.channel, line.result))
            times, last = (one.times + line.times, one.last) if one else (line.times, line.at)
            found[line.channel, line.result] = Failures(line.channel, line.result, times, last)
    return list(found.values())


def _lock(account: Account) -> tuple[str, str]:
    if account.locked_at is None:
        return "", ""
    entry = Entry.objects.filter(subject=account.key, act="account.locked").order_by("-at", "-id").first()
    return (actor_names([entry.actor])[entry.actor], str(entry.details.get("reason", ""))) if entry else ("", "")


def _letter(account: Account) -> Paper | None:
    letter = Letter.objects.filter(account=account).exclude(state=Letter.State.REVOKED).order_by("-pk").first()
    return Paper(letter.number, letter.printed_at) if letter else None
