"""What the gate asks for Dovecot and Postfix: may this sign-in be tried, and how it went.

The counters are those of the web. The webmail shows a signed token: it is let through, and is no sign-in of the person.
A gate that cannot reach the database answers "allowed": the projected file refuses a blocked account all the same.
"""

from dataclasses import dataclass
from datetime import datetime

from vaguemestre.accounts import names, sign_in_log, throttle
from vaguemestre.accounts.access import account_named, account_of_key
from vaguemestre.accounts.dates import today
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.waiting import too_many_tries

TOKENS = {"OAUTHBEARER", "XOAUTH2"}
Channel = SignIn.Channel
Result = SignIn.Result


@dataclass(frozen=True)
class MailSignIn:
    """One sign-in of a mail program, as Dovecot describes it. `remote` is empty for its own internal look-ups."""

    login: str
    remote: str = ""
    protocol: str = "imap"  # imap, sieve, or smtp for Postfix
    mechanism: str = "PLAIN"
    secret_trace: str = ""  # a few bits of the password, only to know the same one again

    @property
    def channel(self) -> SignIn.Channel:
        return Channel.SMTP if self.protocol in {"smtp", "submission"} else Channel.IMAP

    @property
    def by_token(self) -> bool:
        return self.mechanism.upper() in TOKENS


@dataclass(frozen=True)
class Decision:
    allowed: bool
    message: str = ""


ALLOWED = Decision(True)


def allow(sign_in: MailSignIn, *, now: datetime) -> Decision:
    """Two queries; one more, for whoever is known there, while somebody is slowed down."""
    if sign_in.by_token:
        return ALLOWED
    wait = throttle.standing(_attempt(sign_in, _account(sign_in.login))).wait(now)
    return ALLOWED if wait is None else Decision(False, too_many_tries(wait))


def report(sign_in: MailSignIn, *, success: bool, rejected: bool, now: datetime) -> None:
    """How it went. `rejected`: it was this policy that refused, so no password was verified."""
    if sign_in.by_token:
        return
    account = _account(sign_in.login)
    result = _result(account, success=success, rejected=rejected, now=now)
    tried = _attempt(sign_in, account)
    if result == Result.GOOD:
        throttle.standing(tried).forgive()
    elif result != Result.THROTTLED:
        throttle.count(tried, sign_in.secret_trace, now=now)
    sign_in_log.note(
        account, result, channel=sign_in.channel, address=sign_in.remote or None, agent="", now=now
    )  # fmt: skip


def _account(login: str) -> Account | None:
    return account_of_key(login) if names.KEY_FORM.fullmatch(login) else account_named(login)


def _attempt(sign_in: MailSignIn, account: Account | None) -> throttle.Attempt:
    name, network = names.counted(sign_in.login), throttle.network_of(sign_in.remote)
    return throttle.Attempt(name=name, account=account, network=network)


def _result(account: Account | None, *, success: bool, rejected: bool, now: datetime) -> SignIn.Result:
    if success:
        return Result.GOOD
    if rejected:
        return Result.THROTTLED
    if account is None:
        return Result.UNKNOWN
    refusal = account.mail_refusal(today(now))
    return Result(refusal.value) if refusal else Result.WRONG
