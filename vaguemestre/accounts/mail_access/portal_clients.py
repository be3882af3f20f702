"""Mail programs that their owner let in on the portal: they show tokens, and no password exists.

Each is a row of `AppPassword` like any other way in: listed, withdrawn, frozen and ended with them, by the same acts
and in the same file of the mail servers. A session that ends does not touch it, as it does not touch a password.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, AppPassword, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.state_transitions import SYSTEM
from vaguemestre.audit import journal

IDLE = timedelta(days=90)  # a program that nobody has opened for so long is let in again, or not


def admit_program(account: Account, name: str, *, now: datetime) -> AppPassword:
    """The daemons know it at the commit."""
    no_password = f"portal:{uuid.uuid4().hex}"  # no SHA-256 is written so
    with transaction.atomic():
        made = AppPassword.objects.create(account=account, name=name, hash=no_password, made_at=now, by_portal=True)
        journal.record(account.key, "mail-program.let-in", account.key, name=name)
        notices.tell_owner(account, Notice.Kind.APP_PASSWORD, now=now, change="program-let-in", name=name)
        announce_change([account])
    return made


def end_stolen(program: AppPassword, *, now: datetime) -> None:
    """What it shows once was shown twice: somebody else holds it, and neither continues. Its owner is told."""
    with transaction.atomic():
        if app_passwords.end_app_password(program, by=SYSTEM, now=now):
            kind, change = Notice.Kind.APP_PASSWORD, "program-stolen"
            notices.tell_owner(program.account, kind, now=now, change=change, name=program.name)


def end_idle(idle: "QuerySet[AppPassword]", *, now: datetime) -> None:
    for program in idle.select_related("account"):
        with transaction.atomic():
            app_passwords.end_app_password(program, by=SYSTEM, now=now)


def unused_since(moment: datetime) -> "QuerySet[AppPassword]":
    """Alive, and not seen by the mail servers since."""
    alive = AppPassword.objects.filter(by_portal=True, withdrawn_at=None, made_at__lte=moment)
    return alive.filter(Q(last_used_at=None) | Q(last_used_at__lte=moment))
