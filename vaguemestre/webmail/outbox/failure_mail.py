"""A mail of the service about a message that did not leave, to who is not in front of it: whoever had planned it, or
the owners of a box in whose name its author may write no longer."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.courier import mail
from vaguemestre.courier.quoted_words import quote_name
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.periods import owners_of
from vaguemestre.web.date_text import full_date_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.content.header_text import subject_text
from vaguemestre.webmail.mailbox_access import MailboxAccess, inside
from vaguemestre.webmail.models import Outgoing


def send_failure_mail(outgoing: Outgoing, now: datetime, *, left: Account | None = None) -> None:
    """Call it inside the act's transaction. Says neither to whom nor what: the draft does. `left`: its author, who may
    no longer write in the name of the box: it is for the owners."""
    box = outgoing.account
    readers = owners_of(box.key, timezone.localdate(now)) if left else [outgoing.author or box]
    for reader in readers:
        if reader.delivers:
            with translation.override(reader.language), transaction.atomic():
                subject, text = _handed_over(outgoing, left) if left else _not_sent(outgoing, now)
                mail.send_mail(reader.address, subject, f"{text}\n{_waiting_url(outgoing, reader)}", now=now)


def _not_sent(outgoing: Outgoing, now: datetime) -> tuple[str, str]:
    words = {
        "subject": quote_name(subject_text(outgoing.subject)),
        "when": full_date_text(outgoing.leaves_at or now),
    }
    text = _(
        "Your message “%(subject)s” was to leave on %(when)s. It was not sent.\n\n"
        "It is among your drafts, whole. The page “Waiting to leave” says why, and what to do:"
    )
    return _("A message that you had planned was not sent"), text % words


def _handed_over(outgoing: Outgoing, author: Account) -> tuple[str, str]:
    words = {
        "author": author.display_name,
        "subject": quote_name(subject_text(outgoing.subject)),
        "box": quote_name(outgoing.account.display_name),
    }
    text = _(
        "%(author)s no longer writes in the name of the mailbox “%(box)s”. The message “%(subject)s”, which had just "
        "been sent, did not leave.\n\nRead it again, then send or delete it, on the page “Waiting to leave”:"
    )
    return _("A message of a shared mailbox waits for you"), text % words


def _waiting_url(outgoing: Outgoing, reader: Account) -> str:
    """In the mailbox that it was to leave from."""
    right = MailboxRights.OWNER if reader.key == outgoing.account_id else MailboxRights.MEMBER
    with inside(MailboxAccess(outgoing.account, reader, right)):
        return settings.ORIGIN + reverse("webmail:waiting")
