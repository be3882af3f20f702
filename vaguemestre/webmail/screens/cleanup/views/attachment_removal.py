"""The attachments of the open message, taken away; and whole again what was made lighter, also from the settings.

A lighter message has another number: each way back finds it under that."""

from dataclasses import replace
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.errors import QuotaExceededError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import toasts
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.cleanup import storage
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import retention
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list import list_query
from vaguemestre.webmail.outbox import queue
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.bin_response import attachment_removal_toast, trash_id
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import build_page, render_page
from vaguemestre.webmail.search.search_url import parse_search_query
from vaguemestre.webmail.trust import junk_attachments
from vaguemestre.webmail.undo import read_token, with_gone_text


@require_POST
@with_mailbox
@handles_outage
def lighten(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """In a full mailbox a second press is asked for: `definitif`, then nothing waits in the bin."""
    for_good = request.POST.get("definitif") == "1"
    here = return_url(request, reverse("webmail:message", args=[folder_id, uid]))
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        junk_attachments.parse_consent(request).check(session, folder_id, message.row)
        if not storage.has_removable_attachments(session, folder_id, message):
            raise Http404("attachments")
        now, trash = timezone.now(), trash_id(session)
        try:
            done, _full = storage.remove_attachments(session, {folder_id: [uid]}, trash, now, for_good=for_good)
        except QuotaExceededError:
            return _ask(request, session, folder_id, uid, here)
    if for_good:
        queue.retry_when_room(request.mailbox.mailbox.key, now)
    light = next((one.uid for one in done if one.uid), uid)
    return toasts.redirect(
        _page_with(here, (folder_id, uid), light), attachment_removal_toast(request, done, for_good=for_good)
    )


@require_POST
@with_mailbox
@handles_outage
def undo(request: MailboxRequest) -> HttpResponse:
    done = read_token(request, salt=storage.UNDO_SALT)
    here = return_url(request, reverse("webmail:space"))
    if not done:
        return HttpResponseRedirect(here)
    with open_mailbox(request.mailbox) as session:
        back = storage.undo_attachment_removal(session, trash_id(session), done)
    for (folder, light), whole in back.items():
        here = _page_with(here, (MailboxId(folder), Uid(light)), whole)
    count, gone = len(back), len(done) - len(back)
    said = ngettext("%s message has its attachments again", "%s messages have their attachments again", count)
    late = ngettext(
        "The whole message is no longer in the bin: it stays without its attachments.",
        "The whole messages are no longer in the bin: they stay without their attachments.",
        gone,
    )
    return toasts.redirect(here, Toast(with_gone_text(said % number_text(count), count, gone) if count else late))


def _page_with(here: str, message: tuple[MailboxId, Uid], uid: Uid) -> str:
    """The same page once one of its messages has another number: its own, or one of its conversation, which is open."""
    found, query = _message_of(here), QueryDict(urlsplit(here).query, mutable=True)
    if found == message:
        return f"{reverse('webmail:message', args=[message[0], uid])}{'?' if query else ''}{query.urlencode()}"
    if found is None:
        return here
    query["deplier"] = f"{message[0]}.{uid}"
    return f"{urlsplit(here).path}?{query.urlencode()}"


def _message_of(here: str) -> tuple[MailboxId, Uid] | None:
    try:
        found = resolve(urlsplit(here).path)
    except Resolver404:
        return None
    return (found.kwargs["folder_id"], found.kwargs["uid"]) if found.view_name == "webmail:message" else None


def _ask(request: MailboxRequest, session: Session, folder_id: MailboxId, uid: Uid, here: str) -> HttpResponse:
    """The question takes the reader's place, beside the list one came from."""
    query = QueryDict(urlsplit(here).query)
    folder = (_message_of(here) or (folder_id, uid))[0]
    place = replace(list_query.parse_list_query(folder, query), within=parse_search_query(query))
    shown = build_page(request, session, place, now=timezone.now())
    more = {
        "question": "webmail/cleanup/attachment_removal.html", "asked": [uid], "back": here,
        "act_url": reverse("webmail:lightening", args=[folder_id, uid]),
        "promise": retention.recovery_text() if retention.is_recoverable(session, folder_id) else "",
    }  # fmt: skip
    return render_page(request, replace(shown, view="reader"), more=more)
