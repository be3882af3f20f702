"""What is done to messages of a list, one or many. Each is a POST to its noun and leads back to where it came from."""

from collections.abc import Mapping
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
from vaguemestre.mailbox.uid_sets import UidSet
from vaguemestre.mailbox.values import DELETED, FLAGGED, PINNED, SEEN, SETTLED, InvalidValue, MailboxId, Uid
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail import bulk, folders_lookup, leading_back, marking, notes, pending
from vaguemestre.webmail.action_response import (
    MARKS,
    deleted_in_words,
    in_bulk,
    list_redirect,
    marked,
    put,
    put_back,
    role_folder,
)
from vaguemestre.webmail.bulk import Asked
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.choosing import wanted, whole_choice
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.conversation_targets import newest_target
from vaguemestre.webmail.correspondents import own_addresses
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.return_url import way_back
from vaguemestre.webmail.screen import desk, folder_url, place_of, show
from vaguemestre.webmail.toasts import Toast, read_undo, say, with_gone

Verb = BulkAct.Verb


@require_POST
@signed_in
@mailbox_screen
def archive(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request) as session:
        return _move(request, session, folder_id, role_folder(session, "archive"))


@require_POST
@signed_in
@mailbox_screen
def junk(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request) as session:
        return _move(request, session, folder_id, role_folder(session, "junk"))


@require_POST
@signed_in
@mailbox_screen
def move(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request) as session:
        try:
            target = folders_lookup.by_id(session.folders(), MailboxId(request.POST.get("vers", "")))
        except InvalidValue:
            target = None
        if target is None or target.id is None:
            raise NoSuchFolder
        return _move(request, session, folder_id, target)


