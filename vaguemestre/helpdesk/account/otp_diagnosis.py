"""What is the matter with an OTP key, and the way out. Pure, as `state`; only for those who sign in with one."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import OtpKey, SignIn
from vaguemestre.helpdesk.account.account_facts import Act, Facts, Failures, Suggestion
from vaguemestre.web import date_text

State = OtpKey.State


def otp_sentences(facts: Facts, now: datetime) -> Iterator[str]:
    """None for a key that works."""
    if not facts.by_key:
        return
    if facts.key is None:
        yield from _without(facts)
        return
    key, told = facts.key, {"serial": facts.key.serial, "until": _until(facts.key.opens_until)}
    if key.state == State.BLOCKED:
        yield _("OTP key no. %(serial)s is blocked after three wrong PINs: nobody signs in before another one.") % told
    elif key.state == State.HANDED and key.opens(now):
        yield _("OTP key no. %(serial)s is not activated yet: it can be until %(until)s.") % told
    elif key.state == State.HANDED:
        yield _("OTP key no. %(serial)s was not activated in time: it opens nothing.") % told
    elif key.state == State.PIN_RESET and key.opens(now):
        yield _("OTP key no. %(serial)s waits for a new PIN, to be chosen until %(until)s.") % told
    elif key.state == State.PIN_RESET:
        yield _("OTP key no. %(serial)s waits for a new PIN, and the time to choose it is over.") % told
    elif key.awaits(now):
        yield _("OTP key no. %(serial)s is out of step: it waits for the next code, alone.") % told


def find_otp_suggestion(facts: Facts, now: datetime) -> Suggestion | None:
    """None when nothing is the matter with the key."""
    if facts.key is None:
        return _replace(facts)
    key = facts.key
    if key.state in {State.HANDED, State.PIN_RESET}:
        return _activate(key) if key.opens(now) else _new_pin(key, over=True)
    if key.state == State.BLOCKED or (refused_on_the_web(facts) and key.pin_failures):
        return _new_pin(key)
    if key.awaits(now) or refused_on_the_web(facts):
        return _put_right(key)
    if _refused(facts):
        return Suggestion(
            Act.NOTHING,
            _("A password for the mail program"),
            _("Neither the key nor the password opens it: the person makes an application password in My account."),
        )
    return None


def refused_on_the_web(facts: Facts) -> bool:
    return any(failure.channel == SignIn.Channel.WEB for failure in _refused(facts))


def pass_text() -> str:
    """What a temporary password does for somebody with a key."""
    return _(
        "With an OTP key it opens one sign-in on the portal, within 30 minutes; the password chosen then does not open"
        " afterwards: the key does."
    )


def _refused(facts: Facts) -> list[Failures]:
    return [failure for failure in facts.failures if failure.result == SignIn.Result.WRONG]


def _without(facts: Facts) -> Iterator[str]:
    if facts.lost_key:
        told = {"serial": facts.lost_key.serial}
        yield _("OTP key no. %(serial)s was declared lost: nothing opens before another one.") % told
    else:
        yield _("There is no OTP key any more, and the password alone does not open.")
    if facts.key_to_fetch:
        yield _("OTP key no. %(serial)s waits to be fetched.") % {"serial": facts.key_to_fetch.serial}


def _new_pin(key: OtpKey, *, over: bool = False) -> Suggestion:
    text = _("Prove the identity, then open the choice of a new PIN: the key in hand is enough for the rest.")
    if over:
        text = _("Prove the identity, then open the choice of a PIN again: the person has 24 hours.")
    return Suggestion(Act.NEW_PIN, _("a new PIN"), text, key.serial)


def _put_right(key: OtpKey) -> Suggestion:
    text = _("The person reads two codes that follow each other, without PIN. If the PIN is forgotten: a new one.")
    return Suggestion(Act.PUT_RIGHT, _("put the key right"), text, key.serial)


def _activate(key: OtpKey) -> Suggestion:
    text = _(
        "In the sign-in’s second box the person types the 6 digits that the key shows, alone; the page then has the PIN"
        " chosen, and asks for the next code."
    )
    return Suggestion(Act.ACTIVATE, _("have the key activated"), text, key.serial)


def _replace(facts: Facts) -> Suggestion:
    if facts.key_to_fetch:
        text = _("Hand it over against the signed slip.")
    else:
        text = _("Set one aside. Meanwhile: a temporary password for one sign-in, or the password alone for days.")
    return Suggestion(Act.REPLACE, _("another key"), text)


def _until(when: datetime | None) -> str:
    if when is None:
        return ""
    day, time = date_text.full_date(timezone.localtime(when).date()), date_text.clock_time(when)
    return _("%(day)s at %(time)s") % {"day": day, "time": time}
