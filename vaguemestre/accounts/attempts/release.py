"""The help desk lets somebody try again at once: the counters of failed sign-ins that stand in their way."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.accounts.attempts.throttle import CountedAttempt
from vaguemestre.accounts.identity.name_rules import counted_name
from vaguemestre.accounts.models import Account, Failure
from vaguemestre.audit import journal

LOOKS_BACK = timedelta(hours=24)  # what is older is forgotten by the counters themselves


def locked_until(account: Account, now: datetime) -> datetime | None:
    """Until when some of this person's tries are refused; None when nothing stands in the way."""
    waiting = Failure.objects.filter(pk__in=_subjects(account, now), blocked_until__gt=now)
    return max((failure.blocked_until for failure in waiting if failure.blocked_until), default=None)


def release_attempts(account: Account, *, by: str, now: datetime) -> int:
    """Answers how many counters were emptied. Those of networks stay: they hold back other people's guesses."""
    with transaction.atomic():
        emptied, _rows = Failure.objects.filter(pk__in=_subjects(account, now)).delete()
        if emptied:
            journal.record(by, "tries.forgotten", account.key)
    return emptied


def _subjects(account: Account, now: datetime) -> set[str]:
    names = {counted_name(name) for name in [account.identifier, *account.addresses]}
    recent = account.sign_ins.filter(at__gte=now - LOOKS_BACK).exclude(result="good")
    networks = {"", *recent.values_list("network", flat=True)}
    devices = set(account.known_devices.values_list("token_hash", flat=True))
    attempts = [CountedAttempt(name, account, network) for name in names for network in networks]
    attempts += [CountedAttempt(name, account, "", device) for name in names for device in devices]
    return {subject for attempt in attempts for subject in (attempt.own, attempt.at_account, attempt.everywhere)}
