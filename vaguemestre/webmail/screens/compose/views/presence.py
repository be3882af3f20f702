"""Who answers in a shared mailbox: the keepalives of an open draft, and the line in the pages of the other members."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.sessions.event_streams import announce_answering
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.presence import answers_in_progress


@require_POST
@with_mailbox
def keepalive(request: MailboxRequest, key: str) -> HttpResponse:
    """`fin`: the last one."""
    if request.mailbox.is_own:
        raise Http404("no shared mailbox")
    change = answers_in_progress.end_presence if "fin" in request.POST else answers_in_progress.note_keepalive
    if change(request.mailbox, key, timezone.now()):
        announce_answering(request.mailbox.mailbox.key)
    return HttpResponse(status=204)


@require_safe
@with_mailbox
def answers(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """For the foot of the page of this message; the page knows which of them concern its conversation."""
    if request.mailbox.is_own:
        raise Http404("no shared mailbox")
    context = {
        "answering": answers_in_progress.answers_in_progress(request.mailbox, timezone.now()),
        "conversation": (),
        "answer_url": reverse("webmail:reply", args=[folder_id, uid]),
        "note_url": reverse("webmail:note-new", args=[folder_id, uid]),
    }
    return render(request, "webmail/presence/answers.html", context)
