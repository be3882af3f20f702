"""What answers an action on messages: done at once or in the background, where it leads, what is said, the way back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import ngettext

from vaguemestre.mailbox.errors import MailboxError, NoSuchFolderError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName, MailboxId, Uid
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast, say
from vaguemestre.webmail.actions import bulk_actions, flags, progress, progress_cookie
from vaguemestre.webmail.actions.bulk_actions import BulkRequest
from vaguemestre.webmail.actions.flags import FlagUndo
from vaguemestre.webmail.actions.selection import Selection, count_places
from vaguemestre.webmail.content.header_text import subject_text
from vaguemestre.webmail.folders import lookup, retention
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.screens.panes import next_page
from vaguemestre.webmail.snooze import snoozed_messages
from vaguemestre.webmail.undo import Undo, sign_undo, with_gone_text

Verb = BulkAct.Verb
# A role that the account's folders lack (deleted from a mail program) is made again under its ordinary name.
ROLE_FOLDERS = {"archive": "Archive", "trash": "Trash", "junk": "Junk"}
SUBJECT = 60  # signs of one, in a sentence
LEAVES = {Verb.MOVE, Verb.DELETE, Verb.LATER}
# What a mark is to the mailbox: a flag, on or off.
MARKS = {Verb.READ: (SEEN, True), Verb.UNREAD: (SEEN, False), Verb.STAR: (FLAGGED, True), Verb.UNSTAR: (FLAGGED, False)}


def undo_moves(session: Session, account_key: str, done: Undo) -> dict[Uid, Uid]:
    """Under which numbers. A folder that was deleted meanwhile keeps nothing back of what came from another."""
    here, uids = MailboxId(done.target), [Uid(uid) for uid in done.uids]
    try:
        return snoozed_messages.move_snoozed(account_key, session, here, uids, MailboxId(done.source), undo=True)
    except NoSuchFolderError:
        return {}


def deleted_text(count: int, *, kept: bool) -> str:
    """`kept`: it can be brought back."""
    if kept:
        return ngettext("%s message deleted", "%s messages deleted", count) % number_text(count)
    return ngettext("%s message deleted for good", "%s messages deleted for good", count) % number_text(count)


def move_response(
    request: MailboxRequest,
    session: Session,
    selection: Selection,
    target: Folder,
    text: Callable[[int], str] | None = None,
) -> HttpResponse:
    """Moved at once or in the background, and back by one press. `text`: what is said of so many."""
    places = {folder: uids for folder, uids in selection.places.items() if uids and target.id and folder != target.id}
    if count_places(places) > bulk_actions.IMMEDIATE:
        return bulk_response(request, session, move_request(target), places, selection.url)
    undoing, left = _moved(request, session, places, target, spans_folders=selection.spans_folders)
    count = sum(len(one.uids) for one in undoing)
    said = text(count) if text else _moved_text(request, session, places, count, lookup.folder_text(target))
    said = with_gone_text(said, count, count_places(places) - count - left)
    toast = Toast(said, sign_undo(undoing) if undoing else "") if said else None
    return list_redirect(request, selection.url, toast, gone=places, undoing=undoing)


def _moved_text(
    request: MailboxRequest, session: Session, places: Mapping[MailboxId, UidSet], count: int, folder: str
) -> str:
    """Of one row what it was about, where that is remembered; else how many."""
    alone = len(request.POST.getlist("choix")) == 1 and not request.POST.get("tout")
    found = [session.remembered_row(place, max(uids.uids)) for place, uids in places.items()] if alone else []
    row = next(filter(None, found), None)
    if row is None or not count:
        return progress.done_text(Verb.MOVE, count, folder)
    words = {
        "subject": Truncator(subject_text(row.subject)).chars(SUBJECT),
        "folder": folder,
        "count": number_text(count),
    }
    said = ngettext("“%(subject)s” moved to %(folder)s", "“%(subject)s”: %(count)s messages moved to %(folder)s", count)
    return said % words


def _moved(
    request: MailboxRequest,
    session: Session,
    places: Mapping[MailboxId, UidSet],
    target: Folder,
    *,
    spans_folders: bool,
) -> tuple[list[Undo], int]:
    """What was moved, and how many were not reached: when the server goes away in the middle, what is done is said and
    can be taken back."""
    undoing: list[Undo] = []
    for folder, uids in places.items():
        try:
            moved = snoozed_messages.move_snoozed(
                request.mailbox.mailbox.key, session, folder, uids.uids, MailboxId(target.id or "")
            )
        except MailboxError as error:
            if spans_folders and isinstance(error, NoSuchFolderError):
                continue
            if not undoing:
                raise
            return undoing, count_places(places) - sum(len(one.uids) for one in undoing)
        if moved:
            undoing.append(Undo(request.mailbox.key, folder, target.id or "", [int(uid) for uid in moved.values()]))
    return undoing, 0


def flag_toast(verb: BulkAct.Verb, done: FlagUndo) -> Toast | None:
    """Nothing is said of what was so already."""
    said = with_gone_text(progress.done_text(verb, done.count), done.count, done.gone)
    return Toast(said, done.signed(), undo_at=flags.UNDO_AT) if said else None


def bulk_response(
    request: MailboxRequest, session: Session, asked: BulkRequest, places: Mapping[MailboxId, UidSet], back: str
) -> HttpResponse:
    """More than a person waits for: begun now, done in the background, told by a notice of the page. A folder that was
    deleted meanwhile keeps nothing back of what the others hold."""
    here = {folder: places[folder.id] for folder in session.folders() if folder.id and places.get(folder.id)}
    if not here:
        raise NoSuchFolderError
    if asked.verb == Verb.DELETE and all(retention.is_recoverable(session, folder.id) for folder in here if folder.id):
        asked = replace(asked, target=bulk_actions.ASIDE)
    bulk_actions.begin(request.mailbox.mailbox, asked, here, timezone.now())
    left = {folder.id: set(uids) for folder, uids in here.items() if folder.id} if asked.verb in LEAVES else {}
    response = HttpResponseRedirect(next_page.page_after_removal(request, back, left))
    progress_cookie.remember(response)
    return response


def move_request(target: Folder) -> BulkRequest:
    return BulkRequest(Verb.MOVE, target=target.id or "", label=lookup.folder_text(target))


def list_redirect(
    request: MailboxRequest,
    url: str,
    toast: Toast | None,
    *,
    gone: Mapping[MailboxId, UidSet] | None = None,
    undoing: Sequence[Undo] = (),
) -> HttpResponse:
    """`undoing`: where they lie now. Taken back, the one that was open opens again."""
    left = {folder: uids.uids for folder, uids in (gone or {}).items()}
    response = HttpResponseRedirect(next_page.page_after_removal(request, url, left))
    following = next_page.following_message(request, left)
    if toast and toast.undo and following and len(undoing) == 1 and len(request.POST.getlist("choix")) == 1:
        [one] = undoing
        spot = MailboxId(one.target), Uid(max(one.uids))
        toast = replace(toast, back=next_page.page_to_restore(following, spot))
    if toast:
        say(response, toast)
    return response


def role_folder(session: Session, role: str) -> Folder:
    return session.by_role(role) or session.create(FolderName(ROLE_FOLDERS[role]))
