"""Put off until later, another hour, back at once."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast, say
from vaguemestre.webmail.actions import bulk_actions, progress
from vaguemestre.webmail.actions.bulk_actions import BulkRequest
from vaguemestre.webmail.actions.selection import count_places, select
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes import next_page
from vaguemestre.webmail.screens.panes.action_response import bulk_response, list_redirect
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import selection_page
from vaguemestre.webmail.screens.panes.snooze_question import question_query, render_question, return_response
from vaguemestre.webmail.snooze import snoozed_messages, wake_times
from vaguemestre.webmail.undo import Undo, sign_undo, with_gone_text


@with_mailbox
@next_page.with_question
@handles_outage
def later(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    """`jusqua`: an instant, or a `jour` and an `heure`. Without one that is to come, a page asks for it. What waits
    already gets another hour; a result of a search that lies where nothing is put off from stays, and that is said."""
    now = timezone.now()
    until = wake_times.parse_wake_time(question_query(request), now)
    with open_mailbox(request.mailbox) as session:
        roles = {folder.id: folder.role for folder in session.folders() if folder.id}
        if folder_id and (folder_id not in roles or roles[folder_id] in snoozed_messages.STAYS):
            raise NoSuchFolderError
        selection = select(request, session, folder_id, whole=True)
        there = {folder: uids for folder, uids in selection.places.items() if uids and folder in roles}
        if count_places(selection.places) and not there:
            raise NoSuchFolderError
        places = {folder: uids for folder, uids in there.items() if roles[folder] not in snoozed_messages.STAYS}
        left = _left_text(count_places(there) - count_places(places))
        if not places:
            return list_redirect(request, selection.url, Toast(left) if left else None)
        if until is None:
            shown, back = selection_page(request, session, folder_id, now=now), return_url(request, selection.url)
            boxes = selection.box_values(places)
            return render_question(request, shown, selection.list_id, boxes, count_places(places), back)
        waits = next((folder for folder in places if roles[folder] == "later"), None)
        return _put_off(request, session, places, waits, until.replace(microsecond=0), left, selection.url)


@require_POST
@with_mailbox
@handles_outage
def back_now(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        selection, there = select(request, session, folder_id), session.by_role("later")
        if there is None or there.id not in selection.places:
            raise NoSuchFolderError
        return return_response(request, session, there, selection.places[there.id], selection.url)


def _put_off(
    request: MailboxRequest, session: Session, places: Mapping[MailboxId, UidSet], waits: MailboxId | None,
    until: datetime, left: str, back: str,
) -> HttpResponse:  # fmt: skip
    """`waits`: the folder of what was put off before."""
    when = wake_times.wake_time_text(until, timezone.now())
    elsewhere = {folder: uids for folder, uids in places.items() if folder != waits}
    count = (
        snoozed_messages.change_wake_time(request.mailbox.mailbox, session, waits, places[waits].uids, until)
        if waits
        else 0
    )
    if count_places(elsewhere) > bulk_actions.IMMEDIATE:
        asked = BulkRequest(
            BulkAct.Verb.LATER, target=snoozed_messages.snooze_folder(session).id or "", label=when, until=until
        )
        response = bulk_response(request, session, asked, elsewhere, back)
        if left:
            say(response, Toast(left))
        return response
    undoing: list[Undo] = []
    for folder, uids in elsewhere.items():
        target, moved = snoozed_messages.snooze(request.mailbox.mailbox, session, folder, uids.uids, until)
        undoing += [Undo(request.mailbox.key, folder, target, [int(uid) for uid in moved.values()])] if moved else []
    count += sum(len(one.uids) for one in undoing)
    said = with_gone_text(progress.done_text(BulkAct.Verb.LATER, count, when), count, count_places(places) - count)
    toast = Toast(f"{said}. {left}" if said and left else said or left, sign_undo(undoing) if undoing else "")
    return list_redirect(request, back, toast, gone=elsewhere, undoing=undoing)


def _left_text(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%s message stays where it is: drafts, sent mail, junk and the bin are not put off",
        "%s messages stay where they are: drafts, sent mail, junk and the bin are not put off",
        count,
    ) % number_text(count)
