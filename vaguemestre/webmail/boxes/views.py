"""How many are unread in each shared mailbox, asked for once the page is shown."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vaguemestre.webmail.boxes.column import count_unread
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox


@require_safe
@with_mailbox
def unread(request: MailboxRequest) -> HttpResponse:
    return render(request, "webmail/boxes/unread.html", {"boxes": count_unread(request)})
