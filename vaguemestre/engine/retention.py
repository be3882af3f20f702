"""What lies in the bin or in junk longer than the authority says (`[mail]` of academy.toml) is deleted for good; so is
what was laid aside when it was deleted (dovecot/recoverable.conf), once nobody may bring it back any more.

Not Dovecot's `autoexpunge`: it works at the end of a session or of a delivery, so that whoever has neither keeps their
junk for ever, and everybody else pays for it while they wait. Here it is a walk through all accounts at night,
some at a time, so that the clock's other acts are not late. Counted from when a message came into the folder.
"""

import logging
from datetime import datetime, time, timedelta

from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, ask
from vaguemestre.engine.mailboxes import NO_USER, NOT_FOUND, RECOVERABLE

logger = logging.getLogger(__name__)
WALK = due.Job("engine.retention.walk")
BEGINS = time(3, 30)
AT_ONCE = 50  # accounts; some milliseconds each
START = "start"


@due.recurring("engine.retention.plan", every=43200)
def plan(_key: str, now: datetime) -> None:
    """The clock's call, once a day: the walk begins in the next night. Planned twice, it is one walk."""
    today = datetime.combine(timezone.localdate(now), BEGINS, timezone.get_current_timezone())
    due.at(today if now <= today else today + timedelta(days=1), WALK, START)


@WALK.register
def walk(after: str, now: datetime) -> None:
    """The accounts whose keys follow; then it asks for itself, further on."""
    accounts = (Account.every.all() if after == START else Account.every.filter(key__gt=after)).order_by("key")
    keys = list(accounts.values_list("key", flat=True)[:AT_ONCE])
    for key in keys:
        sweep(key, now)
    if len(keys) == AT_ONCE:
        due.at(now, WALK, keys[-1])


def sweep(key: str, now: datetime) -> None:
    """Raises DoveadmUnavailableError: then the walk continues from here a little later."""
    mail = academy().mail
    for folder, days in (("Trash", mail.trash_days), ("Junk", mail.junk_days)):
        if days:
            before = f"{(now - timedelta(days=days)).timestamp():.0f}"
            for name in (folder, f"{folder}/*"):
                _expunge(key, name, before)
    # By when it was deleted; with no day at all, what was laid aside before the authority said so.
    _expunge(key, RECOVERABLE, f"{(now - timedelta(days=mail.recover_days)).timestamp():.0f}")


def _expunge(key: str, folder: str, before: str) -> None:
    try:
        ask(key, "expunge", "mailbox", folder, "savedbefore", before)
    except DoveadmRefusedError as refused:
        if str(refused) not in {NO_USER, NOT_FOUND}:  # whoever never had a mailbox, or such a folder
            logger.warning("retention of %s: %s", key, refused)
