"""What this room keeps of mailboxes on the disk ends with the right to see it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import batched

from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.imap.folder_connection import MEMBER
from vaguemestre.shared_mailboxes.ports import LostRight
from vaguemestre.webmail.connection import account_files

BATCH = 500


def forget(mailbox: str) -> None:
    """What its owner and other readers were shown of it, and its owner of others. Nothing is lost: it is made again
    from the mailbox."""
    if files := account_files():
        files.forget(mailbox)
        files.forget_readers(mailbox)


def follow_accounts(keys: Sequence[str]) -> None:
    """`accounts.ports.account_followers`: locked, blocked, closed."""
    now, files = timezone.now(), account_files()
    for batch in batched(keys, BATCH, strict=False):
        for account in Account.every.filter(pk__in=batch).exclude(state=Account.State.PENDING):
            if files and account.mail_refusal(now):
                files.forget(account.key)


def follow_rights(lost: Sequence[LostRight], _now: datetime) -> Mapping[LostRight, Mapping[str, int]]:
    """`shared_mailboxes.ports.right_followers`: nothing of that is for anybody to take over."""
    if files := account_files():
        for one in lost:
            if one.remaining is None:
                files.forget(f"{one.box.key}{MEMBER}{one.member.key}")
    return {}
