"""A password of the owner's choice. Told to the rescue contact as well: the mailbox may be in an attacker's hands."""

from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, Notice, Session
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.passwords.passwords import set_password
from vaguemestre.accounts.sessions import sessions


def change_password(account: Account, raw: str, *, now: datetime, keep: Session, with_programs: bool) -> None:
    """By its owner, who has just proved it. This session stays, the others end; mail programs' own passwords go by
    choice. Judged before by the policy."""
    with transaction.atomic():
        set_password(account, raw, now=now, keep=keep)
        if with_programs:
            app_passwords.withdraw_all(account, by=account.key, now=now)
        done = "changed-with-programs" if with_programs else "changed"
        notices.tell_owner(account, Notice.Kind.PASSWORD, now=now, change=done, to_rescue=True)


def choose_password(account: Account, raw: str, *, now: datetime, keep: Session) -> None:
    """In place of the one that the letter or the help desk gave. At the very first sign-in nobody needs to be told."""
    with transaction.atomic():
        again = account.welcomed_at is not None or account.former_passwords.exists()
        set_password(account, raw, now=now, keep=keep)
        sessions.note_proof(keep, strong=False, now=now)
        if again:
            notices.tell_owner(account, Notice.Kind.PASSWORD, now=now, change="chosen", to_rescue=True)
