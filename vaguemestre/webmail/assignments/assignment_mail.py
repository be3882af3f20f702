"""A mail to the member who is given a conversation: it arrives by the notices, sound or phone that they chose.
Once an hour at most, and without the subject of the conversation, which belongs to the mailbox."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.courier import mail
from vaguemestre.courier.quoted_words import quote_name
from vaguemestre.shared_mailboxes.conversation_events import Kind
from vaguemestre.shared_mailboxes.models import ConversationEvent
from vaguemestre.webmail.shared_addresses import box_url

TO_ONESELF = "voir=a-moi"  # as `message_list.list_query` names that list
QUIET = timedelta(hours=1)


def send_assignment_mail(box: Account, made: Collection[ConversationEvent], *, now: datetime) -> None:
    """For one act, inside its transaction. The mail leads to the list "mine"."""
    first = next(iter(made))
    to = first.member
    if to is None or first.by is None or to == first.by or not to.delivers or _told(first, len(made)):
        return
    words = {"name": first.by.display_name, "box": quote_name(box.display_name)}
    with translation.override(to.language):
        subject = _("%(box)s: a conversation is given to you") % {"box": box.display_name}
        text = _("%(name)s has given you a conversation in the mailbox “%(box)s”. All that is yours there:") % words
        mail.send_mail(to.address, subject, f"{text}\n{settings.ORIGIN}{box_url(box.local_part)}?{TO_ONESELF}", now=now)


def _told(first: ConversationEvent, count: int) -> bool:
    recent = ConversationEvent.objects.filter(
        box=first.box_id, member=first.member_id, kind=Kind.GIVEN, at__gt=first.at - QUIET
    )
    return recent.exclude(by=first.member_id).count() > count
