"""A mail to a member whom an internal note mentions, as to one who is given a conversation: it arrives by the notices
that they chose. Without the text of the note, which never leaves the mailbox."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.courier import mail
from vaguemestre.courier.quoted_words import quote_name
from vaguemestre.shared_mailboxes.internal_notes import mentioned_lately
from vaguemestre.shared_mailboxes.models import InternalNote
from vaguemestre.webmail.assignments.assignment_mail import QUIET


def send_mention_mails(
    box: Account, note: InternalNote, members: Iterable[Account], url: str, *, now: datetime
) -> None:
    """Inside the transaction of the note. `url`: of its conversation. Once in 60 minutes for a conversation, and
    never to its author."""
    for to in members:
        if to == note.author or not to.delivers or mentioned_lately(note, to, now - QUIET):
            continue
        words = {"name": note.author.display_name, "box": quote_name(box.display_name)}
        with translation.override(to.language):
            subject = _("%(box)s: an internal note mentions you") % {"box": box.display_name}
            text = _("%(name)s has mentioned you in an internal note in the mailbox “%(box)s”. To read it:") % words
            mail.send_mail(to.address, subject, f"{text}\n{settings.ORIGIN}{url}", now=now)
