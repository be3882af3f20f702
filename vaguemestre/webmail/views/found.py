"""What is done to results of a search, which lie in several folders: the same acts, the same way back, one undo."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.uid_sets import UidSet
from vaguemestre.mailbox.values import JUNK, InvalidValue, MailboxId, Uid
from vaguemestre.webmail import bulk_words, marking, notes
from vaguemestre.webmail import folders as columns
from vaguemestre.webmail.access import chosen_places, way_back
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.listing import Within, label_in
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.screen import found_desk, show
from vaguemestre.webmail.search.reading import LIMIT, tidied
from vaguemestre.webmail.search.results import RESULTS, token
from vaguemestre.webmail.toasts import Toast, Undo, say, signed, with_gone
from vaguemestre.webmail.views.acts import MARKS, deleted_in_words, marked, role_folder
from vaguemestre.webmail.views.labels import toast as labelled

Verb = BulkAct.Verb


@require_POST
@signed_in
@mailbox_screen
def archive(request: StaffRequest) -> HttpResponse:
    return _move(request, lambda session: role_folder(session, "archive"))


@require_POST
@signed_in
@mailbox_screen
def junk(request: StaffRequest) -> HttpResponse:
    return _move(request, lambda session: role_folder(session, "junk"))


@require_POST
@signed_in
@mailbox_screen
def move(request: StaffRequest) -> HttpResponse:
    return _move(request, lambda session: _wanted(session, request.POST.get("vers", "")))


@require_POST
@signed_in
@mailbox_screen
def delete(request: StaffRequest) -> HttpResponse:
    """To the bin; what lies in the bin already, for good, after a page that says so."""
    places = chosen_places(request)
    with open_mailbox(request) as session:
        trash = role_folder(session, "trash")
        if trash.id not in places:
            return _move(request, lambda _session: trash)
        back = way_back(request, Within("").url)
        uids = [token(trash.id, uid) for uid in places[trash.id]]
        shown = found_desk(request, session, _asked(back), now=timezone.now())
    more = {
        "uids": uids, "count": len(uids), "folder_id": RESULTS, "back": back, "question": "webmail/deletion.html",
        "promise": notes.promise(),
    }  # fmt: skip
    return show(request, replace(shown, view="reader"), more=more)


@require_POST
@signed_in
@mailbox_screen
def delete_for_good(request: StaffRequest) -> HttpResponse:
    places, count = chosen_places(request), 0
    with open_mailbox(request) as session:
        kept = all(notes.kept(session, folder) for folder in places)
        for folder, uids in places.items():
            there = session.among(folder, UidSet.of(uids), "all")
            session.delete(folder, there.uids)
            count += len(there)
    said = with_gone(deleted_in_words(count, kept=kept), count, sum(map(len, places.values())) - count)
    return _back(request, Toast(said) if said else None)


@require_POST
@signed_in
@mailbox_screen
def mark_read(request: StaffRequest) -> HttpResponse:
    return _flag(request, Verb.READ)


@require_POST
@signed_in
@mailbox_screen
def mark_unread(request: StaffRequest) -> HttpResponse:
    return _flag(request, Verb.UNREAD)


@require_POST
@signed_in
@mailbox_screen
def star(request: StaffRequest) -> HttpResponse:
    return _flag(request, Verb.STAR)


@require_POST
@signed_in
@mailbox_screen
def unstar(request: StaffRequest) -> HttpResponse:
    return _flag(request, Verb.UNSTAR)


@require_POST
@signed_in
@mailbox_screen
def not_junk(request: StaffRequest) -> HttpResponse:
    with open_mailbox(request) as session:
        for folder, uids in chosen_places(request).items():
            with suppress(NoSuchFolder):
                session.store(folder, uids, remove=[JUNK])
    return _move(request, lambda session: role_folder(session, "inbox"))


@require_POST
@signed_in
@mailbox_screen
def label(request: StaffRequest) -> HttpResponse:
    """On all of the chosen messages, unless all of them bear it: then off."""
    keyword, places = label_in(request.GET), chosen_places(request)
    if keyword is None:
        raise Http404("label")
    with open_mailbox(request) as session:
        done = marking.mark(session, request.account.key, keyword, places, put=None)
    return _back(request, labelled(request, done))


def _move(request: StaffRequest, target_of: Callable[[Session], Folder]) -> HttpResponse:
    places = chosen_places(request)
    undoing: list[Undo] = []
    with open_mailbox(request) as session:
        target = target_of(session)
        for folder, uids in places.items():
            if target.id is None or folder == target.id:
                continue
            moved = _moved(session, folder, uids, target.id)
            if moved:
                undoing.append(Undo(request.account.key, folder, target.id, moved))
    count = sum(len(one.uids) for one in undoing)
    meant = sum(len(uids) for folder, uids in places.items() if folder != target.id)
    said = with_gone(bulk_words.over(Verb.MOVE, count, columns.label(target)), count, meant - count)
    return _back(request, Toast(said, signed(undoing) if undoing else "") if said else None)


def _moved(session: Session, folder: MailboxId, uids: Sequence[Uid], target: MailboxId) -> list[int]:
    """A folder that was deleted meanwhile keeps nothing back of what the others hold."""
    try:
        return [int(uid) for uid in session.move(folder, uids, target).values()]
    except NoSuchFolder:
        return []


def _flag(request: StaffRequest, verb: BulkAct.Verb) -> HttpResponse:
    (flag, put), places = MARKS[verb], chosen_places(request)
    with open_mailbox(request) as session:
        done = marking.mark(session, request.account.key, flag, places, put=put)
    return _back(request, marked(verb, done))


def _wanted(session: Session, value: str) -> Folder:
    try:
        target = columns.by_id(session.folders(), MailboxId(value))
    except InvalidValue:
        target = None
    if target is None or target.id is None:
        raise NoSuchFolder
    return target


def _asked(address: str) -> Within:
    """The search of an address of ours; another page of it is not worth the trouble."""
    return Within(tidied(QueryDict(urlsplit(address).query).get("q", ""))[:LIMIT])


def _back(request: StaffRequest, toast: Toast | None) -> HttpResponse:
    response = HttpResponseRedirect(way_back(request, Within("").url))
    if toast:
        say(response, toast)
    return response
