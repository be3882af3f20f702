"""What is done to results of a search, which lie in several folders: the same acts, the same way back, one undo."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import MailboxError, NoSuchFolder
from vaguemestre.mailbox.gathering import Places
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.uid_sets import UidSet
from vaguemestre.mailbox.values import JUNK, InvalidValue, MailboxId, Uid
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail import bulk, bulk_words, choosing, folders_lookup, leading_back, marking, notes, pending
from vaguemestre.webmail.action_response import MARKS, deleted_in_words, in_bulk, marked, role_folder, to
from vaguemestre.webmail.bulk import Asked
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.label_response import of_many
from vaguemestre.webmail.label_response import toast as labelled
from vaguemestre.webmail.list_query import SearchQuery, label_in
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.return_url import way_back
from vaguemestre.webmail.screen import found_desk, show
from vaguemestre.webmail.search.addresses import within
from vaguemestre.webmail.search.results import RESULTS, token
from vaguemestre.webmail.snooze import moments, waiting
from vaguemestre.webmail.snooze_question import asked_for, brought_back, question
from vaguemestre.webmail.toasts import Toast, Undo, say, signed, with_gone

Verb = BulkAct.Verb


@require_POST
@signed_in
@mailbox_screen
def archive(request: StaffRequest) -> HttpResponse:
    return _move(request, lambda session: role_folder(session, "archive"), but="drafts")


@require_POST
@signed_in
@mailbox_screen
def junk(request: StaffRequest) -> HttpResponse:
    return _move(request, lambda session: role_folder(session, "junk"), but="drafts")


@require_POST
@signed_in
@mailbox_screen
def not_junk(request: StaffRequest) -> HttpResponse:
    """What was thrown away from the junk as well: its mark goes off."""
    with open_mailbox(request) as session:
        places = choosing.found(request, session)
        for folder, uids in places.items():
            with suppress(NoSuchFolder):
                if not session.lies_in(folder, "junk"):  # the move does it there
                    session.store(folder, uids.uids, remove=[JUNK])
        return _put(request, session, places, role_folder(session, "inbox"))


@require_POST
@signed_in
@mailbox_screen
def move(request: StaffRequest) -> HttpResponse:
    return _move(request, lambda session: _wanted(session, request.POST.get("vers", "")))


@signed_in
@leading_back.question
@mailbox_screen
def delete(request: StaffRequest) -> HttpResponse:
    """To the bin; what lies in the bin already, for good, after a page that says so."""
    with open_mailbox(request) as session:
        trash = role_folder(session, "trash")
        places = choosing.found(request, session)
        if trash.id not in places:
            return _put(request, session, places, trash)
        chosen = choosing.whole_choice(request)
        tokens = [] if chosen["whole"] else [token(trash.id, uid) for uid in places[trash.id].uids]
        back = way_back(request, SearchQuery("").url)
        shown = found_desk(request, session, _asked(back), now=timezone.now())
    more = {
        "uids": tokens, "count": len(places[trash.id]), **chosen, "folder_id": RESULTS, "back": back,
        "question": "webmail/deletion.html", "promise": notes.promise(),
    }  # fmt: skip
    return show(request, replace(shown, view="reader"), more=more)


@require_POST
@signed_in
@mailbox_screen
def delete_for_good(request: StaffRequest) -> HttpResponse:
    """What lies in the bin: of the rest nobody was asked."""
    with open_mailbox(request) as session:
        trash = session.by_role("trash")
        if trash is None or trash.id is None:
            raise NoSuchFolder
        uids = choosing.found(request, session).get(trash.id, UidSet(()))
        if len(uids) > bulk.IMMEDIATE:
            return in_bulk(request, session, Asked(Verb.DELETE), {trash.id: uids}, SearchQuery("").url)
        there, kept = session.among(trash.id, uids, "all") if uids else uids, notes.kept(session, trash.id)
        session.delete(trash.id, there.uids)
    pending.room_made(request.account.key, timezone.now())
    said = with_gone(deleted_in_words(len(there), kept=kept), len(there), len(uids) - len(there))
    return _back(request, Toast(said) if said else None, gone={trash.id: uids})


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
def label(request: StaffRequest) -> HttpResponse:
    """On all of the chosen messages, unless all of them bear it: then off."""
    keyword = label_in(request.GET)
    if keyword is None:
        raise Http404("label")
    with open_mailbox(request) as session:
        places = choosing.found(request, session)
        if _count(places) > bulk.IMMEDIATE:
            return in_bulk(request, session, of_many(request, session, keyword, places), places, SearchQuery("").url)
        done = marking.mark(session, request.account.key, keyword, _listed(places), put=None)
    return _back(request, labelled(request, done))


@signed_in
@leading_back.question
@mailbox_screen
def later(request: StaffRequest) -> HttpResponse:
    """What waits already gets another hour; what lies where nothing is put off from stays, and that is said."""
    now = timezone.now()
    until = moments.chosen(asked_for(request), now)
    with open_mailbox(request) as session:
        roles = {folder.id: folder.role for folder in session.folders() if folder.id}
        chosen = choosing.found(request, session)
        everything = {folder: uids for folder, uids in chosen.items() if folder in roles}
        if chosen and not everything:
            raise NoSuchFolder
        places = {folder: uids for folder, uids in everything.items() if roles[folder] not in waiting.STAYS}
        left = _left(_count(everything) - _count(places))
        if not places:
            return _back(request, Toast(left) if left else None)
        if until is None:
            tokens = [token(folder, uid) for folder, uids in places.items() for uid in uids.uids]
            shown = found_desk(request, session, _asked(way_back(request, "")), now=now)
            return question(request, shown, RESULTS, tokens, _count(places), way_back(request, SearchQuery("").url))
        return _put_off(request, session, places, roles, until.replace(microsecond=0), left)


@require_POST
@signed_in
@mailbox_screen
def back_now(request: StaffRequest) -> HttpResponse:
    with open_mailbox(request) as session:
        there = session.by_role("later")
        uids = choosing.found(request, session).get(there.id, UidSet(())) if there and there.id else UidSet(())
        if there is None or there.id is None or not uids:
            raise NoSuchFolder
        return brought_back(request, session, there, uids, SearchQuery("").url)


def _move(request: StaffRequest, target_of: Callable[[Session], Folder], *, but: str = "") -> HttpResponse:
    """`but`: what lies in the folder of that part stays there, as its own list offers no such act."""
    with open_mailbox(request) as session:
        target, spared = target_of(session), session.by_role(but) if but else None
        places = choosing.found(request, session)
        if spared and spared.id:
            places = {folder: uids for folder, uids in places.items() if folder != spared.id}
        return _put(request, session, places, target)


def _put(request: StaffRequest, session: Session, places: Places, target: Folder) -> HttpResponse:
    meant = {folder: uids for folder, uids in places.items() if target.id and folder != target.id}
    if _count(meant) > bulk.IMMEDIATE:
        return in_bulk(request, session, to(target), meant, SearchQuery("").url)
    undoing, left = _all_moved(request, session, meant, target.id) if target.id else ([], 0)
    count = sum(len(one.uids) for one in undoing)
    said = with_gone(
        bulk_words.over(Verb.MOVE, count, folders_lookup.label(target)), count, _count(meant) - count - left
    )
    return _back(request, Toast(said, signed(undoing) if undoing else "") if said else None, gone=meant)


def _all_moved(request: StaffRequest, session: Session, places: Places, target: MailboxId) -> tuple[list[Undo], int]:
    """What was moved, and how many were not reached: when the server goes away in the middle, what is done is said and
    can be taken back."""
    undoing: list[Undo] = []
    for folder, uids in places.items():
        try:
            moved = _moved(request, session, folder, uids, target)
        except MailboxError:
            if not undoing:
                raise
            return undoing, _count(places) - sum(len(one.uids) for one in undoing)
        undoing += [Undo(request.account.key, folder, target, moved)] if moved else []
    return undoing, 0


def _moved(request: StaffRequest, session: Session, folder: MailboxId, uids: UidSet, target: MailboxId) -> list[int]:
    """A folder that was deleted meanwhile keeps nothing back of what the others hold."""
    try:
        return [int(uid) for uid in waiting.move(request.account.key, session, folder, uids.uids, target).values()]
    except NoSuchFolder:
        return []


def _put_off(
    request: StaffRequest, session: Session, places: Places, roles: Mapping[MailboxId, str | None], until: datetime,
    left: str,
) -> HttpResponse:  # fmt: skip
    when = moments.in_words(until, timezone.now())
    elsewhere = {folder: uids for folder, uids in places.items() if roles.get(folder) != "later"}
    there = next((folder for folder in places if roles.get(folder) == "later"), None)
    count = waiting.change(request.account, session, there, places[there].uids, until) if there else 0
    if _count(elsewhere) > bulk.IMMEDIATE:
        target = waiting.folder(session).id or ""
        asked = Asked(Verb.LATER, target=target, label=when, until=until)
        response = in_bulk(request, session, asked, elsewhere, SearchQuery("").url)
        if left:
            say(response, Toast(left))
        return response
    undoing: list[Undo] = []
    for folder, uids in elsewhere.items():
        target, moved = waiting.put_off(request.account, session, folder, uids.uids, until)
        undoing += [Undo(request.account.key, folder, target, [int(uid) for uid in moved.values()])] if moved else []
    count += sum(len(one.uids) for one in undoing)
    said = with_gone(bulk_words.over(Verb.LATER, count, when), count, _count(places) - count)
    toast = Toast(f"{said}. {left}" if said and left else said or left, signed(undoing) if undoing else "")
    return _back(request, toast, gone=elsewhere)


def _left(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%s message stays where it is: drafts, sent mail, junk and the bin are not put off",
        "%s messages stay where they are: drafts, sent mail, junk and the bin are not put off",
        count,
    ) % grouped(count)


def _flag(request: StaffRequest, verb: BulkAct.Verb) -> HttpResponse:
    flag, put = MARKS[verb]
    with open_mailbox(request) as session:
        places = choosing.found(request, session)
        if _count(places) > bulk.IMMEDIATE:
            return in_bulk(request, session, Asked(verb), places, SearchQuery("").url)
        done = marking.mark(session, request.account.key, flag, _listed(places), put=put)
    return _back(request, marked(verb, done))


def _count(places: Places) -> int:
    return sum(map(len, places.values()))


def _listed(places: Places) -> dict[MailboxId, list[Uid]]:
    return {folder: uids.uids for folder, uids in places.items()}


def _wanted(session: Session, value: str) -> Folder:
    try:
        target = folders_lookup.by_id(session.folders(), MailboxId(value))
    except InvalidValue:
        target = None
    if target is None or target.id is None:
        raise NoSuchFolder
    return target


def _asked(address: str) -> SearchQuery:
    """The search of an address of ours, from its top."""
    found = within(QueryDict(urlsplit(address).query))
    return replace(found, page=1) if found else SearchQuery("")


def _back(request: StaffRequest, toast: Toast | None, *, gone: Places | None = None) -> HttpResponse:
    left = {folder: uids.uids for folder, uids in (gone or {}).items()}
    response = HttpResponseRedirect(leading_back.past(request, SearchQuery("").url, left))
    if toast:
        say(response, toast)
    return response
