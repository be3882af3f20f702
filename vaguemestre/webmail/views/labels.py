"""Labels put on messages and taken off."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.matching import Bears
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.uid_sets import UidSet
from vaguemestre.mailbox.values import Flag, MailboxId
from vaguemestre.webmail import bulk, bulk_words, labels, marking, toasts
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.choosing import wanted
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.list_query import label_in
from vaguemestre.webmail.marking import Marked
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.return_url import way_back
from vaguemestre.webmail.screen import folder_url
from vaguemestre.webmail.toasts import Toast
from vaguemestre.webmail.views.acts import in_bulk

Verb = BulkAct.Verb


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
        uids = wanted(request, session, folder_id, whole=True)
        if len(uids) > bulk.IMMEDIATE:
            return in_bulk(request, session, of_many(request, session, keyword, {folder_id: uids}), {folder_id: uids})
        done = marking.mark(session, request.account.key, keyword, {folder_id: uids.uids}, put=None)
    if said := toast(request, done):
        toasts.say(response, said)
    return response


def toast(request: StaffRequest, done: Marked) -> Toast | None:
    said = toasts.with_gone(_said(request, done), done.count, done.gone)
    return Toast(said, done.signed(), undo_at=marking.UNDO_AT) if said else None


def of_many(request: StaffRequest, session: Session, keyword: Flag, places: Mapping[MailboxId, UidSet]) -> bulk.Asked:
    """On, as soon as one of them does not bear it."""
    put = any(session.among(folder, uids, Bears(keyword, yes=False)) for folder, uids in places.items())
    chip = labels.of(request.account).find(keyword) or labels.neutral(keyword)
    return bulk.Asked(Verb.LABEL if put else Verb.UNLABEL, label=chip.name, flag=keyword)


def _said(request: StaffRequest, done: Marked) -> str:
    chip = labels.of(request.account).find(done.flag) or labels.neutral(done.flag)
    return bulk_words.over(Verb.LABEL if done.put else Verb.UNLABEL, done.count, chip.name)