@signed_in
@leading_back.question
@mailbox_screen
def delete(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    """To the bin, and back with one press. In the bin itself: for good, after a page that says so."""
    with open_mailbox(request) as session:
        trash = role_folder(session, "trash")
        if trash.id != folder_id:
            return _move(request, session, folder_id, trash)
        uids = wanted(request, session, folder_id, whole=True)
    if not uids:
        return list_redirect(request, folder_id, None)
    context = {
        "uids": uids.uids if not request.POST.get("tout") else [], "count": len(uids), "folder_id": folder_id,
        **whole_choice(request),
        "back": way_back(request, folder_url(folder_id)), "promise": notes.promise(),
    }  # fmt: skip
    return _confirm(request, folder_id, "webmail/deletion.html", context)


@require_POST
@signed_in
@mailbox_screen
def delete_for_good(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request) as session:
        uids = wanted(request, session, folder_id)
        if len(uids) > bulk.IMMEDIATE:
            return in_bulk(request, session, Asked(Verb.DELETE), {folder_id: uids})
        there, kept = session.among(folder_id, uids, "all"), notes.kept(session, folder_id)
        session.delete(folder_id, there.uids)
    pending.room_made(request.account.key, timezone.now())
    said = with_gone(deleted_in_words(len(there), kept=kept), len(there), len(uids) - len(there))
    return list_redirect(request, folder_id, Toast(said) if said else None, gone=uids.uids)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@mailbox_screen
def emptying(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    """The bin or the junk, all at once: a page asks first, because nothing brings it back."""
    with open_mailbox(request) as session:
        everything = session.folders()
        folder = folders_lookup.by_id(everything, folder_id)
        if folder is None or folder.role not in {"trash", "junk"}:
            raise NoSuchFolder
        # The folders that were thrown away as well: each with all that is inside.
        inside = folders_lookup.nested(everything)[folder.name]
        # What is deleted is what was shown: what came since stays, and a folder that changed is asked about again.
        folded = f"{len(inside)} {sum(one.uid_next for one in inside)}"
        below = _shown_below(request)
        if below and request.POST.get("dedans") == folded:
            for one in inside:
                if one.name.parent == folder.name:
                    session.remove_tree(one.id or one.name)
            return _emptied(request, session, folder, below)
    context = {
        "total": sum(one.total for one in (folder, *inside)), "inside": len(inside),
        "label": folders_lookup.label(folder), "folder_id": folder_id, "back": folder_url(folder_id),
        "below": folder.uid_next, "folded": folded,
        "promise": notes.promise() if folder.role == "trash" else "", "moved": request.method == "POST",
    }  # fmt: skip
    return _confirm(request, folder_id, "webmail/emptying.html", context, status=422 if context["moved"] else 200)


def _shown_below(request: StaffRequest) -> Uid | None:
    """None when nothing was asked yet, or not by this form."""
    try:
        return Uid(request.POST.get("jusque", ""))
    except InvalidValue:
        return None


def _emptied(request: StaffRequest, session: Session, folder: Folder, below: Uid) -> HttpResponse:
    """`below`: the number that the next message would have had when it was asked."""
    place, since = folder.id or MailboxId(""), folder.uid_next > below
    many = folder.total > bulk.IMMEDIATE
    uids = session.matching(place, below=below) if since or many else UidSet(())
    if len(uids) > bulk.IMMEDIATE:
        return in_bulk(request, session, Asked(Verb.DELETE), {place: uids})
    session.empty(place, below)
    pending.room_made(request.account.key, timezone.now())
    if uids and since:
        said = deleted_in_words(len(uids), kept=notes.kept(session, place))
    elif since and folder.total:
        return list_redirect(request, place, None)  # what was shown went elsewhere meanwhile, and other mail has come
    else:
        said = _("%s is empty") % folders_lookup.label(folder)
    return list_redirect(request, place, Toast(said))


@require_POST
@signed_in
@mailbox_screen
def mark_read(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    return _flag(request, folder_id, Verb.READ)


@require_POST
@signed_in
@mailbox_screen
def mark_unread(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    return _flag(request, folder_id, Verb.UNREAD)


@require_POST
@signed_in
@mailbox_screen
def star(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    return _flag(request, folder_id, Verb.STAR)


@require_POST
@signed_in
@mailbox_screen
def unstar(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    return _flag(request, folder_id, Verb.UNSTAR)


@require_POST
@signed_in
@mailbox_screen
def keep(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """Another program was about to delete it."""
    with open_mailbox(request) as session:
        done = marking.mark(session, request.account.key, DELETED, {folder_id: [uid]}, put=False)
    said = with_gone(_("The message stays here"), done.count, done.gone)
    return list_redirect(request, folder_id, Toast(said, done.signed(), undo_at=marking.UNDO_AT) if said else None)


@require_POST
@signed_in
@mailbox_screen
def undo(request: StaffRequest) -> HttpResponseBase:
    """Back where they were, under new numbers. The word is signed: it can only undo what this person did."""
    done = read_undo(request.POST.get("fait", ""), request.account.key)
    if not done:
        response = HttpResponseRedirect(way_back(request, "/webmail/"))
        say(response, Toast(_("It is too late to undo this. The messages are where you put them.")))
        return response
    with open_mailbox(request) as session:
        moved = [put_back(session, one) for one in done]
    back = sum(len(numbers) for numbers in moved)
    spots = {
        (MailboxId(one.target), old): (MailboxId(one.source), new)
        for one, numbers in zip(done, moved, strict=True)
        for old, new in numbers.items()
    }
    response = HttpResponseRedirect(leading_back.along(request, folder_url(done[0].source), spots))
    said = ngettext("%s message put back", "%s messages put back", back) % grouped(back)
    say(response, Toast(with_gone(said, back, sum(len(one.uids) for one in done) - back)))
    return response


@require_POST
@signed_in
@mailbox_screen
def undo_marks(request: StaffRequest) -> HttpResponse:
    """Each of those that the act had changed is as it was."""
    response = HttpResponseRedirect(way_back(request, "/webmail/"))
    done = marking.read(request.POST.get("fait", ""), request.account.key)
    if done is None:
        say(response, Toast(_("It is too late to undo this.")))
        return response
    with open_mailbox(request) as session:
        marking.take_back(session, done)
    system = done.flag in {SEEN, FLAGGED, SETTLED, PINNED, DELETED}
    words = ngettext("%s message as it was before", "%s messages as they were before", done.count) % grouped(done.count)
    say(response, Toast(words if system else _("Labels as they were before")))
    return response


def _move(request: StaffRequest, session: Session, folder_id: MailboxId, target: Folder) -> HttpResponse:
    return put(request, session, folder_id, wanted(request, session, folder_id, whole=True), target)


def _flag(request: StaffRequest, folder_id: MailboxId, verb: BulkAct.Verb) -> HttpResponse:
    """Of a conversation, to read or to let go of a star means all of it; otherwise one message speaks for it."""
    (flag, put), whole = MARKS[verb], verb in {Verb.READ, Verb.UNSTAR}
    with open_mailbox(request) as session:
        uids = wanted(request, session, folder_id, whole=whole)
        if "ensemble" in request.POST and not request.POST.get("tout") and not whole:
            mine, unless = own_addresses(request.account), FLAGGED if verb == Verb.STAR else ""
            uids = UidSet.of(newest_target(session, folder_id, uids.uids, mine, unless=unless))
        if len(uids) > bulk.IMMEDIATE:
            return in_bulk(request, session, Asked(verb), {folder_id: uids})
        done = marking.mark(session, request.account.key, flag, {folder_id: uids.uids}, put=put)
    return list_redirect(request, folder_id, marked(verb, done))


def _confirm(
    request: StaffRequest, folder_id: MailboxId, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:  # fmt: skip
    """The question takes the reader's place; the list stays in view."""
    with open_mailbox(request) as session:
        shown = desk(request, session, place_of(request, folder_id), now=timezone.now())
    return show(request, replace(shown, view="reader"), status=status, more={**context, "question": template})
