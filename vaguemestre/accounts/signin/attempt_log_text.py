"""Sign-ins in words: how, from where, how it went."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.attempts.throttle import KNOWN_FOR
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.network_text import network_text
from vaguemestre.accounts.signin import user_agent

Result = SignIn.Result
# What somebody else may have done. The others are known to the owner, or are the service's own doing.
SUSPECT = {Result.WRONG, Result.FACTOR, Result.THROTTLED}
WARNED_FOR = timedelta(days=7)


@dataclass(frozen=True)
class AttemptLine:
    at: datetime
    how: str
    place: str  # the network: no map of addresses is asked where it is
    good: bool
    result: str
    times: str  # empty for once


def attempt_line(sign_in: SignIn) -> AttemptLine:
    good = sign_in.result == Result.GOOD
    again = ngettext("%(count)d time", "%(count)d times", sign_in.times) % {"count": sign_in.times}
    return AttemptLine(
        at=sign_in.at,
        how=_how(sign_in),
        place=network_text(sign_in.network),
        good=good,
        result=_("Succeeded") if good else _refused(Result(sign_in.result)),
        times=again if sign_in.times > 1 else "",
    )


def find_suspicious(account: Account, *, now: datetime) -> SignIn | None:
    """The last try of the week that may be somebody else's, unless its network is the owner's own."""
    tries = account.sign_ins.filter(result__in=SUSPECT, at__gt=now - WARNED_FOR).order_by("-at")[:20]
    good = account.sign_ins.filter(result=Result.GOOD, at__gt=now - KNOWN_FOR)
    own = set(good.values_list("network", flat=True).distinct())
    return next((sign_in for sign_in in tries if sign_in.network not in own), None)


def attempt_text(sign_in: SignIn) -> str:
    match Result(sign_in.result):
        case Result.FACTOR:
            return _("somebody had the right password, and failed at the second step.")
        case Result.THROTTLED:
            return _("somebody tried so often that we no longer let them try.")
        case _wrong:
            return _("somebody tried a wrong password.")


def _how(sign_in: SignIn) -> str:
    if sign_in.channel == SignIn.Channel.WEB:
        return _("Portal, %(device)s") % {"device": user_agent.user_agent_text(sign_in.agent)}
    label = SignIn.Channel(sign_in.channel).label.capitalize()
    return ", ".join(filter(None, (label, sign_in.agent)))


def _refused(result: SignIn.Result) -> str:
    return _("Refused: %(why)s") % {"why": result.label}
