"""Which member wrote what a shared mailbox has written: names in the place of "me". In no message (`authorship`)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.messages import Row
from vaguemestre.shared_mailboxes.authorship import LONGEST, authors_of
from vaguemestre.webmail.compose import draft_copies
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Outgoing


@dataclass(frozen=True, slots=True)
class Writers:
    """`names`: by Message-ID. `mailbox`: a shared one, for an unknown writer; empty in one's own."""

    names: Mapping[str, str] = field(default_factory=dict)
    mailbox: str = ""

    def name(self, row: Row) -> str:
        """For a message from one's own address. Empty where unknown."""
        return self.names.get(row.message_id[:LONGEST], "")

    def signer(self, row: Row) -> str:
        return self.name(row) or self.mailbox or _("me")

    def by_text(self, row: Row) -> str:
        return by_text(self.name(row))


ONESELF = Writers()


def by_text(name: str) -> str:
    return _("by %(name)s") % {"name": name} if name else ""


def load_writers(access: MailboxAccess, rows: Iterable[Row], mine: Collection[str]) -> Writers:
    """Without a query in one's own mailbox. Else one, and another for drafts."""
    if access.is_own:
        return ONESELF
    own = [row for row in rows if row.sender and row.sender.address.lower() in mine]
    written = authors_of(access.mailbox, [row.message_id for row in own])
    names = {message_id: author.display_name for message_id, author in written.items()}
    names |= _draft_authors(access.mailbox, [row for row in own if row.draft])
    return Writers(names, access.mailbox.display_name)


def _draft_authors(box: Account, drafts: Iterable[Row]) -> dict[str, str]:
    """Who wrote in them last."""
    keys = {key: row.message_id for row in drafts if (key := draft_copies.draft_key(row.message_id))}
    if not keys:
        return {}
    found = Outgoing.objects.filter(account=box, key__in=keys, author__isnull=False).select_related("author__person")
    return {keys[one.key]: one.author.display_name for one in found if one.author}
