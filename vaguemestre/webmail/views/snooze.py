"""Put off until later, another hour, back at once."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail import bulk, bulk_words, folders_lookup, leading_back
from vaguemestre.webmail.action_response import in_bulk
from vaguemestre.webmail.bulk import Asked
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.choosing import wanted
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.message_list_access import chosen
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.return_url import way_back
from vaguemestre.webmail.screen import desk, folder_url, place_of
from vaguemestre.webmail.snooze import moments, waiting
from vaguemestre.webmail.snooze_question import asked_for, brought_back, question
from vaguemestre.webmail.toasts import Toast, Undo, say, with_gone


@signed_in
@leading_back.question
@mailbox_screen
def later(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    """`jusqua`: an instant, or a `jour` and an `heure`. Without one that is to come, a page asks for it."""
    now = timezone.now()
    until = moments.chosen(asked_for(request), now)
    back = way_back(request, folder_url(folder_id))
    with open_mailbox(request) as session:
        origin = _origin(session, folder_id)
        meant = wanted(request, session, folder_id, whole=True)
        if not meant:
            return HttpResponseRedirect(back)
        if until is None:
            shown = desk(request, session, place_of(request, folder_id), now=now)
            return question(request, shown, folder_id, chosen(request), len(meant), back)
        until, uids = until.replace(microsecond=0), meant.uids
        if len(meant) > bulk.IMMEDIATE and origin.role != "later":
            target = waiting.folder(session).id or ""
            asked = Asked(BulkAct.Verb.LATER, target=target, label=moments.in_words(until, now), until=until)
            return in_bulk(request, session, asked, {folder_id: meant})
        if origin.role == "later":
            count = waiting.change(request.account, session, folder_id, uids, until)
            undo = ""
        else:
            target, moved = waiting.put_off(request.account, session, folder_id, uids, until)
            count = len(moved)
            undo = Undo(request.account.key, folder_id, target, [int(uid) for uid in moved.values()]).signed()
            back = leading_back.past(request, back, {folder_id: moved})
    said = bulk_words.over(BulkAct.Verb.LATER, count, moments.in_words(until, now))
    return _done(back, with_gone(said, count, len(uids) - count), undo if count else "")


@require_POST
@signed_in
@mailbox_screen
def back_now(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request) as session:
        uids, later = wanted(request, session, folder_id), _origin(session, folder_id)
        if later.role != "later":
            raise NoSuchFolder
        return brought_back(request, session, later, uids, folder_url(folder_id))


def _origin(session: Session, folder_id: MailboxId) -> Folder:
    found = folders_lookup.by_id(session.folders(), folder_id)
    if found is None or found.role in waiting.STAYS:
        raise NoSuchFolder
    return found


def _done(back: str, said: str, undo: str = "") -> HttpResponse:
    response = HttpResponseRedirect(back)
    if said:
        say(response, Toast(said, undo))
    return response
