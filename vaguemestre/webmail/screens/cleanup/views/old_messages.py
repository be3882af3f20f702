"""Old messages of a folder put in the bin: which age, then how many, then done."""

from dataclasses import replace

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.values import InvalidValueError, Uid
from vaguemestre.webmail.actions.selection import ListedSelection
from vaguemestre.webmail.cleanup import old_messages
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.folders.access import folder_named
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.action_response import move_response, role_folder
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import build_page, folder_url, render_page


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def older(request: MailboxRequest) -> HttpResponse:
    """`avant` is a day: asked for, how many are older is said; sent with the bound that was shown, they go."""
    asked = request.POST if request.method == "POST" else request.GET
    now = timezone.now()
    today = timezone.localdate(now)
    with open_mailbox(request.mailbox) as session:
        folder = folder_named(request, session.folders())
        if folder.id is None or folder.role not in lookup.AGES:
            raise NoSuchFolderError
        typed = asked.get("date") or asked.get("avant", "")
        day, starred = old_messages.parse_day(typed, today), asked.get("suivis") == "1"
        bound = _bound(asked.get("tout", "")) or max(1, folder.uid_next)
        old = old_messages.old_messages(session, folder.id, day, starred=starred, bound=bound) if day else None
        if request.method == "POST" and old:
            return move_response(request, session, ListedSelection(folder.id, old.uids), role_folder(session, "trash"))
        more = {
            "question": "webmail/cleanup/old_messages.html", "key": lookup.folder_key(folder),
            "label": lookup.folder_text(folder), "old": old,
            "missed": bool(typed) and day is None, "today": today.isoformat(), "with_starred": starred,
            "ages": [] if old else old_messages.age_ranges(session, folder.id, today),
            "back": return_url(request, folder_url(folder.id)), "named": asked.get("retour"),
        }  # fmt: skip
        shown = build_page(request, session, ListQuery(folder.id), now=now)
    return render_page(request, replace(shown, view="reader"), status=422 if more["missed"] else 200, more=more)


def _bound(typed: str) -> int:
    try:
        return Uid(typed)
    except InvalidValueError:
        return 0
