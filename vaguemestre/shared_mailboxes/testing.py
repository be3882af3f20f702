"""A box with its members, that the running Dovecot and Postfix know."""

import imaplib
import itertools
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from vaguemestre.accounts.lifecycle import shared_accounts
from vaguemestre.accounts.lifecycle.shared_accounts import SharedName
from vaguemestre.accounts.models import Account, Numbering
from vaguemestre.engine import projection
from vaguemestre.engine.testing.sign_in import as_the_webmail
from vaguemestre.people.models import School
from vaguemestre.shared_mailboxes import periods
from vaguemestre.shared_mailboxes.members import let_in
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, SharedMailbox
from vaguemestre.shared_mailboxes.periods import Ending
from vaguemestre.testing import MailAccount

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)  # of tests with feeds
# As `vaguemestre.testing`: mailboxes outlive the rollback of a test.
_numbers = itertools.count(int(time.time() * 10) % 10**9)


@dataclass(frozen=True)
class Box(MailAccount):
    """A shared mailbox; what `MailAccount` says of passwords is nobody's here."""

    def opened_by(self, member: MailAccount) -> imaplib.IMAP4:
        """As the webmail does. Raises imaplib's error when Dovecot refuses."""
        return as_the_webmail(self.key, member.key)

    def give(self, member: MailAccount, right: MailboxRights) -> Membership:
        box, now = SharedMailbox.objects.get(pk=self.key), timezone.now()
        let_in(box, member.account, right, None, by="test", now=now)
        self._tell(member)
        return self.period_of(member)

    def take(self, member: MailAccount) -> None:
        ending = Ending(self.period_of(member), Membership.End.TAKEN_AWAY)
        periods.end([ending], by="test", now=timezone.now())
        self._tell(member)

    def period_of(self, member: MailAccount) -> Membership:
        found = periods.current().select_related(*periods.WITH_ACCOUNTS)
        return found.get(box=self.key, member=member.key)

    def _tell(self, member: MailAccount) -> None:
        """Within a test's transaction nothing is committed."""
        member.account.refresh_from_db()
        projection.project([self.key])


def fresh_number() -> int:
    """The next box that is made has a mailbox that no other test has filled."""
    number = next(_numbers)
    Numbering.objects.update_or_create(name="box", defaults={"last": number})
    return number


def make_box(local_part: str = "", name: str = "Collège des Tilleuls", *, place: School | None = None) -> Box:
    number, now = fresh_number(), timezone.now()
    wanted = SharedName(local_part or f"ce.{number}x", name)
    [account] = shared_accounts.open_shared_accounts([wanted], now=now)
    assert account is not None
    SharedMailbox.objects.create(account=account, place=place, made_by="test", made_at=now)
    projection.project([account.key])
    return Box(Account.every.get(pk=account.pk))
