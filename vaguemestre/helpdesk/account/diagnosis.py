"""What is the matter with an account, in sentences, and the simplest way out. Pure: facts in, words out."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account, OtpKey, SignIn
from vaguemestre.helpdesk.account import otp_diagnosis
from vaguemestre.helpdesk.account.account_facts import Act, Facts, Failures, Suggestion
from vaguemestre.web import date_text

State = Account.State
Kind = Account.PasswordKind
GONE = {State.CLOSED, State.STOPPED, State.PURGED}


def diagnosis_sentences(facts: Facts, now: datetime) -> list[str]:
    """The most weighty first: the page says it large. Never empty."""
    key = () if facts.account.state in GONE else otp_diagnosis.otp_sentences(facts, now)
    parts = (_shut(facts, now), _stolen(facts, now), key, _password(facts, now), _signing_in(facts, now))
    return list(chain.from_iterable(parts)) or [_all_is_well(facts, now)]


def find_suggestion(facts: Facts, now: datetime) -> Suggestion:
    account = facts.account
    if account.state in GONE:
        return Suggestion(
            Act.NOTHING,
            _("Nothing here: HR decides"),
            _("The account opens again when the HR feed says that the person is back. Send them to their HR officer."),
        )
    if account.locked_at:
        return Suggestion(
            Act.UNLOCK,
            _("unlock, once you know why"),
            _("Read the reason first. After that the person signs in with the same password."),
        )
    if account.state == State.PENDING:
        return Suggestion(
            Act.NOTHING,
            _("Wait for the date of duty"),
            _("The account opens by itself at midnight. The letter leaves before."),
        )
    if facts.by_key and not facts.was_shut_down:
        if wanted := otp_diagnosis.find_otp_suggestion(facts, now):
            return wanted
    elif account.password_kind != Kind.OWN or _wrong_password(facts):
        return _temporary_pass(facts)
    if facts.waits_until:
        return Suggestion(
            Act.UNLOCK,
            _("let them try again"),
            _("The password may be right. Empty the counters, then let the person type slowly while you listen."),
        )
    return Suggestion(
        Act.NOTHING,
        _("Nothing to repair"),
        _("If the person cannot get in all the same, have them read the sentence on their screen to you."),
    )


def brief_diagnosis(account: Account, now: datetime) -> tuple[str, str]:
    """Two to five words for a list, and their tone: "", good, warn or bad."""
    if account.state in GONE:
        return _("Closed"), "warn"
    if account.locked_at:
        return _("Locked"), "bad"
    if account.state == State.PENDING:
        return _("Not open yet"), ""
    if account.frozen_at or (account.mail_blocked_until and account.mail_blocked_until > now):
        return _("Declared stolen"), "bad"
    if account.password_kind == Kind.OWN:
        return (_("In use"), "good") if account.charter_version else (_("First sign-in not finished"), "warn")
    if account.password_kind == Kind.NONE:
        return _("No password yet"), "warn"
    return (_("Password expired"), "warn") if _expired(account, now) else (_("Never signed in"), "")


def _wrong_password(facts: Facts) -> bool:
    return any(failure.result == SignIn.Result.WRONG for failure in facts.failures)


def _temporary_pass(facts: Facts) -> Suggestion:
    """A mail program that continues with the old password works again once it is told the new one."""
    text = _("It is good for 30 minutes and one sign-in, on the portal, and serves to choose a password of one’s own.")
    if facts.by_key:
        text = otp_diagnosis.pass_text()
    elif any(failure.channel != SignIn.Channel.WEB for failure in facts.failures):
        text += " " + _("The mail program works once it is told the new password.")
    return Suggestion(Act.TEMPORARY, _("a temporary password"), text)


def _shut(facts: Facts, now: datetime) -> Iterator[str]:
    account = facts.account
    if account.state == State.PURGED:
        yield _("The account was deleted: only its names are kept, so that nobody else gets them.")
    elif account.state == State.STOPPED:
        yield _("The account is closed %(day)s; mail to it is refused.") % {"day": _since(account)}
    elif account.state == State.CLOSED:
        yield _("The account is closed %(day)s. Mail is still received.") % {"day": _since(account)}
    elif account.state == State.PENDING:
        yield _("The account opens on %(day)s.") % {"day": date_text.full_date(account.opens_on)}
    elif account.closes_on:
        yield _("The account closes on %(day)s.") % {"day": date_text.full_date(account.closes_on)}
    if account.locked_at:
        told = {"day": moment_text(account.locked_at, now), "by": facts.locked_by or _("the help desk")}
        yield _("The account has been locked since %(day)s by %(by)s.") % told
        if facts.lock_reason:
            yield _("Reason given: “%(reason)s”.") % {"reason": facts.lock_reason}


def _stolen(facts: Facts, now: datetime) -> Iterator[str]:
    account = facts.account
    if account.mail_blocked_until and account.mail_blocked_until > now:
        until = date_text.full_date_text(account.mail_blocked_until)
        yield _("Declared stolen: the mailbox stays shut until %(until)s.") % {"until": until}
    if account.frozen_at:
        yield _("Sending has been frozen since %(day)s.") % {"day": moment_text(account.frozen_at, now)}


def _password(facts: Facts, now: datetime) -> Iterator[str]:
    account = facts.account
    if account.state in GONE or _unused_behind_the_key(facts):
        return
    expires = account.provisional_expires_at
    if account.password_kind == Kind.NONE:
        yield _("There is no password: nobody can sign in to this account.")
        if facts.letter and facts.letter.printed_at is None:
            yield _("Letter %(number)s waits to be printed.") % {"number": facts.letter.number}
    elif account.password_kind == Kind.TEMPORARY and expires:
        if expires <= now:
            yield _("The temporary password expired %(day)s, unused.") % {"day": moment_text(expires, now)}
        else:
            yield _("A temporary password is good until %(time)s.") % {"time": date_text.clock_time(expires)}
    elif account.password_kind == Kind.PROVISIONAL and expires:
        yield from _provisional(facts, expires, now)
    elif account.password_kind == Kind.OWN and not account.charter_version:
        yield _("The first sign-in is not finished: the charter is not accepted, so mail programs are refused.")


def _unused_behind_the_key(facts: Facts) -> bool:
    """A password that opens nothing as long as there is a key: the letter's still does beside a first key."""
    idle = {Kind.NONE, Kind.PROVISIONAL}
    first = facts.key is not None and facts.key.state == OtpKey.State.HANDED
    return facts.by_key and not facts.was_shut_down and not first and facts.account.password_kind in idle


