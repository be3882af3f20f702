"""A message, or its whole conversation, laid out for paper: one document of its own, under the policy of a mail's text.

In the page of the reader a formatted text stands in a frame, which browsers do not break over sheets of paper."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.sandbox.cleaner import Cleaned
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content.plain_text import Block, blocks
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.people.correspondents import own_addresses
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.reader import conversation_view, format_choice
from vaguemestre.webmail.reader.html_frames import Frames
from vaguemestre.webmail.reader.message_body import SHEET_POLICY, formatted_body
from vaguemestre.webmail.reader.message_view import MessageView, read_message
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import page_list_query
from vaguemestre.webmail.trust import junk_attachments
from vaguemestre.webmail.trust.blocklist.lookup import Lookup

WHOLE = "ensemble"  # in the address: all messages of the conversation


@dataclass(frozen=True, slots=True)
class PrintPage:
    """One message on paper. `cleaned`: its formatted text; else `blocks`. `trapped`: by a link known for a trap."""

    reading: MessageView
    cleaned: Cleaned | None
    blocks: list[Block]
    trapped: bool


@require_safe
@xframe_options_sameorigin
@with_mailbox
@handles_outage
def printed(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """Stays as unread as it was, and asks nobody for images that the reader did not show."""
    chosen = lookup.load_preferences(request.account)
    reader = conversation_view.ReadingContext(
        access=request.mailbox, mine=own_addresses(request.mailbox.mailbox), now=timezone.now(),
        place=page_list_query(request, folder_id), uid=uid, mark=False, asked=junk_attachments.parse_consent(request),
        lookup=Lookup(), waits=None,
        views=format_choice.format_choice(request, (folder_id, uid), prefers_text=chosen.reads_plain),
    )  # fmt: skip
    with open_mailbox(request.mailbox) as session:
        main = read_message(
            session, reader.place, uid,
            access=reader.access, mine=reader.mine, now=reader.now,
            as_text=reader.views.as_text(folder_id, uid), mark=False, asked=reader.asked,
            lookup=reader.lookup, waits=None,
        )  # fmt: skip
        frames = Frames(request.mailbox, chosen.contact_images)
        meant = _meant(request, session, reader, main)
        sheets = [_sheet(request, session, reader.lookup, frames, *one) for one in meant]
    response = render(request, "webmail/reader/print.html", {"subject": main.subject, "sheets": sheets})
    response["Content-Security-Policy"] = SHEET_POLICY
    response["Cache-Control"] = "private, no-store"
    return response


def _meant(
    request: MailboxRequest, session: Session, reader: conversation_view.ReadingContext, main: MessageView
) -> Iterator[tuple[MailboxId, Uid, MessageView]]:
    """Oldest first; of a very long conversation, as much as one press unfolds."""
    whole = None
    if WHOLE in request.GET:
        spots = session.together(reader.place.folder, reader.uid)
        whole = conversation_view.gather_conversation(session, reader, main, spots, unfold=conversation_view.EVERYTHING)
    if whole is None:
        yield reader.place.folder, reader.uid, main
        return
    for leaf in whole.leaves:
        if leaf.reading:
            yield leaf.folder, leaf.uid, leaf.reading


def _sheet(
    request: MailboxRequest, session: Session, lookup: Lookup, frames: Frames, folder: MailboxId, uid: Uid,
    reading: MessageView,
) -> PrintPage:  # fmt: skip
    if not reading.as_html:
        return PrintPage(reading, None, reading.blocks, reading.trapped)
    text = formatted_body(request, session, folder, session.message(folder, uid), lookup, frames, folds={})
    plain = blocks(text.plain, leads=text.leads) if text.plain else []
    return PrintPage(reading, text.cleaned, plain, text.leads.listed)
