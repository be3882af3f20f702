"""One attempt to sign in: found, slowed, verified exactly once, written down. The answer hides why it failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vaguemestre.accounts import devices, passwords, sign_in_log, throttle
from vaguemestre.accounts.access import account_named
from vaguemestre.accounts.dates import today
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.names import counted

Result = SignIn.Result


@dataclass(frozen=True)
class Remote:
    """Where an attempt comes from. `device_token` is the known-browser cookie, if one came."""

    address: str | None
    agent: str = ""
    device_token: str | None = None


@dataclass(frozen=True)
class Outcome:
    """`account` is given only when the sign-in is good; `wait` only when there were too many tries."""

    result: SignIn.Result
    account: Account | None = None
    wait: timedelta | None = None


def attempt(
    typed: str, secret: str, *, remote: Remote, now: datetime, channel: SignIn.Channel = SignIn.Channel.WEB
) -> Outcome:
    """Too many tries are answered without verifying anything, for names that exist and names that do not alike."""
    account = account_named(typed)
    tried = _attempt(typed, account, remote)
    standing = throttle.standing(tried)
    wait = standing.wait(now)
    result = Result.THROTTLED if wait else _judge(account, secret, now)
    if account and result == Result.GOOD:
        standing.forgive()
        passwords.upgrade(account, secret)
    elif not wait:
        throttle.count(tried, secret, now=now)
    sign_in_log.note(account, result, channel=channel, address=remote.address, agent=remote.agent, now=now)
    return Outcome(result, account if result == Result.GOOD else None, wait)


def _attempt(typed: str, account: Account | None, remote: Remote) -> throttle.Attempt:
    return throttle.Attempt(
        name=counted(typed),
        account=account,
        network=throttle.network_of(remote.address),
        device=devices.known(remote.device_token, account),
    )


def _judge(account: Account | None, secret: str, now: datetime) -> SignIn.Result:
    """The verification comes first and always: what follows costs nothing that could be measured."""
    verified = passwords.verify(account, secret)
    if account is None:
        return Result.UNKNOWN
    if not verified:
        return Result.WRONG
    if refusal := account.refusal(today(now)):
        return Result(refusal.value)
    return Result.EXPIRED if passwords.expired(account, now) else Result.GOOD
