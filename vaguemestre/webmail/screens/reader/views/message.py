"""One message beside its list, with the exchange it belongs to, and what it is made of."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.mailbox.errors import NoSuchMessageError
from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.mime.text_parts import raw_lines
from vaguemestre.mailbox.values import SEEN, InvalidValueError, MailboxId, Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.labels import labels
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list import list_state
from vaguemestre.webmail.message_list.writers import load_writers
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.notes.note_view import conversation_notes
from vaguemestre.webmail.outbox.follow_up import FollowUpSource
from vaguemestre.webmail.people.correspondents import own_addresses
from vaguemestre.webmail.preferences import summary
from vaguemestre.webmail.preferences.summary import SettingsSummary
from vaguemestre.webmail.reader import conversation_view, format_choice
from vaguemestre.webmail.reader.html_frames import Frames
from vaguemestre.webmail.reader.link_prefetch import is_opened_by_person
from vaguemestre.webmail.reader.message_view import MessageView, read_message
from vaguemestre.webmail.screens.panes.new_mail import current_mark
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import (
    ThreePanePage,
    build_opened_message,
    build_page,
    page_list_query,
    render_opened_message,
    render_page,
)
from vaguemestre.webmail.search import history
from vaguemestre.webmail.trust import junk_attachments
from vaguemestre.webmail.trust.blocklist.lookup import Lookup

MarksRead = Preferences.MarksRead
PRESS = "X-Press"
UNFOLDED = "X-Deplies"  # what the page that asks shows open of an exchange (`unfolded-parts.ts`)
SOURCE_LIMIT = 256 * 1024  # bytes of it that a page shows; all of it can be saved
NOT_AHEAD = 204  # no refusal: the click asks again


@require_safe
@with_mailbox
@handles_outage
def message(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    stands = summary.summary_of_mailbox(request.mailbox, timezone.now())
    reader = replace(_reader(request, folder_id, uid, stands), reads=stands.marks_read == MarksRead.OPENED)
    place, now = reader.place, reader.now
    with open_mailbox(request.mailbox) as session:
        try:
            reading = read_message(
                session, place, uid, access=request.mailbox, mine=reader.mine, now=now,
                as_text=reader.views.as_text(folder_id, uid), mark=reader.mark, asked=reader.asked,
                lookup=reader.lookup, waits=reader.waits, reads=reader.reads, frames=reader.frames,
            )  # fmt: skip
        except NoSuchMessageError:
            shown = build_page(request, session, place, now=now, mine=reader.mine, stands=stands)
            return render_page(
                request, replace(shown, view="reader"), status=410 if is_htmx(request) else 404, more={"gone": True}
            )
        if place.within:
            shown = build_page(request, session, place, now=now, reading=reading, current=uid, mine=reader.mine)
        elif list_state.has_list(request, place.url):
            shown = _message_alone(request, session, reader, reading, stands)
        elif stands.flat_list:
            shown = build_page(
                request, session, place, now=now, reading=reading, current=uid, mine=reader.mine, stands=stands
            )
        else:
            shown = _with_exchange(request, session, reader, reading, stands)
        notes = conversation_notes(session, request.mailbox, (folder_id, uid), now)
    shown = replace(shown, stays_unread=not reader.reads and _unread(shown), notes=notes, shown_notes=len(notes.notes))
    if place.within and is_opened_by_person(request):
        history.note_search(request.account, place.within.text, now)  # found while typing: it was never sent
    if PRESS in request.headers:
        return _ahead_of_the_click(request, reader, stands, shown)
    more = {
        "read_later": _read_later(reader, stands, shown), "other_view": _other_view(reader, reading),
        "in_conversations": bool(place.within and not stands.flat_list),  # which results do not show
    }  # fmt: skip
    response = render_opened_message(request, shown, more)
    format_choice.remember_format(request, response, reader.views)
    return response


@require_POST
@with_mailbox
@handles_outage
def opening(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """The page asked for by a press was shown, or was in sight for some seconds: what it has open is read now."""
    stands = summary.summary_of_mailbox(request.mailbox, timezone.now())
    reader = _reader(request, folder_id, uid, stands)
    with open_mailbox(request.mailbox) as session:
        spots = [] if stands.flat_list else session.together(folder_id, uid)
        for folder, some in groupby(sorted(conversation_view.to_be_read(session, reader, spots)), itemgetter(0)):
            session.store(folder, [one for _folder, one in some], add=[SEEN])
    return HttpResponse(status=204)


@require_safe
@with_mailbox
@handles_outage
def unfolded(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """One message of an exchange, for the page that has it folded. Alone in the address bar it leads to its page."""
    stands, page = summary.summary_of_mailbox(request.mailbox, timezone.now()), _page_of(request)
    reads = stands.marks_read != MarksRead.BY_HAND
    reader = replace(_reader(request, *page, stands, spot=(folder_id, uid)), reads=reads)
    if not is_htmx(request):
        return HttpResponseRedirect(reader.here)
    with open_mailbox(request.mailbox) as session:
        beside = [spot for spot in reader.unfolded if spot[0] == folder_id]
        rows = session.rows([(folder_id, uid), *beside])
        row = rows.get((folder_id, uid))
        folded = "plie" in request.GET
        reading = None if folded else conversation_view.open_message(session, reader, (folder_id, uid))
        everything = session.folders()
    if reading:
        senders = [rows[spot].sender for spot in beside if spot in rows and spot != (folder_id, uid)]
        said = {sender.address for sender in senders if sender}
        reading = conversation_view.with_outsider_named(reading, said, reader)
    if row is None or (reading is None and not folded):
        raise NoSuchMessageError(str(uid))
    writers = load_writers(request.mailbox, [row] if folded else [], reader.mine)
    leaf = conversation_view.conversation_message(
        row, (folder_id, uid), reader, writers, back=reader.here, reading=reading
    )
    if reading:
        leaf = conversation_view.with_actions(
            leaf, everything, labels.load_labels(request.mailbox.mailbox).chips, reader.now
        )
    response = render(request, "webmail/reader/conversation_message.html", {"leaf": leaf, "fetched": True})
    format_choice.remember_format(request, response, reader.views)
    return response


@require_safe
@with_mailbox
@handles_outage
def source(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """The header lines decoded, and the message as it came, for the help desk that asks where it comes from."""
    with open_mailbox(request.mailbox) as session:
        found = session.message(folder_id, uid)
        stays = junk_attachments.has_files(found.row) and junk_attachments.parse_consent(request).holds(
            session, folder_id, found.row
        )
        raw = found.headers.raw if stays else b"".join(session.source(folder_id, uid, limit=SOURCE_LIMIT))
    context = {
        "message": found, "raw": raw_lines(raw), "folder_id": folder_id, "uid": uid, "held_back": stays,
        "cut": not stays and found.row.size > SOURCE_LIMIT,
    }  # fmt: skip
    return render(request, "webmail/reader/source.html", context)


def _ahead_of_the_click(
    request: MailboxRequest, reader: conversation_view.ReadingContext, stands: SettingsSummary, shown: ThreePanePage
) -> HttpResponse:
    """A mouse button went down (`early-press.ts`). Where more would happen than marks, the page waits for the click."""
    if reader.place.within or any(one.asks_receipt or one.delivery for one in _open_there(shown)):
        return HttpResponse(status=NOT_AHEAD)
    more = {"read_later": _read_later(reader, stands, shown)}
    if shown.reading:
        more["other_view"] = _other_view(reader, shown.reading)
    response = render_opened_message(request, shown, more)
    if reader.reads and _unread(shown):
        response["X-Ouverture"] = _opening_url(reader)
    return response


def _open_there(shown: ThreePanePage) -> list[MessageView]:
    inside = [leaf.reading for leaf in shown.exchange.leaves] if shown.exchange else []
    return [one for one in [shown.reading, *inside] if one]


def _unread(shown: ThreePanePage) -> bool:
    return any(SEEN not in one.flags for one in _open_there(shown))


def _read_later(reader: conversation_view.ReadingContext, stands: SettingsSummary, shown: ThreePanePage) -> str:
    """Where a page tells that what it has open was in sight for some seconds; empty where nothing is to be told."""
    return _opening_url(reader) if stands.marks_read == MarksRead.LATER and _unread(shown) else ""


def _opening_url(reader: conversation_view.ReadingContext) -> str:
    return own_url("webmail:opening", reader.place.folder, reader.uid) + reader.place.query


def _other_view(reader: conversation_view.ReadingContext, reading: MessageView) -> str:
    """This page, its message formatted rather than as text, or the other way round."""
    return f"{reader.here}{'&' if reader.place.query else '?'}{conversation_view.other_view(reading)}"


def _reader(
    request: MailboxRequest, folder_id: MailboxId, uid: Uid, stands: SettingsSummary, *, spot: Spot | None = None
) -> conversation_view.ReadingContext:
    """`spot`: the message that the address asks for; else the one that it opens, else that of the page."""
    about = spot or conversation_view.named_message(request.GET.get("deplier", "")) or (folder_id, uid)
    return conversation_view.ReadingContext(
        access=request.mailbox,
        mine=own_addresses(request.mailbox.mailbox),
        now=timezone.now(),
        place=page_list_query(request, folder_id),
        uid=uid,
        mark=is_opened_by_person(request),
        asked=junk_attachments.parse_consent(request),
        lookup=Lookup(),
        views=format_choice.format_choice(request, about, prefers_text=stands.display.reads_plain),
        waits=FollowUpSource(request.mailbox.mailbox.key),
        unfolded=frozenset(
            filter(None, map(conversation_view.named_message, request.headers.get(UNFOLDED, "").split()))
        ),
        # A press asks for the frame at the same time as for the page.
        frames=None if PRESS in request.headers else Frames(request.mailbox, stands.contact_images),
    )


def _with_exchange(
    request: MailboxRequest,
    session: Session,
    reader: conversation_view.ReadingContext,
    reading: MessageView,
    stands: SettingsSummary,
) -> ThreePanePage:
    """What is remembered of the exchange is shown; when the list, asked after it, knows of more, that is."""
    place, unfold, since = reader.place, request.GET.get("deplier", ""), current_mark()
    spots = session.together(place.folder, reader.uid)
    whole = conversation_view.gather_conversation(session, reader, reading, spots, unfold=unfold)
    shown = build_page(
        request, session, place, now=reader.now, reading=reading, current=reader.uid, mine=reader.mine, stands=stands,
        since=since,
    )  # fmt: skip
    now_there = session.together(place.folder, reader.uid)
    if set(now_there) != set(spots):
        spots, whole = (
            now_there,
            conversation_view.gather_conversation(session, reader, reading, now_there, unfold=unfold),
        )
    return _with_conversation(shown, whole, spots, reader)


def _message_alone(
    request: MailboxRequest,
    session: Session,
    reader: conversation_view.ReadingContext,
    reading: MessageView,
    stands: SettingsSummary,
) -> ThreePanePage:
    """For a page that shows its list."""
    shown = build_opened_message(
        request, session, reader.place, reading, now=reader.now, mine=reader.mine, stands=stands
    )
    if stands.flat_list:
        return shown
    spots, unfold = session.together(reader.place.folder, reader.uid), request.GET.get("deplier", "")
    whole = conversation_view.gather_conversation(session, reader, reading, spots, unfold=unfold)
    return _with_conversation(shown, whole, spots, reader)


def _with_conversation(
    shown: ThreePanePage,
    whole: conversation_view.ConversationView | None,
    spots: Sequence[Spot],
    reader: conversation_view.ReadingContext,
) -> ThreePanePage:
    if whole and shown.labels:
        chips = [chip for chip, _worn in shown.labels.choices]
        leaves = tuple(conversation_view.with_actions(one, shown.folders, chips, reader.now) for one in whole.leaves)
        whole = replace(whole, leaves=leaves)
    return replace(shown, exchange=whole, shown=len(spots))


def _page_of(request: MailboxRequest) -> tuple[MailboxId, Uid]:
    """The page that has the message folded."""
    try:
        return MailboxId(request.GET.get("dans", "")), Uid(request.GET.get("lu", ""))
    except InvalidValueError as error:
        raise Http404(str(error)) from error
