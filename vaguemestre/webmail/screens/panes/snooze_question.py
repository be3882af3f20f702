"""The question until when messages are put off, and what answers once they are back."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.toasts import Toast, say
from vaguemestre.webmail.actions import bulk_actions, progress, progress_cookie
from vaguemestre.webmail.actions.selection import whole_choice
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes import next_page
from vaguemestre.webmail.screens.panes.page import ThreePanePage, render_page
from vaguemestre.webmail.snooze import snoozed_messages, wake_times, wakeups
from vaguemestre.webmail.undo import Undo, sign_undo, with_gone_text


def return_response(request: MailboxRequest, session: Session, later: Folder, uids: UidSet, back: str) -> HttpResponse:
    """At once or in the background, and put off again by one press. `back`: to where, when the page says nothing."""
    now, folder = timezone.now(), MailboxId(later.id or "")
    if len(uids) > bulk_actions.IMMEDIATE:
        response = HttpResponseRedirect(return_url(request, back))
        account = request.mailbox.mailbox
        origins = snoozed_messages.return_folders(account, session, folder, uids)
        bulk_actions.return_early(account, later, origins, now)
        progress_cookie.remember(response)
        return response
    homes, left = wakeups.return_now(request.mailbox.mailbox, session, folder, uids, now)
    response = HttpResponseRedirect(next_page.page_after_removal(request, back, {folder: uids.uids}))
    undoing = [
        Undo(request.mailbox.key, folder, home, [int(one.uid) for one in some])
        for home, some in groupby(sorted(homes, key=lambda one: one.folder), key=lambda one: one.folder)
    ]
    said = with_gone_text(progress.returned_text(len(homes)), len(homes), len(uids) - len(homes) - left)
    if not said and left:
        said = progress.done_text(BulkAct.Verb.LATER, left, wake_times.wake_time_text(now, now))
    if said:
        say(response, Toast(said, sign_undo(undoing) if undoing else ""))
    return response


def question_query(request: MailboxRequest) -> str:
    day, hour = request.POST.get("jour", ""), request.POST.get("heure", "")
    return request.POST.get("jusqua") or (f"{day}T{hour}" if day and hour else "")


def render_question(
    request: MailboxRequest,
    shown: ThreePanePage,
    folder: MailboxId | str,
    uids: Sequence[object],
    count: int,
    back: str,
) -> HttpResponse:
    """It takes the reader's place. `missed`: an hour was given, and it is over or is none. `count`: of all that was
    chosen; with "all of them", that goes along and not their numbers."""
    now, choice = timezone.now(), whole_choice(request)
    tomorrow = timezone.localdate(now + wake_times.A_DAY)
    context = {
        "question": "webmail/snooze/menu_page.html",
        "uids": [] if choice["whole"] else uids,
        "count": count,
        **choice,
        "folder_id": folder,
        "together": "ensemble" in request.POST,
        "back": back,
        "choices": wake_times.wake_time_choices(now),
        "missed": bool(question_query(request)),
        "today": timezone.localdate(now),
        "day": request.POST.get("jour") or tomorrow.isoformat(),
        "hour": request.POST.get("heure") or "08:00",
    }
    return render_page(request, replace(shown, view="reader"), more=context)
