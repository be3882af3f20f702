"""What is done to messages of a list, one or many. Each is a POST to its noun and leads back to where it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName, InvalidValue, MailboxId, Uid
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail import folders as columns
from vaguemestre.webmail.access import chosen, way_back
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.screen import desk, folder_url, place_of, show
from vaguemestre.webmail.toasts import Toast, Undo, read_undo, say

# A role that the account's folders lack (deleted from a mail program) is made again under its ordinary name.
ROLE_FOLDERS = {"archive": "Archive", "trash": "Trash", "junk": "Junk"}


@require_POST
@signed_in
@mailbox_screen
def archive(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request) as session:
        return _move(request, session, folder_id, _role_folder(session, "archive"))


@require_POST
@signed_in
@mailbox_screen
def junk(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request) as session:
        return _move(request, session, folder_id, _role_folder(session, "junk"))


@require_POST
@signed_in
@mailbox_screen
def move(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request) as session:
        try:
            target = columns.by_id(session.folders(), MailboxId(request.POST.get("vers", "")))
        except InvalidValue:
            target = None
        if target is None or target.id is None:
            raise NoSuchFolder
        return _move(request, session, folder_id, target)


@require_POST
@signed_in
@mailbox_screen
def delete(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    """To the bin, and back with one press. In the bin itself: for good, after a page that says so."""
    with open_mailbox(request) as session:
        trash = _role_folder(session, "trash")
        if trash.id != folder_id:
            return _move(request, session, folder_id, trash)
    uids = chosen(request)
    if not uids:
        return _back(request, folder_id, None)
    context = {"uids": uids, "folder_id": folder_id, "back": way_back(request, folder_url(folder_id))}
    return _confirm(request, folder_id, "webmail/deletion.html", context)


@require_POST
@signed_in
@mailbox_screen
def delete_for_good(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    uids = chosen(request)
    with open_mailbox(request) as session:
        session.delete(folder_id, uids)
    said = ngettext("%s message deleted for good", "%s messages deleted for good", len(uids)) % grouped(len(uids))
    return _back(request, folder_id, Toast(said) if uids else None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@mailbox_screen
def emptying(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    """The bin or the junk, all at once: a page asks first, because nothing brings it back."""
    with open_mailbox(request) as session:
        folder = columns.by_id(session.folders(), folder_id)
        if folder is None or folder.role not in {"trash", "junk"}:
            raise NoSuchFolder
        if request.method == "POST":
            session.empty(folder_id)
    if request.method == "POST":
        return _back(request, folder_id, Toast(_("%s is empty") % columns.label(folder)))
    context = {"folder": folder, "label": columns.label(folder), "folder_id": folder_id, "back": folder_url(folder_id)}
    return _confirm(request, folder_id, "webmail/emptying.html", context)


@require_POST
@signed_in
@mailbox_screen
def mark_read(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    return _flag(request, folder_id, add=[SEEN])


@require_POST
@signed_in
@mailbox_screen
def mark_unread(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    return _flag(request, folder_id, remove=[SEEN])


@require_POST
@signed_in
@mailbox_screen
def star(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    return _flag(request, folder_id, add=[FLAGGED])


@require_POST
@signed_in
@mailbox_screen
def unstar(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    return _flag(request, folder_id, remove=[FLAGGED])


@require_POST
@signed_in
@mailbox_screen
def undo(request: StaffRequest) -> HttpResponseBase:
    """Back where they were, under new numbers. The word is signed: it can only undo what this person did."""
    done = read_undo(request.POST.get("fait", ""), request.account.key)
    if done is None:
        response = HttpResponseRedirect(way_back(request, "/webmail/"))
        say(response, Toast(_("It is too late to undo this. The messages are where you put them.")))
        return response
    with open_mailbox(request) as session:
        back = session.move(MailboxId(done.target), [Uid(uid) for uid in done.uids], MailboxId(done.source))
    response = HttpResponseRedirect(way_back(request, folder_url(done.source)))
    say(response, Toast(ngettext("%s message put back", "%s messages put back", len(back)) % grouped(len(back))))
    return response


def _move(request: StaffRequest, session: Session, folder_id: MailboxId, target: Folder) -> HttpResponse:
    uids = chosen(request)
    if not uids or target.id is None or target.id == folder_id:
        return _back(request, folder_id, None)
    moved = session.move(folder_id, uids, target.id)
    count = len(moved)
    words = {"count": grouped(count), "folder": columns.label(target)}
    said = ngettext("%(count)s message moved to %(folder)s", "%(count)s messages moved to %(folder)s", count) % words
    undoing = Undo(request.account.key, folder_id, target.id, [int(uid) for uid in moved.values()])
    return _back(request, folder_id, Toast(said, undoing.signed()) if moved else None)


def _flag(
    request: StaffRequest, folder_id: MailboxId, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> HttpResponse:
    uids = chosen(request)
    if uids:
        with open_mailbox(request) as session:
            session.store(folder_id, uids, add=add, remove=remove)
    return _back(request, folder_id, None)


def _back(request: StaffRequest, folder_id: MailboxId, toast: Toast | None) -> HttpResponse:
    response = HttpResponseRedirect(way_back(request, folder_url(folder_id)))
    if toast:
        say(response, toast)
    return response


def _confirm(request: StaffRequest, folder_id: MailboxId, template: str, context: Mapping[str, object]) -> HttpResponse:
    """The question takes the reader's place; the list stays in view."""
    with open_mailbox(request) as session:
        shown = desk(request, session, place_of(request, folder_id), now=timezone.now())
    return show(request, replace(shown, view="reader"), more={**context, "question": template})


def _role_folder(session: Session, role: str) -> Folder:
    return session.by_role(role) or session.create(FolderName(ROLE_FOLDERS[role]))
