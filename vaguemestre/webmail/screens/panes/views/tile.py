"""What the portal shows of the mail: how many are unread, and the newest of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list import list_query, rows
from vaguemestre.webmail.people.correspondents import own_addresses

NEWEST = 3


@require_safe
@with_mailbox
def unread_tile(request: MailboxRequest) -> HttpResponse:
    """A mailbox that does not answer, or is shut, is said in one line; the portal itself continues."""
    if closed := mailbox_closure.reading_closed_text(request.account, timezone.now()):
        return render(request, "webmail/panes/unread_tile.html", {"silent": True, "closed": closed})
    try:
        with open_mailbox(request.mailbox) as session:
            everything, page, _quota = session.overview(only="unseen", count=NEWEST)
    except MailboxError:
        return render(request, "webmail/panes/unread_tile.html", {"silent": True})
    inbox = lookup.folder_by_role(everything, "inbox")
    newest: list[rows.RowView] = []
    if inbox and inbox.id:
        place, mine = list_query.ListQuery(inbox.id), own_addresses(request.mailbox.mailbox)
        newest = rows.row_views(page, place, inbox, mine, timezone.now())
    context = {"unread": inbox.unseen if inbox else 0, "newest": newest}
    return render(request, "webmail/panes/unread_tile.html", context)