def _provisional(facts: Facts, expires: datetime, now: datetime) -> Iterator[str]:
    if expires <= now:
        yield _("The provisional password of the letter expired %(day)s, unused.") % {"day": moment_text(expires, now)}
        return
    if facts.letter and facts.letter.printed_at:
        printed = {"number": facts.letter.number, "day": moment_text(facts.letter.printed_at, now)}
        yield _("Nobody has signed in yet. Letter %(number)s was printed %(day)s.") % printed
    else:
        yield _("Nobody has signed in yet: the letter waits to be printed.")
    yield _("Its password is good until %(day)s.") % {"day": date_text.full_date(timezone.localtime(expires).date())}


def _signing_in(facts: Facts, now: datetime) -> Iterator[str]:
    if facts.factor_missing:
        yield _("The role asks for a second factor, and there is none: nothing else opens before.")
    for failure in facts.failures:
        yield failures_text(failure, now, by_key=facts.by_key)
    if facts.waits_until:
        yield _("Too many tries: the next one is taken at %(time)s.") % {
            "time": date_text.clock_time(facts.waits_until)
        }


def failures_text(failure: Failures, now: datetime, *, by_key: bool = False) -> str:
    """Three sign-ins failed over IMAP, last last night at 23 h 41: wrong password."""
    wrong_code = by_key and failure.channel == SignIn.Channel.WEB and failure.result == SignIn.Result.WRONG
    told = {
        "count": failure.times,
        "channel": channel_text(failure.channel),
        "when": moment_text(failure.last, now),
        "reason": _("wrong PIN or code") if wrong_code else SignIn.Result(failure.result).label,
    }
    return (
        ngettext(
            "%(count)d sign-in failed %(channel)s, %(when)s: %(reason)s.",
            "%(count)d sign-ins failed %(channel)s, the last one %(when)s: %(reason)s.",
            failure.times,
        )
        % told
    )


def _all_is_well(facts: Facts, now: datetime) -> str:
    if facts.last_good is None:
        return _("All is well: the account is open, and nobody has signed in lately.")
    return _("All is well. Last sign-in %(day)s.") % {"day": moment_text(facts.last_good, now)}


def channel_text(code: str) -> str:
    return {"imap": _("over IMAP"), "smtp": _("over SMTP"), "web": _("on the portal")}[code]


def moment_text(when: datetime, now: datetime) -> str:
    """last night at 23 h 41; today at 9 h; yesterday at…; on Friday; on 3 March."""
    local, today = timezone.localtime(when), timezone.localtime(now)
    time = date_text.clock_time(when)
    hours = (today - local).total_seconds() / 3600
    night = (local.hour >= 22 and local.date() < today.date()) or local.hour < 6
    if 0 <= hours < 12 and night and today.hour >= 6:
        return _("last night at %(time)s") % {"time": time}
    days = (today.date() - local.date()).days
    if days == 0:
        return _("today at %(time)s") % {"time": time}
    if days == 1:
        return _("yesterday at %(time)s") % {"time": time}
    if 1 < days < 7:
        return _("on %(weekday)s") % {"weekday": date_text.full_date(local.date()).split(" ")[0]}
    return _("on %(date)s") % {"date": date_text.full_date(local.date())}


def _since(account: Account) -> str:
    return _("since %(day)s") % {"day": date_text.full_date(account.closes_on)} if account.closes_on else ""


def _expired(account: Account, now: datetime) -> bool:
    return account.provisional_expires_at is not None and account.provisional_expires_at <= now
