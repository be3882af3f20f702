"""Labels put on messages and taken off."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail import labels, marking, toasts
from vaguemestre.webmail.access import way_back
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.choosing import wanted
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.listing import label_in
from vaguemestre.webmail.marking import Marked
from vaguemestre.webmail.screen import folder_url
from vaguemestre.webmail.toasts import Toast


@require_POST
@signed_in
@mailbox_screen
def label(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    """On all of the chosen messages, unless all of them bear it: then off."""
    keyword = label_in(request.GET)
    if keyword is None:
        raise Http404("label")
    response = HttpResponseRedirect(way_back(request, folder_url(folder_id)))
    with open_mailbox(request) as session:
        uids = wanted(request, session, folder_id, whole=True).uids
        done = marking.mark(session, request.account.key, keyword, {folder_id: uids}, put=None)
    if said := toast(request, done):
        toasts.say(response, said)
    return response


def toast(request: StaffRequest, done: Marked) -> Toast | None:
    said = toasts.with_gone(_said(request, done), done.count, done.gone)
    return Toast(said, done.signed(), undo_at=marking.UNDO_AT) if said else None


def _said(request: StaffRequest, done: Marked) -> str:
    chip = labels.of(request.account).find(done.flag) or labels.neutral(done.flag)
    words = {"label": chip.name, "count": grouped(done.count)}
    if done.put:
        return (
            ngettext("Label “%(label)s” put on the message", "Label “%(label)s” put on %(count)s messages", done.count)
            % words
        )
    return (
        ngettext(
            "Label “%(label)s” taken off the message", "Label “%(label)s” taken off %(count)s messages", done.count
        )
        % words
    )
