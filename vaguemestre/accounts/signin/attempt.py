"""One attempt to sign in: found, slowed, verified exactly once, written down. The answer hides why it failed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from vaguemestre.accounts.attempts import attempt_log, known_devices, throttle
from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.identity.name_rules import counted_name
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, PendingSignIn, SignIn
from vaguemestre.accounts.otp import verification
from vaguemestre.accounts.otp.holder import NOBODY, NamedAccount, holder_named
from vaguemestre.accounts.otp.verification import OtpVerdict
from vaguemestre.accounts.passwords import passwords

Result = SignIn.Result
Owes = PendingSignIn.Owes


@dataclass(frozen=True)
class SigninOutcome:
    """`account` is given only when the sign-in is good, as far as it goes: while it `owes` a step, nothing opens.

    `wait` only when there were too many tries; `robot` when it was not shown that a person is trying, so that nothing
    was verified; `picture` when the next try must show it.
    """

    result: SignIn.Result
    account: Account | None = None
    wait: timedelta | None = None
    owes: PendingSignIn.Owes | None = None
    strong: bool = False  # two factors at once: the code of an OTP key
    by_text: bool = False  # the second one was a code sent to the phone
    robot: bool = False
    picture: bool = False
    line: SignIn | None = None  # of the log, when it owes a step: it becomes a good one with it


@dataclass(frozen=True)
class _Verdict:
    result: SignIn.Result
    owes: PendingSignIn.Owes | None = None
    strong: bool = False  # by the code of an OTP key, else by the password


def attempt_signin(
    typed: str,
    secret: str,
    *,
    remote: ClientAddress,
    now: datetime,
    channel: SignIn.Channel = SignIn.Channel.WEB,
    human: Callable[[], bool] = lambda: False,
) -> SigninOutcome:
    """Too many tries are answered without verifying anything, for names that exist and names that do not alike.

    `human` is asked only when it matters: a solved picture is worth one attempt.
    """
    named = holder_named(typed)
    account = named.account
    tried = counted_attempt(typed, account, remote)
    standing = throttle.throttle_state(tried)
    if not standing.wait(now) and standing.wants_human(now) and not human():
        return SigninOutcome(Result.THROTTLED, robot=True, picture=True)
    slot = throttle.take_slot(tried, secret, now=now)
    if slot.wait:
        _note(account, Result.THROTTLED, channel, remote, now)
        return SigninOutcome(Result.THROTTLED, wait=slot.wait)
    verdict = _judge_held(secret, now) if slot.held else judge_secret(named, secret, now)
    if account is None or verdict.result not in {Result.GOOD, Result.FACTOR}:
        _note(account, verdict.result if account else Result.UNKNOWN, channel, remote, now)
        return SigninOutcome(verdict.result, picture=slot.after.wants_human(now))
    if not verdict.strong:
        passwords.upgrade_hash(account, secret)
    if verdict.result == Result.GOOD:
        slot.good()
    else:
        slot.give_back()  # no more than that: a right password alone does not give new tries at codes
    line = _note(account, verdict.result, channel, remote, now)
    return SigninOutcome(
        verdict.result, account, owes=verdict.owes, strong=verdict.strong, line=line if verdict.owes else None
    )


def counted_attempt(typed: str, account: Account | None, remote: ClientAddress) -> throttle.CountedAttempt:
    return throttle.CountedAttempt(
        name=counted_name(typed),
        account=account,
        network=throttle.network_of(remote.address),
        device=known_devices.known_device(remote.device_token, account),
    )


def _note(
    account: Account | None, result: SignIn.Result, channel: SignIn.Channel, remote: ClientAddress, now: datetime
) -> SignIn | None:
    return attempt_log.note_attempt(
        account, result, channel=channel, address=remote.address, agent=remote.agent, now=now
    )


def judge_secret(named: NamedAccount, secret: str, now: datetime) -> _Verdict:
    """The verification comes first and always: what follows costs nothing that could be measured."""
    account = named.account
    if account and account.method == Account.Method.OTP_KEY:
        verdict = verification.judge_code(named, secret, now)
        if verdict != OtpVerdict.PASSWORD:
            return _judged_by_code(account, verdict, now)
    verified = passwords.verify_password(account, secret)
    verification.spend_the_time_of_codes(secret)
    if account is None:
        return _Verdict(Result.UNKNOWN)
    if not verified:
        return _Verdict(Result.WRONG)
    if refusal := account.portal_refusal(today(now)):
        return _Verdict(Result(refusal.value))
    if passwords.is_expired(account, now) or not passwords.spend_temporary(account, now):
        return _Verdict(Result.EXPIRED)
    return _Verdict(Result.FACTOR, Owes.FACTOR) if account.second_factor else _Verdict(Result.GOOD)


def _judge_held(secret: str, now: datetime) -> _Verdict:
    """The same work and the same answer as for nobody: whoever guesses does not learn that they are held."""
    judge_secret(NOBODY, secret, now)
    return _Verdict(Result.THROTTLED)


def _judged_by_code(account: Account, verdict: OtpVerdict, now: datetime) -> _Verdict:
    if verdict == OtpVerdict.WRONG:
        return _Verdict(Result.WRONG)
    if refusal := account.portal_refusal(today(now)):
        return _Verdict(Result(refusal.value))
    owed = {OtpVerdict.ENROL: Owes.ENROL, OtpVerdict.NEXT_CODE: Owes.NEXT_CODE}.get(verdict)
    return _Verdict(Result.FACTOR if owed else Result.GOOD, owed, strong=True)
