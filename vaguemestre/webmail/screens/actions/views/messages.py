"""What is done to messages of a list, one or many; `folder_id` is None among results of a search. Each is a POST to its
noun and leads back to where it came from."""

from collections.abc import Mapping
from dataclasses import replace

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import DELETED, FLAGGED, PINNED, SEEN, SETTLED, InvalidValueError, MailboxId, Uid
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast, say
from vaguemestre.webmail.actions import bulk_actions, flags
from vaguemestre.webmail.actions.bulk_actions import BulkRequest
from vaguemestre.webmail.actions.conversation_targets import newest_target
from vaguemestre.webmail.actions.selection import (
    FoundSelection,
    ListedSelection,
    count_places,
    select,
    uids_by_folder,
    whole_choice,
)
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import lookup, retention
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.outbox import queue
from vaguemestre.webmail.people.correspondents import own_addresses
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes import next_page
from vaguemestre.webmail.screens.panes.action_response import (
    MARKS,
    bulk_response,
    deleted_text,
    flag_toast,
    list_redirect,
    move_response,
    role_folder,
    undo_moves,
)
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import folder_url, render_page, selection_page
from vaguemestre.webmail.undo import read_undo, with_gone_text

Verb = BulkAct.Verb


@require_POST
@with_mailbox
@handles_outage
def archive(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        return _move(request, session, folder_id, role_folder(session, "archive"), but="drafts")


@require_POST
@with_mailbox
@handles_outage
def junk(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        return _move(request, session, folder_id, role_folder(session, "junk"), but="drafts")


@require_POST
@with_mailbox
@handles_outage
def move(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        try:
            target = lookup.folder_by_id(session.folders(), MailboxId(request.POST.get("vers", "")))
        except InvalidValueError:
            target = None
        if target is None or target.id is None:
            raise NoSuchFolderError
        return _move(request, session, folder_id, target)


@with_mailbox
@next_page.with_question
@handles_outage
def delete(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    """To the bin, and back with one press. What lies in the bin already: for good, after a page that says so."""
    with open_mailbox(request.mailbox) as session:
        trash = role_folder(session, "trash")
        selection = select(request, session, folder_id, whole=True)
        if trash.id not in selection.places:
            return move_response(request, session, selection, trash)
        uids, choice = selection.places[trash.id], whole_choice(request)
        if not uids:
            return list_redirect(request, selection.url, None)
        context = {
            "uids": [] if choice["whole"] else selection.box_values([trash.id]), "count": len(uids),
            "folder_id": selection.list_id, **choice,
            "back": return_url(request, selection.url), "promise": retention.recovery_text(),
        }  # fmt: skip
        return _confirm(request, session, folder_id, "webmail/actions/deletion.html", context)


@require_POST
@with_mailbox
@handles_outage
def delete_for_good(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    """Of results of a search what lies in the bin: of the rest nobody was asked."""
    with open_mailbox(request.mailbox) as session:
        trash = session.by_role("trash")
        folder = folder_id or (trash and trash.id)
        if not folder:
            raise NoSuchFolderError
        selection = select(request, session, folder_id)
        uids = selection.places.get(folder, UidSet(()))
        if len(uids) > bulk_actions.IMMEDIATE:
            return bulk_response(request, session, BulkRequest(Verb.DELETE), {folder: uids}, selection.url)
        there, kept = session.among(folder, uids, "all") if uids else uids, retention.is_recoverable(session, folder)
        session.delete(folder, there.uids)
    queue.retry_when_room(request.mailbox.mailbox.key, timezone.now())
    said = with_gone_text(deleted_text(len(there), kept=kept), len(there), len(uids) - len(there))
    return list_redirect(request, selection.url, Toast(said) if said else None, gone={folder: uids})


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def emptying(request: MailboxRequest, folder_id: MailboxId) -> HttpResponse:
    """The bin or the junk, all at once: a page asks first, because nothing brings it back."""
    with open_mailbox(request.mailbox) as session:
        everything = session.folders()
        folder = lookup.folder_by_id(everything, folder_id)
        if folder is None or folder.role not in {"trash", "junk"}:
            raise NoSuchFolderError
        # The folders that were thrown away as well: each with all that is inside.
        inside = lookup.nested_folders(everything)[folder.name]
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
            "label": lookup.folder_text(folder), "folder_id": folder_id, "back": folder_url(folder_id),
            "below": folder.uid_next, "folded": folded,
            "promise": retention.recovery_text() if folder.role == "trash" else "", "moved": request.method == "POST",
        }  # fmt: skip
        status = 422 if request.method == "POST" else 200
        return _confirm(request, session, folder_id, "webmail/actions/empty_folder.html", context, status=status)


def _shown_below(request: MailboxRequest) -> Uid | None:
    """None when nothing was asked yet, or not by this form."""
    try:
        return Uid(request.POST.get("jusque", ""))
    except InvalidValueError:
        return None


def _emptied(request: MailboxRequest, session: Session, folder: Folder, below: Uid) -> HttpResponse:
    """`below`: the number that the next message would have had when it was asked."""
    place, since = folder.id or MailboxId(""), folder.uid_next > below
    many = folder.total > bulk_actions.IMMEDIATE
    uids = session.matching(place, below=below) if since or many else UidSet(())
    if len(uids) > bulk_actions.IMMEDIATE:
        return bulk_response(request, session, BulkRequest(Verb.DELETE), {place: uids}, folder_url(place))
    session.empty(place, below)
    queue.retry_when_room(request.mailbox.mailbox.key, timezone.now())
    if uids and since:
        said = deleted_text(len(uids), kept=retention.is_recoverable(session, place))
    elif since and folder.total:
        return list_redirect(
            request, folder_url(place), None
        )  # what was shown went elsewhere meanwhile, and other mail has come
    else:
        said = _("%s is empty") % lookup.folder_text(folder)
    return list_redirect(request, folder_url(place), Toast(said))


@require_POST
@with_mailbox
@handles_outage
def mark_read(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    return _flag(request, folder_id, Verb.READ)


@require_POST
@with_mailbox
@handles_outage
def mark_unread(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    return _flag(request, folder_id, Verb.UNREAD)


@require_POST
@with_mailbox
@handles_outage
def star(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    return _flag(request, folder_id, Verb.STAR)


@require_POST
@with_mailbox
@handles_outage
def unstar(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    return _flag(request, folder_id, Verb.UNSTAR)


@require_POST
@with_mailbox
@handles_outage
def keep(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """Another program was about to delete it."""
    with open_mailbox(request.mailbox) as session:
        done = flags.set_flag(session, request.mailbox.key, DELETED, {folder_id: [uid]}, put=False)
    said = with_gone_text(_("The message stays here"), done.count, done.gone)
    toast = Toast(said, done.signed(), undo_at=flags.UNDO_AT) if said else None
    return list_redirect(request, folder_url(folder_id), toast)


@require_POST
@with_mailbox
@handles_outage
def undo(request: MailboxRequest) -> HttpResponseBase:
    """Back where they were, under new numbers. The word is signed: it can only undo what this person did."""
    done = read_undo(request.POST.get("fait", ""), request.mailbox.key)
    if not done:
        response = HttpResponseRedirect(return_url(request, "/webmail/"))
        say(response, Toast(_("It is too late to undo this. The messages are where you put them.")))
        return response
    with open_mailbox(request.mailbox) as session:
        moved = [undo_moves(session, request.mailbox.mailbox.key, one) for one in done]
    back = sum(len(numbers) for numbers in moved)
    spots = {
        (MailboxId(one.target), old): (MailboxId(one.source), new)
        for one, numbers in zip(done, moved, strict=True)
        for old, new in numbers.items()
    }
    response = HttpResponseRedirect(next_page.page_after_move(request, folder_url(done[0].source), spots))
    said = ngettext("%s message put back", "%s messages put back", back) % number_text(back)
    say(response, Toast(with_gone_text(said, back, sum(len(one.uids) for one in done) - back)))
    return response


@require_POST
@with_mailbox
@handles_outage
def undo_marks(request: MailboxRequest) -> HttpResponse:
    """Each of those that the act had changed is as it was."""
    response = HttpResponseRedirect(return_url(request, "/webmail/"))
    done = flags.read_flag_undo(request.POST.get("fait", ""), request.mailbox.key)
    if done is None:
        say(response, Toast(_("It is too late to undo this.")))
        return response
    with open_mailbox(request.mailbox) as session:
        flags.undo_flags(session, done)
    system = done.flag in {SEEN, FLAGGED, SETTLED, PINNED, DELETED}
    words = ngettext("%s message as it was before", "%s messages as they were before", done.count) % number_text(
        done.count
    )
    say(response, Toast(words if system else _("Labels as they were before")))
    return response


def _move(
    request: MailboxRequest, session: Session, folder_id: MailboxId | None, target: Folder, *, but: str = ""
) -> HttpResponse:
    """`but`: what lies in the folder of that part stays there, as its own list offers no such act."""
    selection = select(request, session, folder_id, whole=True)
    spared = session.by_role(but) if but else None
    if isinstance(selection, FoundSelection) and spared and spared.id:
        selection = FoundSelection({folder: uids for folder, uids in selection.places.items() if folder != spared.id})
    return move_response(request, session, selection, target)


def _flag(request: MailboxRequest, folder_id: MailboxId | None, verb: BulkAct.Verb) -> HttpResponse:
    """Of a conversation, to read or to let go of a star means all of it; otherwise one message speaks for it."""
    (flag, put), whole = MARKS[verb], verb in {Verb.READ, Verb.UNSTAR}
    with open_mailbox(request.mailbox) as session:
        selection = select(request, session, folder_id, whole=whole)
        if folder_id and "ensemble" in request.POST and not request.POST.get("tout") and not whole:
            mine, unless = own_addresses(request.mailbox.mailbox), FLAGGED if verb == Verb.STAR else ""
            newest = newest_target(session, folder_id, selection.places[folder_id].uids, mine, unless=unless)
            selection = ListedSelection(folder_id, UidSet.of(newest))
        if count_places(selection.places) > bulk_actions.IMMEDIATE:
            return bulk_response(request, session, BulkRequest(verb), selection.places, selection.url)
        done = flags.set_flag(session, request.mailbox.key, flag, uids_by_folder(selection.places), put=put)
    return list_redirect(request, selection.url, flag_toast(verb, done))


def _confirm(
    request: MailboxRequest, session: Session, folder_id: MailboxId | None, template: str,
    context: Mapping[str, object], *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The question takes the reader's place; the list stays in view."""
    shown = selection_page(request, session, folder_id, now=timezone.now())
    return render_page(request, replace(shown, view="reader"), status=status, more={**context, "question": template})
