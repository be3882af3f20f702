"""Labels put on messages and taken off. The server looks at what they bear: a page may be older than what it shows."""

from dataclasses import asdict, dataclass

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.keywords import as_set, from_set
from vaguemestre.mailbox.values import Flag, MailboxId
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail import labels, toasts
from vaguemestre.webmail.access import way_back
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.choosing import wanted
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.listing import label_in
from vaguemestre.webmail.screen import folder_url
from vaguemestre.webmail.toasts import Toast

SALT = "vaguemestre.webmail.labels.undo"
LONGEST_UNDO = 1500  # of a set of numbers: the word travels in a cookie


@dataclass(frozen=True, slots=True)
class Done:
    """Put on these messages (`put`), or taken off them."""

    account: str
    folder: str
    keyword: str
    put: bool
    uids: str

    def signed(self) -> str:
        return signing.dumps(asdict(self), salt=SALT, compress=True) if len(self.uids) <= LONGEST_UNDO else ""


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
        flags = session.flags(folder_id, uids)
        lacking = [uid for uid, own in flags.items() if keyword not in {flag.lower() for flag in own}]
        put, changed = bool(lacking), lacking or list(flags)
        if changed:
            session.store(folder_id, changed, **_change(keyword, put=put))
    if changed:
        done = Done(request.account.key, folder_id, keyword, put, as_set(changed))
        toasts.say(response, Toast(_said(request, done, len(changed)), done.signed(), undo_at="label-undo"))
    return response


@require_POST
@signed_in
@mailbox_screen
def undo(request: StaffRequest) -> HttpResponse:
    """Off again, or on again, on just the messages that the act had changed."""
    response = HttpResponseRedirect(way_back(request, "/webmail/"))
    try:
        done = Done(**signing.loads(request.POST.get("fait", ""), salt=SALT, max_age=toasts.UNDO_LIFE))
    except signing.BadSignature:
        done = None
    if done is None or done.account != request.account.key:
        toasts.say(response, Toast(_("It is too late to undo this.")))
        return response
    with open_mailbox(request) as session:
        session.store(MailboxId(done.folder), from_set(done.uids), **_change(Flag(done.keyword), put=not done.put))
    toasts.say(response, Toast(_("Labels as they were before")))
    return response


def _change(keyword: Flag, *, put: bool) -> dict[str, list[Flag]]:
    return {"add" if put else "remove": [keyword]}


def _said(request: StaffRequest, done: Done, count: int) -> str:
    chip = labels.of(request.account).find(done.keyword) or labels.neutral(done.keyword)
    words = {"label": chip.name, "count": grouped(count)}
    if done.put:
        return (
            ngettext("Label “%(label)s” put on the message", "Label “%(label)s” put on %(count)s messages", count)
            % words
        )
    said = ngettext("Label “%(label)s” taken off the message", "Label “%(label)s” taken off %(count)s messages", count)
    return said % words
